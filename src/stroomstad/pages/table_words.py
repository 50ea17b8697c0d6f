"""What the sheets and columns of the tables of a plan are called and mean, Dutch beside English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stroomstad.exchange.answers import ANSWERS, BINDING
from stroomstad.pages.words import OWNERS, PLACES, UNITS
from stroomstad.tables.plan import PLAN_MEASURES, PROMISES
from stroomstad.tables.projects import FITS
from stroomstad.tables.schema import Table
from stroomstad.tables.words import (
    KINDS,
    LINK_KINDS,
    MEASURE_STATUSES,
    PAYERS,
    YES_NO,
    Words,
    sentence,
)
from stroomstad.trust.confirm import CONFIRMED

Form = Literal["", "moment"]

_FLAGS = {"True": YES_NO["yes"], "False": YES_NO["no"]}
_BUYERS = PAYERS | {"society": Words("iedereen samen", "everyone together")}
_ENDS = {
    "gap": Words("dicht genoeg bij de grens", "close enough to the bound"),
    "work": Words("na de afgesproken hoeveelheid werk", "after the agreed amount of work"),
    "cancelled": Words("gestopt", "stopped"),
    "impossible": Words("geen antwoord", "no answer"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the run, its header and meaning, its unit, and words of its values.

    What it means in English, and its unit, are as declared where they do not stand here.
    """

    key: str
    nl: str
    en: str
    about_nl: str
    about: str = ""
    unit: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)
    form: Form = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: the table of the run that it shows, its title and meaning, and its columns."""

    table: str
    title: Words
    about: Words
    columns: tuple[Column, ...]
    declared: Table | None = None

    def meaning(self, column: Column) -> Words:
        """What a column means, as sentences."""
        english = column.about or self._declared()[column.key].description
        return Words(column.about_nl, f"{sentence(str(english))}.")

    def unit(self, column: Column) -> str:
        """Unit of a column."""
        declared = self._declared()
        if column.unit or column.key not in declared:
            return column.unit
        return str(declared[column.key].metadata["unit"])

    def _declared(self) -> Mapping[str, Any]:
        return {} if self.declared is None else self.declared.columns


_YEAR = Column("year", "jaar", "year", "Stand op de laatste dag van dit jaar.",
               "state on the last day of this year", "year")  # fmt: skip
_PROJECT = Column("project_id", "project", "project",
                  "Project uit de lijst; genummerd waar een naam meer rijen heeft.",
                  "project of the list; numbered where a name has more rows")  # fmt: skip

STAIRCASE = Sheet(
    "staircase",
    Words("Woningen per jaar", "Homes per year"),
    Words("Woningen die aan het eind van elk jaar zijn gevraagd en aangesloten, opgeteld.",
          "Homes asked and connected at the end of each year, in all."),
    (
        _YEAR,
        Column("asked", "gevraagd (woningen)", "asked (homes)",
               "Wat de projectenlijst vraagt.", "what the project list asks", "homes"),
        Column("promised", "beloofd (woningen)", "promised (homes)",
               "Wat het lineaire model van het synthetische net belooft.",
               "what the linear model of the synthetic grid promises", "homes"),
        Column("confirmed", "bevestigd (woningen)", "confirmed (homes)",
               "Wat een netberekening (AC) in de ontwerpweken daarvan bevestigt.",
               "what a power flow (AC) in the design weeks confirms of it", "homes"),
        Column("p10", "band, laag (woningen)", "band, low (homes)",
               "Een op de tien trekkingen ligt lager.", "one draw in ten lies lower", "homes"),
        Column("p50", "band, midden (woningen)", "band, middle (homes)",
               "De helft van de trekkingen ligt lager.", "half of the draws lie lower", "homes"),
        Column("p90", "band, hoog (woningen)", "band, high (homes)",
               "Een op de tien trekkingen ligt hoger.", "one draw in ten lies higher", "homes"),
        Column("lowest", "band, laagste (woningen)", "band, lowest (homes)",
               "De laagste trekking.", "the lowest draw", "homes"),
        Column("highest", "band, hoogste (woningen)", "band, highest (homes)",
               "De hoogste trekking.", "the highest draw", "homes"),
        *(Column(f"with_region_{key}", f"met regio: {nl} (woningen)", f"with region: {en} (homes)",
                 "Dezelfde band, met wat de regio overlaat.",
                 "the same band, with what the region leaves", "homes")
          for key, nl, en in (("lowest", "laagste", "lowest"), ("p10", "laag", "low"),
                              ("p50", "midden", "middle"), ("p90", "hoog", "high"),
                              ("highest", "hoogste", "highest"))),
        Column("region_homes", "regio laat toe (woningen, aangenomen)",
               "region allows (homes, assumed)",
               "Wat de regio boven de stad volgens het vooruitzicht toelaat.",
               "what the region above the city allows, by the outlook", "homes"),
    ),
)  # fmt: skip
PROJECTS = Sheet(
    "fits",
    Words("Projecten", "Projects"),
    Words("Het antwoord op elke rij van de projectenlijst.",
          "The answer to each row of the project list."),
    (
        _PROJECT,
        Column("row", "rij in de lijst", "row in the list", "Nummer van de rij in de lijst."),
        *(Column(a.key, a.head.nl, a.head.en, a.about_nl, a.about, words=a.words,
                 form="moment" if a.key == "binding_at" else "") for a in ANSWERS),
        Column("kw_is_promised", "vermogen is beloofd", "power is promised",
               "Of het vermogen een belofte van de ontwikkelaar is.",
               "whether the power is a promise of the developer", words=_FLAGS),
    ),
    FITS,
)  # fmt: skip
PROMISED = Sheet(
    "promises",
    Words("Toezeggingen", "Promises"),
    Words("Wat het plan van elk project aansluit, opgeteld tot het eind van elk jaar.",
          "What the plan connects of each project, in all at the end of each year."),
    (
        _PROJECT,
        _YEAR,
        Column("size", "aangesloten (woningen of kW)", "connected (homes or kW)",
               "Woningen, of kW van een aansluiting."),
    ),
    PROMISES,
)  # fmt: skip
CHECKED = Sheet(
    "confirmation",
    Words("Toets met AC", "AC check"),
    Words("Wat een netberekening (AC) van elke toezegging bevestigt.",
          "What a power flow (AC) confirms of each promise."),
    (
        _PROJECT,
        _YEAR,
        Column("promised", "beloofd (woningen of kW)", "promised (homes or kW)",
               "Wat het plan toezegt."),
        Column("confirmed", "bevestigd (woningen of kW)", "confirmed (homes or kW)",
               "Wat daarvan bij de netberekening overblijft."),
        Column("limit", "wat het begrenst (synthetisch)", "what limits it (synthetic)",
               "Station, kabel, onderstation of spanning die het onder de toezegging houdt.",
               words=BINDING),
        Column("limit_kind", "soort daarvan", "kind of it", "Soort van wat het begrenst.",
               words=LINK_KINDS),
        Column("limit_at", "vol op (lokale tijd)", "full at (local time)",
               "Kwartier van de ontwerpweek, op de Nederlandse klok.",
               "quarter of the design week, on the Dutch clock", form="moment"),
    ),
    CONFIRMED,
)  # fmt: skip
MEASURES = Sheet(
    "measures",
    Words("Maatregelen", "Measures"),
    Words("De maatregelen van het plan; idee en kandidaat tellen niet mee. Waar niets staat, "
          "geldt wat de catalogus voor de soort zegt.",
          "The measures of the plan; ideas and candidates do not count. Where nothing stands, "
          "what the catalogue says of the kind holds."),
    (
        Column("measure_id", "kenmerk", "identifier", "Kenmerk binnen het plan."),
        Column("name", "naam", "name", "Naam."),
        Column("kind", "soort", "kind", "Soort, uit de catalogus.", words=KINDS),
        Column("place", "plaats", "place",
               "Gebied, onderdeel van het net, postcode, punt of omtrek.", words=PLACES),
        Column("size", "omvang", "size", "Omvang, in de eenheid hiernaast."),
        Column("size_max", "grootste omvang", "largest size",
               "Grootste omvang die de zoeker mag kiezen."),
        Column("unit", "eenheid", "unit", "Eenheid van de omvang.", "unit of the size",
               words=UNITS),
        Column("in_service", "in gebruik vanaf", "in service from", "Eerste dag in gebruik."),
        Column("in_service_early", "vroeg", "early", "Eerste dag als alles meezit."),
        Column("in_service_late", "laat", "late", "Eerste dag als het tegenzit."),
        Column("until", "tot en met", "until", "Laatste dag; leeg als het blijft."),
        Column("decided_on", "besloten op", "decided on", "Dag van het besluit; leeg als het er "
               "nog niet is."),
        Column("depends_on", "wacht op", "waits for", "Maatregelen die er eerder moeten zijn."),
        Column("owner", "eigenaar", "owner", "Wie het bezit.", words=OWNERS),
        Column("decides", "wie besluit", "who decides", "Wie erover besluit."),
        Column("budget_line", "begrotingspost", "budget line", "Post die betaalt."),
        Column("status", "status", "status", "Hoe ver het is.", words=MEASURE_STATUSES),
        Column("kw_per_unit", "vast vermogen per eenheid (kW)", "firm power of one unit (kW)",
               "Vast vermogen waarmee een eenheid telt tot haar inzet per kwartier wordt "
               "nagebootst; leeg: dat van de soort.",
               "firm power by which one unit counts until its dispatch is simulated; missing: "
               "that of the kind"),
        Column("limit_kw", "gedeelde grens (kW)", "shared limit (kW)", "Grens van een hub."),
        Column("lead_time_years", "doorlooptijd (jaar)", "lead time (years)",
               "Jaren van besluit tot gebruik; leeg: die van de soort."),
        Column("investment_eur", "investering (EUR)", "investment (EUR)",
               "Van het geheel; leeg: volgens de soort."),
        Column("yearly_eur", "jaarlijks (EUR per jaar)", "yearly (EUR per year)",
               "Van het geheel; leeg: volgens de soort."),
        *(Column(f"share_{payer}", f"aandeel {said.nl} (1 = alles)", f"share {said.en} (1 = all)",
                 f"Deel van de kosten voor {said.nl}.") for payer, said in PAYERS.items()),
        Column("assumed", "aangenomen", "assumed", "Of iets ervan is aangenomen.", words=_FLAGS),
        Column("source", "bron", "source", "Waar het vandaan komt."),
    ),
    PLAN_MEASURES,
)  # fmt: skip
COSTS = Sheet(
    "costs",
    Words("Kosten", "Costs"),
    Words("Kosten van wat meetelt, per maatregel, jaar en betaler, niet verdisconteerd. Veel "
          "prijzen zijn aangenomen.",
          "Cost of what counts, per measure, year and payer, not discounted. Many prices are "
          "assumed."),
    (
        Column("measure_id", "maatregel", "measure", "Kenmerk van de maatregel.",
               "identifier of the measure"),
        Column("year", "jaar", "year", "Jaar waarin het wordt betaald.",
               "year in which it is paid", "year"),
        Column("payer", "betaler", "payer", "Wie betaalt.", "who pays", words=PAYERS),
        Column("budget_line", "begrotingspost", "budget line", "Post van deze betaler.",
               "line of this payer"),
        Column("investment_eur", "investering (EUR)", "investment (EUR)", "Investering.",
               "investment", "EUR"),
        Column("yearly_eur", "jaarlijks (EUR)", "yearly (EUR)", "Jaarlijkse kosten in dit jaar.",
               "yearly cost in this year", "EUR"),
        Column("co2_kg", "CO2 (kg)", "CO2 (kg)", "Uitstoot in dit jaar; onder nul is vermeden.",
               "emission in this year; below nought is avoided", "kg"),
    ),
)  # fmt: skip
ROOM = Sheet(
    "room",
    Words("Ruimte in de stad", "Room in the city"),
    Words("Woningen die nog in de hele stad passen, elk met het vermogen van de woning waarin "
          "ruimte wordt geteld.",
          "Homes that still fit in the whole city, each with the power of the home that rooms are "
          "counted in."),
    (
        _YEAR,
        Column("room", "passen nog (woningen)", "still fit (homes)",
               "Woningen die vanaf dit jaar passen en blijven passen.",
               "homes that fit from this year on and keep fitting", "homes"),
        Column("binding", "wat knelt (synthetisch)", "what binds (synthetic)",
               "Wat het eerst vol is.", "what is full first", words=BINDING),
        Column("binding_kind", "soort daarvan", "kind of it", "Soort van wat het eerst vol is.",
               "kind of what is full first", words=LINK_KINDS),
        Column("binding_at", "vol op (lokale tijd)", "full at (local time)",
               "Kwartier van de ontwerpweek, op de Nederlandse klok.",
               "quarter of the design week, on the Dutch clock", form="moment"),
        Column("binding_year", "vol in (jaar)", "full in (year)", "Jaar waarin het vol is.",
               "year in which it is full", "year"),
        Column("region_mw", "vermogen van de regio (MW)", "power from the region (MW)",
               "Wat de regio voor deze woningen moet leveren.",
               "what the region must leave for these homes", "MW"),
        Column("fits_with_region", "past het ook in de regio?", "does it fit the region too?",
               "Of de regio dat volgens het vooruitzicht (aangenomen) levert.",
               "whether the region leaves that, by the outlook (assumed)", words=YES_NO),
        Column("room_with_region", "passen met regio (woningen, aangenomen)",
               "fit with region (homes, assumed)", "Woningen waarvoor de regio genoeg levert.",
               "homes for which the region leaves enough", "homes"),
    ),
)  # fmt: skip
CURVE = Sheet(
    "curve",
    Words("Woningen per euro", "Homes per euro"),
    Words("Wat elk budget volgens de zoeker aansluit, in het lineaire model.",
          "What each budget connects according to the search, in the linear model."),
    (
        Column("payer", "wiens euro's", "whose euros", "Wiens uitgaven begrensd zijn.",
               "whose spending is limited", words=_BUYERS),
        Column("budget_eur", "budget (EUR)", "budget (EUR)", "Grens over de hele looptijd.",
               "limit over the whole horizon", "EUR"),
        Column("spent_eur", "uitgegeven (EUR)", "spent (EUR)", "Wat daarvan wordt uitgegeven.",
               "what is spent of it", "EUR"),
        Column("homes", "woningen", "homes", "Woningen in het laatste jaar.",
               "homes in the last year", "homes"),
        Column("connections_kw", "aansluitingen (kW)", "connections (kW)",
               "Aansluitingen in het laatste jaar.", "connections in the last year", "kW"),
        Column("worth", "waarde (woningen)", "worth (homes)",
               "Woningen en aansluitingen samen, geteld in woningen.",
               "homes and connections together, counted in homes", "homes"),
        Column("bound", "grens (woningen)", "bound (homes)",
               "Geen keuze in het lineaire model is meer waard.",
               "no choice in the linear model is worth more", "homes"),
        Column("gap", "kloof (1 = alles)", "gap (1 = all)",
               "Afstand tussen antwoord en grens, als deel van het antwoord.",
               "distance between answer and bound, as a share of the answer"),
        Column("ended", "hoe het eindigde", "how it ended", "Waarom de zoeker stopte.",
               "why the search stopped", words=_ENDS),
        Column("co2_kg", "CO2 (kg)", "CO2 (kg)", "Uitstoot van de maatregelen; onder nul is "
               "vermeden.", "emission of the measures; below nought is avoided", "kg"),
        Column("eur_municipality", "gemeente betaalt (EUR)", "municipality pays (EUR)",
               "Wat de gemeente betaalt.", "what the municipality pays", "EUR"),
        Column("eur_society", "iedereen betaalt (EUR)", "everyone pays (EUR)",
               "Wat iedereen samen betaalt.", "what everyone together pays", "EUR"),
    ),
)  # fmt: skip
SHEETS = (STAIRCASE, PROJECTS, PROMISED, CHECKED, MEASURES, COSTS, ROOM, CURVE)
