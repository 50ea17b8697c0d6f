"""Says every text and number of a page in one language: Dutch first, English by choice."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from stroomstad.tables.profiles import LOCAL_TIME_ZONE
from stroomstad.tables.words import UNKNOWN, Language, Words

_DAYS = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


HOME_TYPES = {
    "apartment": Words("appartementen", "apartments"),
    "terraced": Words("rijwoningen", "terraced houses"),
    "semi_detached": Words("twee-onder-een-kapwoningen", "semi-detached houses"),
    "detached": Words("vrijstaande woningen", "detached houses"),
    "any": Words("woningen", "homes"),
}
HEATINGS = {
    "heat_net": Words("warmtenet", "heat net"),
    "heat_pump": Words("eigen warmtepomp", "own heat pump"),
    "hybrid": Words("hybride warmtepomp", "hybrid heat pump"),
    "gas": Words("gasketel", "gas boiler"),
    "grid_aware": Words("netbewuste nieuwbouw", "grid-aware new build"),
    "unknown": Words("verwarming onbekend", "heating unknown"),
}
CONTRACTS = {
    "firm": Words("vast: altijd het volle vermogen", "firm: full power at all times"),
    "time_block": Words("tijdblok: buiten de drukke uren", "time block: outside the busy hours"),
    "non_firm": Words("niet-vast: de netbeheerder mag knijpen", "non-firm: may be curtailed"),
    "hub": Words("energiehub: gedeelde grens", "energy hub: shared limit"),
}
OUTLOOKS = {
    "low": Words("laag, met de minste ruimte", "low, with least room"),
    "mid": Words("midden", "middle"),
    "high": Words("hoog, met de meeste ruimte", "high, with most room"),
}
# Units of one; those that are not here are the same for one and for more.
UNITS_OF_ONE = {
    "home": Words("woning", "home"),
    "charge point": Words("laadpunt", "charge point"),
    "station": Words("station", "station"),
    "cable": Words("kabel", "cable"),
    "transformer": Words("transformator", "transformer"),
    "hub": Words("hub", "hub"),
}
UNITS = {
    "home": Words("woningen", "homes"),
    "homes": Words("woningen", "homes"),
    "charge point": Words("laadpunten", "charge points"),
    "station": Words("stations", "stations"),
    "cable": Words("kabels", "cables"),
    "transformer": Words("transformatoren", "transformers"),
    "hub": Words("hubs", "hubs"),
    "1000 m2": Words("× 1.000 m²", "× 1,000 m²"),
    "kW/home": Words("kW per woning", "kW per home"),
    "of the middle": Words("× het midden", "× the middle"),
    "kW": Words("kW", "kW"),
    "kWp": Words("kWp", "kWp"),
    "MW": Words("MW", "MW"),
    "MVA": Words("MVA", "MVA"),
    "MW/substation": Words("MW per onderstation", "MW per substation"),
    "h/year": Words("uur per jaar", "hours per year"),
    "EUR": Words("€", "€"),
    "1": Words("", ""),
}
# Owners as the catalogue names them; others stand as the plan writes them.
OWNERS = {
    "grid operator": Words("netbeheerder", "grid operator"),
    "transmission system operator": Words("landelijke netbeheerder", "transmission operator"),
    "municipality": Words("gemeente", "municipality"),
    "energy community or municipality": Words(
        "energiegemeenschap of gemeente", "energy community or municipality"
    ),
    "housing developer": Words("ontwikkelaar", "housing developer"),
    "firm": Words("bedrijf", "firm"),
    "firm, school or care institution": Words(
        "bedrijf, school of zorg", "firm, school or care institution"
    ),
    "charge point operator": Words("laadpaalexploitant", "charge point operator"),
    "home owner": Words("woningeigenaar", "home owner"),
    "owner of the building": Words("gebouweigenaar", "owner of the building"),
    "owner of the panels": Words("eigenaar van de panelen", "owner of the panels"),
    "operator of the generators": Words("exploitant", "operator of the generators"),
    "members of the hub": Words("leden van de hub", "members of the hub"),
    "heat company": Words("warmtebedrijf", "heat company"),
}
CONTRACT_NAMES = {
    "firm": Words("een vast contract", "a firm contract"),
    "time_block": Words("een tijdblokcontract", "a time-block contract"),
    "non_firm": Words("een niet-vast contract", "a non-firm contract"),
    "hub": Words("een energiehub", "an energy hub"),
}
BUDGETS = {
    "municipality": Words("van de gemeente", "of the municipality"),
    "grid_operator": Words("van de netbeheerder", "of the grid operator"),
    "developer": Words("van de ontwikkelaar", "of the developer"),
    "state": Words("van het rijk", "of the state"),
    "resident": Words("van de bewoner", "of the resident"),
    "society": Words("van iedereen samen", "of everyone together"),
}
DIRECTIONS = {
    "load": Words("winterweek, afname", "winter week, load"),
    "feed_in": Words("zomerweek, teruglevering", "summer week, feed-in"),
}
PLACES = {"city": Words("hele stad", "whole city")}
# How two plans are told apart, with a band and without.
JUDGED = {
    "band": Words(
        "Een verschil in woningen telt pas als het groter is dan de breedste van beide banden. "
        "Beide banden bewegen met dezelfde onzekerheden mee: een kleiner verschil is niet zeker, "
        "maar de plannen zijn daarmee nog niet gelijk.",
        "A difference in homes counts only when it exceeds the wider of both bands. Both bands "
        "move with the same uncertainties: a smaller difference is not certain, but that does not "
        "make the plans equal.",
    ),
    "none": Words(
        "Beide plannen zijn zonder band rond het aantal woningen berekend. Hoe zeker een verschil "
        "is, is dus niet bekend.",
        "Both plans are calculated without a band around the homes. How certain a difference is, "
        "is not known.",
    ),
}
BAND_AREA = Words(
    "Vlak: de band waarin acht van de tien trekkingen vallen; waar de vlakken overlappen, is het "
    "verschil niet zeker.",
    "Area: the band that holds eight of ten draws; where the areas overlap, the difference is not "
    "certain.",
)
BAND_SAID = Words(
    "In acht van de tien{of} trekkingen sluit dit plan in {year} {band} van de gevraagde "
    "woningen aan{regional}. In elke trekking bewegen kW per woning, bestaande belasting, "
    "vermogens, grenzen en regio elk op zichzelf, en wordt de lijst opnieuw in wettelijke "
    "volgorde bediend, nog zonder netberekening. Het zijn berekende kansen: zij volgen uit "
    "aannames, niet uit metingen.",
    "In eight of ten{of} draws this plan has connected {band} of the homes asked in "
    "{year}{regional}. In every draw kW per home, existing load, ratings, limits and region "
    "move, each on its own, and the list is served anew in the legal order, before the check "
    "by power flow. These are modelled probabilities: they follow from assumptions, not from "
    "measurements.",
)
TORNADO_READ = Words(
    "Elke balk verandert één aanname van laag (oranje, gestreept) naar hoog (blauw); de rest "
    "blijft in het midden. Geteld zijn de gevraagde woningen die met dit plan in het laatste "
    "jaar zijn aangesloten, nog zonder netberekening. De langste balk verdient het eerst "
    "betere gegevens.",
    "Each bar changes one assumption from low (orange, hatched) to high (blue); the rest stays "
    "in the middle. Counted are the homes asked that this plan has connected in its last "
    "year, before the check by power flow. The longest bar deserves better data first.",
)
# Titles and texts that stand on the page of every plan.
SYNTHETIC = (
    Words("Het net is synthetisch", "The grid is synthetic"),
    Words("Stations en kabels zijn nagebouwd uit open data; het zijn niet die van de "
          "netbeheerder. Wat knelt is dus een aanwijzing; met echte gegevens verandert het "
          "antwoord.",
          "Stations and cables are rebuilt from open data; they are not those of the grid "
          "operator. What binds is an indication; with real data the answer changes."),
)  # fmt: skip
FIRM_POWER = (
    Words("Ontlasting telt met een vast vermogen", "Relief counts with a firm power"),
    Words("Batterijen, slim laden en contracten tellen met een opgegeven vast vermogen in de "
          "drukke uren. Hun inzet per kwartier is nog niet nagerekend.",
          "Batteries, smart charging and contracts count with a stated firm power in the busy "
          "hours. Their use per quarter is not simulated yet."),
)  # fmt: skip
ASSUMPTIONS = (
    SYNTHETIC,
    (Words("De regio is aangenomen", "The region is assumed"),
     Words("Hoeveel vermogen het landelijke net de stad laat, is niet gepubliceerd. De streeplijn "
           "is een aanname en staat los van het lokale antwoord.",
           "How much power the national grid leaves the city is not published. The dashed line is "
           "an assumption and stands apart from the local answer.")),
    FIRM_POWER,
)  # fmt: skip
READING = (
    (Words("Past", "Fits"),
     Words("Een project past in een jaar als het dat jaar en alle jaren erna kan blijven: wat is "
           "aangesloten, blijft aangesloten.",
           "A project fits in a year if it can stay that year and all years after: what is "
           "connected stays connected.")),
    (Words("Beloofd en bevestigd", "Promised and confirmed"),
     Words("Beloofd rekent het lineaire model uit. Bevestigd is daarna nagerekend met stroom en "
           "spanning, in de zwaarste winterweek en de zonnigste zomerweek.",
           "Promised is what the linear model finds. Confirmed is then checked with current and "
           "voltage, in the heaviest winter week and the sunniest summer week.")),
    (Words("Knelt", "Binds"),
     Words("De kabel, het station of het onderstation dat het eerst vol is, en het kwartier waarin "
           "dat gebeurt, op de Nederlandse klok.",
           "The cable, station or substation that is full first, and the quarter in which that "
           "happens, on the Dutch clock.")),
    (Words("Band", "Band"),
     Words("Laag en hoog zijn geen uitersten: één op de tien trekkingen ligt lager, één op de tien "
           "hoger.",
           "Low and high are no extremes: one draw in ten lies lower, one in ten higher.")),
)  # fmt: skip


def speaker(language: Language) -> Callable[..., str]:
    """Make the function that says a pair of texts in one language, with its parts filled in.

    Examples
    --------
    >>> speaker("en")("{n} woningen", "{n} homes", n=3)
    '3 homes'
    """

    def say(nl: str, en: str, **parts: object) -> str:
        return Words(nl, en).say(language, **parts)

    return say


def name_of(key: object, names: dict[str, Words], language: Language) -> str:
    """Say a key of a closed list; an unknown key stays as it is, without underscores."""
    if is_missing(key):
        return UNKNOWN.say(language)
    words = names.get(str(key))
    return words.say(language) if words else str(key).replace("_", " ")


def is_missing(value: object) -> bool:
    """Tell whether a value is missing: None, NaN, NaT or an empty text."""
    return value is None or value == "" or bool(pd.isna(value))  # type: ignore[call-overload]


def number(value: object, language: Language, decimals: int = 0) -> str:
    """Write a number as the language does; the word for unknown when it is missing.

    Examples
    --------
    >>> number(1234.5, "nl", 1), number(1234.5, "en", 1), number(float("nan"), "nl")
    ('1.234,5', '1,234.5', 'onbekend')
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    # Adding zero turns a rounded -0 into 0.
    english = f"{round(float(value), decimals) + 0.0:,.{decimals}f}"  # type: ignore[arg-type]
    english = english.replace("-", "−")
    return english if language == "en" else english.translate(str.maketrans(",.", ".,"))


def measured(value: object, language: Language) -> str:
    """Write a number of any size with about three digits.

    Examples
    --------
    >>> [measured(value, "nl") for value in (12345.6, 17.34, 0.951, 3.0)]
    ['12.346', '17,3', '0,95', '3']
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    size = abs(float(value))  # type: ignore[arg-type]
    if size >= 100 or size.is_integer():
        return number(value, language)
    return number(value, language, 1 if size >= 10 else 2)


def euros(value: object, language: Language) -> str:
    r"""Write an amount in euros, in millions from a million on.

    Examples
    --------
    >>> euros(43_210_000, "nl"), euros(850_000, "nl"), euros(1_540_000, "en")
    ('€\xa043,2\xa0mln', '€\xa0850.000', '€1.5\xa0million')
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    amount = float(value)  # type: ignore[arg-type]
    sign = "€\u00a0" if language == "nl" else "€"
    if abs(amount) < 1e6:
        return sign + number(round(amount, -3) if abs(amount) >= 1e5 else amount, language)
    million = "\u00a0mln" if language == "nl" else "\u00a0million"
    return sign + number(amount / 1e6, language, 0 if abs(amount) >= 1e8 else 1) + million


def percent(value: object, language: Language, decimals: int = 0) -> str:
    r"""Write a fraction as a percentage.

    Examples
    --------
    >>> percent(0.125, "nl"), percent(0.0076, "en", 1)
    ('12\xa0%', '0.8\xa0%')
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    return number(float(value) * 100, language, decimals) + "\u00a0%"  # type: ignore[arg-type]


def span(low: object, high: object, language: Language, decimals: int = 0) -> str:
    """Write a range; the word for unknown when either end is missing.

    Examples
    --------
    >>> span(9800, 14900, "nl"), span(9800, 14900, "en")
    ('9.800 tot 14.900', '9,800 to 14,900')
    """
    if is_missing(low) or is_missing(high):
        return UNKNOWN.say(language)
    between = " tot " if language == "nl" else " to "
    return number(low, language, decimals) + between + number(high, language, decimals)


def quarter(value: object, language: Language) -> str:
    """Write a quarter of a design week, in UTC, as the Dutch clock shows it.

    The year is left out: the week stands for every year of the plan.

    Examples
    --------
    >>> quarter("2023-01-17T17:15Z", "nl"), quarter("2023-01-17T17:15Z", "en")
    ('di 17 jan 18:15', 'Tue 17 Jan 18:15')
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    moment = pd.to_datetime(str(value), utc=True).tz_convert(LOCAL_TIME_ZONE)
    day, month = _DAYS[language][moment.weekday()], _MONTHS[language][moment.month - 1]
    return f"{day} {moment.day} {month} {moment:%H:%M}"


def quarter_note(rows: pd.DataFrame, language: Language) -> str:
    """Say, after a text, of which year the design week is whose quarters a table tells."""
    told: list[object] = list(rows["binding_at"].dropna()) if "binding_at" in rows else []
    years = sorted({str(value)[:4] for value in told if value})
    if not years:
        return ""
    note = Words(" Een tijdstip is een kwartier van de ontwerpweek van {years}, die voor elk jaar "
                 "van het plan staat.",
                 " A time is a quarter of the design week of {years}, which stands for every year "
                 "of the plan.")  # fmt: skip
    return note.say(language, years=" / ".join(years))


def design_quarter(value: object, language: Language) -> str:
    """Write a quarter of a design week with the year of that week.

    Examples
    --------
    >>> design_quarter("2023-01-17T17:15Z", "nl")
    'di 17 jan 18:15 in de ontwerpweek van 2023'
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    week = Words("{at} in de ontwerpweek van {year}", "{at} in the design week of {year}")
    return week.say(language, at=quarter(value, language), year=str(value)[:4])


def date(value: object, language: Language) -> str:
    """Write a day, ISO 8601, in words.

    Examples
    --------
    >>> date("2029-07-01", "nl"), date("", "en")
    ('1 jul 2029', 'unknown')
    """
    if is_missing(value):
        return UNKNOWN.say(language)
    day = pd.Timestamp(str(value))
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def listed(parts: list[str], language: Language) -> str:
    """Join texts as a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"], "nl")
    'a, b en c'
    """
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + (" en " if language == "nl" else " and ") + parts[-1]
