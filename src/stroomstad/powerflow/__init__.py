"""Which voltages and flows a load gives, and how much each link may carry."""

from stroomstad.powerflow.asymmetric import (
    PhaseModel,
    PhaseStates,
    build_phase_model,
    solve_phases,
)
from stroomstad.powerflow.fastest import (
    ENGINE,
    audit_fastest,
    solve_flows_fastest,
    solve_steps_fastest,
    solve_year_fastest,
)
from stroomstad.powerflow.flows import StepFlows, solve_flows, solve_steps
from stroomstad.powerflow.limits import (
    FACTOR_COLUMNS,
    firm_transformers,
    limit_shares,
    link_limits,
    own_factor,
)
from stroomstad.powerflow.network import Network, build_network, solved_cables
from stroomstad.powerflow.solver import PowerFlowOptions
from stroomstad.powerflow.soundness import grid_issues
from stroomstad.powerflow.three_phase import StationNet, build_station_net
from stroomstad.powerflow.year import NEVER, Extremes, YearFlows, solve_year

__all__ = [
    "ENGINE",
    "FACTOR_COLUMNS",
    "NEVER",
    "Extremes",
    "Network",
    "PhaseModel",
    "PhaseStates",
    "PowerFlowOptions",
    "StationNet",
    "StepFlows",
    "YearFlows",
    "audit_fastest",
    "build_network",
    "build_phase_model",
    "build_station_net",
    "firm_transformers",
    "grid_issues",
    "limit_shares",
    "link_limits",
    "own_factor",
    "solve_flows",
    "solve_flows_fastest",
    "solve_phases",
    "solve_steps",
    "solve_steps_fastest",
    "solve_year",
    "solve_year_fastest",
    "solved_cables",
]
