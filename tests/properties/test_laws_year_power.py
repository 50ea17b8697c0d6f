"""Laws of a year in 16 bits: as a solve says, within half a step, however it is cut."""

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from radial_nets import QUARTERS, drawn_blocks, radial_arrays

from stroomstad.powerflow.swept import to_branches
from stroomstad.store import add_portion, finish_power, start_scratch
from stroomstad.store.year_power import STEPS, to_power
from stroomstad.sweep import Drawn, build_radial, build_sweep, sweep_steps, tell_steps

CUTS = st.lists(st.integers(1, QUARTERS - 1), max_size=4, unique=True).map(sorted)


def signed_kva(sweep, start, stop):
    """What links carry, signed by their direction. [kVA], shape (links, quarters)."""
    steps = tell_steps(sweep_steps(sweep, start, stop))
    power_kva = np.copysign(steps.apparent_kva, steps.power_kw)
    power_kva[:, ~steps.solved] = np.nan
    return power_kva.astype(np.float32)


def contents(portions):
    with tempfile.TemporaryDirectory() as folder:
        scratch = start_scratch(Path(folder), len(portions[0]))
        for portion in portions:
            add_portion(scratch, portion)
        scale, files = finish_power(scratch)
        return scale, [np.load(path) for path in files.values()]


@settings(max_examples=15, deadline=None)
@given(radial_arrays(), st.integers(0, 2**32 - 1), CUTS)
def test_a_year_is_that_of_a_solve_within_half_a_step_however_it_is_cut(arrays, seed, cuts):
    nodes = arrays.node_voltage_v.size
    radial = build_radial(nodes, to_branches(arrays), arrays.source_node, arrays.source_voltage_pu)
    sweep = build_sweep(radial, Drawn(*drawn_blocks(seed, nodes), 0.3))
    ends = [0, *cuts, QUARTERS]
    scale, (by_quarter, by_link) = contents([signed_kva(sweep, *span) for span in pairwise(ends)])
    whole_kva = signed_kva(sweep, 0, QUARTERS)
    again, others = contents([whole_kva])
    assert scale.equals(again)
    assert [each.tobytes() for each in (by_quarter, by_link)] == [each.tobytes() for each in others]
    assert np.array_equal(by_quarter, by_link.T)
    told_kva = to_power(by_quarter, *scale[["low_kva", "step_kva"]].to_numpy().T)
    assert np.array_equal(np.isnan(told_kva.T), np.isnan(whole_kva))
    span_kva = np.nanmax(whole_kva, axis=1, initial=-np.inf) - np.nanmin(
        whole_kva, axis=1, initial=np.inf
    )
    allowed_kva = span_kva.astype(np.float64)[:, None] / (2 * STEPS) * (1 + 1e-6)
    assert (np.nan_to_num(np.abs(told_kva.T - whole_kva)) <= np.maximum(allowed_kva, 0.0)).all()
