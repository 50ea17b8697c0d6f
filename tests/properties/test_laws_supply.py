"""Laws of supply areas: they decide where stations hang, and nothing else does."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scattered import make_scattered_city
from shapely.geometry import box
from supplied import make_supply
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid
from stroomstad.tables.grid import radial_tree

PARAMETERS = make_parameters()
CABLE_TYPES = make_types()[0]
TRIED = settings(max_examples=12, deadline=None)
# Between them no point of whole metres is equally far from both.
SITES = ((200.0, 500.0), (1300.5, 500.0))
HALFWAY_M = 750.25
TABLES = ("nodes", "cables", "open_cables", "stations", "substations", "connections")

metres = st.integers(0, 1500)
rows = st.fixed_dictionaries(
    {
        "x_m": metres,
        "y_m": st.integers(0, 1000),
        "homes": st.integers(0, 200),
        "level": st.sampled_from(["lv", "lv", "mv", "substation"]),
    }
)
cities = st.lists(rows, min_size=1, max_size=12).map(
    lambda drawn: make_scattered_city(drawn, SITES)
)


@st.composite
def supplies(draw):
    """Strips across the town that do not touch, each of one of both substations."""
    edges = sorted(draw(st.sets(metres, min_size=2, max_size=8)))
    strips = [box(left, -10, right - 0.5, 1010) for left, right in pairwise(edges)]
    chosen = draw(st.lists(st.sampled_from(("OS-A", "OS-B", "")), min_size=len(strips),
                           max_size=len(strips)))  # fmt: skip
    status = draw(st.sampled_from(("known", "assumed")))
    told = [(name, strip, status) for name, strip in zip(chosen, strips, strict=True) if name]
    return make_supply(*told)


def build(city, areas):
    return build_grid(replace(city, supply_areas=areas), PARAMETERS, CABLE_TYPES, 1)


def roots_of(grid):
    """Substation at the end of the way up from every node, by the cables alone."""
    tree = radial_tree(grid)
    root = np.full(tree.parent.size, "", dtype=object)
    for node in tree.order:
        above = tree.parent[node]
        root[node] = tree.link_ids[node] if above < 0 else root[above]
    return dict(zip(tree.node_ids, root, strict=True))


@TRIED
@given(cities, supplies())
def test_a_station_in_an_area_hangs_by_its_cables_on_the_substation_of_that_area(city, areas):
    grid = build(city, areas)
    root = roots_of(grid)
    for station in grid.stations.itertuples():
        inside = areas[shapely.intersects_xy(areas.geometry.to_numpy(), station.x_m, station.y_m)]
        nearest = "OS-A" if station.x_m < HALFWAY_M else "OS-B"
        told = inside["substation_id"].tolist() or [nearest]
        assert [root[station.node_mv], root[station.node_lv]] == told * 2
        assert station.supply == (inside["status"].tolist() or ["nearest"])[0]


@TRIED
@given(cities, supplies(), st.randoms(use_true_random=False))
def test_the_order_of_the_areas_changes_nothing(city, areas, random):
    order = list(range(len(areas)))
    random.shuffle(order)
    one, other = build(city, areas), build(city, areas.iloc[order])
    assert all(getattr(one, name).equals(getattr(other, name)) for name in TABLES)


@TRIED
@given(cities)
def test_cells_of_the_nearest_substation_change_nothing_but_how_it_is_known(city):
    west, east = box(-10, -10, HALFWAY_M, 1010), box(HALFWAY_M, -10, 1510, 1010)
    plain = build(city, make_supply())
    celled = build(city, make_supply(("OS-A", west), ("OS-B", east)))
    assert set(celled.stations["supply"]) <= {"known"}
    celled = replace(celled, stations=celled.stations.assign(supply="nearest"))
    assert all(getattr(plain, name).equals(getattr(celled, name)) for name in TABLES)
