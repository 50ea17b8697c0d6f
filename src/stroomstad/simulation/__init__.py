"""The grid in its design weeks: AC power flow once, and what every link has left, per case."""

from stroomstad.simulation.above import above_table, above_tally, count_above
from stroomstad.simulation.design_weeks import (
    Behind,
    DesignWeek,
    Direction,
    LinkState,
    highest_kva,
    link_states,
    solve_week,
)
from stroomstad.simulation.downstream import downstream
from stroomstad.simulation.extremes import extreme_quarters
from stroomstad.simulation.measured import node_factors, scaled
from stroomstad.simulation.outages import Outages, outage_facts, outage_table
from stroomstad.simulation.summary import (
    distance_table,
    flow_facts,
    link_table,
    load_duration,
    loading_steps,
)
from stroomstad.simulation.thermal import Heat, transformer_heat, with_heat
from stroomstad.simulation.voltage import (
    count_voltage,
    voltage_bounds,
    voltage_norm,
    voltage_tally,
    week_norm,
)

__all__ = [
    "Behind",
    "DesignWeek",
    "Direction",
    "Heat",
    "LinkState",
    "Outages",
    "above_table",
    "above_tally",
    "count_above",
    "count_voltage",
    "distance_table",
    "downstream",
    "extreme_quarters",
    "flow_facts",
    "highest_kva",
    "link_states",
    "link_table",
    "load_duration",
    "loading_steps",
    "node_factors",
    "outage_facts",
    "outage_table",
    "scaled",
    "solve_week",
    "transformer_heat",
    "voltage_bounds",
    "voltage_norm",
    "voltage_tally",
    "week_norm",
    "with_heat",
]
