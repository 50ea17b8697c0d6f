"""Which measures of the catalogue are tried at a place, and what one unit of each costs.

Every place gets new and larger stations, a battery, and new stations under a feeder of their
own; its substation a transformer and a generator; and each feeder that binds a row a cable
beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from stroomstad.errors import raise_faults
from stroomstad.measures.effects import plan_sites
from stroomstad.measures.sites import resolve_sites, with_outlines
from stroomstad.measures.standing import (
    LARGER_STATION,
    MV_CABLE,
    NEW_STATION,
    SUBSTATION_TRANSFORMER,
    makes_node,
)
from stroomstad.measures.twin import Effect, Horizon, Site, Twin
from stroomstad.planning.money import unit_costs
from stroomstad.planning.projects import home_kw
from stroomstad.tables.plan import PLAN_MEASURES, SHARE_COLUMNS, Catalogue, Plan

BATTERY, GENERATOR = "neighbourhood_battery", "generator"
# Heating of a new home that draws less, and the measure of the catalogue that brings it about.
HEATINGS = (("heat_net", "heat_net"), ("grid_aware", "grid_aware_new_build"))

# Kind, place and largest size of each candidate.
Wanted = dict[str, tuple[str, str, float]]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a measure that may help.

    Attributes
    ----------
    measure_id, kind, place, unit, payer
        The measure.
    effect
        What one unit does to the grid; none where it changes what the row itself draws.
    investment_eur, yearly_eur
        What one unit costs.
    lead_time_years
        Years from decision to service.
    most
        Largest number of units.
    """

    measure_id: str
    kind: str
    place: str
    unit: str
    payer: str
    effect: Effect | None
    investment_eur: float
    yearly_eur: float
    lead_time_years: float
    most: float


def bound_feeders(
    twin: Twin, projects: pd.DataFrame, fits: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Feeders and rings of which a cable binds a row, by place."""
    cables = twin.grid.cables.set_index("cable_id")["to_node"]
    feeders = twin.grid.nodes.set_index("node_id")["feeder_id"]
    found: dict[str, list[str]] = {}
    bound = fits["binding_kind"].isin(("ring", MV_CABLE)).to_numpy()
    for cable, place in zip(fits["binding"][bound], projects["place"][bound], strict=True):
        if cable in cables.index:
            found.setdefault(place, []).append(str(feeders.loc[cables.loc[cable]]))
    return {place: tuple(dict.fromkeys(names)) for place, names in found.items()}


def candidates(
    twin: Twin,
    plan: Plan,
    places: tuple[str, ...],
    feeders: Mapping[str, tuple[str, ...]],
) -> tuple[Wanted, dict[str, tuple[str, ...]]]:
    """Candidates of all places, those of a substation or feeder once; and which serve a place."""
    twin = with_outlines(twin, plan)
    sites, issues = plan_sites(twin, plan, places)
    raise_faults(issues)
    middles = {place: _middle(sites[place]) for place in places}
    reachable, _ = resolve_sites(
        middles.values(), twin.grid, twin.city, twin.outlines, twin.parameters["mid"]
    )
    wanted: Wanted = {}
    at_place = {}
    for number, place in enumerate(places):
        site = sites[place]
        mine = {
            **_at_site(f"remedy-{number}", site),
            **_at_substation(site.substation_id),
            **{
                f"remedy-beside-{name}": (MV_CABLE, name, math.inf)
                for name in feeders.get(place, ())
            },
        }
        if middles[place] in reachable and makes_node(site):
            mine |= {
                f"remedy-{number}-feeder": (MV_CABLE, middles[place], math.inf),
                f"remedy-{number}-feeder-station": (NEW_STATION, middles[place], math.inf),
            }
        wanted |= mine
        at_place[place] = tuple(mine)
    return wanted, at_place


def _at_site(name: str, site: Site) -> Wanted:
    """Kind, place and largest size of the candidates of a place itself."""
    found = {f"{name}-station": (NEW_STATION, site.place, math.inf)}
    if site.stations:
        found[f"{name}-larger"] = (LARGER_STATION, site.place, float(len(site.stations)))
        found[f"{name}-battery"] = (BATTERY, site.place, math.inf)
    return found


def _at_substation(name: str) -> Wanted:
    return {
        f"remedy-transformer-{name}": (SUBSTATION_TRANSFORMER, name, math.inf),
        f"remedy-generator-{name}": (GENERATOR, name, math.inf),
    }


def _middle(site: Site) -> str:
    """A place of its own in the middle of another, so that a feeder to it stands apart."""
    return f"{site.x_m:.1f}, {site.y_m:.1f}"


def as_measures(wanted: Wanted, plan: Plan, kinds: pd.DataFrame) -> pd.DataFrame:
    """Candidates as declared in ``PLAN_MEASURES``; the default payer of the kind pays all."""
    payer = kinds.set_index("kind")["payer"]
    rows = []
    for name, (kind, place, _) in wanted.items():
        if kind not in payer.index:
            continue
        row: dict[str, Any] = dict.fromkeys(PLAN_MEASURES.columns, "")
        row |= dict.fromkeys(
            ("kw_per_unit", "limit_kw", "lead_time_years", "investment_eur", "yearly_eur"), np.nan
        )
        row |= dict.fromkeys(SHARE_COLUMNS, 0.0)
        row |= {
            "measure_id": name,
            "name": name,
            "kind": kind,
            "place": place,
            "size": 1.0,
            "size_max": 1.0,
            "in_service": f"{plan.first_year}-01-01",
            "status": "candidate",
            f"share_{payer.loc[kind]}": 1.0,
            "assumed": True,
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=list(PLAN_MEASURES.columns))


def units_of(
    measures: pd.DataFrame, catalogue: Catalogue, horizon: Horizon, most: Mapping[str, float]
) -> dict[str, Unit]:
    """Units of the candidates, priced in the middle case; those without a price are left out."""
    effects = {effect.measure_id: effect for effect in horizon.candidates}
    length_m = pd.Series({name: effect.length_m for name, effect in effects.items()}, dtype=float)
    costs = unit_costs(measures, catalogue.kinds, length_m, "mid")
    kinds = catalogue.kinds.set_index("kind").to_dict("index")
    price = costs.to_dict("index")
    units = {}
    for row in measures.itertuples():
        name, kind = str(row.measure_id), kinds[row.kind]
        cost = price[name]
        if name in effects and not np.isnan(cost["investment_eur"]):
            units[name] = Unit(
                name, str(row.kind), str(row.place), str(kind["unit"]), str(kind["payer"]),
                effects[name], float(cost["investment_eur"]), float(cost["yearly_eur"]),
                float(kind["lead_time_years"]), most[name],
            )  # fmt: skip
    return units


def lighter_heating(
    twin: Twin, home_types: Iterable[str]
) -> dict[str, tuple[tuple[Unit, float], ...]]:
    """By type of home the light heatings of the catalogue, and what one home then draws. [kW]."""
    kinds = twin.catalogue.kinds.set_index("kind").to_dict("index")
    units = [
        (heating, Unit(
            name, name, "", str(kinds[name]["unit"]), str(kinds[name]["payer"]), None,
            float(kinds[name]["investment_eur"]), float(kinds[name]["yearly_eur"]),
            float(kinds[name]["lead_time_years"]), math.inf,
        ))
        for heating, name in HEATINGS if name in kinds
    ]  # fmt: skip
    table = twin.catalogue.home_types
    return {
        home_type: tuple((unit, home_kw(table, home_type, heating, "mid"))
                         for heating, unit in units)
        for home_type in home_types
    }  # fmt: skip
