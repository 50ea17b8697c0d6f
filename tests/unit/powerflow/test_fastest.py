"""The fastest engine at hand, and the one that remains where nothing can be compiled."""

import subprocess
import sys

from radial_nets import make_city_year
from repository import ROOT

from stroomstad.powerflow import solve_year
from stroomstad.powerflow.fastest import ENGINE, solve_year_fastest
from stroomstad.powerflow.swept import solve_year_swept

WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from radial_nets import make_city_year
from stroomstad.powerflow.fastest import ENGINE, solve_year_fastest
print(ENGINE)
print(solve_year_fastest(*make_city_year(5)).losses_kw.tobytes().hex())
"""


def test_sweeps_are_taken_where_they_can_be_compiled():
    assert ENGINE == "sweep"
    one, two = solve_year_fastest(*make_city_year(5)), solve_year_swept(*make_city_year(5))
    assert one.losses_kw.tobytes() == two.losses_kw.tobytes()


def test_without_a_compiler_power_grid_model_answers():
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMBA],
        cwd=ROOT / "tests", capture_output=True, text=True, check=True,
    )  # fmt: skip
    other = solve_year(*make_city_year(5)).losses_kw.tobytes().hex()
    assert told.stdout.split() == ["power-grid-model", other]
