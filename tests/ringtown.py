"""Made-up towns on rings, in a week in which everything follows one course."""

from dataclasses import replace

import numpy as np
from scattered import make_scattered_city
from scipy.sparse import csr_matrix
from tiny import make_parameters, make_types

from stroomstad.blocks import LoadBlocks
from stroomstad.loads import PeriodLoads
from stroomstad.powerflow import build_network, link_limits
from stroomstad.simulation import Behind, Outages, link_states, outage_table, solve_week
from stroomstad.synthesis import build_grid
from stroomstad.tables.city import FEED_IN_COLUMNS, LOAD_COLUMNS
from stroomstad.tables.profiles import TimeAxis

PARAMETERS = make_parameters()
AXIS = replace(TimeAxis.of_year(2023), quarters=30)
COURSE = np.linspace(1.0, 0.5, 30)
CUSTOMER = {"x_m": 600, "y_m": 900, "level": "mv", "industry_kwh": 9e6}


def line_of(count, homes=100):
    return [{"x_m": 400 * i, "y_m": 60 * (i % 2), "homes": homes} for i in range(1, count + 1)]


def build(rows, sites=((0, 0),)):
    """The grid of these points, and with each connection its homes."""
    city = make_scattered_city(rows, sites)
    grid = build_grid(city, PARAMETERS, make_types()[0], seed=1)
    homes = city.points.set_index("point_id")["homes"]
    named = grid.connections.assign(homes=grid.connections["point_id"].map(homes))
    return replace(grid, connections=named)


def asked(grid, *, kw_per_home=1.5, direction="load", kwp_per_home=0.0):
    """A grid in a week in which homes draw and roofs feed in, and customers draw 500 kW each."""
    network = build_network(grid, make_types()[1], PARAMETERS)
    tree = network.tree
    homes_of = grid.connections.groupby("node_id")["homes"].sum()
    homes = homes_of.reindex(tree.node_ids, fill_value=0).to_numpy(float)
    load = np.zeros((homes.size, len(LOAD_COLUMNS)))
    load[:, 0] = homes * kw_per_home
    own = grid.stations[grid.stations["owner"] == "customer"]["node_lv"]
    load[np.isin(tree.node_ids, own), list(LOAD_COLUMNS).index("industry_kwh")] = 500.0
    feed_in = np.zeros((homes.size, len(FEED_IN_COLUMNS)))
    feed_in[:, 0] = homes * kwp_per_home
    loads = PeriodLoads(
        AXIS,
        LoadBlocks(csr_matrix(load), np.tile(COURSE, (len(LOAD_COLUMNS), 1))),
        LoadBlocks(csr_matrix(feed_in), np.tile(COURSE, (len(FEED_IN_COLUMNS), 1))),
        COURSE,
        COURSE,
        0.0,
        0.0,
        np.zeros(30),
    )
    week = solve_week(network, loads, direction)
    behind = Behind(homes, np.full(homes.size, np.nan))
    limits = link_limits(grid, tree, PARAMETERS, direction)
    cases = {"mid": (loads, PARAMETERS, limits)}
    state = link_states(week, tree, behind, cases)["mid"]
    # Stations meet one by one on a ring here, so that sums can be made by hand.
    state = replace(state, level_factor=np.ones(homes.size))
    return Outages(grid, network, week, state, homes)


def table_of(grid, **changes):
    return outage_table(asked(grid, **changes), PARAMETERS).set_index("link_id")
