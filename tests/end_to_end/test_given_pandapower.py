"""A grid in the JSON of pandapower: written, read again, and what is wrong with it told."""

import json

import numpy as np
import pandas as pd
import pytest
from cityfiles import write_city

from stroomstad.cli import main
from stroomstad.errors import InvalidData, raise_faults
from stroomstad.powerflow import build_network, grid_issues
from stroomstad.run import grid_of, read_city, run_city, write_grid
from stroomstad.sources.files import SourceFile
from stroomstad.sources.grid_file import read_grid
from stroomstad.store import load_run
from stroomstad.synthesis import hang_grid

# An end of a line, and the other.
_ENDS_OF = {"from_bus": ("from_bus", "to_bus"), "to_bus": ("to_bus", "from_bus")}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A grid that was drawn up, what was written of it, and the inputs it was drawn from."""
    folder = tmp_path_factory.mktemp("drawn")
    city = write_city(folder / "city")
    layout = grid_of(city)
    write_grid(layout, folder / "grid.json", "pandapower")
    content = json.loads((folder / "grid.json").read_text(encoding="utf-8"))
    return layout, content, read_city(city)


@pytest.fixture
def tables(drawn):
    """Tables of what was written, to be changed."""
    parts = drawn[1]["_object"]
    return {
        name: pd.DataFrame(**json.loads(part["_object"]))
        for name, part in parts.items()
        if isinstance(part, dict)
    }


@pytest.fixture(scope="module")
def read(drawn, tmp_path_factory):
    """Reads tables, or the content of a whole file."""
    path = tmp_path_factory.mktemp("given") / "grid.json"

    def made(content):
        if "_class" not in content:
            parts = {name: wrapped(rows) for name, rows in content.items()}
            content = {"_class": "pandapowerNet", "_object": drawn[1]["_object"] | parts}
        path.write_text(json.dumps(content))
        return read_grid(SourceFile("grid", path, "2026", "own"))

    return made


@pytest.fixture(scope="module")
def hang(drawn, read):
    """Reads a grid and hangs it onto the city."""
    layout, _, inputs = drawn

    def hung(content):
        given, issues = read(content)
        raise_faults(issues)
        grid = hang_grid(given, inputs.city, layout.parameters["mid"])
        raise_faults(grid_issues(grid))
        return grid, build_network(grid, inputs.transformer_types, layout.parameters["mid"])

    return hung


def wrapped(rows):
    """A table as the format wraps it."""
    text = rows if isinstance(rows, str) else rows.to_json(orient="split", double_precision=15)
    return {"_class": "DataFrame", "_object": text, "orient": "split"}


@pytest.mark.parametrize(
    ("table", "key"),
    [("nodes", "node_id"), ("cables", "cable_id"), ("open_cables", "cable_id"),
     ("stations", "station_id"),
     ("substations", "substation_id"), ("connections", "point_id")],
)  # fmt: skip
def test_every_table_comes_back(drawn, hang, table, key):
    again, _ = hang(drawn[1])
    before, after = (
        getattr(each, table).set_index(key).sort_index() for each in (drawn[0].grid, again)
    )
    own = {"distance_p50_m", "distance_max_m"}
    columns = [name for name in before if name not in own]
    pd.testing.assert_frame_equal(
        after[columns], before[columns], check_dtype=False, rtol=1e-12, check_exact=False
    )


def test_the_solver_gets_the_same(drawn, hang):
    before, (_, network) = drawn[0].network.arrays, hang(drawn[1])
    assert network.arrays.source_voltage_pu == pytest.approx(before.source_voltage_pu, rel=1e-14)
    for part in ("cables", "transformers"):
        first, second = getattr(before, part), getattr(network.arrays, part)
        for name in first.__dataclass_fields__:
            np.testing.assert_allclose(getattr(second, name), getattr(first, name), rtol=1e-12)


@pytest.mark.slow
def test_a_run_on_it_gives_the_same_answer(drawn, tmp_path):
    city = write_city(tmp_path / "city")
    before = load_run(run_city(city, tmp_path / "runs")).tables
    (city / "grid.json").write_text(json.dumps(drawn[1]), encoding="utf-8")
    path = city / "city.toml"
    given = '[files.grid]\npath = "grid.json"\nvintage = "2026-01-01"\nlicence = "own"\n'
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n[substations]", f"\n{given}\n[substations]"))
    after = load_run(run_city(city, tmp_path / "runs")).tables
    pd.testing.assert_frame_equal(after["room"], before["room"], rtol=1e-9)
    assert after["cables"]["synthetic"].all()


def test_a_drawn_up_grid_is_read_without_warnings(drawn, read):
    assert read(drawn[1])[1] == []


def test_buses_that_closed_switches_join_are_one_node(tables, hang):
    before, _ = hang(tables)
    first = tables["line"].index[0]
    bus = tables["bus"].iloc[[tables["line"].at[first, "from_bus"]]].assign(name="twin", geo=None)
    new = len(tables["bus"])
    tables["bus"] = pd.concat([tables["bus"], bus], ignore_index=True)
    old = int(tables["line"].at[first, "from_bus"])
    tables["line"].loc[first, "from_bus"] = new
    closed = {"bus": [new], "element": [old], "et": ["b"], "closed": [True]}
    tables["switch"] = pd.concat([tables["switch"], pd.DataFrame(closed)], ignore_index=True)
    after, _ = hang(tables)
    pd.testing.assert_frame_equal(after.nodes, before.nodes)
    tables["switch"]["closed"] = False
    with pytest.raises(InvalidData, match="has no path to a substation"):
        hang(tables)


def test_a_line_with_an_open_switch_is_an_open_cable(tables, hang):
    tables["line"].loc[len(tables["line"])] = tables["line"].iloc[0]
    with pytest.raises(InvalidData, match="closes a loop"):
        hang(tables)
    last = len(tables["line"]) - 1
    bus = int(tables["line"].at[last, "to_bus"])
    is_open = {"bus": [bus], "element": [last], "et": ["l"], "closed": [False]}
    tables["switch"] = pd.concat([tables["switch"], pd.DataFrame(is_open)], ignore_index=True)
    grid = hang(tables)[0]
    assert len(grid.cables) == last + 1 - len(tables["switch"])
    assert len(grid.open_cables) == len(tables["switch"])


@pytest.mark.parametrize("end", ["from_bus", "to_bus"])
def test_a_line_with_an_open_switch_is_charged_from_its_other_end(tables, hang, end):
    tables["line"].loc[len(tables["line"])] = tables["line"].iloc[0]
    last = len(tables["line"]) - 1
    tables["line"].loc[last, ["name", "c_nf_per_km"]] = ["spare", 300.0]
    bus, other = (int(tables["line"].at[last, each]) for each in _ENDS_OF[end])
    is_open = {"bus": [bus], "element": [last], "et": ["l"], "closed": [False]}
    tables["switch"] = pd.concat([tables["switch"], pd.DataFrame(is_open)], ignore_index=True)
    grid, network = hang(tables)
    spare = grid.open_cables.set_index("cable_id").loc["spare"]
    names = tables["bus"]["name"]
    assert [spare["to_node"], spare["from_node"]] == [names[bus], names[other]]
    hanging = network.arrays.hanging
    assert network.tree.node_ids[hanging.from_node].tolist() == [names[other]]
    km, parallel = tables["line"].loc[last, ["length_km", "parallel"]]
    assert hanging.c_farad == pytest.approx(300e-9 * km * parallel)


def test_what_is_out_of_service_is_left_out(tables, hang):
    before, _ = hang(tables)
    for name in ("line", "trafo", "ext_grid"):
        tables[name].loc[len(tables[name])] = tables[name].iloc[0]
        tables[name].loc[len(tables[name]) - 1, "in_service"] = False
    tables["bus"].loc[len(tables["bus"])] = tables["bus"].iloc[0]
    spare = len(tables["bus"]) - 1
    tables["bus"].loc[spare, "in_service"] = False
    tables["line"].loc[len(tables["line"])] = tables["line"].iloc[0]
    tables["line"].loc[len(tables["line"]) - 1, "to_bus"] = spare
    after, _ = hang(tables)
    for name in ("nodes", "stations", "substations"):
        pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name))
    assert len(after.cables) == len(before.cables)


@pytest.mark.parametrize("system", ["degrees", "metres", "older table"])
def test_places_may_be_told_in_degrees_in_metres_or_in_the_older_table(tables, hang, system):
    before = tables["bus"][["x_m", "y_m"]]
    tables["bus"] = tables["bus"].drop(columns=["x_m", "y_m"])
    points = [
        json.dumps({"type": "Point", "coordinates": pair}) for pair in before.to_numpy().tolist()
    ]
    if system == "metres":
        tables["bus"]["geo"] = points
    if system == "older table":
        tables["bus"]["geo"] = None
        tables["bus_geodata"] = before.set_axis(["x", "y"], axis=1)
    nodes = hang(tables)[0].nodes
    assert nodes[["x_m", "y_m"]].to_numpy() == pytest.approx(before.to_numpy(), abs=2e-3)


def test_transformers_above_low_voltage_count_as_the_substation(tables, hang, read):
    before, _ = hang(tables)
    busbar = int(tables["ext_grid"].at[0, "bus"])
    high = tables["bus"].iloc[[busbar]].assign(name="150 kV", vn_kv=150.0)
    tables["bus"] = pd.concat([tables["bus"], high], ignore_index=True)
    top = len(tables["bus"]) - 1
    tables["ext_grid"] = tables["ext_grid"].assign(bus=top)[["name", "bus", "vm_pu", "in_service"]]
    upper = tables["trafo"].iloc[[0, 0]].assign(
        name=["T1", "T2"], hv_bus=top, lv_bus=busbar, sn_mva=[40.0, 30.0], vn_hv_kv=150.0,
        vn_lv_kv=10.5, tap_pos=3.0, parallel=[2, 1],
    )  # fmt: skip
    tables["trafo"] = pd.concat([tables["trafo"], upper], ignore_index=True)
    _, issues = read(tables)
    told = "\n".join(map(str, issues))
    assert "2 transformers above low voltage (T1, T2) count as substations" in told
    assert "differ (30 and 40 MVA)" in told
    grid, network = hang(tables)
    one = grid.substations.iloc[0]
    assert one["substation_id"] == before.substations["substation_id"].iloc[0]
    assert (one["transformers"], one["rating_mva"], one["rating_known"]) == (3, 30.0, True)
    assert network.arrays.source_voltage_pu.tolist() == [1.02]
    pd.testing.assert_frame_equal(grid.stations, before.stations)
    tables["line"].loc[0, "from_bus"] = top
    with pytest.raises(InvalidData, match="1 links hang above the transformers"):
        hang(tables)


def _row(tables, name, **changes):
    for key, value in changes.items():
        if key not in tables[name]:
            tables[name][key] = None
        tables[name][key] = tables[name][key].astype(object)
        tables[name].loc[2, key] = value


def _switch(tables, **values):
    usual = {"bus": 0, "element": 1, "et": "b", "closed": True, "z_ohm": 0.0}
    tables["switch"] = pd.DataFrame([usual | values])


FAULTS = {
    "lack vn_kv": lambda made: _row(made, "bus", vn_kv=None),
    "lack r_ohm_per_km": lambda made: _row(made, "line", r_ohm_per_km="thick"),
    "conductance to earth": lambda made: _row(made, "line", g_us_per_km=1.0),
    "trafo3w: holds 1 components of a kind": lambda made: made.update(
        trafo3w=pd.DataFrame({"hv_bus": [0], "mv_bus": [1], "lv_bus": [2], "in_service": [True]})
    ),
    "ward: holds 1 components of a kind": lambda made: made.update(
        ward=pd.DataFrame({"bus": [0], "in_service": [True]})
    ),
    "impedance: holds 1 components of a kind": lambda made: made.update(
        impedance=pd.DataFrame({"from_bus": [0], "to_bus": [1]})
    ),
    "gen: holds 1 components of a kind": lambda made: made.update(gen=pd.DataFrame({"bus": [0]})),
    "tap_changer_type of MSR-0002-001: +2 steps is missing": lambda made: _row(
        made, "trafo", tap_pos=2, tap_neutral=0, tap_step_percent=2.5, tap_side="hv"
    ),
    "tap_changer_type of MSR-0002-001: +2 steps is none": lambda made: _row(
        made, "trafo", tap_pos=2, tap_neutral=0, tap_changer_type="Tabular"
    ),
    "follow a table": lambda made: _row(made, "trafo", tap_dependency_table=True),
    "have an impedance (switch 0: 0.1 ohm)": lambda made: _switch(made, z_ohm=0.1),
    "join two voltages": lambda made: _switch(
        made, bus=int(made["trafo"].at[0, "hv_bus"]), element=int(made["trafo"].at[0, "lv_bus"])
    ),
    "of kind t3": lambda made: _switch(made, et="t3"),
    "lead to no line": lambda made: _switch(made, et="l", element=999),
    "lacks et or closed": lambda made: made.update(
        switch=pd.DataFrame({"bus": [0], "element": [1]})
    ),
    "outside the Netherlands": lambda made: _row(
        made, "bus", x_m=None, geo='{"type": "Point", "coordinates": [11.4, 53.6]}'
    ),
    "ext_grid: is not there": lambda made: made.update(ext_grid=made["ext_grid"].iloc[:0]),
    "index 0 occurs more than once": lambda made: made.update(
        line=made["line"].set_axis([0, *made["line"].index[:-1]])
    ),
    "which is no node": lambda made: _row(made, "line", to_bus=999),
    "cannot be read": lambda made: made.update(line='{"rows": 3}'),
    "have no place": lambda made: _row(made, "bus", x_m=None, geo=None),
}  # fmt: skip


@pytest.mark.parametrize("told", FAULTS)
def test_a_faulty_file_is_told(tables, hang, told):
    FAULTS[told](tables)
    with pytest.raises(InvalidData) as found:
        hang(tables)
    assert told in str(found.value)


def test_all_faults_are_told_at_once(tables, hang):
    for told in ("conductance to earth", "follow a table", "have an impedance (switch 0: 0.1 ohm)"):
        FAULTS[told](tables)
    with pytest.raises(InvalidData) as found:
        hang(tables)
    assert len(found.value.issues) == 3


@pytest.mark.parametrize("parts", [7, "not json", None, {}])
def test_a_file_that_is_no_network_is_told(read, parts):
    given, issues = read({"_class": "pandapowerNet", "_object": parts})
    assert given is None
    assert all(str(each).startswith("grid.json") for each in issues)


def test_a_network_of_another_frequency_charges_as_much(drawn, tables, hang):
    tables["line"]["c_nf_per_km"] = 250.0
    parts = {name: wrapped(rows) for name, rows in tables.items()} | {"f_hz": 60.0}
    grid, network = hang({"_class": "pandapowerNet", "_object": drawn[1]["_object"] | parts})
    assert grid.cables["c_nf_per_km"].tolist() == pytest.approx([300.0] * len(grid.cables))
    reactance_ohm = hang(tables)[1].arrays.cables.x_ohm
    assert network.arrays.cables.x_ohm == pytest.approx(reactance_ohm)


def test_a_tap_told_as_before_version_3_counts(tables, hang):
    tables["trafo"] = tables["trafo"].drop(columns="tap_changer_type").assign(
        tap_phase_shifter=[True, *[False] * (len(tables["trafo"]) - 1)],
        tap_side="hv", tap_pos=2.0, tap_neutral=0.0, tap_step_percent=2.5,
    )  # fmt: skip
    before, (_, network) = tables["trafo"]["vn_hv_kv"].to_numpy() * 1e3, hang(tables)
    assert network.arrays.transformers.from_voltage_v[0] == pytest.approx(before[0])
    assert network.arrays.transformers.from_voltage_v[1:] == pytest.approx(before[1:] * 1.05)


def test_what_is_passed_over_is_told(tables, read):
    tables["sgen"] = pd.DataFrame({"bus": [0, 1], "p_mw": [0.5, 0.25], "scaling": [1.0, 2.0]})
    tables["controller"] = pd.DataFrame({"object": [None], "in_service": [True]})
    given, issues = read(tables)
    assert given is not None
    assert {each.severity for each in issues} == {"warning"}
    told = "\n".join(map(str, issues))
    assert "2 components of 1 MW together are passed over" in told
    assert "1 controllers are passed over" in told


def test_the_command_writes_it(tmp_path, capfd):
    city, out = write_city(tmp_path / "city"), tmp_path / "out.json"
    assert main(["grid", str(city), "--format", "pandapower", "--out", str(out)]) == 0
    assert "Grid for pandapower" in capfd.readouterr().out
    assert json.loads(out.read_text(encoding="utf-8"))["_class"] == "pandapowerNet"
