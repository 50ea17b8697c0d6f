"""The grid of a city: drawn up from open data by rules written down, or one that was given."""

from stroomstad.synthesis.detail import DETAILS, Detail, by_address
from stroomstad.synthesis.given import hang_grid
from stroomstad.synthesis.grid import build_grid, vary_rules
from stroomstad.synthesis.known import check_known_dates
from stroomstad.synthesis.supply import serving_substation

__all__ = [
    "DETAILS",
    "Detail",
    "build_grid",
    "by_address",
    "check_known_dates",
    "hang_grid",
    "serving_substation",
    "vary_rules",
]
