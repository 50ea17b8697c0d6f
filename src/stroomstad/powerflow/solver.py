"""Which voltages and flows satisfy Ohm and Kirchhoff, for many independent steps at once.

The one place that knows power-grid-model. Arrays go in and come out; tables are unknown here.
Every step is solved by current iteration, which is fastest on radial grids; the steps that do
not converge that way are solved once more by Newton-Raphson, and what still does not converge
is told as such and left missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from power_grid_model import (
    CalculationMethod,
    ComponentType,
    DatasetType,
    LoadGenType,
    PowerGridModel,
    WindingType,
    initialize_array,
)

from stroomstad.blocks import Floats, Ints

Flags = NDArray[np.bool_]
Outputs = dict[ComponentType, dict[str, Floats]]
Changes = Mapping[ComponentType, Mapping[str, NDArray[Any]]]

# A busbar that a tap changer holds has no impedance of its own; so stiff a source shifts the
# voltage by less than 1e-10 pu at 100 MW.
_SOURCE_SHORT_CIRCUIT_VA = 1e18

_ATTRIBUTES = {
    ComponentType.node: ("u_pu",),
    ComponentType.line: ("p_from", "p_to", "i_from", "i_to"),
    ComponentType.transformer: ("p_from", "p_to", "s_from", "s_to"),
    ComponentType.source: ("p", "s"),
}


@dataclass(frozen=True, slots=True)
class PowerFlowOptions:
    """How precisely, and in which portions, a power flow is solved.

    Attributes
    ----------
    tolerance_pu
        Largest change of a voltage in the last iteration. [1]
    iterations_max
        Iterations before a step counts as not converged.
    chunk_quarters
        Steps that are in memory at once.
    threads
        Threads that share the steps of a chunk; 0 takes every core, -1 none besides the caller.
    balance_fraction
        Largest share of the power drawn and fed in that may be missing from the balance. [1]
    balance_floor_kw
        Mismatch that is put down to rounding whatever the load. [kW]
    """

    tolerance_pu: float = 1e-8
    iterations_max: int = 50
    chunk_quarters: int = 96
    threads: int = 0
    balance_fraction: float = 1e-6
    balance_floor_kw: float = 1e-3


DEFAULT_OPTIONS = PowerFlowOptions()


@dataclass(frozen=True, slots=True)
class Cables:
    """Cables as π-circuits.

    Attributes
    ----------
    from_node, to_node
        Positions of the nodes at both ends. Shape (cables,)
    r_ohm, x_ohm
        Series impedance, not both zero. [Ω], shape (cables,)
    c_farad
        Capacitance, half of it at each end. [F], shape (cables,)
    """

    from_node: Ints
    to_node: Ints
    r_ohm: Floats
    x_ohm: Floats
    c_farad: Floats


@dataclass(frozen=True, slots=True)
class Transformers:
    """Two-winding transformers; the impedance counts from the ``to`` side.

    Attributes
    ----------
    from_node, to_node
        Positions of the nodes on the high and the low side. Shape (transformers,)
    from_voltage_v, to_voltage_v
        Voltage of each winding in its tap. [V], shape (transformers,)
    rating_va
        Rated apparent power. [VA], shape (transformers,)
    short_circuit_voltage_fraction
        Short-circuit voltage. [1], shape (transformers,)
    copper_loss_w
        Loss at rated current. [W], shape (transformers,)
    no_load_current_fraction
        Current without load, at least ``no_load_loss_w / rating_va``. [1], shape (transformers,)
    no_load_loss_w
        Loss without load. [W], shape (transformers,)
    """

    from_node: Ints
    to_node: Ints
    from_voltage_v: Floats
    to_voltage_v: Floats
    rating_va: Floats
    short_circuit_voltage_fraction: Floats
    copper_loss_w: Floats
    no_load_current_fraction: Floats
    no_load_loss_w: Floats


def no_cables() -> Cables:
    """Make cables that are none."""
    nowhere, nothing = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Cables(nowhere, nowhere, nothing, nothing, nothing)


@dataclass(frozen=True, slots=True)
class NetworkArrays:
    """A grid of any shape as arrays: what the solver needs and nothing else.

    Attributes
    ----------
    node_voltage_v
        Nominal line-to-line voltage. [V], shape (nodes,)
    cables, transformers
        What connects the nodes.
    source_node
        Positions of the nodes whose voltage is held. Shape (sources,)
    source_voltage_pu
        The voltage that is held there. [1], shape (sources,)
    hanging
        Cables that are switched on at their ``from`` end only: they carry what charges them.
    """

    node_voltage_v: Floats
    cables: Cables
    transformers: Transformers
    source_node: Ints
    source_voltage_pu: Floats
    hanging: Cables = field(default_factory=no_cables)


@dataclass(frozen=True, slots=True)
class States:
    """Solved steps; a step that did not converge is missing (NaN) throughout.

    Attributes
    ----------
    converged
        Whether the step was solved. Shape (steps,)
    voltage_pu
        Voltage. [1], shape (steps, nodes)
    cable_from_w, cable_to_w
        Active power into the cable at each end; cables that hang open come last.
        [W], shape (steps, cables)
    cable_current_a
        Current, the larger of both ends, in the same order. [A], shape (steps, cables)
    transformer_from_w, transformer_to_w
        Active power into the transformer at each side. [W], shape (steps, transformers)
    transformer_va
        Apparent power, the larger of both sides. [VA], shape (steps, transformers)
    source_w, source_va
        Active and apparent power out of each source. [W] and [VA], shape (steps, sources)
    """

    converged: Flags
    voltage_pu: Floats
    cable_from_w: Floats
    cable_to_w: Floats
    cable_current_a: Floats
    transformer_from_w: Floats
    transformer_to_w: Floats
    transformer_va: Floats
    source_w: Floats
    source_va: Floats

    @property
    def losses_w(self) -> Floats:
        """Losses of all cables and transformers, from the power at both their ends."""
        cables: Floats = (self.cable_from_w + self.cable_to_w).sum(axis=1)
        transformers: Floats = (self.transformer_from_w + self.transformer_to_w).sum(axis=1)
        return cables + transformers


def build_model(arrays: NetworkArrays, demand_node: Ints) -> PowerGridModel:
    """Give the grid to power-grid-model, with one constant-power demand at each given node.

    Parameters
    ----------
    arrays
        The grid.
    demand_node
        Positions of the nodes that draw or feed in, at least one. Shape (demands,)
    """
    nodes, cables, transformers = (
        arrays.node_voltage_v.size,
        arrays.cables.r_ohm.size,
        arrays.transformers.rating_va.size,
    )
    first_source = nodes + cables + transformers
    first_demand = first_source + arrays.source_node.size
    hanging = cable_rows(arrays.hanging, first_demand + demand_node.size)
    hanging["to_status"] = 0
    components = {
        ComponentType.node: node_rows(arrays.node_voltage_v),
        ComponentType.line: np.concatenate([cable_rows(arrays.cables, nodes), hanging]),
        ComponentType.transformer: transformer_rows(arrays.transformers, nodes + cables),
        ComponentType.source: _sources(arrays, first_source),
        ComponentType.sym_load: demand_rows(ComponentType.sym_load, demand_node, first_demand),
    }
    return PowerGridModel({kind: rows for kind, rows in components.items() if rows.size})


def solve_states(
    model: PowerGridModel,
    active_w: Floats,
    reactive_var: Floats,
    options: PowerFlowOptions = DEFAULT_OPTIONS,
    cables_on: Flags | None = None,
) -> States:
    """Solve independent steps.

    Parameters
    ----------
    model
        As `build_model` made it.
    active_w, reactive_var
        What each demand draws; negative is feed-in. [W] and [var], shape (steps, demands)
    options
        Precision and portions.
    cables_on
        Which cables are switched on in each step; all of them when left out. A node that no
        source reaches has a voltage of 0; for grids without hanging cables. Shape (steps, cables)

    Raises
    ------
    ValueError
        When a demand is not a finite number; power-grid-model would take it for zero.
    """
    if not (np.isfinite(active_w).all() and np.isfinite(reactive_var).all()):
        raise ValueError("load: a power is not a finite number. Mend the weights or the shapes.")
    changes: dict[ComponentType, dict[str, NDArray[Any]]] = {
        ComponentType.sym_load: {"p_specified": active_w, "q_specified": reactive_var}
    }
    if cables_on is not None:
        status = cables_on.astype(np.int8)
        changes[ComponentType.line] = {"from_status": status, "to_status": status}
    return _states(*calculate_steps(model, changes, _ATTRIBUTES, options, symmetric=True))


def calculate_steps(
    model: PowerGridModel,
    changes: Changes,
    wanted: Mapping[ComponentType, Sequence[str]],
    options: PowerFlowOptions,
    *,
    symmetric: bool,
) -> tuple[Outputs, Flags]:
    """Solve independent steps by current iteration, and what fails once more by Newton-Raphson.

    Parameters
    ----------
    model
        The grid as power-grid-model holds it.
    changes
        What differs between steps, by component and attribute. Shape (steps, components, …)
    wanted
        Attributes of the result; of components that the grid has none of, nothing is told.
    options
        Precision and threads.
    symmetric
        Whether the three phases are alike.

    Returns
    -------
    The attributes, missing (NaN) where a step did not converge, and whether each step did.
    """
    outputs, failed = _calculate(
        model, changes, wanted, (CalculationMethod.iterative_current, symmetric), options
    )
    steps = next(iter(next(iter(changes.values())).values())).shape[0]
    converged = np.ones(steps, dtype=np.bool_)
    if failed.size:
        again, still = _calculate(
            model,
            {
                kind: {name: values[failed] for name, values in attributes.items()}
                for kind, attributes in changes.items()
            },
            wanted,
            (CalculationMethod.newton_raphson, symmetric),
            options,
        )
        converged[failed[still]] = False
        for kind, attributes in again.items():
            for name, values in attributes.items():
                values[still] = np.nan
                outputs[kind][name][failed] = values
    return outputs, converged


def _calculate(
    model: PowerGridModel,
    changes: Changes,
    wanted: Mapping[ComponentType, Sequence[str]],
    how: tuple[CalculationMethod, bool],
    options: PowerFlowOptions,
) -> tuple[Outputs, Ints]:
    """Solve with one method; return the outputs and the positions of the steps that failed."""
    present = model.all_component_count
    outputs = model.calculate_power_flow(
        symmetric=how[1],
        error_tolerance=options.tolerance_pu,
        max_iterations=options.iterations_max,
        calculation_method=how[0],
        update_data={
            kind: {name: np.ascontiguousarray(values) for name, values in attributes.items()}
            for kind, attributes in changes.items()
        },
        threading=options.threads,
        output_component_types={
            kind: set(names) for kind, names in wanted.items() if kind in present
        },
        continue_on_batch_error=True,
    )
    error = model.batch_error
    failed = np.zeros(0, dtype=np.int64) if error is None else error.failed_scenarios
    return cast("Outputs", outputs), np.asarray(failed, dtype=np.int64)


def _states(outputs: Outputs, converged: Flags) -> States:
    cables = _side_by_side(outputs, ComponentType.line, converged.size)
    transformers = _side_by_side(outputs, ComponentType.transformer, converged.size)
    source = outputs[ComponentType.source]
    return States(
        converged=converged,
        voltage_pu=outputs[ComponentType.node]["u_pu"],
        cable_from_w=cables["p_from"],
        cable_to_w=cables["p_to"],
        cable_current_a=np.maximum(cables["i_from"], cables["i_to"]),
        transformer_from_w=transformers["p_from"],
        transformer_to_w=transformers["p_to"],
        transformer_va=np.maximum(transformers["s_from"], transformers["s_to"]),
        source_w=source["p"],
        source_va=source["s"],
    )


def _side_by_side(outputs: Outputs, kind: ComponentType, steps: int) -> Mapping[str, Floats]:
    """Results of one kind of component; empty arrays when the grid has none of it."""
    return outputs.get(kind, {name: np.zeros((steps, 0)) for name in _ATTRIBUTES[kind]})


def node_rows(voltage_v: Floats) -> NDArray[np.void]:
    """Nodes of these nominal voltages as rows of the solver, numbered from 0."""
    rows = initialize_array(DatasetType.input, ComponentType.node, voltage_v.size)
    rows["id"] = np.arange(rows.size)
    rows["u_rated"] = voltage_v
    return rows


def cable_rows(cables: Cables, first_id: int) -> NDArray[np.void]:
    """Cables as rows of the solver, switched on at both ends, numbered from ``first_id``."""
    rows = initialize_array(DatasetType.input, ComponentType.line, cables.r_ohm.size)
    rows["id"] = first_id + np.arange(rows.size)
    rows["from_node"], rows["to_node"] = cables.from_node, cables.to_node
    rows["from_status"] = rows["to_status"] = 1
    rows["r1"], rows["x1"], rows["c1"], rows["tan1"] = cables.r_ohm, cables.x_ohm, cables.c_farad, 0
    return rows


def transformer_rows(transformers: Transformers, first_id: int) -> NDArray[np.void]:
    """Transformers as rows of the solver, without a vector group, numbered from an id."""
    size = transformers.rating_va.size
    rows = initialize_array(DatasetType.input, ComponentType.transformer, size)
    rows["id"] = first_id + np.arange(size)
    rows["from_node"], rows["to_node"] = transformers.from_node, transformers.to_node
    rows["from_status"] = rows["to_status"] = 1
    rows["u1"], rows["u2"] = transformers.from_voltage_v, transformers.to_voltage_v
    rows["sn"] = transformers.rating_va
    rows["uk"] = transformers.short_circuit_voltage_fraction
    rows["pk"] = transformers.copper_loss_w
    rows["i0"] = transformers.no_load_current_fraction
    rows["p0"] = transformers.no_load_loss_w
    # The vector group turns every angle behind the transformer alike: no magnitude depends on it.
    rows["winding_from"] = rows["winding_to"] = WindingType.wye_n
    rows["clock"] = 0
    # Taps are in the winding voltages already.
    for name in ("tap_side", "tap_pos", "tap_min", "tap_max", "tap_nom", "tap_size"):
        rows[name] = 0
    return rows


def _sources(arrays: NetworkArrays, first_id: int) -> NDArray[np.void]:
    rows = initialize_array(DatasetType.input, ComponentType.source, arrays.source_node.size)
    rows["id"] = first_id + np.arange(rows.size)
    rows["node"], rows["status"] = arrays.source_node, 1
    rows["u_ref"], rows["sk"] = arrays.source_voltage_pu, _SOURCE_SHORT_CIRCUIT_VA
    return rows


def demand_rows(kind: ComponentType, demand_node: Ints, first_id: int) -> NDArray[np.void]:
    """Demands of constant power, nothing yet, as rows of the solver, numbered from ``first_id``."""
    rows = initialize_array(DatasetType.input, kind, demand_node.size)
    rows["id"] = first_id + np.arange(rows.size)
    rows["node"], rows["status"] = demand_node, 1
    rows["type"] = LoadGenType.const_power
    rows["p_specified"] = rows["q_specified"] = 0.0
    return rows
