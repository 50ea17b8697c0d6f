"""The small solved city as a desk, for questions that people ask."""

from functools import cache
from pathlib import Path

import pandas as pd
from horizons import make_twin
from tiny import make_parameters, make_types

from stroomstad.powerflow import build_network
from stroomstad.run.desk import Desk


@cache
def make_desk():
    """A desk over the city of ``make_twin``; it is kept and shared."""
    twin = make_twin()
    network = build_network(twin.grid, make_types()[1], make_parameters("mid"))
    return Desk(Path(), twin, network, pd.DataFrame(), pd.DataFrame(), ())
