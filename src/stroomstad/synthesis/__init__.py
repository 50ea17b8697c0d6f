"""A synthetic grid from open data: stations, cables and substations by rules written down."""

from stroomstad.synthesis.grid import build_grid
from stroomstad.synthesis.known import check_known_dates

__all__ = ["build_grid", "check_known_dates"]
