"""Plans as tables: dated measures, what they may cost, what nobody decides, and what a plan is.

A *plan* is a set of dated measures. An *outlook* is what nobody decides: growth of existing
demand, heat pumps, vehicles, solar and what the region leaves. The state of year ``y`` is that
on its last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import pandas as pd

from stroomstad.tables.parameters import STATUSES, Case
from stroomstad.tables.schema import count, flag, number, table, text
from stroomstad.tables.schema import key as key_

Payer = Literal["municipality", "grid_operator", "developer", "state", "resident"]
PAYERS: tuple[Payer, ...] = ("municipality", "grid_operator", "developer", "state", "resident")
SHARE_COLUMNS = tuple(f"share_{payer}" for payer in PAYERS)

GROUPS = ("demand", "relief", "reinforcement", "region", "right")
# idea: not counted; candidate: for the search to choose; the others count from their date on.
MEASURE_STATUSES = ("idea", "candidate", "planned", "decided", "built")
COUNTED_STATUSES = ("planned", "decided", "built")

# How a measure's kW runs over the quarters; 1 is its firm kW. Connections use them as profiles.
POWER_SHAPES = (
    "none",
    "home",  # as a new home draws
    "vehicle",  # as vehicles charge at home
    "sun",  # as roofs feed in
    "flat",  # always
    "window",  # in the peak window of working days, else nothing
    "window_recharge",  # the same, and drawn again at night with losses
    "shift",  # the same, and drawn again at night without losses
    "outside_window",  # always but in the peak window
    "office",  # as service buildings draw
    "industry",  # as industry draws
    "charging",  # as public chargers draw
    "cap",  # whatever the members of a hub draw above their shared limit
)
# Where the power of one unit acts.
ACTS_AT = (
    "stations",  # on the low-voltage busbars of the public stations of the place, by their homes
    "new_homes",  # on the busbars of the place, those the plan builds included, by their rating
    "feeders",  # on the medium-voltage side of the stations of the place
    "firms",  # on the nodes of firms of the place, by what they draw
    "substation",  # on the busbar of its substation
    "region",  # above every substation: it leaves the city's own grid as it is
)
COST_PER = ("unit", "m")

MEASURE_KINDS = table(
    "measure_kinds",
    "Kinds of measure: what one unit does, costs and takes, by default.",
    {
        "kind": key_("name"),
        "group": text("what it is for", isin=GROUPS),
        "unit": text("unit of its size"),
        "acts_at": text("where its power or its new limit acts", isin=ACTS_AT),
        "shape": text("how its power runs over the quarters", isin=POWER_SHAPES),
        "kw_low": number("firm power of one unit, lowest; drawn for demand, taken away for relief",
                         "kW", nullable=True),
        "kw": number("firm power of one unit", "kW", nullable=True),
        "kw_high": number("firm power of one unit, highest", "kW", nullable=True),
        "cost_per": text("what the investment is counted per", isin=COST_PER),
        "investment_eur_low": number("investment per unit or m, lowest", "EUR", nullable=True),
        "investment_eur": number("investment per unit or m; missing: the plan says it", "EUR",
                                 nullable=True),
        "investment_eur_high": number("investment per unit or m, highest", "EUR", nullable=True),
        "yearly_eur_low": number("yearly cost per unit, lowest", "EUR/year", nullable=True),
        "yearly_eur": number("yearly cost per unit, fuel included", "EUR/year", nullable=True),
        "yearly_eur_high": number("yearly cost per unit, highest", "EUR/year", nullable=True),
        "co2_kg_per_year": number("emission of one unit; negative is avoided", "kg/year",
                                  lowest=None),
        "life_years": number("years until it is replaced", "year"),
        "lead_time_years": number("years from decision to service", "year"),
        "payer": text("who pays unless the plan says otherwise", isin=PAYERS),
        "owner": text("who as a rule owns it"),
        "price_year": count("year of the prices"),
        "status": text("where the values come from", isin=STATUSES),
        "source": text("publication and year, or the reason for an assumption"),
        "about": text("what it is, in English"),
        "about_nl": text("what it is, in Dutch"),
    },
)  # fmt: skip

OUTLOOK = table(
    "outlook",
    "What nobody decides, year by year.",
    {
        "quantity": text(
            "what it is",
            isin=("demand_index", "heat_pumps_per_home", "vehicles_per_home",
                  "solar_kwp_per_home", "regional_mw"),
        ),
        "year": count("state on the last day of this year"),
        "low": number("in the outlook that leaves least room", "as stated", lowest=None),
        "mid": number("in the middle outlook", "as stated", lowest=None),
        "high": number("in the outlook that leaves most room", "as stated", lowest=None),
        "unit": text("unit of the values"),
        "status": text("where the values come from", isin=STATUSES),
        "source": text("publication and year, or the reason for an assumption"),
        "about": text("what it is, in English"),
        "about_nl": text("what it is, in Dutch"),
    },
)  # fmt: skip

HOME_TYPES = table(
    "home_types",
    "What a new home adds to the evening peak at station level, by type and heating.",
    {
        "home_type": text("type", isin=("apartment", "terraced", "semi_detached", "detached",
                                        "any")),
        "heating": text("heating", isin=("heat_net", "heat_pump", "hybrid", "gas",
                                         "grid_aware", "unknown")),
        "kw_low": number("in the case with most room", "kW"),
        "kw": number("peak per home at station level", "kW"),
        "kw_high": number("in the case with least room", "kW"),
        "status": text("where the values come from", isin=STATUSES),
        "source": text("publication and year, or the reason for an assumption"),
    },
)  # fmt: skip

PLAN_MEASURES = table(
    "measures",
    "The measures of a plan.",
    {
        "measure_id": key_("identifier within the plan"),
        "name": text("name"),
        "kind": text("kind, as in the catalogue"),
        "place": text("area code, asset, postcode, point, named outline, substation or `city`"),
        "size": number("size, in the unit of the kind", "as the kind"),
        "size_max": number("largest size that the search may choose; the size otherwise",
                           "as the kind"),
        "in_service": text("first day of service, ISO 8601"),
        "in_service_early": text("the same if all goes well; counts in the case with most room"),
        "in_service_late": text("the same if it does not; counts in the case with least room"),
        "until": text("last day of service; empty when it stays"),
        "decided_on": text("day of the decision; empty when there is none yet"),
        "depends_on": text("measures that must be in service before, with spaces between"),
        "owner": text("who owns it"),
        "decides": text("who decides"),
        "budget_line": text("budget line that pays; empty when none does"),
        "status": text("how far it is", isin=MEASURE_STATUSES),
        "kw_per_unit": number("firm power of one unit; missing: that of the kind", "kW",
                              nullable=True),
        "limit_kw": number("shared limit of a hub", "kW", nullable=True),
        "lead_time_years": number("years from decision to service; missing: that of the kind",
                                  "year", nullable=True),
        "investment_eur": number("investment of the whole; missing: by the kind", "EUR",
                                 nullable=True),
        "yearly_eur": number("yearly cost of the whole; missing: by the kind", "EUR/year",
                             nullable=True),
        **{name: number(f"share of the cost that the {name[6:].replace('_', ' ')} pays", "1")
           for name in SHARE_COLUMNS},
        "assumed": flag("whether anything in it is assumed rather than sourced"),
        "source": text("where it comes from"),
    },
)  # fmt: skip

BUDGETS = table(
    "budgets",
    "What payers may spend, discounted nowhere: euros of each year's own column.",
    {
        "budget_line": key_("name"),
        "payer": text("whose money", isin=PAYERS),
        "first_year": count("first year in which it may be spent"),
        "last_year": count("last year"),
        "eur": number("investment and yearly cost together over these years", "EUR"),
        "source": text("where it comes from"),
    },
)

PROMISES = table(
    "promises",
    "What a plan connects: cumulative size of each project at the end of each year.",
    {
        "project_id": text("project, as in the project list"),
        "year": count("end of this year"),
        "size": number("homes, or kW of a connection", "home or kW"),
    },
)

OUTLINES = table(
    "outlines",
    "Places with an outline, drawn where no address exists yet; geometry in EPSG:28992.",
    {
        "place": key_("name"),
        "assumed": flag("whether the outline is assumed"),
        "source": text("where it comes from"),
    },
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Dated measures over a city, and the budgets they are paid from.

    Attributes
    ----------
    name
        Name.
    city
        Name of the municipality it is for.
    first_year, last_year
        Its horizon, both included.
    outlook
        Which outlook it is judged in unless asked otherwise.
    measures, budgets, promises
        As declared in `PLAN_MEASURES`, `BUDGETS` and `PROMISES`.
    outlines
        As declared in `OUTLINES`, with geometry.
    """

    name: str
    city: str
    first_year: int
    last_year: int
    outlook: Case
    measures: pd.DataFrame
    budgets: pd.DataFrame
    promises: pd.DataFrame
    outlines: gpd.GeoDataFrame

    @property
    def years(self) -> range:
        """Years of the horizon."""
        return range(self.first_year, self.last_year + 1)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What holds for every plan: kinds of measure, kinds of home, and the outlook.

    Attributes
    ----------
    kinds, home_types, outlook
        As declared in `MEASURE_KINDS`, `HOME_TYPES` and `OUTLOOK`.
    """

    kinds: pd.DataFrame
    home_types: pd.DataFrame
    outlook: pd.DataFrame
