"""How many homes, or kWp of roofs, still fit in each area and behind each station, and what binds.

Room is *local*: station, medium-voltage cables and substation. Homes are placed on the
low-voltage busbar of the public stations of an area, with cables of their own from there; what
the cables in the street still take is told beside it. An area without a public station gets a
new feeder from the substation that serves it, and stations that are still to be built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.capacity.headroom import (
    Branch,
    binding_links,
    branch_to,
    chain_room,
    link_capacity,
    raised,
    regional_curve,
    room,
    room_total,
    whole,
)
from stroomstad.simulation import Direction, LinkState
from stroomstad.synthesis import serving_substation
from stroomstad.tables.city import no_supply_areas
from stroomstad.tables.grid import LINK_KINDS, Grid, RadialTree
from stroomstad.tables.parameters import Case, Parameters
from stroomstad.tables.profiles import TimeAxis

CURVE_POINTS = 31
TIME_FORMAT = "%Y-%m-%dT%H:%MZ"


@dataclass(frozen=True, slots=True)
class Places:
    """Where new homes of an area may be placed.

    Attributes
    ----------
    area_code, area_name
        The area.
    stations
        Public stations in it.
    branch
        Their low-voltage busbars and what leads to them; the substation that serves it where
        the area has no station.
    branch_existing
        The low-voltage nodes in its streets and what leads to them.
    substations
        Positions of the substations from which new stations would be fed: the one that serves.
    """

    area_code: str
    area_name: str
    stations: int
    branch: Branch
    branch_existing: Branch
    substations: Ints


@dataclass(frozen=True, slots=True)
class Capacities:
    """What every link still takes, in one case and direction.

    Attributes
    ----------
    case, direction
        Side of the band; homes that draw or roofs that feed in.
    axis
        The quarters of the design week.
    exact
        Homes or kWp up to the limit; negative is a shortage. Shape (links,)
    quarter
        Position of the quarter in which the link is full; -1 for none. Shape (links,)
    unit_max_kw
        Highest power of one home or kWp at station level in the week. [kW]
    """

    case: Case
    direction: Direction
    axis: TimeAxis
    exact: Floats
    quarter: Ints
    unit_max_kw: float


def build_capacities(
    state: LinkState, case: Case, direction: Direction, axis: TimeAxis
) -> Capacities:
    """Capacity of every link from its state in a design week."""
    exact, quarter = link_capacity(
        state.limit_kva, state.base_kva, state.unit_kw, state.kva_per_kw, state.level_factor_unit
    )
    return Capacities(case, direction, axis, exact, quarter, float(state.unit_kw.max()))


def build_places(
    grid: Grid,
    tree: RadialTree,
    areas: gpd.GeoDataFrame,
    supply_areas: gpd.GeoDataFrame | None = None,
) -> tuple[Places, ...]:
    """Places of every area, sorted by area code.

    Parameters
    ----------
    grid, tree
        The grid, and its tree.
    areas
        As in ``AREAS``, geometry in EPSG:28992.
    supply_areas
        As in ``SUPPLY_AREAS``; when left out, an area belongs to the nearest substation.
    """
    supply_areas = no_supply_areas() if supply_areas is None else supply_areas
    public, street = _sites(grid)
    places = []
    for area in areas.sort_values("area_code").itertuples():
        busbars = public.loc[public["area_code"] == area.area_code, "node_lv"]
        serving = pd.Series([_serving_busbar(grid, area.geometry, supply_areas)])
        sites = busbars if len(busbars) else serving
        existing = street.loc[street["area_code"] == area.area_code, "node_id"]
        branches = _branch(tree, sites), _branch(tree, existing)
        name = str(area.area_code), str(area.area_name)
        places.append(Places(*name, len(busbars), *branches, _positions(tree, serving)))
    return tuple(places)


def city_place(grid: Grid, tree: RadialTree, code: str, name: str) -> Places:
    """Place of the whole city at once: every public station that stands."""
    public, street = _sites(grid)
    branches = _branch(tree, public["node_lv"]), _branch(tree, street["node_id"])
    return Places(code, name, len(public), *branches, np.flatnonzero(tree.parent < 0))


def area_rooms(
    places: tuple[Places, ...], tree: RadialTree, capacities: Capacities
) -> pd.DataFrame:
    """Room of every area in one case and direction; columns as in ``ROOM``.

    Parameters
    ----------
    places
        Where homes may be placed.
    tree
        The radial grid.
    capacities
        What every link takes.
    """
    most = whole(capacities.exact)
    rows = []
    for place in places:
        homes, binding = area_answer(place.branch, most, tree, capacities)
        existing = place.branch_existing
        on_cables = room_total(existing, room(existing, most[existing.nodes]))
        rows.append(
            {
                "area_code": place.area_code,
                "area_name": place.area_name,
                "case": capacities.case,
                "direction": capacities.direction,
                "room": homes,
                **binding,
                "stations": place.stations,
                "checked": "not checked",
                "room_existing_cables": on_cables,
            }
        )
    return pd.DataFrame(rows)


def area_answer(
    branch: Branch, most: Floats, tree: RadialTree, capacities: Capacities
) -> tuple[float, dict[str, object]]:
    """Room of a branch, and what binds it now and next.

    Parameters
    ----------
    branch
        The places and what leads to them.
    most
        Whole capacity of every link of the tree. [homes], shape (links,)
    tree
        The radial grid.
    capacities
        Tells which of equal links is named, and when it binds.
    """
    capacity = most[branch.nodes]
    through = room(branch, capacity)
    cut = binding_links(branch, capacity, through)
    beyond = raised(capacity, cut)
    next_cut = binding_links(branch, beyond, room(branch, beyond))
    first = largest_link(branch.nodes[cut], tree, capacities.exact)
    second = largest_link(branch.nodes[next_cut], tree, capacities.exact)
    return room_total(branch, through), {
        "binding": _name(tree, first),
        "binding_kind": _kind(tree, first),
        "binding_count": int(cut.size),
        "binding_at": _time(capacities, first),
        "next_binding": _name(tree, second),
        "next_binding_kind": _kind(tree, second),
    }


def station_rooms(grid: Grid, tree: RadialTree, capacities: Capacities) -> pd.DataFrame:
    """Room of every public station, the others left as they are; columns as in ``STATION_ROOM``."""
    public = grid.stations[grid.stations["owner"] == "public"].sort_values("station_id")
    at = pd.Series(np.arange(tree.node_ids.size), index=tree.node_ids)
    exact, binding = chain_room(tree.parent, tree.order, capacities.exact)
    busbars = at.loc[public["node_lv"]].to_numpy(dtype=np.int64)
    binds = binding[busbars]
    return pd.DataFrame(
        {
            "station_id": public["station_id"].to_numpy(),
            "area_code": public["area_code"].to_numpy(),
            "case": capacities.case,
            "direction": capacities.direction,
            "room": whole(exact[busbars]),
            "shortage": np.maximum(-exact[busbars], 0.0),
            "binding": tree.link_ids[binds],
            "binding_kind": np.array(LINK_KINDS, dtype=object)[tree.link_kind[binds]],
            "binding_at": [_time(capacities, link) for link in binds.tolist()],
        }
    )


def city_curve(
    city_room: float,
    capacities: Capacities,
    tree: RadialTree,
    level_factor_unit: Floats,
    parameters: Parameters,
) -> pd.DataFrame:
    """Homes that fit in the city over what the region leaves; columns as in ``REGIONAL_CURVE``.

    Parameters
    ----------
    city_room
        Room of the whole city at once. [homes]
    capacities
        What every link takes, direction load.
    tree
        The radial grid.
    level_factor_unit
        Factor on the load of new homes. [1], shape (links,)
    parameters
        In the same case.

    Notes
    -----
    The region is taken at the level of the substations, the one where homes coincide most,
    which errs towards fewer homes; losses on the way, and new stations, are left out.
    """
    home_peak_kw = capacities.unit_max_kw * float(level_factor_unit[tree.parent < 0].max())
    regional_mw = np.linspace(0.0, parameters.value("regional_mw_max"), CURVE_POINTS)
    return pd.DataFrame(
        {
            "case": capacities.case,
            "regional_mw": regional_mw,
            "homes": regional_curve(regional_mw, city_room, home_peak_kw),
        }
    )


def _sites(grid: Grid) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Public stations, and the low-voltage nodes in the streets behind them."""
    public = grid.stations[grid.stations["owner"] == "public"]
    behind_public = grid.nodes["station_id"].isin(public["station_id"])
    return public, grid.nodes[(grid.nodes["kind"] == "lv") & behind_public]


def _branch(tree: RadialTree, node_ids: pd.Series) -> Branch:
    return branch_to(tree.parent, tree.order, _positions(tree, node_ids))


def _positions(tree: RadialTree, node_ids: pd.Series) -> Ints:
    at = pd.Series(np.arange(tree.node_ids.size), index=tree.node_ids)
    return at.loc[node_ids].to_numpy(dtype=np.int64)


def _serving_busbar(grid: Grid, area: object, supply_areas: gpd.GeoDataFrame) -> str:
    centre = gpd.GeoSeries([area]).representative_point().iloc[0]
    place = float(centre.x), float(centre.y)
    return str(serving_substation(place, grid.substations, supply_areas)["node_mv"])


def add_new_stations(
    rooms: pd.DataFrame,
    places: tuple[Places, ...],
    capacities: Mapping[Direction, Mapping[Case, Capacities]],
    parameters: Mapping[Case, Parameters],
    share: Mapping[Direction, float] | None = None,
) -> pd.DataFrame:
    """Add what fits once stations are built, and how many of them that takes.

    Parameters
    ----------
    rooms
        As from `area_rooms`, checked or not.
    places
        The places that they speak of.
    capacities
        What every link takes, by direction and case.
    parameters
        ``new_station_rating_kva``, ``limit_station`` and ``power_factor``, by case.
    share
        What a new station carries of ``limit_station`` in each direction; all of it when left out.
        [1]

    Returns
    -------
    The rooms with ``room_with_new_stations`` and ``new_stations_needed``.

    Notes
    -----
    New stations hang on new feeders from the serving substation, so what that still takes
    by the linear rule is the most; it is not checked by AC. Areas under one substation share it.
    """
    by_code = {place.area_code: place for place in places}
    most = rooms["room"].to_numpy(dtype=np.float64, copy=True)
    needed = np.zeros(len(rooms), dtype=np.int64)
    for direction, by_case in capacities.items():
        for case, of_case in by_case.items():
            takes = whole(of_case.exact)
            per_station = _per_new_station(of_case, parameters[case])
            per_station *= 1.0 if share is None else share[direction]
            ours = ((rooms["direction"] == direction) & (rooms["case"] == case)).to_numpy()
            for row in np.flatnonzero(ours).tolist():
                place = by_code[str(rooms["area_code"].iloc[row])]
                standing = most[row] if place.stations else 0.0
                most[row] = max(float(takes[place.substations].sum()), most[row])
                needed[row] = int(np.ceil((most[row] - standing) / per_station))
    return rooms.assign(room_with_new_stations=most, new_stations_needed=needed)


def _per_new_station(capacities: Capacities, parameters: Parameters) -> float:
    """Homes or kWp that one new station takes."""
    most_kva = parameters.value("new_station_rating_kva") * parameters.value("limit_station")
    power_factor = parameters.value("power_factor") if capacities.direction == "load" else 1.0
    return most_kva * power_factor / capacities.unit_max_kw


def largest_link(links: Ints, tree: RadialTree, exact: Floats) -> int:
    """Link with the largest capacity, the first by name of equal ones; -1 when there is none."""
    if not links.size:
        return -1
    return int(min(links.tolist(), key=lambda link: (-exact[link], str(tree.link_ids[link]))))


def _name(tree: RadialTree, link: int) -> str | None:
    return None if link < 0 else str(tree.link_ids[link])


def _kind(tree: RadialTree, link: int) -> str | None:
    return None if link < 0 else LINK_KINDS[tree.link_kind[link]]


def _time(capacities: Capacities, link: int) -> str | None:
    if link < 0 or capacities.quarter[link] < 0:
        return None
    return str(capacities.axis.times()[capacities.quarter[link]].strftime(TIME_FORMAT))
