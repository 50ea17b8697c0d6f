"""Made-up radial grids and their loads, for the tests of the sweep."""

import datetime as dt

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from tiny import make_grid, make_parameters, make_types

from stroomstad.blocks import LoadBlocks
from stroomstad.powerflow import build_network
from stroomstad.powerflow.solver import Cables, NetworkArrays, Transformers
from stroomstad.tables.profiles import TimeAxis

QUARTERS = 40


@st.composite
def radial_arrays(draw, *, has_shunts=None):
    """One or two sources, trees of cables behind them, some stations with cables of their own."""
    sources = draw(st.integers(1, 2))
    voltage_v = [10_000.0] * sources
    cables, transformers = [], []
    with_shunts = draw(st.booleans()) if has_shunts is None else has_shunts
    capacitance = st.floats(0, 5e-7) if with_shunts else st.just(0.0)
    for _ in range(draw(st.integers(1, 9))):
        up, node = draw(st.integers(0, len(voltage_v) - 1)), len(voltage_v)
        if voltage_v[up] > 1000 and draw(st.booleans()):
            rating = draw(st.sampled_from([250e3, 400e3, 630e3]))
            iron = 1.0 if with_shunts else 0.0
            tap = draw(st.sampled_from([0.975, 1.0, 1.025]))
            transformers.append(
                (up, node, 10_000.0 * tap, 400.0, rating, 0.05, rating * 0.01, 0.004 * iron,
                 rating * 0.001 * iron)
            )  # fmt: skip
            voltage_v.append(400.0)
        else:
            metres = draw(st.floats(10, 1500 if voltage_v[up] > 1000 else 80))
            cables.append((up, node, 2e-4 * metres, 1e-4 * metres, draw(capacitance)))
            voltage_v.append(voltage_v[up])
    return make_arrays(voltage_v, cables, transformers, sources, draw(st.floats(0.98, 1.04)))


def make_arrays(voltage_v, cables, transformers=(), sources=1, held_pu=1.0):
    return NetworkArrays(
        np.array(voltage_v),
        Cables(*_columns(cables, 5)),
        Transformers(*_columns(transformers, 9)),
        np.arange(sources),
        np.full(sources, held_pu),
    )


def _columns(rows, count):
    table = np.array(rows, dtype=float).reshape(-1, count).T
    return [table[0].astype(np.int64), table[1].astype(np.int64), *table[2:]]


def drawn_blocks(seed, nodes, highest_kw=12.0, quarters=QUARTERS):
    """Load and feed-in from a seed: three shapes, and a row of its own for one node."""
    rng = np.random.default_rng(seed)
    blocks = []
    for _ in range(2):
        weights = rng.uniform(0, highest_kw / 3, (nodes, 3)) * (rng.random((nodes, 1)) < 0.7)
        plain = LoadBlocks(csr_matrix(weights), rng.uniform(0, 1, (3, quarters)))
        rows = rng.uniform(0, highest_kw / 3, (2, quarters))
        blocks.append(plain.with_rows(rng.integers(0, nodes, 2), rows))
    return blocks


def make_city_year(quarters, highest_kw=40.0):
    """Network of the made-up city, load and feed-in of all its nodes, and the quarters."""
    network = build_network(make_grid(), make_types()[1], make_parameters())
    rng = np.random.default_rng(3)
    nodes = network.tree.parent.size
    load, feed_in = (
        LoadBlocks(csr_matrix(rng.uniform(0, highest_kw, (nodes, 2))), rng.random((2, quarters)))
        for _ in range(2)
    )
    return network, load, feed_in, TimeAxis(dt.datetime(2023, 1, 2, tzinfo=dt.UTC), quarters)
