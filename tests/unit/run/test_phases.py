"""One station in three phases: what is answered, what is refused, what is shown."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from towns import make_town

from stroomstad.cli import phases as command
from stroomstad.cli.commands import run_command
from stroomstad.errors import InvalidData
from stroomstad.pages.phases import phases_png
from stroomstad.run.phases import station_phases
from stroomstad.tables.limits import AskedLimits
from stroomstad.tables.phases import (
    PHASE_CABLES,
    PHASE_DEALS,
    PHASE_NODES,
    PHASE_QUANTITIES,
    PHASE_SUMMARY,
)
from stroomstad.tables.schema import check

DECLARED = {
    "phase_summary": PHASE_SUMMARY,
    "phase_nodes": PHASE_NODES,
    "phase_cables": PHASE_CABLES,
    "phase_deals": PHASE_DEALS,
}
STATION = "MSR-0001-001"


@cache
def town():
    return make_town(3)


@cache
def answered(deals=4):
    return station_phases(town(), STATION, deals=deals)


def with_parameter(desk, name, value):
    """The same city, where a parameter has another value."""
    parameters = {}
    for case, each in desk.twin.parameters.items():
        rows = each.rows.copy()
        rows.loc[rows["parameter"] == name, ["low", "mid", "high"]] = float(value)
        parameters[case] = replace(each, rows=rows)
    return replace(desk, twin=replace(desk.twin, parameters=parameters))


@pytest.mark.parametrize("name", DECLARED)
def test_tables_are_as_declared(name):
    assert check(answered()[name], DECLARED[name]) == []


def test_balanced_is_the_run_of_the_city():
    desk, nodes = town(), answered()["phase_nodes"]
    ids = desk.network.tree.node_ids.tolist()
    at = [ids.index(node) for node in nodes.loc[nodes["week"] == "winter", "node_id"]]
    voltage_pu = desk.twin.weeks["load"].flows.voltage_pu[at]
    found = nodes.loc[nodes["week"] == "winter", "voltage_min_balanced_pu"]
    assert found.to_numpy() == pytest.approx(voltage_pu.min(axis=1), abs=1e-6)


def test_phases_are_worse_than_balanced_in_every_deal_and_quantity():
    tables = answered()
    summary = tables["phase_summary"].set_index(["week", "quantity"])
    for row in tables["phase_deals"].to_dict("records"):
        for quantity in PHASE_QUANTITIES:
            balanced = summary.loc[(row["week"], quantity), "balanced"]
            worse = -1 if quantity == "voltage_min_pu" else 1
            assert worse * (row[quantity] - balanced) > 0


def test_the_summary_is_of_the_deals():
    tables = answered()
    deals = tables["phase_deals"]
    for row in tables["phase_summary"].to_dict("records"):
        values = deals.loc[deals["week"] == row["week"], row["quantity"]]
        assert row["p50"] == pytest.approx(values.median())
        lowest = row["quantity"] == "voltage_min_pu"
        assert row["worst"] == (values.min() if lowest else values.max())
        beyond = values < row["limit"] if lowest else values > row["limit"]
        assert row["deals_beyond"] == beyond.sum()


def test_every_home_is_on_one_phase_or_on_three():
    deals, facts = answered()["phase_deals"], answered()["phase_facts"].iloc[0]
    phases = deals[["homes_l1", "homes_l2", "homes_l3", "homes_three_phase"]].sum(axis=1)
    assert (phases == facts["homes"]).all()
    stations = town().twin.grid.stations.set_index("station_id")
    assert facts["homes"] == stations.loc[STATION, "homes"]


def test_a_deal_is_the_same_whatever_their_number():
    fewer, more = answered(2)["phase_deals"], answered(4)["phase_deals"]
    kept = more[more["deal"] < 2].reset_index(drop=True)
    pd.testing.assert_frame_equal(fewer, kept)


def test_another_seed_deals_otherwise():
    other = station_phases(town(), STATION, deals=2, seed=2)["phase_deals"]
    assert (other["voltage_min_pu"] != answered(2)["phase_deals"]["voltage_min_pu"]).all()


def test_homes_of_three_phases_hide_little():
    desk = with_parameter(town(), "home_three_phase_share", 1.0)
    summary = station_phases(desk, STATION, deals=2)["phase_summary"]
    winter = summary[(summary["week"] == "winter") & (summary["quantity"] == "voltage_min_pu")]
    # What is left are the panels, each on one phase.
    assert winter["worst"].item() == pytest.approx(winter["balanced"].item(), abs=1e-3)
    dealt = answered(2)["phase_summary"].set_index(["week", "quantity"])
    assert dealt.loc[("winter", "voltage_min_pu"), "worst"] < winter["balanced"].item() - 0.02


def test_homes_that_draw_alike_and_in_turn_hide_less():
    alike = with_parameter(town(), "home_load_variation", 0.0)
    in_turn = with_parameter(alike, "home_phase_random_share", 0.0)
    worst = [
        station_phases(desk, STATION, deals=4)["phase_summary"]
        .set_index(["week", "quantity"])
        .loc[("winter", "voltage_min_pu"), "p50"]
        for desk in (in_turn, alike, town())
    ]
    assert worst[0] > worst[1] > worst[2]


def with_load(desk, factor):
    """The same city and voltages, where everybody draws a multiple in the winter week."""
    week = desk.twin.weeks["load"]
    load = replace(week.loads.load, weights=week.loads.load.weights * factor)
    heavier = replace(week, loads=replace(week.loads, load=load))
    weeks = {**desk.twin.weeks, "load": heavier}
    return replace(desk, twin=replace(desk.twin, weeks=weeks))


def test_quarters_without_a_solution_are_counted_and_the_others_told():
    tables = station_phases(with_load(town(), 7), STATION, deals=2)
    deals = tables["phase_deals"].set_index(["week", "deal"])
    assert (deals.loc["winter", "unsolved"] > 0).all()
    assert (deals.loc["summer", "unsolved"] == 0).all()
    for name, declared in DECLARED.items():
        assert check(tables[name], declared) == []
    issues = command.unsolved_issues(tables["phase_deals"])
    assert [each.where for each in issues] == ["deal 0, winter", "deal 1, winter"]
    assert phases_png(tables, "nl").startswith(b"\x89PNG")


def test_loading_of_a_cable_counts_what_lies_behind_it():
    tables = answered()
    cables = tables["phase_cables"].query("week == 'winter'").set_index("to_node")
    nodes = tables["phase_nodes"].query("week == 'winter'").set_index("node_id")
    heads = cables[cables["from_node"] == f"{STATION}-lv"]
    assert heads["homes"].sum() == nodes["homes"].sum()
    assert (cables["loading_p50"] >= cables["loading_balanced"] - 1e-9).all()


@pytest.mark.parametrize(
    ("station", "told"),
    [
        ("MSR-0001-01", "is not in the grid of the city. Perhaps one of MSR-0001-0"),
        ("zzz", "is not in the grid of the city. Name a station"),
        ("KLANT-0002-001", "is of a customer, and has no low-voltage net"),
    ],
)
def test_a_station_without_a_net_is_refused(station, told):
    with pytest.raises(InvalidData, match=told):
        station_phases(town(), station, deals=1)


def test_a_station_without_cables_is_refused():
    desk = town()
    grid = desk.twin.grid
    bare = grid.cables[grid.cables["from_node"] != f"{STATION}-lv"]
    desk = replace(desk, twin=replace(desk.twin, grid=replace(grid, cables=bare)))
    with pytest.raises(InvalidData, match="has no low-voltage cable"):
        station_phases(desk, STATION, deals=1)


def test_what_is_known_and_not_public_is_not_shown():
    desk = town()
    columns = ["asset", "attribute", "value", "unit", "date", "source", "public"]
    cable = desk.twin.grid.cables.query(f"from_node == '{STATION}-lv'")["cable_id"].iloc[0]
    rows = [
        (cable, "rated_current_a", 200.0, "A", "2023-01-01", "operator", "no"),
        (cable, "connections", 3.0, "1", "2023-01-01", "operator", "no"),
    ]
    city = replace(desk.twin.city, known=pd.DataFrame(rows, columns=columns))
    desk = replace(desk, twin=replace(desk.twin, city=city))
    with pytest.raises(InvalidData, match="not public, of fewer than ten connections"):
        station_phases(desk, STATION, deals=1)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_picture_is_a_png_and_the_same_again(language):
    picture = phases_png(answered(), language)
    assert picture.startswith(b"\x89PNG")
    assert picture == phases_png(answered(), language)


def test_the_command_shows_a_table_and_writes_files(tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(
        command, "open_city", lambda *_args, limits, **_named: asked.append(limits) or town()
    )
    monkeypatch.setenv("COLUMNS", "120")
    out = tmp_path / "phases"
    chosen = ["--limits", "nameplate", "--language", "en"]
    status = run_command(["phases", STATION, "--deals", "2", "--out", str(out), *chosen])
    shown = capsys.readouterr().out
    assert status == 0
    assert asked == [AskedLimits("nameplate", None)]
    assert "lowest voltage" in shown
    assert "Limits: transformers by practice" in shown
    assert str(out) in shown.replace("\n", "")
    written = {path.name for path in out.iterdir()}
    assert written == {f"{name}.csv" for name in (*DECLARED, "phase_facts", "limits")} | {
        "phases.png"
    }
    rows = pd.read_csv(out / "phase_deals.csv")
    assert np.allclose(rows["unbalance"], answered(2)["phase_deals"]["unbalance"], atol=1e-6)


def test_the_command_tells_of_a_station_that_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "open_city", lambda *_args, **_named: town())
    out = tmp_path / "phases"
    assert run_command(["phases", "MSR-0001-01", "--out", str(out)]) == 1
    assert "is not in the grid of the city" in capsys.readouterr().err
    assert not out.exists()


def test_a_station_is_held_to_what_its_own_heat_allows():
    desk = town()
    stations = desk.twin.grid.stations
    mine = stations["station_id"] == STATION
    factors = {"limit_factor_load": np.where(mine, 0.9, 1.0), "limit_factor_feed_in": 1.0}
    twin = replace(desk.twin, grid=replace(desk.twin.grid, stations=stations.assign(**factors)))
    summary = station_phases(replace(desk, twin=twin), STATION, deals=1)["phase_summary"]
    loading = summary[summary["quantity"] == "station_loading"].set_index("week")["limit"]
    usual = desk.twin.parameters["mid"].value("limit_station")
    assert loading.to_dict() == pytest.approx({"winter": 0.9 * usual, "summer": usual})


def test_deals_are_at_least_one(capsys):
    with pytest.raises(SystemExit):
        run_command(["phases", STATION, "--deals", "0"])
    assert "'0' is not a whole number of 1 or more" in capsys.readouterr().err
