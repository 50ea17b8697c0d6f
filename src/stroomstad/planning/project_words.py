"""How people head and fill the columns of a project list, in Dutch and in English.

The one place where accepted headers and values stand: reading, the template and its explanation
all follow from `LIST_COLUMNS`. Of a value the first word is the Dutch one that the template
offers, the second the English one; the others are accepted too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

Language = Literal["nl", "en"]

HOME_TYPE_WORDS = {
    "apartment": ("appartement", "apartment", "etagewoning", "gestapeld", "studio", "meergezins"),
    "terraced": ("rijwoning", "terraced", "tussenwoning", "rijtjeshuis", "rijhuis", "hoekwoning"),
    "semi_detached": ("twee-onder-een-kap", "semi-detached", "2-onder-1-kap", "tweekapper"),
    "detached": ("vrijstaand", "detached", "vrijstaande woning", "villa"),
    "any": ("gemengd", "any", "mixed", "mix", "onbekend", "unknown"),
}
HEATING_WORDS = {
    "heat_net": ("warmtenet", "heat net", "stadsverwarming", "stadswarmte", "heat network"),
    "heat_pump": ("warmtepomp", "heat pump", "all-electric", "bodemwarmtepomp", "luchtwarmtepomp"),
    "hybrid": ("hybride", "hybrid", "hybride warmtepomp", "hybrid heat pump"),
    "gas": ("gas", "gas boiler", "aardgas", "cv-ketel"),
    "grid_aware": ("netbewust", "grid-aware", "balanswijk"),
    "unknown": ("onbekend", "unknown", "nog niet bekend"),
}
PROFILE_WORDS = {
    "home": ("wonen", "home", "woning", "woningen"),
    "flat": ("gelijkmatig", "flat", "continu", "constant", "vlak"),
    "office": ("kantoor", "office", "school", "zorg", "winkel", "utiliteit", "services"),
    "industry": ("industrie", "industry", "bedrijf", "productie"),
    "charging": ("laden", "charging", "laadplein", "laadpalen"),
    "outside_window": ("buiten de piek", "outside the peak", "outside window", "nacht"),
}
CATEGORY_WORDS = {
    "1": ("1", "1", "congestieverzachter", "congestion softener"),
    "2": ("2", "2", "veiligheid", "safety"),
    "3": ("3", "3", "basisbehoefte", "basisbehoeften", "basic need", "basic needs"),
    "4": ("4", "4", "overig", "other", "geen"),
}
ASSUMED_WORDS = {
    "yes": ("ja", "yes", "waar", "true", "x", "1"),
    "no": ("nee", "no", "onwaar", "false", "0"),
}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of a project list.

    Attributes
    ----------
    key
        What it is called in the code.
    nl, en
        Its header in the template.
    also
        Other headers that are accepted.
    needed
        When it must be filled: ``always``, ``homes``, ``connection`` or ``no``.
    unit
        Unit of its values.
    about, about_nl
        What belongs in it.
    words
        Values it may have, and how people write them; empty when the list is open.
    """

    key: str
    nl: str
    en: str
    also: tuple[str, ...]
    needed: Literal["always", "homes", "connection", "no"]
    unit: str
    about: str
    about_nl: str
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header under which it is recognised, the Dutch one first."""
        return (self.nl, self.en, *self.also, self.key)


LIST_COLUMNS: tuple[ListColumn, ...] = (
    ListColumn(
        "name", "Project", "Project name", ("Name", "Naam", "Projectnaam"), "always", "",
        "Name of the project. Parts with a type, heating or years of their own get a row each, "
        "under the same name.",
        "Naam van het project. Delen met een eigen type, verwarming of jaren krijgen elk een rij, "
        "onder dezelfde naam.",
    ),
    ListColumn(
        "place", "Plaats", "Place", ("Locatie", "Location", "Gebied", "Area"), "always", "",
        "Where: an area code of Statistics Netherlands (WK003466), a postcode (1312AD), a point "
        "as x,y in metres of the national grid (143500,487000) or as latitude,longitude "
        "(52.37,5.21), the name of a drawn outline (Pampus), or the name of a GeoJSON file that "
        "lies beside this list (blok3.geojson).",
        "Waar: een CBS-code (WK003466), een postcode (1312AD), een punt als x,y in meters RD "
        "(143500,487000) of als breedte,lengte (52.37,5.21), de naam van een getekende omtrek "
        "(Pampus), of de naam van een GeoJSON-bestand dat naast deze lijst staat (blok3.geojson).",
    ),
    ListColumn(
        "first_year", "Eerste jaar", "First year",
        ("Startjaar", "Start year", "Jaar", "Year", "Van jaar", "Vanaf", "From"), "always", "year",
        "Year of the first delivery, or from which the connection is needed.",
        "Jaar van de eerste oplevering, of vanaf wanneer de aansluiting nodig is.",
    ),
    ListColumn(
        "last_year", "Laatste jaar", "Last year",
        ("Eindjaar", "End year", "Tot jaar", "Tot en met", "Until"), "no", "year",
        "Year of the last delivery; empty is the first year. Homes are spread evenly.",
        "Jaar van de laatste oplevering; leeg is het eerste jaar. Woningen worden gelijk verdeeld.",
    ),
    ListColumn(
        "homes", "Woningen", "Homes", ("Aantal woningen", "Number of homes", "Aantal"), "homes",
        "homes",
        "Number of homes in this row; empty for a connection.",
        "Aantal woningen in deze rij; leeg bij een aansluiting.",
    ),
    ListColumn(
        "home_type", "Woningtype", "Home type", ("Type", "Type woning", "Soort woning"), "no", "",
        "Type of the homes; empty is mixed.",
        "Type van de woningen; leeg is gemengd.",
        HOME_TYPE_WORDS,
    ),
    ListColumn(
        "segment", "Segment", "Market segment", ("Prijsklasse",), "no", "",
        "Segment, in your own words; makes no difference to the grid.",
        "Segment, in eigen woorden; maakt voor het net geen verschil.",
    ),
    ListColumn(
        "heating", "Verwarming", "Heating", ("Warmte", "Warmtebron", "Heat source"), "no", "",
        "Heating of the homes; empty is unknown.",
        "Verwarming van de woningen; leeg is onbekend.",
        HEATING_WORDS,
    ),
    ListColumn(
        "kw_promised", "Beloofde kW", "Promised kW",
        ("kW beloofd", "Toegezegde kW", "kW toegezegd", "kW promised"), "no", "kW",
        "Highest power of the whole row together, at the station, that the developer promises to "
        "stay below; empty when nothing is promised.",
        "Hoogste vermogen van de hele rij samen, op het station, waar de ontwikkelaar onder "
        "belooft te blijven; leeg als er niets is beloofd.",
    ),
    ListColumn(
        "connection_kw", "Aansluiting kW", "Connection kW",
        ("Aansluitvermogen", "Aansluitvermogen kW", "Gevraagd vermogen kW", "Aansluiting"),
        "connection", "kW",
        "Power of a connection for a firm, school, care home or charging place; empty for homes.",
        "Vermogen van een aansluiting voor een bedrijf, school, zorg of laadplein; leeg bij "
        "woningen.",
    ),
    ListColumn(
        "profile", "Profiel", "Profile", ("Gebruiksprofiel", "Load profile"), "connection", "",
        "How a connection draws over the day; empty counts as always.",
        "Hoe een aansluiting over de dag afneemt; leeg telt als altijd.",
        PROFILE_WORDS,
    ),
    ListColumn(
        "category", "Prioriteit", "Priority",
        ("Prioriteitscategorie", "Priority category", "Categorie", "Category"), "no", "",
        "Legal category: 1 softens congestion, 2 safety, 3 basic needs (homes, schools, care), "
        "4 all others. Empty is 3 for homes and 4 for a connection.",
        "Wettelijke categorie: 1 congestieverzachter, 2 veiligheid, 3 basisbehoeften (wonen, "
        "onderwijs, zorg), 4 overig. Leeg is 3 bij woningen en 4 bij een aansluiting.",
        CATEGORY_WORDS,
    ),
    ListColumn(
        "requested_on", "Datum aanvraag", "Date of request",
        ("Aanvraagdatum", "Aangevraagd op", "Request date"), "no", "date",
        "Day of the complete request to the grid operator, as a date or as 2026-03-31 or "
        "31-3-2026; empty when not yet asked.",
        "Dag van de volledige aanvraag bij de netbeheerder, als datum of als 2026-03-31 of "
        "31-3-2026; leeg als er nog niet is aangevraagd.",
    ),
    ListColumn(
        "jobs", "Banen", "Jobs", ("Arbeidsplaatsen", "Aantal banen"), "no", "jobs",
        "Jobs that come with it; empty when unknown.",
        "Banen die erbij horen; leeg als het niet bekend is.",
    ),
    ListColumn(
        "assumed", "Aangenomen", "Assumed", ("Aanname", "Assumption"), "no", "",
        "Whether a number in this row is assumed; empty is yes where no source is given.",
        "Of een getal in deze rij is aangenomen; leeg is ja als er geen bron bij staat.",
        ASSUMED_WORDS,
    ),
    ListColumn(
        "source", "Bron", "Source", (), "no", "",
        "Where the numbers come from.",
        "Waar de getallen vandaan komen.",
    ),
)  # fmt: skip
COLUMN_OF = {column.key: column for column in LIST_COLUMNS}

_ASSUMED = "aangenomen voorbeeld, geen opgave van de ontwikkelaar"
# Real places of Almere under the keys of `LIST_COLUMNS`, in Dutch; every number an example.
_EXAMPLES: tuple[dict[str, object], ...] = (
    {"name": "Pampus fase 1", "place": "Pampus", "first_year": 2031, "last_year": 2035,
     "homes": 1500, "home_type": "apartment", "segment": "middenhuur", "heating": "heat_net"},
    {"name": "Pampus fase 1", "place": "Pampus", "first_year": 2032, "last_year": 2036,
     "homes": 900, "home_type": "terraced", "segment": "koop", "heating": "grid_aware",
     "kw_promised": 1080},
    {"name": "Hart van de Stad", "place": "Hart van de Stad", "first_year": 2028,
     "last_year": 2031, "homes": 800, "home_type": "apartment", "segment": "sociale huur",
     "heating": "heat_net"},
    {"name": "Nobelhorst", "place": "WK003476", "first_year": 2027, "last_year": 2029,
     "homes": 300, "home_type": "terraced", "segment": "koop", "heating": "heat_pump"},
    {"name": "Basisschool Duin", "place": "WK003466", "first_year": 2028, "connection_kw": 120,
     "profile": "office", "category": "3", "requested_on": dt.date(2026, 3, 31), "jobs": 40},
    {"name": "Logistiek De Vaart", "place": "De Vaart", "first_year": 2029,
     "connection_kw": 1500, "profile": "industry", "category": "4",
     "requested_on": dt.date(2025, 11, 3), "jobs": 110},
)  # fmt: skip


def normal_form(text: str) -> str:
    """Text without case, spaces and signs, as headers and values are compared.

    Examples
    --------
    >>> normal_form(" Aansluiting  (kW) ")
    'aansluitingkw'
    """
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def key_of_header() -> dict[str, str]:
    """Key of the column for every accepted header, in its normal form."""
    return {normal_form(header): column.key for column in LIST_COLUMNS for header in column.headers}


def list_language(headers: Iterable[str]) -> Language:
    """Language in which most headers of a list stand; Dutch when as many stand in either.

    Examples
    --------
    >>> list_language(["Project name", "Place", "Bron"]), list_language(["Project", "Plaats"])
    ('en', 'nl')
    """
    written = {normal_form(header) for header in headers}
    dutch = sum(normal_form(column.nl) in written for column in LIST_COLUMNS)
    english = sum(normal_form(column.en) in written for column in LIST_COLUMNS)
    return "en" if english > dutch else "nl"


def value_of_word(column: ListColumn) -> dict[str, str]:
    """Value for every accepted word of a column with a closed list, in its normal form."""
    return {
        normal_form(word): value
        for value, words in column.words.items()
        for word in (value, *words)
    }


def list_choices(language: Language = "nl") -> dict[str, list[str]]:
    """Words that the template offers, by header of the column with a closed list."""
    return {
        _header(column, language): [_word(words, language) for words in column.words.values()]
        for column in LIST_COLUMNS
        if column.words
    }


def list_examples(language: Language = "nl") -> pd.DataFrame:
    """Rows to begin with: real places of Almere with assumed numbers.

    Returns
    -------
    Headers and closed lists in the language; empty cells are ``None``.
    """
    rows = [
        {_header(column, language): _shown(column, row, language) for column in LIST_COLUMNS}
        for row in ({**example, "assumed": "yes", "source": _ASSUMED} for example in _EXAMPLES)
    ]
    return pd.DataFrame(rows, dtype=object)


def list_explanation() -> pd.DataFrame:
    """What belongs in each column, in both languages, for the template and the documents.

    Returns
    -------
    Columns ``nl, en, needed_nl, needed, unit, values_nl, values, also, about_nl, about``
    """
    return pd.DataFrame(
        [
            {
                "nl": column.nl,
                "en": column.en,
                "needed_nl": _NEEDED_NL[column.needed],
                "needed": _NEEDED[column.needed],
                "unit": _UNITS.get(column.unit, column.unit),
                "values_nl": ", ".join(_word(words, "nl") for words in column.words.values()),
                "values": ", ".join(_word(words, "en") for words in column.words.values()),
                "also": ", ".join(column.also),
                "about_nl": column.about_nl,
                "about": column.about,
            }
            for column in LIST_COLUMNS
        ]
    )


_NEEDED_NL = {
    "always": "ja",
    "homes": "bij woningen",
    "connection": "bij een aansluiting",
    "no": "nee",
}
_UNITS = {
    "year": "jaar / year",
    "homes": "woningen / homes",
    "date": "datum / date",
    "jobs": "banen / jobs",
}
_NEEDED = {"always": "yes", "homes": "for homes", "connection": "for a connection", "no": "no"}


def _header(column: ListColumn, language: Language) -> str:
    return column.nl if language == "nl" else column.en


def _word(words: tuple[str, ...], language: Language) -> str:
    return words[0] if language == "nl" else words[1]


def _shown(column: ListColumn, row: Mapping[str, object], language: Language) -> object:
    value = row.get(column.key)
    if not value or not column.words:
        return value
    word = _word(column.words[str(value)], language)
    return int(word) if word.isdigit() else word
