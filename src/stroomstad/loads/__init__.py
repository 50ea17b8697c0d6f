"""Who draws what, when: shapes, design weeks and the loads of every node."""

from stroomstad.loads.build import Loads, PeriodLoads, build_loads, build_year

__all__ = ["Loads", "PeriodLoads", "build_loads", "build_year"]
