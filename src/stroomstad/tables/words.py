"""Words of closed lists that both pages and spreadsheets show: Dutch first, English by choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stroomstad.tables.projects import BESIDE

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    nl: str
    en: str

    def say(self, language: Language, **parts: object) -> str:
        """Return the text in one language, with the parts filled in where names stand in braces.

        Examples
        --------
        >>> Words("{n} woningen", "{n} homes").say("nl", n="1.200")
        '1.200 woningen'
        """
        chosen = self.nl if language == "nl" else self.en
        return chosen.format(**parts) if parts else chosen


UNKNOWN = Words("onbekend", "unknown")
YES_NO = {
    "yes": Words("ja", "yes"),
    "partly": Words("deels", "partly"),
    "no": Words("nee", "no"),
}
PAYERS = {
    "municipality": Words("gemeente", "municipality"),
    "grid_operator": Words("netbeheerder", "grid operator"),
    "developer": Words("ontwikkelaar", "developer"),
    "state": Words("rijk", "state"),
    "resident": Words("bewoner", "resident"),
}
LINK_KINDS = {
    "region": Words("regio", "region"),
    "substation": Words("onderstation", "substation"),
    "ring": Words("middenspanningsring", "medium-voltage ring"),
    "mv_cable": Words("middenspanningskabel", "medium-voltage cable"),
    "station": Words("station", "station"),
    "lv_cable": Words("laagspanningskabel", "low-voltage cable"),
    "voltage": Words("spanning", "voltage"),
    "no_station": Words("geen station op deze plek", "no station at this place"),
}
MEASURE_STATUSES = {
    "idea": Words("idee, telt niet mee", "idea, not counted"),
    "candidate": Words("kandidaat, telt niet mee", "candidate, not counted"),
    "planned": Words("gepland", "planned"),
    "decided": Words("besloten", "decided"),
    "built": Words("gebouwd", "built"),
}
# Short names of the kinds of measure; the catalogue tells at length what they are.
KINDS = {
    "homes": Words("nieuwe woningen", "new homes"),
    "connection": Words("nieuwe aansluiting", "new connection"),
    "industry_connection": Words("nieuwe aansluiting industrie", "new connection of industry"),
    "chargers": Words("openbare laadpunten", "public charge points"),
    "heat_pumps": Words("warmtepompen", "heat pumps"),
    "new_station": Words("nieuw station", "new station"),
    "larger_station": Words("groter station", "larger station"),
    "lv_cable": Words("laagspanningskabel erbij", "extra low-voltage cable"),
    "mv_cable": Words("middenspanningskabel erbij", "extra medium-voltage cable"),
    "substation_transformer": Words(
        "transformator erbij in het onderstation", "extra transformer in the substation"
    ),
    "regional_capacity": Words("meer vermogen uit de regio", "more power from the region"),
    "neighbourhood_battery": Words("buurtbatterij", "neighbourhood battery"),
    "firm_battery": Words("batterij van een bedrijf", "battery of a firm"),
    "generator": Words("regelbare opwek", "dispatchable generator"),
    "peak_shaving_contract": Words("contract voor minder in de piek", "peak-shaving contract"),
    "energy_hub": Words("energiehub met gedeelde grens", "energy hub with a shared limit"),
    "smart_charging": Words("slim laden", "smart charging"),
    "grid_aware_new_build": Words("balanswijk", "grid-aware new build"),
    "efficient_installations": Words("zuinige installaties", "efficient installations"),
    "hybrid_heat_pump": Words("hybride warmtepomp", "hybrid heat pump"),
    "heat_net": Words("warmtenet", "heat net"),
    "central_heat_pump": Words("centrale warmtepomp", "central heat pump"),
    "insulation": Words("isolatie", "insulation"),
    "curtailed_solar": Words("zon met aftopping", "solar with curtailment"),
    "time_block_right": Words("tijdblokcontract", "time-block contract"),
    "non_firm_right": Words("niet-vast contract", "non-firm contract"),
}
NO_REMEDY = {
    "waits": Words("past later vanzelf", "fits later by itself"),
    "too_late": Words("wat helpt, is pas na het plan klaar", "what helps is ready after the plan"),
    "not_enough": Words("geen maatregel neemt weg wat knelt", "no measure lifts what binds"),
    "not_looked_at": Words("nog niet uitgezocht", "not looked at yet"),
}


def joined_names(keys: object, names: Mapping[str, Words], language: Language) -> str:
    """Say keys of a closed list that stand with `BESIDE` between them; unknown ones stay.

    Examples
    --------
    >>> joined_names("municipality + state", PAYERS, "nl")
    'gemeente + rijk'
    """
    parts = str(keys).split(BESIDE)
    return BESIDE.join(names[key].say(language) if key in names else key for key in parts)


def sentence(text: str) -> str:
    """Begin a text with a capital and leave the rest as it is.

    Examples
    --------
    >>> sentence("de GGD bouwt.")
    'De GGD bouwt.'
    """
    return text[:1].upper() + text[1:]
