"""What a sweep found, in units and in the order of the nodes it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.sweep.demand import net_drawn
from stroomstad.sweep.keep import NEVER, Flags, Ints32
from stroomstad.sweep.year import Swept, source_powers
from stroomstad.units import HOURS_PER_QUARTER

Scalar = TypeVar("Scalar", bound=np.generic)

_KVA_PER_PU = 1e3


@dataclass(frozen=True, slots=True)
class SweptYear:
    """A stretch of time, reduced; position ``i`` is node ``i`` and the link to its parent.

    The link of a source is what it supplies. ``at`` is a quarter, or `NEVER`.

    Attributes
    ----------
    load_max_kva, load_max_at
        Highest loading towards the customers, and its quarter. [kVA], shape (nodes,)
    feed_in_max_kva, feed_in_max_at
        Likewise towards the source. [kVA], shape (nodes,)
    worst_kva, worst_at
        Highest loadings in either direction, from high to low. [kVA], shape (nodes, `WORST`)
    hours_above
        Time above each of `SHARES` of the limit. [h], shape (nodes, shares)
    above_kvah
        What was carried above each of them. [kVAh], shape (nodes, shares)
    losses_kwh
        Losses of every link, its shunts included; none of a source. [kWh], shape (nodes,)
    voltage_min_pu, voltage_min_at, voltage_max_pu, voltage_max_at
        Lowest and highest voltage of every node, and when. [pu], shape (nodes,)
    losses_kw
        Losses of the grid. [kW], shape (quarters,)
    mismatch_kw
        What sources supply, less what is drawn and lost. [kW], shape (quarters,)
    loading_kva
        Loading of the links whose series was asked for; NaN of a source, whose series is what it
        supplies. [kVA], shape (asked for, quarters)
    solved
        Whether every feeder has a proven answer in the quarter. Shape (quarters,)
    """

    load_max_kva: Floats
    load_max_at: Ints32
    feed_in_max_kva: Floats
    feed_in_max_at: Ints32
    worst_kva: Floats
    worst_at: Ints32
    hours_above: Floats
    above_kvah: Floats
    losses_kwh: Floats
    voltage_min_pu: Floats
    voltage_min_at: Ints32
    voltage_max_pu: Floats
    voltage_max_at: Ints32
    losses_kw: Floats
    mismatch_kw: Floats
    loading_kva: NDArray[np.float32]
    solved: Flags


@dataclass(frozen=True, slots=True)
class SweptSteps:
    """Quarters one by one; position ``i`` is node ``i`` and the link to its parent.

    Attributes
    ----------
    power_kw
        Active power into the link at the end of the source; positive is towards the customers.
        [kW], shape (nodes, quarters)
    apparent_kva
        Loading of the link: of a transformer the larger apparent power of its ends, of a cable the
        larger current at nominal voltage. [kVA], shape (nodes, quarters)
    voltage_pu
        Voltage of the node. [pu], shape (nodes, quarters)
    losses_kw, mismatch_kw, solved
        As in `SweptYear`.
    """

    power_kw: Floats
    apparent_kva: Floats
    voltage_pu: Floats
    losses_kw: Floats
    mismatch_kw: Floats
    solved: Flags


def tell_year(swept: Swept) -> SweptYear:
    """Tell in units what was kept of a stretch of time."""
    kept = swept.kept
    place, unit, volt = _places(swept)
    low = np.sqrt(np.maximum(-kept.low, 0.0))[: volt.size] * volt
    high = np.sqrt(kept.high)[: volt.size] * volt
    held = swept.sweep.radial.source_voltage
    losses_kw, mismatch_kw = _balance(swept)
    asked = swept.series.asked
    series_unit = np.ones(swept.series.loading.shape[0])
    series_unit[asked[asked != NEVER]] = unit[: asked.size][asked != NEVER]

    def put(rows: NDArray[Scalar]) -> NDArray[Scalar]:
        told = np.empty_like(rows)
        told[place] = rows
        return told

    def kva(squared: Floats) -> Floats:
        scale = unit.reshape(-1, *[1] * (squared.ndim - 1))
        return np.asarray(put(np.sqrt(squared) * scale * _KVA_PER_PU))

    held_at = np.full(held.size, swept.start, dtype=np.int32)
    return SweptYear(
        load_max_kva=kva(kept.out),
        load_max_at=put(kept.out_at),
        feed_in_max_kva=kva(kept.back),
        feed_in_max_at=put(kept.back_at),
        worst_kva=kva(kept.worst),
        worst_at=put(kept.worst_at),
        hours_above=put(np.float64(HOURS_PER_QUARTER) * kept.above),
        above_kvah=put(kept.excess * unit[:, None] * _KVA_PER_PU * HOURS_PER_QUARTER),
        losses_kwh=put(kept.lost * _KVA_PER_PU * HOURS_PER_QUARTER),
        voltage_min_pu=put(np.concatenate([low, held])),
        voltage_min_at=put(np.concatenate([kept.low_at[: volt.size], held_at])),
        voltage_max_pu=put(np.concatenate([high, held])),
        voltage_max_at=put(np.concatenate([kept.high_at[: volt.size], held_at])),
        losses_kw=losses_kw,
        mismatch_kw=mismatch_kw,
        loading_kva=_scaled(swept.series.loading, series_unit * _KVA_PER_PU),
        solved=np.asarray(~swept.series.failed.any(axis=0)),
    )


def _scaled(rows: Floats, scale: Floats) -> NDArray[np.float32]:
    """Scale every row, without a second copy at full length."""
    told = np.empty(rows.shape, dtype=np.float32)
    np.multiply(rows, scale[:, None], out=told, casting="same_kind")
    return told


def tell_steps(swept: Swept) -> SweptSteps:
    """Tell in units what `sweep_steps` kept of every quarter."""
    place, unit, volt = _places(swept)
    series, radial = swept.series, swept.sweep.radial
    active, reactive = source_powers(swept)
    losses_kw, mismatch_kw = _balance(swept)
    shape = (place.size, swept.stop - swept.start)
    power_kw, apparent_kva, voltage_pu = (np.empty(shape) for _ in range(3))
    power_kw[radial.node] = series.power * _KVA_PER_PU
    power_kw[radial.source_node] = active * _KVA_PER_PU
    apparent_kva[radial.node] = series.loading * unit[: radial.rows, None] * _KVA_PER_PU
    apparent_kva[radial.source_node] = np.hypot(active, reactive) * _KVA_PER_PU
    voltage_pu[radial.node] = series.voltage * volt[:, None]
    voltage_pu[radial.source_node] = radial.source_voltage[:, None]
    solved = np.asarray(~series.failed.any(axis=0))
    return SweptSteps(power_kw, apparent_kva, voltage_pu, losses_kw, mismatch_kw, solved)


def _places(swept: Swept) -> tuple[Ints, Floats, Floats]:
    """Node of every row and source, unit of its loading, and unit of the voltage of every row."""
    radial = swept.sweep.radial
    place = np.concatenate([radial.node, radial.source_node])
    unit = np.concatenate([radial.loading, np.ones(radial.source_node.size)])
    return place, unit, radial.voltage


def _balance(swept: Swept) -> tuple[Floats, Floats]:
    losses = np.zeros(swept.stop - swept.start)
    for feeder in range(swept.sweep.radial.feeders):
        losses += swept.series.losses[feeder]
    supplied = np.zeros_like(losses)
    for power in source_powers(swept)[0]:
        supplied += power
    drawn_kw = net_drawn(swept.sweep.drawn)[swept.start : swept.stop]
    return losses * _KVA_PER_PU, (supplied - losses) * _KVA_PER_PU - drawn_kw
