"""A synthetic grid from open data: stations, cables and substations by rules written down."""

from stroomstad.synthesis.grid import build_grid

__all__ = ["build_grid"]
