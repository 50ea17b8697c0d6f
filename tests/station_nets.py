"""Made-up nets behind one station, in balance and in three phases."""

import numpy as np
from hypothesis import strategies as st
from radial_nets import make_arrays

from stroomstad.powerflow.asymmetric import PhaseArrays, PhaseSource


@st.composite
def station_arrays(draw, *, iron=True):
    """A held node at 10 kV, a station, and a tree of up to six cables behind its busbar."""
    rating_va = draw(st.sampled_from([250e3, 400e3, 630e3]))
    no_load = (0.004, rating_va * 0.001) if iron else (0.0, 0.0)
    station = (0, 1, 10_000.0, 400.0, rating_va, 0.05, rating_va * 0.01, *no_load)
    cables = []
    for node in range(2, 2 + draw(st.integers(1, 6))):
        metres = draw(st.floats(10, 120))
        cables.append((draw(st.integers(1, node - 1)), node, 3e-4 * metres, 1e-4 * metres, 0.0))
    held_pu = draw(st.floats(0.98, 1.04))
    return make_arrays([10_000.0] + [400.0] * (len(cables) + 1), cables, [station], 1, held_pu)


def in_phases(arrays, r0_over_r1=4.0, x0_over_x1=4.0):
    """The same net with a neutral."""
    return PhaseArrays(
        arrays.node_voltage_v,
        arrays.cables,
        arrays.cables.r_ohm * r0_over_r1,
        arrays.cables.x_ohm * x0_over_x1,
        arrays.transformers,
        PhaseSource(0, float(arrays.source_voltage_pu[0])),
    )


def drawn_demand(seed, arrays, steps=3, highest_w=4e3):
    """Nodes behind the busbar, and power of each phase. [W] and [var], shape (steps, nodes, 3)"""
    at = np.arange(2, arrays.node_voltage_v.size)
    rng = np.random.default_rng(seed)
    active_w = rng.uniform(-highest_w / 2, highest_w, (steps, at.size, 3))
    return at, active_w, 0.2 * np.abs(active_w)
