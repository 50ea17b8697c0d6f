"""Which voltages and currents each of three phases has, for many independent steps at once.

Solved by power-grid-model in its asymmetric form. The neutral is in the zero-sequence impedance of
cables and has no voltage of its own: a phase voltage is that between phase and neutral where the
zero-sequence impedance is that of a return by the neutral alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from power_grid_model import (
    ComponentType,
    DatasetType,
    PowerGridModel,
    WindingType,
    initialize_array,
)

from stroomstad.blocks import Floats, Ints
from stroomstad.powerflow.solver import (
    DEFAULT_OPTIONS,
    Cables,
    Flags,
    Outputs,
    PowerFlowOptions,
    Transformers,
    cable_rows,
    calculate_steps,
    demand_rows,
    no_cables,
    node_rows,
    transformer_rows,
)
from stroomstad.units import SQRT3

Complexes = NDArray[np.complex128]

PHASES = 3
# Turns each phase on by a third of a circle.
_TURN = np.exp(2j * np.pi / PHASES)
# So stiff a source shifts the voltage by less than 1e-9 pu at 1 MVA; a stiffer one drowns in
# rounding, since three phases are solved as one.
STIFF_VA = 1e15

_ATTRIBUTES = {
    ComponentType.node: ("u_pu", "u_angle"),
    ComponentType.line: ("p_from", "q_from", "i_from", "i_to"),
    ComponentType.transformer: ("i_to",),
}


@dataclass(frozen=True, slots=True)
class PhaseSource:
    """A node whose voltage is held behind an impedance that is the same in every sequence.

    Attributes
    ----------
    node
        Position of the node.
    voltage_pu
        The voltage that is held, balanced. [1]
    short_circuit_va
        Three-phase short-circuit power. [VA]
    rx_fraction
        Resistance over reactance. [1]
    """

    node: int
    voltage_pu: float
    short_circuit_va: float = STIFF_VA
    rx_fraction: float = 0.1


@dataclass(frozen=True, slots=True)
class PhaseArrays:
    """A grid in three phases, as arrays.

    Attributes
    ----------
    node_voltage_v
        Nominal line-to-line voltage. [V], shape (nodes,)
    cables
        Their positive-sequence impedance, which is the negative-sequence one too.
    r0_ohm, x0_ohm
        Zero-sequence impedance of each cable; those that hang open come last.
        [Ω], shape (cables + hanging,)
    transformers
        Delta on the high side, star with an earthed neutral on the low side; the zero-sequence
        impedance seen from there is the positive-sequence one.
    source
        What feeds it.
    clock
        By how many times 30° the low side of transformers lags.
    hanging
        Cables that are open at their far end, which is no node here: they carry what charges
        them.
    """

    node_voltage_v: Floats
    cables: Cables
    r0_ohm: Floats
    x0_ohm: Floats
    transformers: Transformers
    source: PhaseSource
    clock: int = 5
    hanging: Cables = field(default_factory=no_cables)


@dataclass(frozen=True, slots=True)
class PhaseStates:
    """Solved steps; a step that did not converge is missing (NaN) throughout.

    Attributes
    ----------
    converged
        Whether the step was solved. Shape (steps,)
    voltage_pu
        Voltage of each phase over its nominal one, as phasor. [1], shape (steps, nodes, 3)
    cable_a
        Current in each phase, the larger of both ends. [A], shape (steps, cables, 3)
    neutral_a
        Current that returns by the neutral of each cable. [A], shape (steps, cables)
    transformer_a
        Current in each phase on the low side. [A], shape (steps, transformers, 3)
    """

    converged: Flags
    voltage_pu: Complexes
    cable_a: Floats
    neutral_a: Floats
    transformer_a: Floats

    @property
    def magnitude_pu(self) -> Floats:
        """Voltage of each phase. [1], shape (steps, nodes, 3)."""
        return np.asarray(np.abs(self.voltage_pu))

    @property
    def unbalance(self) -> Floats:
        """Negative over positive-sequence voltage. [1], shape (steps, nodes)."""
        return unbalance(self.voltage_pu)


def unbalance(voltage: Complexes) -> Floats:
    """Negative over positive-sequence voltage, the unbalance of EN 50160.

    Parameters
    ----------
    voltage
        Phasors of the three phases. Any unit, shape (…, 3)

    References
    ----------
    .. [1] C. L. Fortescue, "Method of symmetrical coordinates applied to the solution of
       polyphase networks", Trans. AIEE 37, 1918.

    Examples
    --------
    >>> turn = np.exp(2j * np.pi / 3)
    >>> unbalance(np.array([[1.0, turn**2, turn], [1.0, turn, turn**2 * 0]])).round(3)
    array([0., 2.])
    """
    one, other = np.array([1, _TURN, _TURN**2]), np.array([1, _TURN**2, _TURN])
    positive, negative = voltage @ one, voltage @ other
    return np.asarray(np.abs(negative) / np.abs(positive))


@dataclass(frozen=True, slots=True)
class PhaseModel:
    """A three-phase grid with its demands, ready to be solved; as `build_phase_model` makes it."""

    arrays: PhaseArrays
    solver: PowerGridModel


def build_phase_model(arrays: PhaseArrays, demand_node: Ints) -> PhaseModel:
    """Give a three-phase grid to power-grid-model, with one demand at each given node.

    Parameters
    ----------
    arrays
        The grid.
    demand_node
        Positions of the nodes that draw or feed in, at least one. Shape (demands,)
    """
    end_v = arrays.node_voltage_v[arrays.hanging.from_node]
    nodes = arrays.node_voltage_v.size + end_v.size
    first_transformer = nodes + arrays.cables.r_ohm.size
    source_id = first_transformer + arrays.transformers.rating_va.size
    components = {
        ComponentType.node: node_rows(np.append(arrays.node_voltage_v, end_v)),
        ComponentType.line: _cables(arrays, (nodes, source_id + 1 + demand_node.size)),
        ComponentType.transformer: _transformers(arrays, first_transformer),
        ComponentType.source: _source(arrays.source, source_id),
        ComponentType.asym_load: demand_rows(ComponentType.asym_load, demand_node, source_id + 1),
    }
    solver = PowerGridModel({kind: rows for kind, rows in components.items() if rows.size})
    return PhaseModel(arrays, solver)


def solve_phases(
    model: PhaseModel,
    active_w: Floats,
    reactive_var: Floats,
    source_pu: Floats | None = None,
    options: PowerFlowOptions = DEFAULT_OPTIONS,
) -> PhaseStates:
    """Solve independent steps in three phases.

    Parameters
    ----------
    model
        As `build_phase_model` made it.
    active_w, reactive_var
        What each demand draws in each phase; negative is feed-in. [W] and [var],
        shape (steps, demands, 3)
    source_pu
        Voltage that the source holds in each step; that of the grid when left out.
        [1], shape (steps,)
    options
        Precision and portions; the balance is not read.

    Raises
    ------
    ValueError
        When a demand is not a finite number; power-grid-model would take it for zero.

    """
    if not (np.isfinite(active_w).all() and np.isfinite(reactive_var).all()):
        raise ValueError("load: a power is not a finite number. Mend the weights or the shapes.")
    changes = {ComponentType.asym_load: {"p_specified": active_w, "q_specified": reactive_var}}
    if source_pu is not None:
        changes[ComponentType.source] = {"u_ref": source_pu[:, None]}
    outputs, converged = calculate_steps(
        model.solver, changes, _ATTRIBUTES, options, symmetric=False
    )
    return _states(model.arrays, outputs, converged)


def _states(arrays: PhaseArrays, outputs: Outputs, converged: Flags) -> PhaseStates:
    node = outputs[ComponentType.node]
    # Behind what the grid has come the cables that hang open, and their ends.
    nodes, cables = arrays.node_voltage_v.size, arrays.cables.r_ohm.size
    voltage_pu = (node["u_pu"] * np.exp(1j * node["u_angle"]))[:, :nodes]
    none = np.zeros((converged.size, 0, PHASES))
    line = outputs.get(ComponentType.line, dict.fromkeys(_ATTRIBUTES[ComponentType.line], none))
    line = {name: values[:, :cables] for name, values in line.items()}
    transformer = outputs.get(ComponentType.transformer, {"i_to": none})
    at = arrays.cables.from_node
    voltage_v = voltage_pu[:, at] * (arrays.node_voltage_v[at] / SQRT3)[:, None]
    with np.errstate(invalid="ignore"):  # where a step is missing
        current_a = np.conj((line["p_from"] + 1j * line["q_from"]) / voltage_v)
    return PhaseStates(
        converged=converged,
        voltage_pu=voltage_pu,
        cable_a=np.maximum(line["i_from"], line["i_to"]),
        neutral_a=np.abs(current_a.sum(axis=2)),
        transformer_a=transformer["i_to"],
    )


def _cables(arrays: PhaseArrays, first_ids: tuple[int, int]) -> NDArray[np.void]:
    """Cables, and those that hang open, each to an end of its own at which nothing draws.

    The capacitance is the same in every sequence: that of phases without a common shield.
    """
    hanging = cable_rows(arrays.hanging, first_ids[1])
    hanging["to_node"] = arrays.node_voltage_v.size + np.arange(hanging.size)
    rows = np.concatenate([cable_rows(arrays.cables, first_ids[0]), hanging])
    rows["r0"], rows["x0"] = arrays.r0_ohm, arrays.x0_ohm
    rows["c0"], rows["tan0"] = rows["c1"], 0
    return rows


def _transformers(arrays: PhaseArrays, first_id: int) -> NDArray[np.void]:
    rows = transformer_rows(arrays.transformers, first_id)
    rows["winding_from"], rows["winding_to"] = WindingType.delta, WindingType.wye_n
    rows["clock"] = arrays.clock
    return rows


def _source(source: PhaseSource, source_id: int) -> NDArray[np.void]:
    rows = initialize_array(DatasetType.input, ComponentType.source, 1)
    rows["id"], rows["node"], rows["status"] = source_id, source.node, 1
    rows["u_ref"], rows["sk"] = source.voltage_pu, source.short_circuit_va
    rows["rx_ratio"], rows["z01_ratio"] = source.rx_fraction, 1.0
    return rows
