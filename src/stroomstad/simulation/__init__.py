"""The grid in its design weeks: AC power flow once, and what every link has left, per case."""

from stroomstad.simulation.design_weeks import (
    Behind,
    DesignWeek,
    Direction,
    LinkState,
    link_states,
    solve_week,
)
from stroomstad.simulation.downstream import downstream
from stroomstad.simulation.measured import node_factors, scaled
from stroomstad.simulation.summary import (
    distance_table,
    flow_facts,
    link_table,
    load_duration,
    loading_steps,
)
from stroomstad.simulation.thermal import Heat, transformer_heat, with_heat

__all__ = [
    "Behind",
    "DesignWeek",
    "Direction",
    "Heat",
    "LinkState",
    "distance_table",
    "downstream",
    "flow_facts",
    "link_states",
    "link_table",
    "load_duration",
    "loading_steps",
    "node_factors",
    "scaled",
    "solve_week",
    "transformer_heat",
    "with_heat",
]
