"""The fact sheet of a grid: its figures, those of others beside it, and what is missing."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cityfiles import write_city

from stroomstad.cli import main
from stroomstad.errors import InvalidData
from stroomstad.run import (
    fact_sheet,
    grid_facts,
    lay_out,
    quantity_said,
    range_facts,
    read_city,
    rule_facts,
    winter_week,
    write_facts,
)
from stroomstad.run.fact_sheet import FIGURES, _figures
from stroomstad.tables.schema import check


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return write_city(tmp_path_factory.mktemp("facts") / "city")


@pytest.fixture(scope="module")
def drawn(city):
    inputs = read_city(city)
    return inputs, lay_out(inputs, 1)


@pytest.fixture(scope="module")
def facts(drawn):
    inputs, layout = drawn
    return grid_facts(layout, inputs.city, winter_week(layout)).set_index("quantity")


def test_counts_are_those_of_the_tables(drawn, facts):
    inputs, layout = drawn
    public = layout.grid.stations.query("owner == 'public'")
    assert facts.loc["public stations", "mid"] == len(public)
    assert facts.loc["homes per public station", "mid"] == np.median(public["homes"])
    km2 = inputs.city.areas.set_index("area_code").geometry.area / 1e6
    per_km2 = len(public) / km2[public["area_code"].unique()].sum()
    assert facts.loc["public stations per km2", "mid"] == pytest.approx(per_km2)


def test_stations_are_counted_by_how_their_substation_is_known(drawn, facts):
    inputs, layout = drawn
    names = ["stations whose substation is known", "stations whose substation is assumed",
             "stations on the nearest substation for want of a supply area"]  # fmt: skip
    count = len(layout.grid.stations)
    assert facts.loc[names, "mid"].tolist() == [0, 0, count]
    supply = np.where(np.arange(count) < 2, "known", "assumed")
    grid = replace(layout.grid, stations=layout.grid.stations.assign(supply=supply))
    told = grid_facts(replace(layout, grid=grid), inputs.city).set_index("quantity")
    assert told.loc[names, "mid"].tolist() == [2, count - 2, 0]


def test_cable_adds_up(drawn, facts):
    grid = drawn[1].grid
    low = grid.cables.query("kind == 'lv_cable'")
    metres = (low["length_m"] * low["parallel"]).sum()
    addresses = grid.stations.query("owner == 'public'")["addresses"].sum()
    assert facts.loc["low-voltage cable per address", "mid"] == pytest.approx(metres / addresses)
    assert facts.loc["low-voltage cable", "mid"] == pytest.approx(metres / 1e3)


def test_homes_of_feeders_are_those_of_nodes_behind_low_voltage_cables(drawn, facts):
    layout = drawn[1]
    first = layout.grid.cables.query("kind == 'lv_cable'")
    roots = first[first["from_node"].isin(layout.grid.stations["node_lv"])]
    below = {name: {name} for name in roots["to_node"]}
    for name, found in below.items():
        waiting = [name]
        while waiting:
            far = first.loc[first["from_node"] == waiting.pop(), "to_node"].tolist()
            found.update(far)
            waiting += far
    homes = pd.Series(layout.behind.homes, layout.grid.nodes["node_id"])
    per_feeder = [homes[list(found)].sum() for found in below.values()]
    assert facts.loc["homes per low-voltage feeder", "mid"] == np.median(per_feeder)
    per_station = roots.groupby("from_node").size()
    assert facts.loc["low-voltage feeders per public station", "mid"] == per_station.median()


def test_the_longest_way_is_no_shorter_than_the_longest_cable(drawn, facts):
    cables = drawn[1].grid.cables
    longest = facts.loc["longest way from substation to station", "high"]
    assert longest >= cables.query("kind == 'mv_cable'")["length_m"].median()
    way = facts.loc["longest way from station to address", "high"]
    assert 0.0 < way <= cables.query("kind == 'lv_cable'")["length_m"].sum()


def test_voltages_are_told_only_where_the_week_is_solved(drawn, facts):
    inputs, layout = drawn
    told = "voltage at low voltage, lowest"
    assert told not in set(grid_facts(layout, inputs.city)["quantity"])
    assert 0.9 < facts.loc[told, "mid"] < 1.02


def test_others_stand_beside_and_what_nobody_tells_is_missing(facts):
    sheet = fact_sheet(facts.reset_index()).set_index("quantity")
    assert len(sheet) == len(facts)
    row = sheet.loc["low-voltage feeders per public station"]
    assert (row["published_low"], row["published_high"]) == (4.0, 8.0)
    assert "Liander" in row["published_source"]
    assert row["simbench_low"] <= row["simbench_mid"] <= row["simbench_high"]
    other = sheet.loc["public stations"]
    assert other[["published_mid", "simbench_mid", "published_source"]].isna().all()


def test_every_figure_of_others_has_a_fact_to_stand_beside(facts):
    assert set(_figures()["quantity"]) <= set(facts.index)
    units = _figures().drop_duplicates("quantity").set_index("quantity")["unit"]
    assert units.eq(facts["unit"].reindex(units.index)).all()


def test_figures_are_in_order_and_have_their_source():
    rows = _figures()
    assert check(rows, FIGURES, "grid_figures.csv") == []
    assert (rows["source"] != "").all()
    assert rows[["low", "mid", "high"]].notna().any(axis=1).all()
    for lower, upper in (("low", "mid"), ("mid", "high"), ("low", "high")):
        both = rows.dropna(subset=[lower, upper])
        assert (both[lower] <= both[upper]).all()


def test_rules_are_told_with_their_status(drawn):
    rules = rule_facts(drawn[1]).set_index("rule")
    assert rules.loc["station_distance_max_m", "status"] == "sourced"
    assert (rules["low"] <= rules["high"]).all()
    assert (rules["source"] != "").all()


def test_of_few_things_the_lowest_and_the_highest_are_told_and_named_so(drawn, facts):
    layout = drawn[1]
    stations = layout.grid.stations.query("owner == 'public'")
    for count, band, ends in ((9, "extremes", (0, 8)), (10, "percentiles", (0.18, 8.82))):
        rows = (
            stations.iloc[:1]
            .loc[stations.index[:1].repeat(count)]
            .assign(homes=np.arange(count), station_id=[f"S{at}" for at in range(count)])
        )
        grid = replace(layout.grid, stations=rows)
        told = grid_facts(replace(layout, grid=grid), layout.city).set_index("quantity")
        row = told.loc["homes per public station"]
        assert row["band"] == band
        assert row[["low", "high"]].tolist() == pytest.approx(ends)
    assert quantity_said({"quantity": "homes", "band": "extremes"}).endswith("highest)")
    assert facts.loc["substations", "band"] == ""


def test_branches_are_halves_of_rings_and_rings_are_counted_whole(drawn, facts):
    grid = drawn[1].grid
    rings = grid.cables.query("kind == 'ring'")
    high = grid.cables.query("kind == 'mv_cable'")
    ends = [*rings["to_node"], *grid.substations["node_mv"]]
    leaving = high[high["from_node"].isin(ends)]
    per_substation = len(leaving) / len(grid.substations)
    assert facts.loc["half rings and single feeders per substation", "mid"] == per_substation
    assert facts.loc["rings per substation", "mid"] == len(rings) / len(grid.substations)
    half = facts.loc["stations per half ring or single feeder", "high"]
    assert half < facts.loc["stations per ring", "high"]


def test_over_the_range_of_rules_the_middle_is_the_grid_itself(drawn, facts):
    inputs, layout = drawn
    told = range_facts(inputs, layout)
    counts = layout.grid.counts
    assert told["stations_public"].tolist() == counts["stations_public"].tolist()
    value = layout.parameters["mid"].value
    here = (told["homes_per_station"] == value("station_homes_max")) & (
        told["distance_max_m"] == value("station_distance_max_m")
    )
    assert told.loc[here, "lv_cable_km"].tolist() == pytest.approx(
        [facts.loc["low-voltage cable", "mid"]]
    )
    assert (told["away_p50_m"] <= told["away_max_m"]).all()
    farthest_m = layout.grid.stations.query("owner == 'public'")["distance_max_m"].max()
    assert told.loc[here, "away_max_m"].tolist() == pytest.approx([farthest_m])


def test_the_command_shows_and_writes_the_facts(city, tmp_path, capfd):
    for name in ("facts.csv", "facts.json"):
        assert main(["grid", str(city), "--facts", str(tmp_path / name)]) == 0
    told = capfd.readouterr().out
    for each in ("SimBench urban", "published", "Rules", "Stations over the range", "Own choice"):
        assert each in told
    assert "e+0" not in told
    rows = pd.read_csv(tmp_path / "facts.csv")
    again = pd.DataFrame(json.loads((tmp_path / "facts.json").read_text(encoding="utf-8")))
    assert rows["quantity"].tolist() == again["quantity"].tolist()
    assert again["mid"].to_numpy(float) == pytest.approx(rows["mid"].to_numpy(), nan_ok=True)


def test_another_ending_is_told(facts, tmp_path):
    with pytest.raises(InvalidData, match=r"facts\.txt: ends in \.txt"):
        write_facts(facts, tmp_path / "facts.txt")
    assert not (tmp_path / "facts.txt").exists()
