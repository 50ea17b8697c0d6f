"""Bad grids: every fault is named before anything is solved, all at once."""

from dataclasses import replace

import pandas as pd
import pytest
from tiny import make_grid

from stroomstad.api.faults_nl import in_dutch
from stroomstad.powerflow import grid_issues


def changed(table, key, name, **values):
    """The sound grid with other values in one row of a table."""
    grid = make_grid()
    rows = getattr(grid, table).copy()
    for column, value in values.items():
        rows.loc[rows[key] == name, column] = value
    return replace(grid, **{table: rows})


def more(table, like, key, **values):
    """The sound grid with one more row, like another but for some values."""
    grid = make_grid()
    rows = getattr(grid, table)
    row = rows[rows[key] == like].assign(**values)
    return replace(grid, **{table: pd.concat([rows, row], ignore_index=True)})


def without(table, key, *names):
    grid = make_grid()
    rows = getattr(grid, table)
    return replace(grid, **{table: rows[~rows[key].isin(names)].reset_index(drop=True)})


def two_sources():
    grid = more("nodes", "OS-A", "node_id", node_id="OS-B", substation_id="OS-B")
    substations = grid.substations.assign(substation_id="OS-B", node_mv="OS-B")
    cable = grid.cables.iloc[[0]].assign(cable_id="M9", from_node="OS-B", to_node="S2-mv")
    return replace(
        grid,
        substations=pd.concat([grid.substations, substations], ignore_index=True),
        cables=pd.concat([grid.cables, cable], ignore_index=True),
    )


def hung(**values):
    """The sound grid with a cable from S1-mv that is open at S2-mv, but for some values."""
    grid = make_grid()
    row = grid.cables[grid.cables["cable_id"] == "M2"].drop(columns="kind")
    row = row.assign(cable_id="O1", feeder_id="", c_nf_per_km=300.0)
    return replace(grid, open_cables=row.assign(**values).reset_index(drop=True))


@pytest.mark.parametrize("grid", [make_grid(), hung()], ids=["radial", "with an open cable"])
def test_a_sound_grid_has_no_faults(grid):
    assert grid_issues(grid) == []


BAD = {
    "island": (without("cables", "cable_id", "M2"), "grid, node S2-mv", "no path to a substation"),
    "loop": (
        more("cables", "M2", "cable_id", cable_id="M3", from_node="OS-A"),
        "grid, link ", "closes a loop",
    ),
    "two cables side by side": (
        more("cables", "M2", "cable_id", cable_id="M3"), "grid, link M3", "closes a loop",
    ),
    "double feed": (two_sources(), "grid, substations OS-A, OS-B", "feed the same nodes"),
    "zero impedance": (
        changed("cables", "cable_id", "M2", r_ohm_per_km=0.0, x_ohm_per_km=0.0),
        "grid, cable M2", "no impedance",
    ),
    "missing impedance": (
        changed("cables", "cable_id", "M2", r_ohm_per_km=float("nan")),
        "grid, cable M2", "no impedance",
    ),
    "wrong voltage level": (
        changed("nodes", "node_id", "S1-a", voltage_v=10000.0),
        "grid, cable ", "joins two voltages: 400 V and 10000 V",
    ),
    "wrong kind": (
        changed("cables", "cable_id", "M2", kind="lv_cable"), "grid, cable M2", "at 10000 V",
    ),
    "transformer the wrong way round": (
        changed("stations", "station_id", "S2", node_mv="S2-lv", node_lv="S2-mv"),
        "grid, station S2", "400 V above 10000 V",
    ),
    "negative length": (
        changed("cables", "cable_id", "M2", length_m=-3.5), "grid, cable M2", "-3.5 m long",
    ),
    "missing length": (
        changed("cables", "cable_id", "M2", length_m=float("nan")), "grid, cable M2", "nan m long",
    ),
    "missing source": (without("substations", "substation_id", "OS-A"), "grid", "has no source"),
    "busbar that is no node": (
        changed("substations", "substation_id", "OS-A", node_mv="OS-Z"),
        "grid, substation OS-A", "no node",
    ),
    "node twice": (more("nodes", "S1-a", "node_id"), "grid, nodes S1-a", "more than once"),
    "cable twice": (more("cables", "M2", "cable_id"), "grid, cables M2", "more than once"),
    "cable with the name of a station": (
        changed("cables", "cable_id", "M2", cable_id="S1"),
        "grid, links S1", "a cable and a station",
    ),
    "unknown end": (
        changed("cables", "cable_id", "M2", to_node="S9-mv"), "grid, link M2", "S9-mv",
    ),
    "connection at no node": (
        changed("connections", "node_id", "S1-a", node_id="S9"), "grid, connection", "S9",
    ),
    "turned cable": (
        changed("cables", "cable_id", "M2", from_node="S2-mv", to_node="S1-mv"),
        "grid, link M2", "leads back",
    ),
    "cable to itself": (
        changed("cables", "cable_id", "M2", from_node="S2-mv"), "grid, cable M2", "to itself",
    ),
    "open cable between two voltages": (
        hung(to_node="S2-lv"), "grid, open cable O1", "joins two voltages: 10000 V / 400 V",
    ),
    "open cable to itself": (hung(to_node="S1-mv"), "grid, open cable O1", "to itself"),
    "open cable to nowhere": (hung(to_node="S9"), "grid, open cable O1", "ends at S9"),
    "open cable without impedance": (
        hung(r_ohm_per_km=0.0, x_ohm_per_km=0.0), "grid, open cable O1", "no impedance",
    ),
    "open cable with the name of another": (
        hung(cable_id="M1"), "grid, open cables M1", "another cable too",
    ),
    "negative capacitance": (
        hung(c_nf_per_km=-2.5), "grid, open cable O1", "-2.5 nF/km",
    ),
    "no rating": (
        changed("cables", "cable_id", "M2", rated_current_a=0.0), "grid, cable M2", "0 A",
    ),
    "station without transformer": (
        changed("stations", "station_id", "S1", rating_kva=0.0), "grid, station S1", "0 kVA",
    ),
    "substation without transformer": (
        changed("substations", "substation_id", "OS-A", transformers=0),
        "grid, substation OS-A", "no transformer",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_grid_is_told_by_its_fault(name):
    grid, where, problem = BAD[name]
    found = grid_issues(grid)
    told = [each for each in found if each.where.startswith(where) and problem in each.problem]
    assert len(told) == 1, [str(each) for each in found]
    assert told[0].remedy


def test_an_open_cable_between_two_voltages_is_told_in_dutch_too():
    told = in_dutch(grid_issues(hung(to_node="S2-lv"))[0])
    assert told.where == "net, open kabel O1"
    assert told.problem == "verbindt twee spanningen: 10000 V / 400 V."


def test_faults_of_several_kinds_are_told_at_once():
    grid = changed("cables", "cable_id", "M2", length_m=-1.0, r_ohm_per_km=0.0, x_ohm_per_km=0.0)
    grid = replace(grid, substations=grid.substations.iloc[:0])
    problems = " ".join(each.problem for each in grid_issues(grid))
    assert "no source" in problems
    assert "-1 m long" in problems
    assert "no impedance" in problems
