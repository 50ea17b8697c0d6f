"""The outside world: files of a city and of the country, read into checked tables."""

from stroomstad.sources.city import Inputs, read_inputs

__all__ = ["Inputs", "read_inputs"]
