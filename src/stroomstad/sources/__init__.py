"""The outside world: files of a city and of the country, read into checked tables."""

from stroomstad.sources.city import Inputs, read_inputs
from stroomstad.sources.city_file import list_gaps
from stroomstad.sources.lent import LENT

__all__ = ["LENT", "Inputs", "list_gaps", "read_inputs"]
