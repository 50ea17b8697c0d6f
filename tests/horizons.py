"""A small city that is solved, plans for it, and horizons: built from it, or made by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box
from tiny import NATIONAL, make_city, make_grid, make_parameters, make_shapes, make_types

from stroomstad.loads import build_loads
from stroomstad.measures.twin import Horizon, Site, Twin
from stroomstad.powerflow import build_network, link_limits
from stroomstad.simulation import Behind, link_states, solve_week
from stroomstad.tables.grid import Grid, radial_tree
from stroomstad.tables.parameters import CASES
from stroomstad.tables.plan import BUDGETS, PLAN_MEASURES, PROMISES, Catalogue, Plan
from stroomstad.tables.profiles import TimeAxis
from stroomstad.timeline.horizons import build_horizon

WEST, EAST, NORTH = "WK000101", "WK000102", "WK000103"
OUTLINE = "Nieuwveld"
YEARS = (2026, 2028)
# Where the tiny grid lies: its stations in the two areas of the tiny city.
EAST_M, NORTH_M, SCALE = 139900.0, 480300.0, 0.6


def make_outlook(growth=0.01, regional_mw=(0.0, 0.5, 1.0), pumps=0.01, vehicles=0.03, solar=0.05):
    """What nobody decides from 2023 to 2040: equal steps each year, the low case half as much more.

    The high case stands still.
    """
    rows = []
    steps = {
        "demand_index": (1.0, growth),
        "heat_pumps_per_home": (0.0, pumps),
        "vehicles_per_home": (0.0, vehicles),
        "solar_kwp_per_home": (0.0, solar),
    }
    for year in range(2023, 2041):
        for quantity, (first, step) in steps.items():
            more = step * (year - 2023)
            rows.append((quantity, year, first + 1.5 * more, first + more, first))
        rows.append(("regional_mw", year, *regional_mw))
    table = pd.DataFrame(rows, columns=["quantity", "year", "low", "mid", "high"])
    return table.assign(unit="1", status="assumed", source="test", about="", about_nl="")


def make_catalogue(**outlook):
    """The national kinds of measure and home, and an outlook with round numbers."""
    kinds, home_types = (pd.read_csv(NATIONAL / f"{n}.csv") for n in ("measures", "home_types"))
    return Catalogue(kinds, home_types, make_outlook(**outlook))


def no_outlines():
    columns = {"place": pd.Series(dtype=str), "assumed": pd.Series(dtype=bool)}
    return gpd.GeoDataFrame(
        {**columns, "source": pd.Series(dtype=str)}, geometry=gpd.GeoSeries([]), crs=28992
    )


def make_outlines(**shapes):
    """Outlines by name; without any, one in the empty north of the city."""
    shapes = shapes or {OUTLINE: box(140200, 480700, 140600, 480900)}
    table = {"place": list(shapes), "assumed": True, "source": "drawn for the test"}
    return gpd.GeoDataFrame(table, geometry=list(shapes.values()), crs=28992)


def make_wide_city():
    """The tiny city with a third area in which nothing stands yet."""
    city = make_city()
    north = gpd.GeoDataFrame(
        {
            "area_code": [NORTH],
            "area_name": ["Noordwijk"],
            "dwellings": [0.0],
            "population": [0.0],
            "solar_homes_kwp": [0.0],
        },
        geometry=[box(140000, 480600, 141200, 481000)],
        crs=28992,
    )
    areas = pd.concat([city.areas, north], ignore_index=True)
    boundary = gpd.GeoDataFrame(geometry=[areas.union_all()], crs=28992)
    return replace(city, areas=areas, boundary=boundary)


def make_placed_grid(city):
    """The tiny grid moved into the city, with a firm's own station K1 and every point connected."""
    grid = make_grid()
    moved = {}
    for name in ("nodes", "stations", "substations"):
        table = getattr(grid, name).copy()
        table["x_m"] = EAST_M + SCALE * table["x_m"]
        table["y_m"] = NORTH_M + SCALE * table["y_m"]
        moved[name] = table
    nodes, stations = moved["nodes"], moved["stations"]
    own = nodes[nodes["station_id"].eq("S2") & nodes["kind"].ne("lv")].assign(station_id="K1")
    own["node_id"] = ["K1-mv", "K1-lv"]
    cable = grid.cables[grid.cables["cable_id"] == "M2"].assign(
        cable_id="M3", from_node="S2-mv", to_node="K1-mv", length_m=200.0
    )
    firm = stations[stations["station_id"] == "S2"].assign(
        station_id="K1", owner="customer", node_mv="K1-mv", node_lv="K1-lv", homes=0, addresses=1,
        rating_kva_low=630.0, rating_kva=630.0, rating_kva_high=630.0,
    )  # fmt: skip
    return Grid(
        pd.concat([nodes, own], ignore_index=True),
        pd.concat([grid.cables, cable], ignore_index=True),
        pd.concat([stations, firm], ignore_index=True),
        moved["substations"],
        _connections(city.points),
        pd.DataFrame(),
    )


def _connections(points):
    """Groups on the nodes of their area in turn; the firm of the east at its own station."""
    nodes = []
    for number, point in enumerate(points.itertuples()):
        station = "S1" if point.area_code == WEST else "S2"
        turn = "ab"[number % 2]
        at = {"lv": f"{station}-{turn}", "mv": f"{station}-lv", "substation": "OS-A"}[point.level]
        nodes.append("K1-lv" if point.point_id == "firm-2" else at)
    served = pd.Series(nodes).str.split("-").str[0].replace("OS", "")
    return pd.DataFrame(
        {
            "point_id": points["point_id"].to_numpy(),
            "node_id": nodes,
            "station_id": served.to_numpy(),
            "distance_m": 50.0,
        }
    )


@cache
def make_twin():
    """The small city with both design weeks solved: OS-A, M1, S1, M2, S2, M3, K1, and streets.

    It is kept and shared; change a copy of it.
    """
    city = make_wide_city()
    grid = make_placed_grid(city)
    parameters = {case: make_parameters(case) for case in CASES}
    cable_types, transformer_types = make_types()
    network = build_network(grid, transformer_types, parameters["mid"])
    tree = network.tree
    node_of = city.points["point_id"].map(grid.connections.set_index("point_id")["node_id"])
    homes = (city.points["homes"] + city.points["new_homes"]).groupby(node_of.to_numpy()).sum()
    behind = Behind(
        homes.reindex(tree.node_ids, fill_value=0).to_numpy(dtype=float),
        np.full(tree.node_ids.size, np.nan),
    )
    loads = {case: build_loads(city, grid, make_shapes(), parameters[case]) for case in CASES}
    weeks = {
        "load": solve_week(network, loads["mid"].winter, "load"),
        "feed_in": solve_week(network, loads["mid"].summer, "feed_in"),
    }
    states = {}
    for direction, week in weeks.items():
        cases = {
            case: (
                loads[case].winter if direction == "load" else loads[case].summer,
                parameters[case],
                link_limits(grid, tree, parameters[case], direction),
            )
            for case in CASES
        }
        states[direction] = link_states(week, tree, behind, cases)
    return Twin(
        city=city,
        grid=grid,
        tree=tree,
        parameters=parameters,
        loads=loads,
        behind=behind,
        weeks=weeks,
        states=states,
        catalogue=make_catalogue(),
        cable_types=cable_types,
        transformer_types=transformer_types,
        outlines=make_outlines(),
    )


def measure(kind, place=WEST, size=1.0, **changes):
    """One measure of a plan as a dictionary, in service from 2027."""
    start = changes.get("in_service", "2027-01-01")
    row = {
        "measure_id": f"{kind}-{place}",
        "name": kind,
        "kind": kind,
        "place": place,
        "size": float(size),
        "size_max": float(size),
        "in_service": start,
        "in_service_early": start,
        "in_service_late": start,
        "status": "planned",
        "share_municipality": 1.0,
        "assumed": True,
    }
    return row | changes


def make_measures(*rows):
    """Measures as a table, from dictionaries as from `measure`."""
    table = {}
    for name, column in PLAN_MEASURES.columns.items():
        kind = str(column.dtype)
        missing = np.nan if column.nullable else 0.0
        empty = {"float64": missing, "bool": False}.get(kind, "")
        values = [row.get(name, empty) for row in rows]
        table[name] = pd.Series(values, dtype=kind if kind in ("float64", "bool") else object)
    return pd.DataFrame(table)


def make_plan(*rows, first_year=YEARS[0], last_year=YEARS[1], budgets=None, outlines=None):
    """A plan for the small city from measures as from `measure`."""
    return Plan(
        name="Proefplan",
        city="Proefstad",
        first_year=first_year,
        last_year=last_year,
        outlook="mid",
        measures=make_measures(*rows),
        budgets=pd.DataFrame(columns=list(BUDGETS.columns)) if budgets is None else budgets,
        promises=pd.DataFrame(columns=list(PROMISES.columns)),
        outlines=no_outlines() if outlines is None else outlines,
    )


def built_horizon(*rows, case="mid", direction="load", places=()):
    """Horizon of the small city with some measures."""
    return build_horizon(make_twin(), make_plan(*rows), case, direction, places=places)


def make_site(place=WEST, **changes):
    """Site of an area with one station."""
    site = Site(place, "area", place, 140300.0, 480300.0, ("S1",), "OS-A", assumed=False)
    return replace(site, **changes)


def make_horizon(**changes):
    """Round numbers by hand on the tiny grid of 9 nodes, three years and four quarters.

    A home draws 2 kW at most; a kVA is a kW, and nothing changes from year to year. Limits and
    loads, in kVA: OS-A 1000 and 300; M1 800 and 300; S1 400 and 200; M2 300 and 100; S2 250 and
    100, low voltage without end. The third quarter is the fullest; at night a tenth is drawn.
    """
    grid = make_grid()
    tree = radial_tree(grid)
    peak = {"OS-A": 300.0, "M1": 300.0, "S1": 200.0, "M2": 100.0, "S2": 100.0}
    limit = {"OS-A": 1000.0, "M1": 800.0, "S1": 400.0, "M2": 300.0, "S2": 250.0}
    course = np.array([0.1, 0.5, 1.0, 0.8])
    base_kva = np.array([peak.get(link, 0.0) for link in tree.link_ids])[:, None] * course
    limit_kva = np.array([limit.get(link, np.inf) for link in tree.link_ids])
    at = {str(name): position for position, name in enumerate(tree.node_ids)}
    window, home = np.array([0.0, 0, 1, 1]), course
    shapes = {
        "none": np.zeros(4),
        "home": home,
        "vehicle": home,
        "sun": np.array([0.0, 1, 0, 0]),
        "flat": np.ones(4),
        "window": window,
        "window_recharge": window - np.array([2.5, 0, 0, 0]),
        "shift": window - np.array([2.0, 0, 0, 0]),
        "outside_window": 1.0 - window,
        "office": np.array([0.1, 1, 0.5, 0.2]),
        "industry": np.array([0.5, 1, 0.9, 0.6]),
        "charging": home,
        "cap": np.zeros(4),
    }
    count = 3
    horizon = Horizon(
        years=tuple(range(2026, 2026 + count)),
        case="mid",
        direction="load",
        grid=grid,
        tree=tree,
        axis=replace(TimeAxis.of_year(2023), quarters=4),
        quarters=np.arange(4),
        base_kva=np.tile(base_kva, (count, 1, 1)).astype(np.float32),
        limit_kva=np.tile(limit_kva, (count, 1)),
        kva_per_kw=np.ones(tree.parent.size),
        level_factor_unit=np.ones(tree.parent.size),
        shapes=shapes,
        home_kw=2.0,
        region_kw=np.full(count, np.inf),
        busbars={
            WEST: np.array([at["S1-lv"]]),
            EAST: np.array([at["S2-lv"]]),
            "city": np.array([at["S1-lv"], at["S2-lv"]]),
        },
        feeders={
            WEST: np.array([at["S1-mv"]]),
            EAST: np.array([at["S2-mv"]]),
            "city": np.array([at["S1-mv"], at["S2-mv"]]),
        },
        roots=dict.fromkeys((WEST, EAST, "city"), at["OS-A"]),
        candidates=(),
    )
    return replace(horizon, **changes)
