"""Plans and project lists as values: read, checked, phased, costed; no file is touched."""

from stroomstad.planning.checks import budget_issues, plan_issues
from stroomstad.planning.claim import (
    claim_by_project,
    claim_by_year,
    claim_origin,
    claim_table,
)
from stroomstad.planning.money import cost_table, present_value, unit_costs
from stroomstad.planning.outlook import outlook_value
from stroomstad.planning.plan_text import plan_as_toml, read_plan
from stroomstad.planning.projects import asked, home_kw, queue_order, read_places, read_projects

__all__ = [
    "asked",
    "budget_issues",
    "claim_by_project",
    "claim_by_year",
    "claim_origin",
    "claim_table",
    "cost_table",
    "home_kw",
    "outlook_value",
    "plan_as_toml",
    "plan_issues",
    "present_value",
    "queue_order",
    "read_places",
    "read_plan",
    "read_projects",
    "unit_costs",
]
