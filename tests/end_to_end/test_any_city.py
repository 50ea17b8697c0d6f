"""A second city needs only its folder: other names, fewer files, no known substations."""

import datetime as dt
import re
import shutil
from textwrap import dedent

import numpy as np
import pytest
from almere_cut import ALMERE, AREAS, CODE, NAME, NEEDED, OPTIONAL, STATION, name_files, write_cut
from cityfiles import write_national
from repository import ROOT

from stroomstad.cli import main
from stroomstad.errors import InvalidData
from stroomstad.report import render_report
from stroomstad.run import check_city, run_city
from stroomstad.run.model import read_city
from stroomstad.sources import list_gaps, read_inputs
from stroomstad.sources.city_file import read_city_file
from stroomstad.sources.file_kinds import FILE_KINDS
from stroomstad.store import list_runs, load_run
from stroomstad.synthesis import build_grid
from stroomstad.tables import city as declared
from stroomstad.tables import grid as grid_tables
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.schema import check

# Of these the default is only another table, or nothing to compare with.
PLAIN = ("boundary", "energy", "heat_net", "solar_municipality", "known")
FEEDS = f'[substations]\n"{STATION}" = true\n'
PLACED = """
[substations."OS Oost"]
x_m = 142300
y_m = 483900
status = "known"

[substations."OS West"]
x_m = 141700
y_m = 483500
status = "assumed"
"""


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return write_cut(tmp_path_factory.mktemp("cut") / "nieuwoord")


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    return write_national(tmp_path_factory.mktemp("country"))


@pytest.fixture(scope="module")
def whole(cut, country):
    """The cut with every file, as it is read."""
    return read_inputs(name_files(cut, (*NEEDED, *OPTIONAL), FEEDS), country)


def test_the_cut_has_nothing_of_the_names_of_almere(cut):
    name_files(cut, (*NEEDED, *OPTIONAL), FEEDS)
    text = (cut / "bag.csv").read_text() + (cut / "gebieden.json").read_text()
    for word in ("Almere", "GM0034", "WK0034", "De Velden"):
        assert word not in text
    assert text.count(";98") > 1_000


def test_the_fewest_files_give_a_checked_city_and_an_answer(cut, tmp_path, capfd):
    name_files(cut, NEEDED)
    assert main(["check", str(cut)]) == 0
    told = capfd.readouterr().out
    for key in OPTIONAL:
        assert f"\n  {key}: " in told, key
    assert "no faults" in told
    run = load_run(run_city(cut, tmp_path, seed=3))
    room = run.tables["room"]
    assert set(room["area_code"]) == set(AREAS.values())
    assert run.tables["city_room"]["area_code"].unique().tolist() == [CODE]
    homes = room[(room["direction"] == "load") & (room["case"] == "mid")].set_index("area_code")
    assert homes.loc["WK990101", "room"] > 0
    substations = run.tables["substations"]
    assert not substations["place_known"].any()
    assert substations["substation_name"].str.contains("aangenomen").all()
    assert run.manifest["city"] == NAME
    assert set(OPTIONAL) <= set(run.manifest["assumed"])
    assumed = run.tables["notes"].set_index("topic").loc["high-voltage stations"]
    assert "Number and place are assumed" in assumed["en"]
    assert "Those of Almere (GM0034) are taken over" in " ".join(told.split())
    _assert_own_facts(render_report(run.tables, run.manifest))


def _assert_own_facts(page):
    """Beside reasons of parameters, a page of this city holds nothing of Almere."""
    shown = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    reasons = re.compile(r"<table(?:(?!</table>).)*Aannames en hun band.*?</table>", re.DOTALL)
    lent = re.compile(r"<li><h3>.{0,99}waarden van een andere stad.*?</li>", re.DOTALL)
    for part in (reasons, lent):
        shown, found = part.subn(" ", shown)
        assert found == 1, part.pattern
    shown = re.sub(r"<[^>]+>", " ", shown)
    for word in ("Almere", "GM0034", "Liander", "NDW", "juni 2026", "June 2026", "gepubliceerde"):
        assert word not in shown, word
    assert not {"800", "2010", "2022"} & set(re.findall(r"(?<![\d.,])\d+(?![\d.,]\d)", shown))


@pytest.mark.parametrize(
    "absent",
    [pytest.param(key, marks=pytest.mark.slow if key in PLAIN else []) for key in OPTIONAL],
)
def test_a_city_without_one_of_its_files_is_sound_and_says_what_is_assumed(
    cut, country, whole, absent
):
    keys = [key for key in (*NEEDED, *OPTIONAL) if key != absent]
    inputs = read_inputs(name_files(cut, keys, "" if absent == "grid_places" else FEEDS), country)
    assert absent in inputs.assumed
    _assert_sound(inputs, whole)
    notes = inputs.city.notes
    topic = "high-voltage stations" if absent == "grid_places" else f"without {absent}"
    assert notes.set_index("topic").loc[topic, "status"] == "assumed"
    assert notes["topic"].is_unique
    texts = notes[["nl", "en"]].to_numpy().astype(str)
    assert not any("nan" in text.split() or "{" in text for text in texts.ravel())
    told = list_gaps(cut).set_index("key")
    assert told.loc[absent, "status"] == "assumed"


def grid_of(inputs):
    parameters = Parameters(inputs.parameters, dt.date(2023, 1, 1))
    return build_grid(inputs.city, parameters, inputs.cable_types, 1)


def _assert_sound(inputs, whole):
    """Nothing is lost: every sector lands, every address counts, every point has a node."""
    city, grid = inputs.city, grid_of(inputs)
    for name in ("areas", "points", "sectors", "chargers", "substation_sites", "reconciliation",
                 "known"):  # fmt: skip
        assert check(getattr(city, name), getattr(declared, name.upper())) == [], name
    assert check(grid.substations, grid_tables.SUBSTATIONS) == []
    sectors = city.sectors.set_index("sector")
    np.testing.assert_allclose(sectors["points_kwh"], sectors["balance_kwh"], rtol=1e-9)
    expected = whole.city.sectors.set_index("sector")["balance_kwh"]
    np.testing.assert_allclose(sectors["balance_kwh"], expected[sectors.index])
    assert city.points["addresses"].sum() == whole.city.points["addresses"].sum() == 1215
    assert city.points["homes"].sum() == pytest.approx(915, rel=0.07)
    heated = city.points[["homes_gas", "homes_heat_net", "homes_neither"]].sum(axis=1)
    np.testing.assert_allclose(heated, city.points["homes"] + city.points["new_homes"], atol=1e-6)
    assert set(grid.connections["point_id"]) == set(city.points["point_id"])
    assert set(grid.connections["node_id"]) <= set(grid.nodes["node_id"])


@pytest.mark.slow
@pytest.mark.parametrize("absent", OPTIONAL)
def test_a_city_without_one_of_its_files_runs_to_its_answer(cut, tmp_path, absent):
    keys = [key for key in (*NEEDED, *OPTIONAL) if key != absent]
    name_files(cut, keys, "" if absent == "grid_places" else FEEDS)
    assert main(["run", str(cut), "--runs", str(tmp_path)]) == 0
    run = load_run(list_runs(tmp_path)[0])
    assert np.isfinite(run.tables["room"]["room"]).all()
    assert absent in run.manifest["assumed"]


@pytest.mark.parametrize("absent", NEEDED)
def test_a_file_that_no_city_can_do_without_is_told_with_its_publisher(cut, country, absent):
    name_files(cut, [key for key in (*NEEDED, *OPTIONAL) if key != absent], FEEDS)
    with pytest.raises(InvalidData) as caught:
        read_inputs(cut, country)
    (kind,) = (kind for kind in FILE_KINDS if kind.key == absent)
    told = [str(issue) for issue in caught.value.issues]
    assert len(told) == 1
    assert told[0].startswith(f"city.toml [files]: {absent} is missing: {kind.holds}.")
    assert kind.published in told[0]
    gaps = list_gaps(cut)
    assert gaps["key"].iloc[0] == absent
    assert gaps["status"].iloc[0] == "needed"


def test_substations_may_be_placed_by_hand_with_a_status(cut, country):
    inputs = read_inputs(name_files(cut, NEEDED, PLACED), country)
    substations = grid_of(inputs).substations.set_index("substation_name")
    assert substations["place_known"].to_dict() == {"OS Oost": True, "OS West": False}
    assert substations.loc["OS West", ["x_m", "y_m"]].tolist() == [141_700, 483_500]
    note = inputs.city.notes.set_index("topic").loc["high-voltage stations", "en"]
    assert note.startswith("The places of substations come from city.toml")


PLACES = {
    "no easting": ("x_m = 141700\n", "", "x_m = None"),
    "an easting in degrees": ("x_m = 141700", "x_m = 5.2", "x_m = 5.2"),
    "an easting that is text": ("x_m = 141700", 'x_m = "141700"', "x_m = '141700'"),
    "a northing that is true": ("y_m = 483500", "y_m = true", "y_m = True"),
    "another status": ('"assumed"', '"certain"', "status = 'certain'"),
    "no status": ('status = "assumed"', "", "status = None"),
    "feeding that is a number": ('"assumed"', '"assumed"\nfeeds_mv = 2', "feeds_mv = 2"),
    "another key": ('"assumed"', '"assumed"\nmva = 60', "has mva."),
}


@pytest.mark.parametrize("slip", PLACES)
def test_a_slip_in_the_place_of_a_substation_is_told(tmp_path, slip):
    old, new, words = PLACES[slip]
    assert old in PLACED
    city, issues = read_city_file(name_files(tmp_path, NEEDED, PLACED.replace(old, new)))
    assert [each.name for each in city.placed] == ["OS Oost"]
    (told,) = map(str, issues)
    assert told.startswith("city.toml [substations]: 'OS West'")
    assert words in told


def test_a_substation_that_is_placed_and_in_the_file_is_told(cut, country):
    twice = PLACED.replace("OS West", STATION)
    with pytest.raises(InvalidData, match="has a place here and in the file of grid_places"):
        read_inputs(name_files(cut, (*NEEDED, "grid_places"), twice), country)


def test_stations_of_a_file_all_feed_where_city_toml_says_nothing(cut, country):
    inputs = read_inputs(name_files(cut, (*NEEDED, "grid_places")), country)
    sites = inputs.city.substation_sites
    assert sites["substation_name"].tolist() == [STATION]
    assert sites["feeds_mv"].tolist() == [True]


def test_an_empty_folder_names_what_a_city_needs(tmp_path, capfd):
    assert main(["check", str(tmp_path)]) == 1
    told = capfd.readouterr()
    for kind in FILE_KINDS:
        assert f"\n  {kind.key}: {kind.holds}\n" in told.out, kind.key
        assert kind.published in told.out
    assert told.err.startswith("fault: city.toml: there is no such file in")


@pytest.mark.parametrize("name", ["nowhere", "broken"])
def test_a_folder_of_which_nothing_can_be_said_gets_a_fault_and_no_list(tmp_path, name, capfd):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "city.toml").write_text("name = ")
    assert main(["check", str(tmp_path / name)]) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("fault: city.toml: ")


def test_all_that_is_wrong_with_a_folder_is_told_at_once(cut, tmp_path, capfd):
    other = write_cut(tmp_path / "other")
    name_files(other, ("addresses", "areas", "chargers"))
    (other / "gebieden.json").unlink()
    (other / "laadpalen.json").unlink()
    text = (other / "bag.csv").read_text()
    (other / "bag.csv").write_text(text.replace("postcode", "pc6", 1))
    assert main(["check", str(other)]) == 1
    told = capfd.readouterr()
    assert "Needed, and not named in city.toml:\n  balance: " in told.out
    assert "Named in city.toml, but not there:\n  areas: " in told.out
    assert "\n  chargers: " in told.out.split("Not named")[0]
    expected = (
        "balance is missing",
        "gebieden.json: there is no such file",
        "laadpalen.json: there is no such file",
        "bag.csv: column postcode is missing",
    )
    for words in expected:
        assert words in told.err, words


def test_the_city_file_of_the_guide_names_a_city(tmp_path):
    """The first block of TOML of the page is whole; those on substations fit below it."""
    page = (ROOT / "docs/how-to/own_city.md").read_text(encoding="utf-8")
    whole, *parts = [dedent(each) for each in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]
    placed = []
    for more in ("", *parts):
        (tmp_path / "city.toml").write_text(f"{whole}\n{more}", encoding="utf-8")
        city, issues = read_city_file(tmp_path)
        assert issues == []
        assert set(city.files) == set(NEEDED)
        placed = [*placed, *city.placed]
    assert len(parts) == 4
    assert placed[0].known


def test_a_known_fact_may_speak_of_an_assumed_substation(cut, country, tmp_path):
    own = write_cut(tmp_path)
    with (own / "feiten.csv").open("a") as facts:
        facts.write("OS-A1,rating_mva,40,MVA,2026-01-01,letter of the operator,yes\n")
    inputs = read_inputs(name_files(own, (*NEEDED, "known")), country)
    (substation,) = grid_of(inputs).substations.to_dict("records")
    assert substation["rating_mva"] == 40
    assert substation["rating_known"]
    assert not substation["place_known"]


@pytest.mark.slow
def test_a_grid_of_its_own_needs_no_high_voltage_stations(cut, tmp_path):
    """What the rules drew up is written, read again, and then no longer assumed."""
    own = write_cut(tmp_path)
    assert main(["grid", str(name_files(own, NEEDED)), "--out", str(own / "net.json")]) == 0
    more = '[files.grid]\npath = "net.json"\nvintage = "2026"\nlicence = "own"\n'
    name_files(own, NEEDED, f"\n{more}")
    inputs = check_city(own)
    assert inputs.city.substation_sites.empty
    assert "grid" not in inputs.assumed
    note = inputs.city.notes.set_index("topic").loc["high-voltage stations"]
    assert note["status"] == "sourced"


@pytest.mark.slow
def test_three_files_of_almere_say_what_the_guide_tells(tmp_path):
    """Three substations come out of the rule, and three feed Almere."""
    named = {
        "addresses": "almere_adressen.csv.gz",
        "areas": "almere_wijken_2022.rd.geojson",
        "balance": "etlocal_2023.csv",
    }
    lines = ['name = "Almere"', 'municipality_code = "GM0034"', "base_year = 2023"]
    for key, name in named.items():
        shutil.copyfile(ALMERE / name, tmp_path / name)
        lines += [f"[files.{key}]", f'path = "{name}"', 'vintage = "2023"', 'licence = "open"']
    (tmp_path / "city.toml").write_text("\n".join(lines))
    inputs = read_city(tmp_path)
    homes = int(inputs.city.points["homes"].sum())
    assert inputs.city.points["new_homes"].sum() == 0
    substations = grid_of(inputs).substations
    assert len(substations) == 3
    note = inputs.city.notes.set_index("topic").loc["heating", "en"]
    assert "gas 39.6 %, heat net 51.7 %, neither 8.7 %" in note
    page = (ROOT / "docs/how-to/own_city.md").read_text(encoding="utf-8")
    assert f"| homes of the base year (CBS: 88,874) | {homes:,} |" in page
    assert "| 39.6, 51.7, 8.7 % |" in page
    assert f"| substations | {len(substations)}, assumed |" in page
