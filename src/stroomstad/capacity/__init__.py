"""How many homes still fit, and what binds."""

from stroomstad.capacity.check import check_rooms
from stroomstad.capacity.homes import (
    Capacities,
    Places,
    add_new_stations,
    area_rooms,
    build_capacities,
    build_places,
    city_curve,
    city_place,
    station_rooms,
)
from stroomstad.capacity.stress import Limits, build_limits
from stroomstad.capacity.trial import Question

__all__ = [
    "Capacities",
    "Limits",
    "Places",
    "Question",
    "add_new_stations",
    "area_rooms",
    "build_capacities",
    "build_limits",
    "build_places",
    "check_rooms",
    "city_curve",
    "city_place",
    "station_rooms",
]
