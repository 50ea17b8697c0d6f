"""A grid that is written and read again is the same grid, and a run on it gives the same answer."""

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from cityfiles import write_city
from power_grid_model import PowerGridModel
from power_grid_model.utils import json_deserialize

from stroomstad.cli import main
from stroomstad.errors import InvalidData, raise_faults
from stroomstad.powerflow import Network, build_network, grid_issues
from stroomstad.powerflow.solver import build_model, solve_states
from stroomstad.run import grid_of, read_city, run_city, write_grid
from stroomstad.sources.files import SourceFile
from stroomstad.sources.grid_file import read_grid
from stroomstad.store import load_run
from stroomstad.synthesis import hang_grid
from stroomstad.tables.grid import Grid

GIVEN = """
[files.grid]
path = "grid.json"
vintage = "2026-01-01"
licence = "own"
"""


def give(city, content):
    """Let a city give a grid of its own."""
    (city / "grid.json").write_text(json.dumps(content), encoding="utf-8")
    path = city / "city.toml"
    text = path.read_text(encoding="utf-8")
    if "[files.grid]" not in text:
        path.write_text(text.replace("\n[substations]", f"{GIVEN}\n[substations]"))
    return city


@dataclass
class Hung:
    """A grid and what the solver gets of it."""

    grid: Grid
    network: Network


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A grid that was drawn up, what was written of it, and the inputs it was drawn from."""
    folder = tmp_path_factory.mktemp("drawn")
    city = write_city(folder / "city")
    layout = grid_of(city)
    write_grid(layout, folder / "grid.json")
    content = json.loads((folder / "grid.json").read_text(encoding="utf-8"))
    return layout, content, read_city(city)


@pytest.fixture(scope="module")
def hang(drawn, tmp_path_factory):
    """Reads a grid from a file and hangs it onto the city."""
    layout, _, inputs = drawn
    path = tmp_path_factory.mktemp("given") / "grid.json"

    def hung(content):
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        given, issues = read_grid(SourceFile("grid", path, "2026", "own"))
        raise_faults(issues)
        grid = hang_grid(given, inputs.city, layout.parameters["mid"])
        raise_faults(grid_issues(grid))
        types = inputs.transformer_types
        return Hung(grid, build_network(grid, types, layout.parameters["mid"]))

    return hung


@pytest.fixture
def content(drawn):
    """What was written, to be changed."""
    return json.loads(json.dumps(drawn[1]))


@pytest.fixture(scope="module")
def again(drawn, hang):
    return hang(drawn[1])


def test_power_grid_model_reads_what_is_written(drawn):
    layout, content, _ = drawn
    read = json_deserialize(json.dumps(content).encode())
    solved = PowerGridModel(read).calculate_power_flow()
    assert len(solved["node"]) == len(layout.grid.nodes)
    assert np.isfinite(solved["node"]["u_pu"]).all()
    assert len(solved["line"]) == len(layout.grid.cables) + len(layout.grid.open_cables)


@pytest.mark.parametrize(
    ("table", "key"),
    [("nodes", "node_id"), ("cables", "cable_id"), ("open_cables", "cable_id"),
     ("stations", "station_id"),
     ("substations", "substation_id"), ("connections", "point_id")],
)  # fmt: skip
def test_every_table_comes_back(drawn, again, table, key):
    before, after = (
        getattr(each.grid, table).set_index(key).sort_index() for each in (drawn[0], again)
    )
    own = {"distance_p50_m", "distance_max_m"}
    columns = [name for name in before if name not in own]
    pd.testing.assert_frame_equal(
        after[columns], before[columns], check_dtype=False, rtol=1e-12, check_exact=False
    )


def test_what_a_file_does_not_mark_as_assumed_is_known(content, hang):
    for rows in content["data"].values():
        for row in rows:
            for mark in ("supply", "synthetic", "rating_known", "place_known"):
                row.pop(mark, None)
    grid = hang(content).grid
    assert set(grid.stations["supply"]) == {"known"}
    assert grid.stations["rating_known"].all()
    assert grid.substations[["rating_known", "place_known"]].all(axis=None)
    for rows in (grid.stations, grid.cables, grid.open_cables):
        assert not rows["synthetic"].any()


def test_marks_stay_with_their_own_row(content, hang):
    stations = {row["name"]: row for row in content["data"]["transformer"]}
    first, second, *others = stations
    stations[first] |= {"supply": "known", "synthetic": False, "rating_known": True}
    stations[second] |= {"supply": "assumed"}
    content["data"]["source"][0] |= {"place_known": False}
    grid = hang(content).grid
    found = grid.stations.set_index("station_id")
    marks = ["supply", "synthetic", "rating_known"]
    assert found.loc[first, marks].tolist() == ["known", False, True]
    assert found.loc[second, marks].tolist() == ["assumed", True, False]
    assert set(found.loc[others, "supply"]) == {"nearest"}
    assert not grid.substations["place_known"].iloc[0]


def test_feeders_without_a_name_are_called_after_their_first_link(content, hang):
    for row in content["data"]["node"]:
        del row["feeder_id"]
    grid = hang(content).grid
    first = grid.cables[grid.cables["from_node"].isin(grid.substations["node_mv"])]
    assert set(grid.stations["feeder_id"]) == set(first["cable_id"])


def test_the_solver_gets_the_same(drawn, again):
    for part in ("cables", "transformers"):
        before, after = (getattr(each.network.arrays, part) for each in (drawn[0], again))
        names = [name for name in before.__dataclass_fields__ if not name.endswith("_node")]
        order = [np.lexsort(_ends(each, part)) for each in (drawn[0], again)]
        for name in names:
            np.testing.assert_allclose(
                getattr(after, name)[order[1]], getattr(before, name)[order[0]], rtol=1e-12
            )


def _ends(layout, part):
    arrays = getattr(layout.network.arrays, part)
    ids = layout.network.tree.node_ids.astype(str)
    return ids[arrays.from_node], ids[arrays.to_node]


@pytest.mark.slow
def test_a_run_on_it_gives_the_same_answer(drawn, tmp_path):
    city = write_city(tmp_path / "city")
    before = load_run(run_city(city, tmp_path / "runs")).tables
    after = load_run(run_city(give(city, drawn[1]), tmp_path / "runs")).tables
    pd.testing.assert_frame_equal(after["room"], before["room"], rtol=1e-9)
    assert after["cables"]["synthetic"].all()


def test_what_a_file_tells_of_its_transformers_holds(content, hang):
    for row in content["data"]["transformer"]:
        row |= {"uk": 0.06, "pk": row["sn"] * 0.02, "p0": 1234.0, "i0": 0.05, "tap_pos": 2,
                "tap_nom": 0, "tap_size": 250.0, "tap_min": -3, "tap_max": 3}  # fmt: skip
    for row in content["data"]["line"]:
        row["c1"] = 2.5e-7
    layout = hang(content)
    arrays = layout.network.arrays
    assert arrays.transformers.short_circuit_voltage_fraction == pytest.approx(0.06)
    assert arrays.transformers.copper_loss_w == pytest.approx(arrays.transformers.rating_va * 0.02)
    assert arrays.transformers.no_load_loss_w == pytest.approx(1234.0)
    assert arrays.cables.c_farad == pytest.approx(2.5e-7)
    taps = np.array([row["u1"] for row in content["data"]["transformer"]]) + 500.0
    assert sorted(arrays.transformers.from_voltage_v) == pytest.approx(sorted(taps))


def solved_by_both(content, hang):
    """Voltages by the peer and by us, of one power at every load."""
    for row in content["data"]["sym_load"]:
        row |= {"p_specified": 900.0, "q_specified": 200.0}
    content["data"]["source"][0]["sk"] = 1e20
    solved = PowerGridModel(json_deserialize(json.dumps(content).encode())).calculate_power_flow()
    names = {row["id"]: row["name"] for row in content["data"]["node"]}
    theirs = pd.Series(solved["node"]["u_pu"], [names[each] for each in solved["node"]["id"]])
    layout = hang(content)
    at = pd.Series(range(len(layout.grid.nodes)), layout.grid.nodes["node_id"])
    model = build_model(layout.network.arrays, at.loc[layout.grid.connections["node_id"]])
    ones = np.ones((1, len(layout.grid.connections)))
    ours = solve_states(model, 900.0 * ones, 200.0 * ones).voltage_pu[0]
    return theirs.loc[at.index].to_numpy(), ours


def test_windings_of_another_voltage_than_their_node_are_solved_as_by_the_peer(content, hang):
    for row in content["data"]["transformer"]:
        row |= {"u2": 420.0, "p0": 1000.0, "i0": 0.01, "tap_side": 1, "tap_pos": 1, "tap_nom": 0,
                "tap_size": 8.0, "tap_min": -2, "tap_max": 2}  # fmt: skip
    theirs, ours = solved_by_both(content, hang)
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert ours.max() > 1.06


def test_taps_that_count_down_and_very_short_cables_are_solved_as_by_the_peer(content, hang):
    for row in content["data"]["transformer"]:
        row |= {"tap_pos": 1, "tap_nom": 0, "tap_size": 500.0, "tap_min": 2, "tap_max": -2}
    low = next(row for row in content["data"]["line"] if row["kind"] == "lv_cable")
    low |= {"length_m": 0.05}
    theirs, ours = solved_by_both(content, hang)
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert ours.max() > 1.06


def test_links_may_be_told_the_other_way_round(content, again, hang):
    for row in content["data"]["line"][::2]:
        row["from_node"], row["to_node"] = row["to_node"], row["from_node"]
    layout = hang(content)
    columns = ["cable_id", "from_node", "to_node", "length_m"]
    pd.testing.assert_frame_equal(layout.grid.cables[columns], again.grid.cables[columns])


def test_a_ring_that_is_open_is_radial(content, hang):
    data = content["data"]
    high = next(row for row in data["line"] if row["name"].startswith("MS"))
    other = [row["to_node"] for row in data["line"] if row["name"].startswith("MS")][-1]
    open_ = high | {"id": 10**6, "name": "open", "to_node": other, "to_status": 0}
    data["line"].append(open_)
    grid = hang(content).grid
    assert len(grid.cables) == sum(row["to_status"] for row in data["line"])
    assert "open" in set(grid.open_cables["cable_id"])
    open_["to_status"] = 1
    with pytest.raises(InvalidData, match="closes a loop"):
        hang(content)


def test_a_ring_is_found_by_its_open_point(content, hang, drawn):
    data = content["data"]
    ring = next(row for row in data["line"] if row["kind"] == "ring")
    lines = [row for row in data["line"] if row is not ring]
    for row in lines:
        del row["kind"], row["feeder_id"]
        if row["from_node"] == ring["to_node"]:
            row["from_node"] = ring["from_node"]
    data["line"] = lines
    data["node"] = [row for row in data["node"] if row["id"] != ring["to_node"]]
    found, before = hang(content).grid, drawn[0].grid
    key = ["kind", "from_node", "to_node", "rated_current_a"]
    for grid in (found, before):
        assert (grid.cables["kind"] == "ring").sum() == 1
    pd.testing.assert_frame_equal(
        found.cables.set_index("cable_id").sort_index()[key],
        before.cables.set_index("cable_id").sort_index()[key],
        check_dtype=False,
    )


def test_an_open_cable_that_ends_nowhere_is_told(content, hang):
    row = next(row for row in content["data"]["line"] if not row["to_status"])
    row["to_node"] = 10**6
    with pytest.raises(InvalidData, match="open cables end at no node"):
        hang(content)


@pytest.mark.parametrize("open_end", ["from", "to"])
def test_a_line_that_is_off_at_one_end_is_charged_from_the_other_also_when_written(
    content, hang, tmp_path, open_end
):
    row = next(row for row in content["data"]["line"] if not row["to_status"])
    row |= {"from_status": int(open_end != "from"), "to_status": int(open_end != "to"), "c1": 4e-7}
    name_of = {each["id"]: each["name"] for each in content["data"]["node"]}
    far, near = (row["from_node"], row["to_node"])[:: 1 if open_end == "from" else -1]
    layout = hang(content)
    write_grid(layout, tmp_path / "again.json")
    again = hang(json.loads((tmp_path / "again.json").read_text(encoding="utf-8")))
    for each in (layout, again):
        cable = each.grid.open_cables.set_index("cable_id").loc[row["name"]]
        assert [cable["from_node"], cable["to_node"]] == [name_of[near], name_of[far]]
        hanging = each.network.arrays.hanging
        assert each.network.tree.node_ids[hanging.from_node].tolist() == [name_of[near]]
        assert hanging.c_farad == pytest.approx(4e-7)


def test_what_is_off_at_both_ends_is_left_out(content, hang):
    row = next(row for row in content["data"]["line"] if not row["to_status"])
    row["from_status"] = 0
    assert hang(content).grid.open_cables.empty


def test_points_that_are_not_told_go_to_the_nearest_node(content, hang):
    content["data"]["sym_load"] = []
    layout = hang(content)
    grid = layout.grid
    nodes = grid.nodes.set_index("node_id")
    assert set(grid.connections["node_id"]) <= set(nodes.index)
    groups = nodes[nodes["kind"] == "lv"]
    places = groups.loc[
        [f"lv-{each}" for each in grid.connections["point_id"] if f"lv-{each}" in groups.index]
    ]
    assert len(places) == len(groups)
    told = grid.connections.set_index("point_id")["node_id"]
    exact = [told[name.removeprefix("lv-")] == name for name in places.index]
    assert np.mean(exact) > 0.9


FAULTS = [
    (lambda data: data.pop("source"), "grid.json, source"),
    (lambda data: data["transformer"][0].update(supply="guessed"),
     "grid, stations: supply of 1 rows is not understood (guessed)."),
    (lambda data: data["line"][0].update(synthetic="perhaps"), "Use one of true, false"),
    (lambda data: data["node"][3].pop("u_rated"), "lack u_rated"),
    (lambda data: data["node"][3].pop("x_m"), "have no place"),
    (lambda data: data["line"][3].update(r1="thick"), "lack r1"),
    (lambda data: data["line"][3].update(id=data["line"][4]["id"]), "occurs more than once"),
    (lambda data: data["line"][3].update(to_node=10**7), "which is no node"),
    (lambda data: data.update(three_winding_transformer=[{"id": 1}]), "kind that is not read"),
    (lambda data: data.update(line=7), "is no list"),
    (lambda data: data["sym_load"][0].update(point_id="elsewhere"), "points that the city"),
    (lambda data: data["sym_load"].append(data["sym_load"][0] | {"id": 10**7}), "more than once"),
    (lambda data: data["transformer"][0].update(
        from_node=data["transformer"][0]["to_node"], to_node=data["transformer"][0]["from_node"]),
     "the wrong way round"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "told"), FAULTS, ids=[told for _, told in FAULTS])
def test_a_faulty_file_is_told(content, hang, spoil, told):
    spoil(content["data"])
    with pytest.raises(InvalidData) as found:
        hang(content)
    assert told in str(found.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data": 3}', "not json", '{"data": {}}'])
def test_a_file_that_is_no_grid_is_told(hang, text):
    with pytest.raises(InvalidData, match=r"grid\.json"):
        hang(text)


def test_the_command_shows_and_writes_a_grid(tmp_path, capfd):
    city = write_city(tmp_path / "city")
    assert main(["grid", str(city), "--out", str(tmp_path / "out.json")]) == 0
    told = capfd.readouterr().out
    assert "public stations" in told
    assert "a calibrated one was chosen to meet a published count" in " ".join(told.split())
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["type"] == "input"
