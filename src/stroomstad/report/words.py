"""Says every text and number in Dutch and in English.

On the page both stand side by side, each in an element with its ``lang``; the style sheet
shows one of them. What is the same in both languages stands there once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pandas as pd
from markupsafe import Markup

from stroomstad.report.answer import VoltageFacts
from stroomstad.sources.file_kinds import CHOICES, FILE_KINDS
from stroomstad.tables.profiles import LOCAL_TIME_ZONE

Language = Literal["nl", "en"]

# Own choice: a run tells the same few moments over and over.
_MOMENTS_KEPT = 4096
_DAYS = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    nl: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in one language."""
        return self.nl if language == "nl" else self.en


MISSING = Words("onbekend", "unknown")
NOT_PUBLIC = Words("bekend, niet openbaar", "known, not public")

KINDS = {
    "substation": Words("onderstation", "substation"),
    "ring": Words("middenspanningsring", "medium-voltage ring"),
    "mv_cable": Words("middenspanningskabel", "medium-voltage cable"),
    "station": Words("station", "station"),
    "lv_cable": Words("laagspanningskabel", "low-voltage cable"),
    "voltage": Words("spanning", "voltage"),
}
STATUSES = {
    "sourced": Words("met bron", "sourced"),
    "derived": Words("afgeleid", "derived"),
    "assumed": Words("aangenomen", "assumed"),
    "calibrated": Words("geijkt", "calibrated"),
}
CHECKED = {
    "confirmed": Words("bevestigd", "confirmed"),
    "lowered": Words("verlaagd", "lowered"),
    "raised": Words("verhoogd", "raised"),
    "not checked": Words("niet getoetst", "not checked"),
}
SECTORS = {
    "households": Words("huishoudens", "households"),
    "buildings": Words("diensten", "services"),
    "ict": Words("ICT", "ICT"),
    "agriculture": Words("landbouw", "agriculture"),
    "industry": Words("industrie", "industry"),
    "road": Words("wegverkeer", "road"),
    "rail": Words("spoor", "rail"),
    "own_use": Words("eigen gebruik energiesector", "own use of the energy sector"),
    "solar_homes": Words("zon op woningen", "solar on homes"),
    "solar_firms": Words("zon op bedrijven", "solar on firms"),
    "solar_fields": Words("zon op land", "solar in fields"),
    "wind": Words("wind", "wind"),
}
TOPICS = {
    "base year": Words("basisjaar", "base year"),
    "homes and other uses": Words("woningen en andere functies", "homes and other uses"),
    "homes built since": Words("sindsdien gebouwd", "homes built since"),
    "business areas": Words("bedrijventerreinen", "business areas"),
    "energy per sector": Words("energie per sector", "energy per sector"),
    "shallow ground heat": Words("ondiepe bodemwarmte", "shallow ground heat"),
    "firms": Words("bedrijven", "firms"),
    "heating": Words("verwarming", "heating"),
    "heat net in another table": Words(
        "warmtenet in een andere tabel", "heat net in another table"
    ),
    "high-voltage stations": Words("hoogspanningsstations", "high-voltage stations"),
    "solar": Words("zonnestroom", "solar"),
    "solar in another table": Words("zonnestroom in een andere tabel", "solar in another table"),
    "wind and solar fields": Words("wind en zonnevelden", "wind and solar fields"),
    "road vehicles": Words("wegvoertuigen", "road vehicles"),
    "railway and energy sector": Words("spoor en energiesector", "railway and energy sector"),
    "address groups": Words("adresgroepen", "address groups"),
    "licences": Words("licenties", "licences"),
    "values of another city": Words("waarden van een andere stad", "values of another city"),
    "OpenStreetMap": Words("OpenStreetMap", "OpenStreetMap"),
    **{
        f"without {kind.key}": Words(f"zonder {kind.name.nl}", f"without {kind.name.en}")
        for kind in (*FILE_KINDS, *CHOICES)
    },
}
_SEASONS = {
    "winter": Words("winterweek", "winter week"),
    "summer": Words("zomerweek", "summer week"),
    "year": Words("hele jaar", "whole year"),
}
_FLOWS = {
    "city_peak_mw": Words("hoogste belasting van de stad", "highest load of the city"),
    "city_lowest_mw": Words("laagste belasting van de stad", "lowest load of the city"),
    "losses_fraction": Words("netverlies", "losses"),
    "losses_mwh": Words("verloren energie", "energy lost"),
    "unsolved_quarters": Words("kwartieren zonder oplossing", "quarters without a solution"),
    "voltage_min_pu": Words("laagste spanning", "lowest voltage"),
    "voltage_max_pu": Words("hoogste spanning", "highest voltage"),
    "voltage_lv_min_pu": Words("laagste laagspanning", "lowest low voltage"),
    "audit_ppm": Words("verschil met een ander programma", "difference from another program"),
    "balance_mismatch_kw": Words("fout in de balans", "error of the balance"),
}
QUANTITIES = {
    "household_clock": Words("klok van de profielen", "clock of the shapes"),
    "household_lag_winter": Words("achterstand op UTC, winter", "lag behind UTC, winter"),
    "household_lag_summer": Words("achterstand op UTC, zomer", "lag behind UTC, summer"),
    "weather_clock": Words("klok van het weer", "clock of the weather"),
    "solar_lag_winter": Words("achterstand van de zon, winter", "lag of the sun, winter"),
    "solar_lag_summer": Words("achterstand van de zon, zomer", "lag of the sun, summer"),
    "winter_week": Words("winterweek", "winter week"),
    "summer_week": Words("zomerweek", "summer week"),
    "cold_spell": Words("koudeperiode", "cold spell"),
    "cold_spell_temperature": Words("temperatuur daarvan", "its temperature"),
    "heat_scale": Words("warmtevraag, koud tegen basisjaar", "heat demand, cold over base year"),
    "sharpening_exponent": Words("aanscherping van het profiel", "sharpening of the shape"),
    "home_peak_before": Words("piek per woning, ervoor", "peak per home, before"),
    "home_peak_after": Words("piek per woning, erna", "peak per home, after"),
    "new_home_peak": Words("piek per nieuwe woning", "peak per new home"),
    "new_home_heat_share": Words("aandeel verwarming daarin", "share of heating in it"),
    "new_home_energy": Words("verbruik per nieuwe woning", "use per new home"),
    "solar_full_load_hours": Words("vollasturen van de zon", "full-load hours of the sun"),
    "city_load_max": Words("hoogste belasting van de stad", "highest load of the city"),
    "city_net_feed_in_max": Words("hoogste teruglevering", "highest feed-in"),
    "outages_cables": Words("kabels die uitvallen", "cables taken out"),
    "outages_restored": Words("weer gevoed", "supplied again"),
    "outages_over_limit": Words("boven de grens", "over the limit"),
    "outages_unsolved": Words("zonder oplossing", "without an answer"),
    "outages_homes_most": Words("woningen zonder stroom", "homes without supply"),
    "outages_loading_max": Words("volste ring", "fullest ring"),
    "outages_voltage_min_pu": Words("laagste spanning", "lowest voltage"),
    "outages_substation_max": Words("volste onderstation", "fullest substation"),
    **{
        f"{season}_{flow}": Words(f"{of.nl}: {what.nl}", f"{of.en}: {what.en}")
        for season, of in _SEASONS.items()
        for flow, what in _FLOWS.items()
    },
}
_SHIFT = "summer_shift_"
UNITS = {
    "kW/home": Words("kW/woning", "kW/home"),
    "kWh/year": Words("kWh/jaar", "kWh/year"),
    "kWh/home/year": Words("kWh/woning/jaar", "kWh/home/year"),
    "h/year": Words("uur/jaar", "h/year"),
    "h": Words("uur", "h"),
    "C": Words("°C", "°C"),
    "date": Words("datum", "date"),
    "homes": Words("woningen", "homes"),
    "addresses": Words("adressen", "addresses"),
    "dwellings/address": Words("woningen/adres", "dwellings/address"),
    "transformers": Words("transformatoren", "transformers"),
    "stations": Words("stations", "stations"),
    "MW/substation": Words("MW/onderstation", "MW/substation"),
    "year": Words("jaar", "year"),
    "pu": Words("van nominaal", "of nominal"),
    "1": Words("–", "–"),
}
CLOCKS = {
    "UTC+1 all year": Words("UTC+1 het hele jaar", "UTC+1 all year"),
    "UTC+1 with Dutch summer time": Words("UTC+1 met zomertijd", "UTC+1 with Dutch summer time"),
}
YES_NO = {"True": Words("ja", "yes"), "False": Words("nee", "no")}
DIRECTIONS = {
    "load": Words("afname", "load"),
    "feed_in": Words("teruglevering", "feed-in"),
}


def name_of(key: object, names: dict[str, Words]) -> Words:
    """Say a key of a closed list in both languages; an unknown key stays as it is."""
    if is_missing(key):
        return MISSING
    return names.get(str(key), Words(str(key), str(key)))


def quantity_name(quantity: object) -> Words:
    """Say the name of a quantity of calibration or power flow in both languages."""
    key = str(quantity)
    if key.startswith(_SHIFT):
        shape = key.removeprefix(_SHIFT).replace("_", " ")
        return Words(f"zomertijd in profiel: {shape}", f"summer time in shape: {shape}")
    return name_of(quantity, QUANTITIES)


def is_missing(value: object) -> bool:
    """Tell whether a value is missing: None, NaN, NaT or an empty text."""
    return value is None or value == "" or bool(pd.isna(value))  # type: ignore[call-overload]


def format_number(value: object, language: Language, decimals: int = 0) -> str:
    """Write a number as the language does; the word for unknown when it is missing.

    Examples
    --------
    >>> format_number(1234.5, "nl", 1), format_number(1234.5, "en", 1)
    ('1.234,5', '1,234.5')
    """
    if is_missing(value):
        return MISSING.in_language(language)
    number = float(value)  # type: ignore[arg-type]
    # Adding zero turns a rounded -0 into 0.
    english = f"{round(number, decimals) + 0.0:,.{decimals}f}".replace("-", "−")
    if language == "en":
        return english
    return english.translate(str.maketrans(",.", ".,"))


def format_moment(value: object, language: Language, *, year: bool = True) -> str:
    """Write a moment in UTC as the Dutch clock shows it, with or without its year.

    Examples
    --------
    >>> format_moment("2023-01-17T17:15Z", "nl")
    'di 17 jan 2023 18:15'
    >>> format_moment("2023-01-17T17:15Z", "en", year=False)
    'Tue 17 Jan 18:15'
    """
    if is_missing(value):
        return MISSING.in_language(language)
    moment = _local(str(value))
    day, month = _DAYS[language][moment.weekday()], _MONTHS[language][moment.month - 1]
    date = f"{day} {moment.day} {month}" + (f" {moment.year}" if year else "")
    return f"{date} {moment:%H:%M}"


@lru_cache(maxsize=_MOMENTS_KEPT)
def _local(said: str) -> pd.Timestamp:
    return pd.to_datetime(said, utc=True).tz_convert(LOCAL_TIME_ZONE)


def both(words: Words, tag: str = "span") -> Markup:
    """Put a text on the page in both languages; special signs are escaped."""
    if words.nl == words.en:
        return Markup("{}").format(words.nl)
    form = f'<{tag} lang="nl">{{}}</{tag}><{tag} lang="en">{{}}</{tag}>'
    return Markup(form).format(words.nl, words.en)  # noqa: S704 - the tag is ours, texts are escaped


def number_words(value: object, decimals: int = 0) -> Words:
    """Write a number in both languages."""
    return Words(format_number(value, "nl", decimals), format_number(value, "en", decimals))


def moment_words(value: object, *, year: bool = True) -> Words:
    """Write a moment in both languages."""
    return Words(format_moment(value, "nl", year=year), format_moment(value, "en", year=year))


def joined(pattern: str, *parts: Words) -> Words:
    """Fill a pattern with texts, in both languages.

    Examples
    --------
    >>> joined("{} kW", number_words(1.5, 1)).nl
    '1,5 kW'
    """
    return Words(pattern.format(*(p.nl for p in parts)), pattern.format(*(p.en for p in parts)))


def sensible_decimals(value: object) -> int:
    """Choose decimals so that a number of any size shows about three digits.

    Examples
    --------
    >>> [sensible_decimals(value) for value in (1234.5, 17.34, 0.951, 3.0)]
    [0, 1, 3, 0]
    """
    if is_missing(value):
        return 0
    number = abs(float(value))  # type: ignore[arg-type]
    if number.is_integer():
        return 0
    borders = ((0, 100.0), (1, 10.0), (2, 1.0), (3, 0.1), (4, 0.01))
    return next((decimals for decimals, border in borders if number >= border), 6)


def shared_decimals(values: Iterable[float]) -> int:
    """Fewest decimals, at most six, that show every one of these numbers exactly.

    Examples
    --------
    >>> shared_decimals([1.0, 1.2, 1.25]), shared_decimals([150.0, 200.0])
    (2, 0)
    """
    known = [float(value) for value in values if not is_missing(value)]
    for decimals in range(6):
        if all(abs(round(value, decimals) - value) <= 1e-9 * abs(value) for value in known):
            return decimals
    return 6


def significant(value: float, digits: int = 4) -> float:
    """Round a number to the digits that tell something, and never a whole part.

    Examples
    --------
    >>> significant(1.392397), significant(0.0082541), significant(35040.5)
    (1.392, 0.008254, 35040.0)
    """
    return float(f"{value:.{digits}g}") if abs(value) < 10 ** (digits - 1) else float(round(value))


PERIODS = {
    "winter": Words("in de winterweek", "in the winter week"),
    "summer": Words("in de zomerweek", "in the summer week"),
    "year": Words("in het hele jaar", "in the whole year"),
}
# Own choice: as many names as a reader takes in.
AREAS_NAMED = 5
_NORM = Words(
    "Spanning volgens de Netcode (art. 7.3: 95 % van de week binnen 10 %, nooit boven +10 % of "
    "onder −15 %; hier met gemiddelden van een kwartier in plaats van tien minuten):",
    "Voltage by the Netcode (art. 7.3: 95% of the week within 10%, never above +10% or below "
    "−15%; here with means of a quarter of an hour instead of ten minutes):",
)


def voltage_words(facts: Iterable[VoltageFacts]) -> Words:
    """Say how low voltage does against the Netcode, and in which areas it does not meet it.

    Returns
    -------
    One sentence; empty when there is nothing to say.
    """
    told = [_fails(each) for each in facts]
    if not told:
        return Words("", "")
    return Words(
        f"{_NORM.nl} {'; '.join(each.nl for each in told)}.",
        f"{_NORM.en} {'; '.join(each.en for each in told)}.",
    )


def _fails(facts: VoltageFacts) -> Words:
    period = name_of(facts.period, PERIODS)
    if not facts.failing:
        return Words(f"{period.nl} voldoen alle knopen", f"{period.en} all nodes meet it")
    failing, nodes, stations = (
        number_words(each) for each in (facts.failing, facts.nodes, facts.stations)
    )
    names, rest = ", ".join(facts.areas[:AREAS_NAMED]), len(facts.areas) - AREAS_NAMED
    more = Words(f" en {rest} meer", f" and {rest} more") if rest > 0 else Words("", "")
    return Words(
        f"{period.nl} voldoen {failing.nl} van de {nodes.nl} laagspanningsknopen niet, achter "
        f"{stations.nl} stations (wijken: {names}{more.nl})",
        f"{period.en} {failing.en} of {nodes.en} low-voltage nodes do not meet it, behind "
        f"{stations.en} stations (areas: {names}{more.en})",
    )
