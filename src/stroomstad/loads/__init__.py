"""Who draws what, when: shapes, design weeks and the loads of every node."""

from stroomstad.loads.build import NO_QUARTERS, Loads, PeriodLoads, build_loads, build_year
from stroomstad.loads.city_year import calibrated_years

__all__ = ["NO_QUARTERS", "Loads", "PeriodLoads", "build_loads", "build_year", "calibrated_years"]
