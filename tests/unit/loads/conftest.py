import dataclasses

import pandas as pd
import pytest
from tiny import make_city, make_grid, make_parameters, make_shapes

from stroomstad.loads import build_loads

LV_NODES = ("S1-a", "S1-b", "S2-a", "S2-b")


def connected(city, grid):
    """Hang every point on a node in turn; the traction node and the turbine on the substation."""
    points = city.points
    nodes = [
        LV_NODES[i % 4] if level != "substation" else "OS-A"
        for i, level in enumerate(points["level"])
    ]
    connections = pd.DataFrame(
        {"point_id": points["point_id"], "node_id": nodes, "station_id": "", "distance_m": 10.0}
    )
    return dataclasses.replace(grid, connections=connections)


@pytest.fixture(scope="session")
def city():
    return make_city()


@pytest.fixture(scope="session")
def grid(city):
    return connected(city, make_grid())


@pytest.fixture(scope="session")
def shapes():
    return make_shapes()


@pytest.fixture(scope="session")
def loads(city, grid, shapes):
    return {
        case: build_loads(city, grid, shapes, make_parameters(case))
        for case in ("low", "mid", "high")
    }
