"""The whole lines, from files to answers: a city as it stands, its plans, its project lists."""

from stroomstad.run.city import answer, run_city
from stroomstad.run.desk import open_city, read_plan_file, read_project_list
from stroomstad.run.fact_sheet import (
    RANGE_HEADS,
    band_said,
    fact_sheet,
    grid_facts,
    quantity_said,
    range_facts,
    rule_facts,
    unit_said,
    winter_week,
    write_facts,
)
from stroomstad.run.grids import GRID_FORMATS, grid_of, write_grid
from stroomstad.run.lists import answer_list, claim_list, empty_plan
from stroomstad.run.model import build_twin, check_city, default_city, lay_out, read_city
from stroomstad.run.plans import answer_plan
from stroomstad.run.questions import city_on, connection_that_fits, homes_that_fit
from stroomstad.run.searches import Wish, search_plan

__all__ = [
    "GRID_FORMATS",
    "RANGE_HEADS",
    "Wish",
    "answer",
    "answer_list",
    "answer_plan",
    "band_said",
    "build_twin",
    "check_city",
    "city_on",
    "claim_list",
    "connection_that_fits",
    "default_city",
    "empty_plan",
    "fact_sheet",
    "grid_facts",
    "grid_of",
    "homes_that_fit",
    "lay_out",
    "open_city",
    "quantity_said",
    "range_facts",
    "read_city",
    "read_plan_file",
    "read_project_list",
    "rule_facts",
    "run_city",
    "search_plan",
    "unit_said",
    "winter_week",
    "write_facts",
    "write_grid",
]
