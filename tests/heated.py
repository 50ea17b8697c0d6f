"""The small city under thermal limits, with N-1 kept or relaxed."""

from dataclasses import replace
from functools import cache

from horizons import make_twin

from stroomstad.run.limits import with_thermal_limits
from stroomstad.tables.limits import LimitChoice, chosen_rows
from stroomstad.tables.parameters import CASES, Parameters


@cache
def thermal_twin(n1_relaxed=False):
    """The small city under thermal limits."""
    twin = make_twin()
    choice = LimitChoice("thermal", n1_relaxed)
    rows = chosen_rows(twin.parameters["mid"].rows, choice)
    on = twin.parameters["mid"].on
    parameters = {case: Parameters(rows, on, case) for case in CASES}
    return with_thermal_limits(replace(twin, limits=choice, parameters=parameters))
