"""Bad files of a grid, in both forms: each is told by name, none is half read or makes us fall."""

import numpy as np
import pandas as pd
import pytest
from given_files import as_network, as_table, pandapower, power_grid_model, read


def put(kind, number, **values):
    """Other values in one row; a column that is new is missing elsewhere."""

    def spoil(data):
        rows = data[kind]
        if isinstance(rows, list):
            rows[number].update(values)
        for key, value in values.items() if isinstance(rows, pd.DataFrame) else ():
            rows[key] = rows.get(key)
            rows[key] = rows[key].astype(object)
            rows.at[rows.index[number], key] = value

    return spoil


def drop(kind, number, key):
    return lambda data: data[kind][number].pop(key)


def add(kind, *rows):
    def spoil(data):
        if rows and isinstance(data.get(kind), pd.DataFrame):
            data[kind] = pd.concat([data[kind], pd.DataFrame(rows)], ignore_index=True)
        elif isinstance(data.get("node"), list):
            data[kind] = [*data.get(kind, []), *rows]
        else:
            data[kind] = pd.DataFrame(rows)

    return spoil


def times(kind, key, factor):
    """A whole column in another unit."""

    def spoil(data):
        if isinstance(data[kind], list):
            for row in data[kind]:
                row[key] *= factor
        else:
            data[kind][key] = data[kind][key].astype(float) * factor

    return spoil


TAP = {"tap_pos": 1, "tap_nom": 0, "tap_size": 250.0, "tap_min": -2, "tap_max": 2, "tap_side": 0}
PGM = [
    # What is not there.
    (drop("node", 1, "u_rated"), "node: 1 lack u_rated"),
    (drop("line", 0, "r1"), "line: 10 lack r1"),
    (drop("transformer", 0, "uk"), "transformer: 20 lack uk"),
    (drop("source", 0, "node"), "source: 30 lack node"),
    # What is no number, or none that can be.
    (put("line", 0, r1="0.1"), "line: 10 lack r1, or it is no number"),
    (put("line", 0, r1=float("nan")), "line: 10 lack r1, or it is no number"),
    (put("line", 0, r1=10**400), "line: 10 lack r1, or it is no number"),
    (put("node", 0, u_rated=float("inf")), "lack u_rated, or it is no number"),
    (put("node", 0, u_rated=True), "lack u_rated, or it is no number"),
    (put("line", 0, c1="much"), "c1 is no number (AB: 'much')"),
    (put("line", 0, length_m="300"), "length_m is no number (AB: '300')"),
    (put("line", 0, i_n=float("inf")), "i_n is no number (AB: inf)"),
    (put("source", 0, u_ref="1.02"), "u_ref is no number (OS: '1.02')"),
    (put("line", 0, from_status="off"), "from_status is no number (AB: 'off')"),
    (put("line", 0, to_status=2), "to_status is beyond 0 to 1 (AB: 2)"),
    (put("line", 0, parallel=1.5), "parallel is no whole number (AB: 1.5)"),
    (put("line", 0, parallel=0), "parallel is beyond 1 to 100 (AB: 0)"),
    (put("line", 0, from_node=2.5), "from_node is no whole number (AB: 2.5)"),
    (put("line", 0, id=1.5), "id is no whole number (AB: 1.5)"),
    (put("line", 0, r1=-0.1), "r1 is beyond 0 to 10000 ohm (AB: -0.1 ohm)"),
    (put("line", 0, x1=-0.1), "x1 is beyond 0 to 10000 ohm"),
    (put("line", 0, c1=-1e-7), "c1 is beyond 0 to 0.0001 F"),
    (put("line", 0, i_n=-5.0), "i_n is beyond 0 to 1e+09 A (AB: -5 A)"),
    (put("line", 0, length_m=-3.0), "length_m is beyond 0 to 100000 m (AB: -3 m)"),
    (put("transformer", 0, sn=-4e5), "sn is beyond 1000 to 1e+09 VA"),
    (put("transformer", 0, uk=-0.04), "uk is beyond 0.002 to 0.5"),
    (put("transformer", 0, p0=-5), "p0 is beyond 0 to 1e+06 W"),
    (put("transformer", 0, i0=-0.1), "i0 is beyond 0 to 1 (S: -0.1)"),
    (put("transformer", 0, pk=39000.0), "lose more at full load than their short-circuit voltage"),
    (put("transformer", 0, rating_kva_low=500.0), "not between rating_kva_low and rating_kva_high"),
    (put("transformer", 0, owner="gemeente"), "are of gemeente, which is no owner"),
    (put("source", 0, u_ref=0), "u_ref is beyond 0.8 to 1.2 pu (OS: 0 pu)"),
    (put("source", 0, transformers=2.5), "transformers is no whole number (OS: 2.5)"),
    (put("source", 0, transformers=2, rating_mva=30, rating_mva_low=40, rating_mva_high=50),
     "OS: rating_mva is not between"),
    # Units and places that are mixed up.
    (times("node", "u_rated", 1e-3), "u_rated is beyond 100 to 1e+06 V (A: 10 V, B: 10 V"),
    (put("source", 0, u_ref=10500.0), "u_ref is beyond 0.8 to 1.2 pu (OS: 10500 pu)"),
    (times("transformer", "u1", 1e-3), "u1 is beyond 100 to 1e+06 V"),
    (put("transformer", 0, u1=400.0), "u1 is not near the voltage of its node (S: 400 V at"),
    (times("transformer", "sn", 1e-3), "sn is beyond 1000 to 1e+09 VA (S: 400 VA)"),
    (times("transformer", "sn", 1e2), "to low voltage are above 10000 kVA (S: 40000 kVA)"),
    (times("transformer", "uk", 1e2), "uk is beyond 0.002 to 0.5 (S: 4)"),
    (times("transformer", "pk", 1e-3), "lose under 0.01 % at full load (S: 4.6 W)"),
    (times("line", "i_n", 1e-3), "rating beyond 1 to 10000 A (AB: 0.3 A"),
    (times("line", "length_m", 1e-3), "shorter than the way between their ends (AB: 0.8 m"),
    (put("line", 2, length_m=11e3), "are longer than 10 km (CD: 11 km)"),
    (times("line", "r1", 1e3), "have more than 100 ohm/km (AB: 200 ohm/km"),
    (times("line", "c1", 1e6), "c1 is beyond 0 to 0.0001 F"),
    (times("line", "c1", 1e-3), "have a capacitance below 1 nF/km (AB: 0.3 nF/km"),
    (put("node", 0, x_m=5.2, y_m=52.3), "y_m is beyond 300000 to 640000 m (A: 52.3 m)"),
    (put("node", 3, x_m=240900.0), "shorter than the way between their ends (CD: 110 m)"),
    # What occurs twice.
    (put("line", 0, id=11), "id 11 occurs more than once"),
    (put("line", 0, id=2), "id occurs in two kinds of component (2: node and line)"),
    (put("node", 1, name="A"), "name A occurs more than once"),
    (lambda data: [row.update(feeder_id="R") for row in data["line"][2:]] and add(
        "line", data["line"][3] | {"id": 99, "name": "again"})(data),
     "R are closed by more than one open cable"),
    # Taps.
    (put("transformer", 0, **TAP | {"tap_pos": 9}), "tap_pos is beyond tap_min and tap_max (S: 9,"),
    (put("transformer", 0, **TAP | {"tap_pos": "1"}), "tap_pos is no number"),
    (put("transformer", 0, **TAP | {"tap_pos": 0.5}), "tap_pos is no whole number"),
    (put("transformer", 0, **TAP | {"tap_side": 2}), "tap_side is beyond 0 to 1"),
    (put("transformer", 0, **TAP | {"tap_max": None}), "and lack tap_max"),
    (put("transformer", 0, **TAP, uk_min=0.03), "uk or pk of S follows the tap"),
    (put("transformer", 0, **TAP | {"tap_size": 11000.0}), "have a ratio in their tap far from"),
    # What is not read.
    (put("line", 0, tan1=0.05), "AB have a conductance to earth"),
    *[(add(kind, {"id": 99}), f"{kind}: holds 1 components of a kind that is not read")
      for kind in ("three_winding_transformer", "shunt", "link", "generic_branch", "asym_line")],
    # Rows that are none.
    (add("line", [1, 2, 3]), "line: rows 4 are no mappings, nor lists of 0 attributes"),
    (add("node", None), "node: rows 5 are no mappings"),
    (lambda data: data.update(line={}), "line: is no list of components"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "told"), PGM, ids=[told for _, told in PGM])
def test_a_bad_file_of_power_grid_model_is_told(tmp_path, spoil, told):
    content = power_grid_model()
    spoil(content["data"])
    given, issues = read(tmp_path, content)
    assert given is None
    assert told in "\n".join(map(str, issues))


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"type": "update"}, "holds 'update', not what goes into"), ({"attributes": 7}, "attributes"),
     ({"attributes": {"line": 7}}, "attributes: are no lists"), ({"is_batch": True}, "no single"),
     ({"data": [1]}, "no single")],
)  # fmt: skip
def test_a_file_of_power_grid_model_in_another_form_is_told(tmp_path, changes, told):
    given, issues = read(tmp_path, power_grid_model() | changes)
    assert given is None
    assert told in "\n".join(map(str, issues))


@pytest.mark.parametrize(
    "raw",
    [b"", b"   ", b"null", b"7", b"\xff\xfe\x00", b'{"data": "\xe9"}', b"[" * 100_000,
     b'{"data": {"node": [{"id": 0', b"PK\x03\x04" + bytes(50), bytes(1000), b"<html>",
     b'{"data":' + b"9" * 5000 + b"}", b"\x8fxq" * 100_000],
    ids=["empty", "blanks", "null", "number", "utf-16", "latin-1", "deep", "cut off", "zip", "NUL",
         "html", "large number", "rubbish"],
)  # fmt: skip
def test_a_file_of_something_else_is_told(tmp_path, raw):
    given, issues = read(tmp_path, raw)
    assert given is None
    assert [each for each in issues if each.severity == "fault" and each.where == "grid.json"]


PANDAPOWER = [
    # What is no number, or none that can be.
    (put("bus", 1, vn_kv="10"), "bus: B lack vn_kv, or it is no number"),
    (put("bus", 1, vn_kv=True), "bus: B lack vn_kv, or it is no number"),
    (put("bus", 1, x_m="x"), "x_m is no number (B: 'x')"),
    (put("line", 0, length_km=-1.0), "length_km is beyond 0 to 100 km (AB: -1 km)"),
    (put("line", 0, length_m="x"), "length_m is no number"),
    (put("line", 0, x_ohm_per_km=-1.0), "x_ohm_per_km is beyond 0 to 100 ohm/km"),
    (put("line", 0, c_nf_per_km="x"), "c_nf_per_km is no number"),
    (put("line", 0, c_nf_per_km=-1.0), "c_nf_per_km is beyond 0 to 10000 nF/km"),
    (put("line", 0, df="x"), "df is no number"),
    (put("line", 0, parallel=1.5), "parallel is no whole number (AB: 1.5)"),
    (put("line", 0, from_bus="3"), "line: AB lack from_bus, or it is no number"),
    (put("line", 0, from_bus=[1]), "line: AB lack from_bus, or it is no number"),
    (put("trafo", 0, sn_mva=0), "sn_mva is beyond 0.001 to 1000 MVA (S: 0 MVA)"),
    (put("trafo", 0, vk_percent=-4.0), "vk_percent is beyond 0.2 to 50 %"),
    (put("trafo", 0, vkr_percent=5.0), "lose more at full load than their short-circuit voltage"),
    (put("trafo", 0, pfe_kw="x"), "pfe_kw is no number"),
    (put("trafo", 0, i0_percent=-1.0), "i0_percent is beyond 0 to 100 %"),
    (put("trafo", 0, df=0.5), "df is beyond 1 to 1 (S: 0.5)"),
    (put("trafo", 0, parallel=0), "parallel is beyond 1 to 100 (S: 0)"),
    (put("ext_grid", 0, vm_pu=0), "vm_pu is beyond 0.8 to 1.2 pu (OS: 0 pu)"),
    (put("ext_grid", 0, vm_pu="x"), "vm_pu is no number"),
    (put("switch", 0, z_ohm=-1.0), "z_ohm is beyond 0 to 1e+06 ohm"),
    # Units that are mixed up.
    (times("line", "length_km", 1e3), "length_km is beyond 0 to 100 km (AB: 800 km"),
    (times("line", "length_km", 1e-3), "shorter than the way between their ends"),
    (times("line", "max_i_ka", 1e3), "rating beyond 1 to 10000 A (AB: 300000 A"),
    (times("line", "c_nf_per_km", 1e-3), "have a capacitance below 1 nF/km"),
    (times("trafo", "sn_mva", 1e3), "to low voltage are above 10000 kVA (S: 400000 kVA)"),
    (times("trafo", "vk_percent", 1e-2), "vk_percent is beyond 0.2 to 50 % (S: 0.04 %)"),
    (times("trafo", "vn_lv_kv", 1e3), "vn_lv_kv is not near the voltage of its node"),
    (times("bus", "vn_kv", 1e3), "vn_kv is beyond 0.1 to 1000 kV (A: 10000 kV"),
    (put("ext_grid", 0, vm_pu=105.0), "vm_pu is beyond 0.8 to 1.2 pu (OS: 105 pu)"),
    # What is neither true nor false.
    (put("bus", 1, in_service="False"), "in_service is neither true nor false (B: 'False')"),
    (put("switch", 0, closed="False"), "closed is neither true nor false (o: 'False')"),
    (put("switch", 0, closed=None), "closed is neither true nor false (o: None)"),
    # Switches and taps.
    (put("switch", 0, bus=3), "o stand at no end of their line"),
    (put("switch", 0, bus=999), "o stand at no bus"),
    (put("switch", 0, element=999), "o lead to no line"),
    (put("trafo", 0, tap_pos=9), "tap_pos is beyond tap_min and tap_max (S: 9, not -2 to 2)"),
    (put("trafo", 0, tap_pos=1, tap_side="mv"), "tap_side of S is neither hv nor lv"),
    (put("trafo", 0, tap_step_percent="x"), "tap_step_percent is no number"),
    # What is not read.
    *[(add(kind, {"bus": 0, "from_bus": 0, "in_service": True}),
       f"{kind}: holds 1 components of a kind that is not read")
      for kind in ("trafo3w", "shunt", "ward", "impedance", "gen", "dcline", "svc", "motor")],
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "told"), PANDAPOWER, ids=[told for _, told in PANDAPOWER])
def test_a_bad_file_of_pandapower_is_told(tmp_path, spoil, told):
    tables = pandapower()
    spoil(tables)
    given, issues = read(tmp_path, as_network(tables))
    assert given is None
    assert told in "\n".join(map(str, issues))


@pytest.mark.parametrize(
    ("others", "told"),
    [({"f_hz": "50"}, "f_hz is no number"), ({"f_hz": 0}, "f_hz is beyond 10 to 100 Hz"),
     ({"line": None}, "line: is no table"), ({"line": [1]}, "line: is no table"),
     ({"line": as_table('{"columns": ["a", "a"], "index": [0], "data": [[1, 2]]}')}, "cannot be"),
     ({"line": as_table('{"columns": ["a"], "index": [[0]], "data": [[1]]}')}, "cannot be"),
     ({"line": as_table('{"columns": ["a"], "index": [0], "data": [[1], [2]]}')}, "cannot be"),
     ({"line": as_table('{"columns": [1], "index": [0], "data": [[1]]}')}, "lack from_bus"),
     ({"line": as_table("7")}, "cannot be read")],
)  # fmt: skip
def test_a_file_of_pandapower_in_another_form_is_told(tmp_path, others, told):
    given, issues = read(tmp_path, as_network(pandapower(), **others))
    assert given is None
    assert told in "\n".join(map(str, issues))


# --- what is rightly read


def test_the_sound_files_are_read_without_a_word_and_alike(tmp_path):
    (one, none), (other, nothing) = (
        read(tmp_path, each) for each in (power_grid_model(), as_network(pandapower()))
    )
    assert none == nothing == []
    for table in ("cables", "open_cables", "stations"):
        first, second = getattr(one, table), getattr(other, table)
        numbers = first.select_dtypes("number").columns
        assert len(numbers) > 4
        pd.testing.assert_frame_equal(second[numbers], first[numbers], check_dtype=False, rtol=1e-9)


WARNED = [
    (add("sym_load", {"id": 99, "node": 3, "p_specified": -2e6}), "1 components of 2 MW together"),
    (add("asym_load", {"id": 99, "node": 3, "p_specified": [1e6, 1e6, 1e6]}), "of 3 MW together"),
    (add("sym_gen", {"id": 99, "node": 3, "p_specified": 5e5}), "1 components of 0.5 MW together"),
    (add("transformer_tap_regulator", {"id": 99}), "1 regulators are passed over"),
    (put("source", 0, sk=5e7), "sk of OS is not read"),
    (put("transformer", 0, to_status=0), "1 transformers are off at one end (S)"),
]


@pytest.mark.parametrize(("spoil", "told"), WARNED, ids=[told for _, told in WARNED])
def test_what_is_passed_over_in_a_file_of_power_grid_model_is_told(tmp_path, spoil, told):
    content = power_grid_model()
    spoil(content["data"])
    given, issues = read(tmp_path, content)
    assert given is not None
    assert [each.severity for each in issues] == ["warning"]
    assert told in str(issues[0])


def test_a_transformer_with_an_open_switch_is_told(tmp_path):
    tables = pandapower()
    add("switch", {"name": "t", "bus": 2, "element": 0, "et": "t", "closed": False})(tables)
    given, issues = read(tmp_path, as_network(tables))
    assert given.stations.empty
    assert [str(each) for each in issues if "1 transformers are off at one end (S)" in str(each)]


@pytest.mark.parametrize("name", [None, ""])
def test_what_has_an_empty_name_is_called_after_its_number(tmp_path, name):
    content = power_grid_model()
    content["data"]["node"][1]["name"] = content["data"]["line"][0]["name"] = name
    given, issues = read(tmp_path, content)
    assert issues == []
    assert given.nodes["node_id"].tolist() == ["A", "1", "C", "D", "E"]
    assert given.cables["cable_id"].iloc[0] == "10"


def test_a_length_below_what_is_solved_keeps_its_ohms(tmp_path):
    content = power_grid_model()
    content["data"]["line"][2] |= {"length_m": 0.05, "r1": 0.01}
    content["data"]["node"][3]["x_m"] = content["data"]["node"][2]["x_m"]
    given, _ = read(tmp_path, content)
    row = given.cables.set_index("cable_id").loc["CD"]
    assert row["r_ohm_per_km"] * 0.1 / 1000.0 == pytest.approx(0.01)


def test_a_tap_changer_that_counts_down_turns_its_steps(tmp_path):
    content = power_grid_model()
    content["data"]["transformer"][0] |= TAP | {"tap_min": 2, "tap_max": -2}
    given, _ = read(tmp_path, content)
    assert given.stations["turns_fraction"].to_numpy() == pytest.approx(np.array([0.975]))


def test_open_lines_of_pandapower_that_share_a_name_are_told_apart(tmp_path):
    tables = pandapower()
    tables["line"].loc[3, "name"] = "AB"
    given, issues = read(tmp_path, as_network(tables))
    assert issues == []
    assert given.open_cables["cable_id"].tolist() == ["line 3"]
