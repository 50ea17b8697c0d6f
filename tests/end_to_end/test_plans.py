"""A list, a plan, a search, a comparison and a claim on the made-up city, each by one command."""

import json
import tomllib

import openpyxl
import pandas as pd
import pytest
from cityfiles import write_city

from stroomstad.cli import main
from stroomstad.store import list_runs, load_run

HEADERS = [
    "Project", "Plaats", "Eerste jaar", "Laatste jaar", "Woningen", "Woningtype", "Verwarming",
    "Aansluiting kW", "Profiel", "Prioriteit", "Eigen kolom",
]  # fmt: skip


def write_list(path, *rows):
    book = openpyxl.Workbook()
    for row in (HEADERS, *rows):
        book.active.append(row)
    book.save(path)
    return path


def plan_text(city, *measures):
    head = f'name = "Proefplan"\ncity = "{city}"\nfirst_year = 2026\nlast_year = 2029\n'
    return head + "".join(f"\n[[measure]]\n{measure}\n" for measure in measures)


def candidate(name, kind, place, size):
    return (
        f'id = "{name}"\nkind = "{kind}"\nplace = "{place}"\nsize = {size}\n'
        'in_service = 2027\nstatus = "candidate"\nassumed = true\nsource = "made up"'
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = write_city(tmp_path_factory.mktemp("city"))
    name = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))["name"]
    areas = json.loads(next(folder.glob("*wijken*")).read_text(encoding="utf-8"))["features"]
    codes = [str(value) for value in areas[0]["properties"].values()]
    return folder, name, next(code for code in codes if code.startswith("WK"))


@pytest.fixture(scope="module")
def handed_in(town, tmp_path_factory):
    folder, area = tmp_path_factory.mktemp("desk"), town[2]
    return write_list(
        folder / "lijst.xlsx",
        ["Nieuw", area, 2026, 2028, 3000, "rijwoning", "warmtepomp", None, None, None, "a"],
        ["School", area, 2027, None, None, None, None, 60, "kantoor", 3, "b"],
    )


@pytest.fixture(scope="module")
def answered(town, handed_in):
    out = handed_in.with_name("antwoord.xlsx")
    asked = ["projects", "import", str(handed_in), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 0
    return out


@pytest.fixture(scope="module")
def plan_file(town, handed_in):
    path = handed_in.with_name("plan.toml")
    feeder = candidate("streng", "mv_cable", town[2], 3)
    stations = candidate("stations", "new_station", town[2], 12) + '\ndepends_on = ["streng"]'
    path.write_text(plan_text(town[1], feeder, stations), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def runs(town, handed_in, plan_file):
    """Runs of the plan as it stands, and of what a search makes of it."""
    folder = handed_in.with_name("runs")
    rest = ["--projects", str(handed_in), "--city", str(town[0]), "--runs", str(folder)]
    assert main(["plan", "run", str(plan_file), *rest]) == 0
    (bare,) = list_runs(folder)
    assert main(["plan", "search", str(plan_file), *rest, "--budget", "1e8"]) == 0
    (found,) = (each for each in list_runs(folder) if each != bare)
    return bare, found


def test_the_template_is_answered_as_it_is_written(town, tmp_path):
    out = tmp_path / "lijst.xlsx"
    assert main(["projects", "template", "--out", str(out)]) == 0
    assert openpyxl.load_workbook(out).active.max_row > 3


def test_the_same_rows_come_back_with_their_answers(answered):
    rows = list(openpyxl.load_workbook(answered).active.values)
    assert list(rows[0][: len(HEADERS)]) == HEADERS
    assert [row[len(HEADERS) - 1] for row in rows[1:]] == ["a", "b"]
    assert len(rows[0]) > len(HEADERS) + 10


def test_an_answered_list_can_be_handed_in_again(town, answered, tmp_path):
    out = tmp_path / "again.xlsx"
    asked = ["projects", "import", str(answered), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 0
    first, second = (list(openpyxl.load_workbook(each).active.values) for each in (answered, out))
    assert first == second


def test_a_claim_adds_up_to_homes_times_their_power(town, handed_in, tmp_path):
    out = tmp_path / "claim.csv"
    asked = ["projects", "claim", str(handed_in), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 0
    claim = pd.read_csv(out, sep=";", decimal=",", encoding="utf-8-sig")
    kw = claim[next(name for name in claim.columns if name.lower().startswith("kw"))]
    types = load_home_types()
    assert kw.sum() == pytest.approx(3000 * types)


def load_home_types():
    rows = pd.read_csv("data/national/home_types.csv")
    chosen = rows[(rows["home_type"] == "terraced") & (rows["heating"] == "heat_pump")]
    return float(chosen["kw"].iloc[0])


def test_a_run_of_a_plan_keeps_its_pages_its_tables_and_the_plan(runs):
    for folder in runs:
        written = {path.name for path in folder.iterdir()}
        assert {"report.html", "report.pdf", "plan.toml", "tables.xlsx"} <= written
        assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_ac_confirms_no_more_than_is_promised(runs):
    for folder in runs:
        stairs = load_run(folder).tables["staircase"]
        assert (stairs["confirmed"] <= stairs["promised"]).all()
        assert (stairs["promised"] <= stairs["asked"]).all()
        assert (stairs.diff().dropna()[["asked", "promised", "confirmed"]] >= 0).all(axis=None)


def test_what_is_found_connects_more_than_nothing_built(runs):
    bare, found = (load_run(folder).tables["staircase"]["promised"].iloc[-1] for folder in runs)
    assert found > bare


def test_a_found_plan_promises_the_same_when_it_is_run_again(town, handed_in, runs, tmp_path):
    again = ["plan", "run", str(runs[1] / "plan.toml"), "--projects", str(handed_in)]
    assert main([*again, "--city", str(town[0]), "--runs", str(tmp_path)]) == 0
    first, second = load_run(runs[1]), load_run(list_runs(tmp_path)[0])
    for name in ("promises", "confirmation", "costs"):
        pd.testing.assert_frame_equal(first.tables[name], second.tables[name])


def test_a_run_knows_the_budget_of_its_search_and_the_names_of_its_substations(runs):
    tables = load_run(runs[1]).tables
    assert tables["search"][["budget_eur", "payer"]].to_numpy().tolist() == [[1e8, "society"]]
    assert tables["substations"]["substation_name"].notna().all()
    assert "budget van" in (runs[1] / "report.html").read_text(encoding="utf-8")


def test_two_plans_are_laid_side_by_side(runs, tmp_path):
    out = tmp_path / "naast.html"
    assert main(["compare", *map(str, runs), "--out", str(out)]) == 0
    assert "Proefplan" in out.read_text(encoding="utf-8")
    assert out.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_a_project_without_an_address_gets_its_page(town, tmp_path):
    out = tmp_path / "project.html"
    asked = ["project", "--place", town[2], "--homes", "40", "--type", "apartment"]
    asked += ["--heating", "heat-net", "--year", "2029", "--city", str(town[0])]
    assert main([*asked, "--out", str(out)]) == 0
    assert "kW" in out.read_text(encoding="utf-8")


def test_a_project_in_a_file_is_called_after_its_outline(town, tmp_path):
    city = json.loads(next(town[0].glob("*wijken*")).read_text(encoding="utf-8"))
    area = city["features"][0] | {"properties": {"name": "Nieuw Veld"}}
    place, out = tmp_path / "plot.geojson", tmp_path / "project.html"
    system = {"type": "name", "properties": {"name": "EPSG:28992"}}
    drawn = {"type": "FeatureCollection", "crs": system, "features": [area]}
    place.write_text(json.dumps(drawn), encoding="utf-8")
    asked = ["project", "--place", str(place), "--homes", "40", "--year", "2029"]
    assert main([*asked, "--city", str(town[0]), "--out", str(out)]) == 0
    page = out.read_text(encoding="utf-8")
    assert "Past Nieuw Veld op het net?" in page
    assert "plot.geojson" not in page
    assert "Bron van het vermogen per woning" in page
    assert "geen jaar van het plan" not in page


BAD_PLAN = """
name = "Fout"
city = "Elders"
first_year = 2026
last_year = 2029

[[measure]]
id = "a"
kind = "new_station"
place = "WK999999"
size = -2
in_service = 2027
status = "planned"
depends_on = ["b"]
budget_line = "niets"

[[measure]]
id = "b"
kind = "regional_capacity"
place = "city"
size = 5
in_service = 2025-13-45
status = "planned"
depends_on = ["a"]
"""


def test_a_bad_plan_is_told_at_once_and_nothing_is_written(town, handed_in, tmp_path, capsys):
    path = tmp_path / "fout.toml"
    path.write_text(BAD_PLAN.replace("2025-13-45", "2027"), encoding="utf-8")
    runs = tmp_path / "runs"
    asked = ["plan", "run", str(path), "--projects", str(handed_in), "--city", str(town[0])]
    assert main([*asked, "--runs", str(runs)]) == 1
    told = capsys.readouterr().err
    assert not runs.exists() or list_runs(runs) == []
    for part in ("size is -2", "niets", "depend"):
        assert part in told, told
    assert "Traceback" not in told


def test_a_bad_list_is_told_by_row_and_nothing_is_written(town, tmp_path, capsys):
    path = write_list(
        tmp_path / "fout.xlsx",
        ["Een", "WK999999", 2026, 2025, 10, None, None, None, None, None, None],
        ["Twee", town[2], 2026, 2027, "ca. 500", None, None, None, None, None, None],
        ["Drie", town[2], 2026, 2027, -5, None, None, "=1+1", None, None, None],
    )
    out = tmp_path / "antwoord.xlsx"
    asked = ["projects", "import", str(path), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 1
    told = capsys.readouterr().err
    assert not out.exists()
    for part in ("row 2", "row 3", "row 4", "ca. 500", "-5"):
        assert part in told, told
    assert "Traceback" not in told
