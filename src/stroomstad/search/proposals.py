"""Which measures could help the projects of a list, where the plan does not name them itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from stroomstad.measures.twin import Site, Twin
from stroomstad.planning.projects import kw_per_unit
from stroomstad.tables.plan import SHARE_COLUMNS, Plan

# Short names of the kinds that are proposed, in the language of plans and their users.
_KIND_NAMES = {
    "mv_cable": "Extra kabel",
    "new_station": "Nieuwe stations",
    "neighbourhood_battery": "Buurtbatterij",
    "grid_aware_new_build": "Balanswijk",
    "heat_net": "Warmtenet",
    "substation_transformer": "Extra transformator",
    "generator": "Regelbare opwek",
}
_SOURCE = "proposed by rule: what could serve the projects at this place; nobody has decided it"


@dataclass(frozen=True, slots=True)
class _Need:
    """What projects ask at one place.

    Attributes
    ----------
    homes
        New homes.
    homes_heat_pump
        Those of them with a heat pump of their own.
    kw
        Power of homes and connections at station level. [kW]
    """

    homes: float
    homes_heat_pump: float
    kw: float


def propose(twin: Twin, plan: Plan, projects: pd.DataFrame, sites: Mapping[str, Site]) -> Plan:
    """Add candidates for the search to choose from to a plan.

    Parameters
    ----------
    twin
        The city.
    plan
        The plan; a place and kind it already names is left to it.
    projects
        As declared in ``PROJECTS``.
    sites
        Site of every place of the projects.

    Returns
    -------
    The plan with more measures of status ``candidate``; each is of a size that could carry all
    that is asked, and can be in service after the lead time of its kind.
    """
    named = set(zip(plan.measures["place"], plan.measures["kind"], strict=True))
    needs = {place: _need(twin, rows) for place, rows in projects.groupby("place", sort=True)}
    rows = []
    for place, need in needs.items():
        sizes = _sizes_at(twin, need)
        rows += [
            _row(twin, plan, (kind, str(place), size))
            for kind, size in sizes.items()
            if size > 0 and (place, kind) not in named
        ]
    behind = {sites[str(place)].substation_id: 0.0 for place in needs}
    for place, need in needs.items():
        behind[sites[str(place)].substation_id] += need.kw
    for substation, kw in sorted(behind.items()):
        sizes = {"substation_transformer": 1.0, "generator": float(np.ceil(kw))}
        rows += [
            _row(twin, plan, (kind, substation, size))
            for kind, size in sizes.items()
            if (substation, kind) not in named
        ]
    rows += [
        _row(twin, plan, ("mv_cable", feeder, 1.0))
        for feeder in _feeders(twin, [sites[str(place)] for place in needs])
        if (feeder, "mv_cable") not in named
    ]
    if not rows:
        return plan
    names = _place_names(twin, projects)
    for row in rows:
        place = str(row["place"])
        row["name"] = f"{_KIND_NAMES[str(row['kind'])]} {names.get(place, place)}"
    return replace(plan, measures=_joined(plan.measures, rows))


def _place_names(twin: Twin, projects: pd.DataFrame) -> dict[str, str]:
    """What people call a place: an area and a substation by name, a point by its first project."""
    areas, substations = twin.city.areas, twin.grid.substations
    points = projects[projects["place"].str.contains(",")].drop_duplicates("place")
    return {
        **dict(zip(points["place"], points["name"], strict=True)),
        **dict(zip(areas["area_code"], areas["area_name"], strict=True)),
        **dict(zip(substations["substation_id"], substations["substation_name"], strict=True)),
    }


def _feeders(twin: Twin, places: Iterable[Site]) -> list[str]:
    """Feeders of the stations at some places, beside which a second cable may be laid."""
    stations = twin.grid.stations
    mine = stations["station_id"].isin([name for site in places for name in site.stations])
    return sorted(stations.loc[mine, "feeder_id"].unique().tolist())


def _need(twin: Twin, rows: pd.DataFrame) -> _Need:
    types = twin.catalogue.home_types
    homes = rows[rows["kind"] == "homes"]
    each_kw = kw_per_unit(rows, types, "mid")
    kw = float(each_kw @ (rows["homes"] + rows["connection_kw"]).to_numpy(dtype=np.float64))
    pumps = homes.loc[homes["heating"] == "heat_pump", "homes"].sum()
    return _Need(float(homes["homes"].sum()), float(pumps), kw)


def _sizes_at(twin: Twin, need: _Need) -> dict[str, float]:
    """Size of each kind that could carry all that is asked at a place."""
    parameters = twin.parameters["mid"]
    power_factor = parameters.value("power_factor")
    station_kw = (
        parameters.value("new_station_rating_kva")
        * parameters.value("limit_station")
        * power_factor
    )
    cable_kw = _feeder_kva(twin) * parameters.value("limit_mv_cable") * power_factor
    sizes = {
        "mv_cable": np.ceil(need.kw / cable_kw),
        "new_station": np.ceil(need.kw / station_kw),
        "neighbourhood_battery": np.ceil(need.kw),
        "grid_aware_new_build": need.homes_heat_pump,
        "heat_net": need.homes_heat_pump,
    }
    return {kind: float(size) for kind, size in sizes.items()}


def _feeder_kva(twin: Twin) -> float:
    """Rating of the largest standard cable at medium voltage. [kVA]."""
    types = twin.cable_types
    current_a = types.loc[types["kind"] == "mv_cable", "rated_current_a"].max()
    voltage_v = twin.parameters["mid"].value("mv_voltage_v")
    return float(np.sqrt(3.0) * current_a * voltage_v / 1000.0)


def _row(twin: Twin, plan: Plan, wanted: tuple[str, str, float]) -> dict[str, object]:
    kind, place, size = wanted
    kinds = twin.catalogue.kinds.set_index("kind")
    facts = kinds.loc[kind].to_dict()
    first = plan.first_year + int(np.ceil(facts["lead_time_years"]))
    day = f"{first}-01-01"
    return {
        "measure_id": f"{kind}@{place}".replace(" ", "-"),
        "name": "",
        "kind": kind,
        "place": place,
        "size": size,
        "size_max": size,
        "in_service": day,
        "in_service_early": day,
        "in_service_late": day,
        "until": "",
        "decided_on": "",
        "depends_on": f"mv_cable@{place}".replace(" ", "-") if kind == "new_station" else "",
        "owner": str(facts["owner"]),
        "decides": str(facts["owner"]),
        "budget_line": "",
        "status": "candidate",
        **{name: float(name == f"share_{facts['payer']}") for name in SHARE_COLUMNS},
        "assumed": True,
        "source": _SOURCE,
    }


def _joined(measures: pd.DataFrame, rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    added = pd.DataFrame(list(rows)).reindex(columns=measures.columns)
    taken = set(measures["measure_id"])
    added = added[~added["measure_id"].isin(taken)]
    # A station waits for a feeder of this proposal only where that is proposed too.
    known = taken | set(added["measure_id"])
    added["depends_on"] = added["depends_on"].where(added["depends_on"].isin(known), "")
    return pd.concat([measures, added.astype(measures.dtypes.to_dict())], ignore_index=True)
