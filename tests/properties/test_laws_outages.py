"""Laws of outages: nobody is told to have supply that no cable can bring, whatever the city."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ringtown import build, table_of
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

metres = st.integers(-4000, 4000).map(float)
rows = st.fixed_dictionaries(
    {
        "x_m": metres,
        "y_m": metres,
        "homes": st.integers(1, 250),
        "industry_kwh": st.integers(0, 9_000_000).map(float),
        "level": st.sampled_from(["lv", "lv", "lv", "mv"]),
    }
)
cities = st.lists(rows, min_size=1, max_size=25)
TRIED = settings(max_examples=12, deadline=None)
# One customer at a substation leaves a city without a cable; one home far behind many had
# once to carry the homes of the whole station.
ALONE = [{"x_m": 0.0, "y_m": 0.0, "homes": 1, "industry_kwh": 5e6, "level": "mv"}]
FAR_HOME = [
    {"x_m": 293.0, "y_m": -1125.0, "homes": 203, "industry_kwh": 0.0, "level": "lv"},
    {"x_m": 119.0, "y_m": -1223.0, "homes": 1, "industry_kwh": 0.0, "level": "lv"},
]


def dark(grid, out, closed):
    """Stations that no cable reaches with one cable out, and open cables closed or not."""
    cables = grid.cables[(grid.cables["kind"] != "lv_cable") & (grid.cables["cable_id"] != out)]
    ends = cables[["from_node", "to_node"]].to_numpy().tolist()
    if closed:
        ends += grid.open_cables[["from_node", "to_node"]].to_numpy().tolist()
    names = {name: at for at, name in enumerate(grid.nodes["node_id"])}
    one, other = np.array([[names[a], names[b]] for a, b in ends], dtype=int).reshape(-1, 2).T
    graph = coo_matrix((np.ones(one.size), (one, other)), shape=(len(names), len(names)))
    part = connected_components(graph, directed=False)[1]
    fed = {part[names[node]] for node in grid.substations["node_mv"]}
    return sum(part[names[node]] not in fed for node in grid.stations["node_mv"])


@TRIED
@example(ALONE)
@example(FAR_HOME)
@given(cities)
def test_who_is_without_supply_follows_from_the_cables_alone(city):
    grid = build(city, ((0, 0), (2500, 1500)))
    found = table_of(grid)
    for name, row in found[found["kind"] == "mv_cable"].iterrows():
        assert row["stations_out"] == dark(grid, name, closed=False), name
        assert row["stations_without"] == dark(grid, name, closed=True), name


@TRIED
@example(ALONE)
@example(FAR_HOME)
@given(cities)
def test_in_a_ring_every_outage_is_restored_and_the_worst_carries_the_whole_ring(city):
    grid = build(city, ((0, 0), (2500, 1500)))
    found = table_of(grid)
    for ring in grid.cables.loc[grid.cables["kind"] == "ring", "cable_id"]:
        mine = found[(found["feeder_id"] == ring) & (found["kind"] == "mv_cable")]
        assert (mine["stations_without"] == 0).all()
        first = grid.cables.loc[grid.cables["from_node"] == f"{ring}-start", "cable_id"]
        at_first = mine["loading_max"].reindex(first)
        assert mine["loading_max"].max() == pytest.approx(at_first.max(), rel=0.02)
