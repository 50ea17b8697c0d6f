"""Files that pandapower wrote, read and solved: the voltages are those that it found itself."""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cityfiles import write_city

from stroomstad.errors import raise_faults
from stroomstad.powerflow import Network, build_network, grid_issues
from stroomstad.powerflow.solver import build_model, no_cables, solve_states
from stroomstad.run import read_city, write_grid
from stroomstad.run.model import Layout
from stroomstad.sources.files import SourceFile, read_json
from stroomstad.sources.grid_file import read_grid
from stroomstad.sources.pandapower_grid import joined_nodes
from stroomstad.sources.pandapower_tables import column, decode_tables, in_service
from stroomstad.synthesis import hang_grid
from stroomstad.tables.grid import Grid
from stroomstad.tables.parameters import Parameters

FOLDER = Path(__file__).parent / "pandapower_files"
NAMES = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))
BOUND_PU = 1e-9
# The start of a ring is solved as a millimetre of cable, which pandapower does not have.
RING_PU = 1e-8
# What the charging current of cables that hang open at one end moves in pandapower's answers, at
# most and rounded up. [pu]
CHARGING_PU = {"cigre_mv": 2.3e-4, "mv_oberrhein": 4e-4, "simbench_1_mv_urban_sw": 4e-5}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return read_city(write_city(tmp_path_factory.mktemp("files") / "city"))


def file_of(name):
    return SourceFile("grid", FOLDER / f"{name}.json.gz", "2026", "as its ORIGIN tells")


def drawn(tables, node, at):
    """What is drawn at every node, from the tables of the file. [W], [var]."""
    drawn_w, drawn_var = np.zeros(len(at)), np.zeros(len(at))
    for name, sign in (("load", 1e6), ("sgen", -1e6)):
        rows = in_service(tables.get(name, pd.DataFrame()))
        nodes = node.reindex(rows["bus"]) if len(rows) else pd.Series(dtype=object)
        below = nodes.isin(at.index).to_numpy()
        place = at.loc[nodes[below]].to_numpy()
        scale = (sign * column(rows, "scaling", 1.0))[below]
        np.add.at(drawn_w, place, column(rows, "p_mw", 0.0)[below] * scale)
        np.add.at(drawn_var, place, column(rows, "q_mvar", 0.0)[below] * scale)
    return drawn_w, drawn_var


@dataclass
class Read:
    """A file read and hung onto a city, and the bus that each node was."""

    grid: Grid
    network: Network
    tables: dict
    node: pd.Series


@pytest.fixture(scope="module")
def read(inputs):
    """Reads a file and hangs its grid onto the city of the tests."""
    parameters = Parameters(inputs.parameters, dt.date(inputs.city.base_year, 1, 1), "mid")

    def made(file):
        content, _ = read_json(file.path)
        tables, _ = decode_tables(content, file.path.name)
        given, issues = read_grid(file)
        raise_faults(issues)
        grid = hang_grid(given, inputs.city, parameters)
        raise_faults(grid_issues(grid))
        network = build_network(grid, inputs.transformer_types, parameters)
        return Read(grid, network, tables, joined_nodes(tables))

    return made


def largest_difference(found, theirs):
    """Largest difference to voltages of buses below the substations, held as found there. [pu]."""
    at = pd.Series(np.arange(len(found.grid.nodes)), index=found.grid.nodes["node_id"])
    busbars = found.network.tree.node_ids[found.network.arrays.source_node]
    held_pu = theirs.groupby(found.node).first().reindex(list(busbars)).to_numpy()
    arrays = replace(found.network.arrays, source_voltage_pu=held_pu)
    active_w, reactive_var = drawn(found.tables, found.node, at)
    assert active_w.max() > 0.0
    model = build_model(arrays, np.arange(len(at)))
    states = solve_states(model, active_w[None, :], reactive_var[None, :])
    below = found.node[found.node.isin(at.index)]
    assert len(below) > 0.9 * len(found.node)
    ours = states.voltage_pu[0, at.loc[below].to_numpy()]
    return np.abs(ours - theirs.loc[below.index].to_numpy(dtype=float)).max()


def bound_of(found):
    has_ring = (found.grid.cables["kind"] == "ring").any()
    return RING_PU if has_ring else BOUND_PU


@pytest.mark.parametrize("name", NAMES)
def test_every_voltage_is_that_of_pandapower(name, read):
    found = read(file_of(name))
    assert (found.network.arrays.hanging.c_farad.size > 0) == (name in CHARGING_PU)
    assert largest_difference(found, found.tables["res_bus"]["vm_pu"]) <= bound_of(found)


@pytest.mark.parametrize("name", sorted(CHARGING_PU))
def test_what_cables_charge_that_hang_open_is_what_it_is_in_pandapower(name, read):
    found = read(file_of(name))
    off = pd.read_csv(FOLDER / f"{name}.csv").set_index("bus")["voltage_pu"]
    arrays = replace(found.network.arrays, hanging=no_cables())
    without = replace(found, network=replace(found.network, arrays=arrays))
    assert largest_difference(without, off) <= bound_of(found)
    assert 0.1 * CHARGING_PU[name] < largest_difference(found, off) <= CHARGING_PU[name]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_is_the_same_when_written_and_read_again(name, read, inputs, tmp_path):
    found = read(file_of(name))
    path = tmp_path / "again.json"
    parameters = {"mid": Parameters(inputs.parameters, dt.date(2023, 1, 1), "mid")}
    layout = Layout(inputs.city, found.grid, found.network, parameters, {}, None)
    write_grid(layout, path, "pandapower")
    again = read(SourceFile("grid", path, "2026", "own"))
    for table in ("nodes", "cables", "stations", "substations", "connections", "open_cables"):
        before, after = (getattr(each.grid, table) for each in (found, again))
        told = before.columns.difference(["rating_known", "voltage_pu"])
        pd.testing.assert_frame_equal(
            after[told], before[told], check_dtype=False, rtol=1e-12, check_exact=False
        )
    for part in ("cables", "transformers", "hanging"):
        before, after = (getattr(each.network.arrays, part) for each in (found, again))
        for field in before.__dataclass_fields__:
            np.testing.assert_allclose(
                getattr(after, field), getattr(before, field), rtol=1e-12, err_msg=field
            )


def test_all_seven_files_are_here_and_tell_their_origin():
    assert len(NAMES) == 7
    origin = (FOLDER / "ORIGIN.md").read_text(encoding="utf-8")
    assert {"Made by", "Licence", "Does not agree"} <= {
        line.strip("# ") for line in origin.splitlines() if line.startswith("#")
    }
    assert [name for name in NAMES if f"`{name}`" not in origin] == []
