"""A list, a plan, a search, a comparison and a claim on the made-up city, each by one command."""

import json
import re
import shutil
import tomllib

import openpyxl
import pandas as pd
import pytest
from cityfiles import SIDE_M, SOUTH_M, WEST_M, write_city

from stroomstad.cli import main, plans
from stroomstad.errors import NotFound
from stroomstad.run.plans import BAND_ROWS_MAX, how_certain
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


def write_meadow(path, east_m=WEST_M, **features):
    """Outline, in metres, of 100 by 100 m in the north of the city, where no address exists."""
    ring = [[east_m + x, SOUTH_M + SIDE_M + y] for x, y in ((0, 0), (100, 0), (100, 100), (0, 100))]
    content = {
        "type": "Feature",
        "crs": {"type": "name", "properties": {"name": "EPSG:28992"}},
        "properties": features,
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }
    path.write_text(json.dumps(content), encoding="utf-8")
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


def test_a_node_for_every_address_leaves_what_a_plan_promises(
    town, handed_in, plan_file, runs, tmp_path
):
    asked = ["--projects", str(handed_in), "--city", str(town[0]), "--runs", str(tmp_path)]
    assert main(["plan", "run", str(plan_file), *asked, "--detail", "address"]) == 0
    plain, fine = load_run(runs[0]), load_run(list_runs(tmp_path)[0])
    assert [each.manifest["detail"] for each in (plain, fine)] == ["group", "address"]
    kinds = [each.tables["years_links"]["kind"].value_counts() for each in (plain, fine)]
    assert kinds[1]["lv_cable"] > kinds[0]["lv_cable"]
    assert kinds[1]["station"] == kinds[0]["station"]
    columns = ["project_id", "fits", "binding_kind", "first_year_fits"]
    pd.testing.assert_frame_equal(*(each.tables["fits"][columns] for each in (plain, fine)))
    promised = [each.tables["staircase"]["promised"].to_numpy() for each in (plain, fine)]
    assert promised[1] == pytest.approx(promised[0], rel=0.05, abs=3)


@pytest.mark.parametrize("action", ["run", "search"])
def test_the_detail_that_is_asked_is_that_of_the_city(
    action, plan_file, handed_in, monkeypatch, tmp_path, capsys
):
    def opened(*_city, detail, **_named):
        raise NotFound(f"detail {detail}")

    monkeypatch.setattr(plans, "open_city", opened)
    asked = ["plan", action, str(plan_file), "--projects", str(handed_in), "--runs", str(tmp_path)]
    assert main([*asked, "--detail", "address"]) == 1
    assert "detail address" in capsys.readouterr().err
    assert main(asked) == 1
    assert "detail group" in capsys.readouterr().err


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


def test_an_english_list_is_answered_in_english_with_words_on_the_screen_alike(
    town, tmp_path, capsys
):
    path, out = tmp_path / "list.xlsx", tmp_path / "answer.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Project name", "Place", "First year", "Homes"])
    book.active.append(["New", town[2], 2026, 3000])
    book.save(path)
    asked = ["projects", "import", str(path), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert f"Answered list: {out}" in told
    assert "relief acts by a stated firm power" in told
    headers = [cell.value for cell in openpyxl.load_workbook(out).active[1]]
    assert headers[4] == "Answer: does it fit?"


def test_a_plan_is_checked_in_dutch_unless_english_is_asked(town, plan_file, capsys):
    for language, told in (([], "geen fouten"), (["--language", "en"], "no faults")):
        assert main(["plan", "check", str(plan_file), "--city", str(town[0]), *language]) == 0
        assert told in capsys.readouterr().out


@pytest.fixture(scope="module")
def claim(town, handed_in):
    out = handed_in.with_name("claim.csv")
    asked = ["projects", "claim", str(handed_in), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 0
    return pd.read_csv(out, sep=";", decimal=",", encoding="utf-8-sig")


def test_a_claim_adds_up_to_homes_times_their_power(claim):
    kw = claim[next(name for name in claim.columns if name.lower().startswith("kw"))]
    types = load_home_types()
    assert kw.sum() == pytest.approx(3000 * types)


def test_a_claim_says_of_what_fits_the_same_as_the_answered_list(claim, answered):
    headers, homes, _ = openpyxl.load_workbook(answered).active.values
    told = dict(zip(headers, homes, strict=True))
    answers = {
        "Past": next(told[name] for name in told if name.startswith("Antwoord: past het?")),
        "Eerste jaar": next(told[name] for name in told if name.startswith("Antwoord: eerste")),
    }
    for start, answer in answers.items():
        column = claim[next(name for name in claim.columns if name.startswith(start))]
        assert column.isna().all() if answer is None else set(column) == {answer}


def load_home_types():
    rows = pd.read_csv("data/national/home_types.csv")
    chosen = rows[(rows["home_type"] == "terraced") & (rows["heating"] == "heat_pump")]
    return float(chosen["kw"].iloc[0])


def test_a_run_of_a_plan_keeps_its_pages_its_tables_and_the_plan(runs):
    for folder in runs:
        written = {path.name for path in folder.iterdir()}
        assert {"report.html", "report.pdf", "plan.toml", "tables.xlsx"} <= written
        assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_the_workbook_of_a_run_begins_with_what_its_sheets_and_columns_mean(runs):
    for folder in runs:
        about, *others = openpyxl.load_workbook(folder / "tables.xlsx").worksheets
        told = {(row[0], row[1]) for row in about.iter_rows(min_row=2, values_only=True)}
        shown = {(sheet.title, cell.value) for sheet in others for cell in sheet[1]}
        assert about.title == "Over"
        assert shown <= told


def test_a_project_that_does_not_fit_has_a_remedy_or_a_reason_why_not(runs):
    for folder in runs:
        fits = load_run(folder).tables["fits"]
        short = fits[fits["fits"] != "yes"]
        assert (short["remedy"].notna() ^ short["why_no_remedy"].notna()).all()


def test_ac_confirms_no_more_than_is_promised(runs):
    for folder in runs:
        stairs = load_run(folder).tables["staircase"]
        assert (stairs["confirmed"] <= stairs["promised"]).all()
        assert (stairs["promised"] <= stairs["asked"]).all()
        assert (stairs.diff().dropna()[["asked", "promised", "confirmed"]] >= 0).all(axis=None)


BAND = ["lowest", "p10", "p50", "p90", "highest"]


def test_the_homes_connected_have_a_band_within_what_is_asked(runs):
    for folder in runs:
        run = load_run(folder)
        stairs = run.tables["staircase"]
        assert run.manifest["draws"] >= 200
        for which in ("", "with_region_"):
            told = stairs[[f"{which}{name}" for name in BAND] + ["asked"]]
            assert (told.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
        assert (stairs["with_region_p50"] <= stairs["p50"]).all()
        assert stairs["p10"].iloc[-1] < stairs["p90"].iloc[-1]
        assert stairs["year"].is_unique


def test_what_moves_most_is_counted_in_homes_of_the_list_under_the_plan(runs):
    for folder in runs:
        tables = load_run(folder).tables
        last, rows = tables["staircase"].iloc[-1], tables["tornado"]
        ends = rows[["homes_low", "homes_mid", "homes_high"]]
        assert 0 <= ends.min(axis=None) < ends.max(axis=None) <= last["asked"]
    # Nothing was searched in the first, so its promises are what the queue reserves.
    tables = load_run(runs[0]).tables
    rows = tables["tornado"].set_index("input").drop(index="regional_mw")
    assert (rows["homes_mid"] == tables["staircase"]["promised"].iloc[-1]).all()


def test_a_list_too_long_to_serve_in_every_draw_gets_no_band():
    rows = pd.DataFrame({"project_id": range(BAND_ROWS_MAX + 1)})
    assert how_certain(None, None, rows, {}, None) == {}


def test_the_page_of_a_plan_tells_its_band(runs):
    for folder in runs:
        last = load_run(folder).tables["staircase"].iloc[-1]
        band = f"{grouped(last['p10'])} tot {grouped(last['p90'])}"
        text = (folder / "report.html").read_text(encoding="utf-8")
        assert f"van 200 trekkingen sluit dit plan in 2029 {band} van de gevraagde woningen" in text
        assert "De band rond het aantal aangesloten woningen zit niet" not in text


def grouped(number):
    return f"{number:,.0f}".replace(",", ".")


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
    assert tables["asked_budgets"].to_numpy().tolist() == [["society", 1e8]]
    assert tables["substations"]["substation_name"].notna().all()
    assert "budget van" in (runs[1] / "report.html").read_text(encoding="utf-8")


def test_a_search_shows_what_it_chose_and_the_euros_of_its_budget(
    town, plan_file, handed_in, tmp_path, capsys
):
    rest = ["--projects", str(handed_in), "--city", str(town[0]), "--runs", str(tmp_path)]
    assert (
        main(["plan", "search", str(plan_file), *rest, "--budget", "1e8", "--language", "en"]) == 0
    )
    told = capsys.readouterr().out
    (folder,) = list_runs(tmp_path)
    tables = load_run(folder).tables
    names = tables["measures"].set_index("measure_id")["name"]
    chosen = told.partition("Measures that were chosen")[2]
    assert len(tables["chosen"])
    assert all(names[each] in chosen for each in tables["chosen"]["measure_id"])
    assert "chosen, of everyone together │ €100 million" in chosen.replace("\u00a0", " ")
    assert chosen.rstrip().endswith("of this linear model.")


def test_two_plans_are_laid_side_by_side(runs, tmp_path):
    out = tmp_path / "naast.html"
    assert main(["compare", *map(str, runs), "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "Proefplan" in text
    for folder in runs:
        last = load_run(folder).tables["staircase"].iloc[-1]
        assert f"band {grouped(last['p10'])} tot {grouped(last['p90'])}" in text
    assert "zonder band" not in text
    assert out.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def project(town, out, *asked):
    size = ["--homes", "40", "--type", "apartment", "--heating", "heat-net"]
    rest = [*asked, "--year", "2029", "--city", str(town[0]), "--out", str(out)]
    return main(["project", *size, *rest])


def page_text(path):
    page = path.read_text(encoding="utf-8").split("</style>")[-1]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_plans_of_two_cities_are_not_compared(runs, tmp_path, capsys):
    other = tmp_path / "elders"
    shutil.copytree(runs[1], other)
    manifest = other / "manifest.json"
    said = manifest.read_text(encoding="utf-8").replace('"Proefstad"', '"Elders"')
    manifest.write_text(said, encoding="utf-8")
    out = tmp_path / "compare.html"
    assert main(["compare", str(runs[0]), str(other), "--out", str(out)]) == 1
    assert "is of Elders" in " ".join(capsys.readouterr().err.split())
    assert not out.exists()


def test_nothing_is_written_into_the_folder_of_a_run(runs, capsys):
    out = runs[0] / "report.html"
    before = out.read_bytes()
    assert main(["compare", str(runs[0]), str(runs[1]), "--out", str(out)]) == 1
    assert "lies in the folder of a run" in " ".join(capsys.readouterr().err.split())
    assert out.read_bytes() == before


def test_a_payer_without_a_budget_of_its_own_is_refused(plan_file, handed_in, capsys):
    asked = ["plan", "search", str(plan_file), "--projects", str(handed_in)]
    assert main([*asked, "--budget", "municipality=2e6", "--payer", "state"]) == 1
    assert "--payer: is state" in " ".join(capsys.readouterr().err.split())


def test_an_answered_list_is_written_as_a_workbook_only(town, handed_in, tmp_path, capsys):
    out = tmp_path / "answer.csv"
    asked = ["projects", "import", str(handed_in), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 1
    assert "Let its name end in .xlsx" in " ".join(capsys.readouterr().err.split())


def test_more_homes_than_any_mix_connects_are_refused(town, plan_file, handed_in, tmp_path, capsys):
    rest = ["--projects", str(handed_in), "--city", str(town[0]), "--runs", str(tmp_path)]
    assert main(["plan", "search", str(plan_file), *rest, "--homes", "1e9"]) == 1
    assert "connects 1000000000 homes" in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())


def test_a_project_in_an_area_gets_its_page(town, tmp_path):
    out = tmp_path / "project.html"
    assert project(town, out, "--place", town[2]) == 0
    assert "40 appartementen" in page_text(out)
    assert "een netberekening (AC) bevestigt" in page_text(out)
    assert "geen station" not in page_text(out)
    assert out.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_a_project_where_no_address_exists_gets_its_page(town, tmp_path):
    """A meadow in the city without an address: nothing stands there, and the page says so."""
    place = write_meadow(tmp_path / "weiland.geojson")
    out = tmp_path / "project.html"
    assert project(town, out, "--place", str(place)) == 0
    told = page_text(out)
    assert "Past weiland op het net?" in told
    assert "wat knelt: geen station op deze plek" in told
    assert "Er staat nog geen station; gevoed door 150kV Proefstad; omtrek aangenomen" in told
    assert "Nieuw station" in told
    assert out.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_a_project_outside_the_city_is_refused_and_nothing_is_written(town, tmp_path, capsys):
    place = write_meadow(tmp_path / "elders.geojson", east_m=WEST_M + 20_000)
    out = tmp_path / "project.html"
    assert project(town, out, "--place", str(place)) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "160050 m east and 480650 m north, lies outside Proefstad" in told
    assert not out.exists()


def test_a_project_is_answered_among_those_that_wait(town, handed_in, tmp_path):
    out = tmp_path / "project.html"
    assert project(town, out, "--place", town[2], "--projects", str(handed_in)) == 0
    assert "naast 2 die wachten" in page_text(out)


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


BAD_TEXT = """
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
size = "veel"
in_service = "2025-13-45"
status = "planned"
depends_on = ["a"]
payers = { state = 0.4 }

[[measure]]
id = "c"
kind = "zeppelin"
place = "10000, 400000"
size = 1
in_service = 2028
until = 2027
status = "planned"
"""
TEXT_FAULTS = (
    "fout.toml, city: is Elders, and the city that was read is Proefstad.",
    "fout.toml, measure a, place 'WK999999': there is no area, postcode, outline or asset",
    "fout.toml, measure a: size is -2 station.",
    "fout.toml, measure a: budget line 'niets' is not in the plan.",
    "fout.toml, measure a: waits for itself by way of b.",
    "fout.toml, measure b: size is 'veel'.",
    "fout.toml, measure b: in_service is '2025-13-45'.",
    "fout.toml, measure b: the shares of its payers sum to 0.4.",
    "fout.toml, measure c: kind 'zeppelin' is not in the catalogue.",
    "fout.toml, measure c: ends on 2027-12-31, before it is in service on 2028-01-01.",
    (
        "fout.toml, measure c, place '10000, 400000': its middle, 10000 m east and 400000 m north, "
        "lies outside Proefstad."
    ),
)
# Well written, and wrong only on this city and beside this list.
BAD_CITY = """
[[budget]]
line = "net"
payer = "grid_operator"
eur = 1000
source = "made up"

[[measure]]
id = "streng"
kind = "mv_cable"
place = "weiland"
size = 1
in_service = 2028
until = 2028
budget_line = "net"
status = "planned"
assumed = true

[[measure]]
id = "stations"
kind = "new_station"
place = "weiland"
size = 2
in_service = 2027
status = "planned"
assumed = true

[[measure]]
id = "palen"
kind = "chargers"
place = "weiland"
size = 5
in_service = 2027
status = "planned"
assumed = true

[[measure]]
id = "groter"
kind = "larger_station"
place = "weiland"
size = 400
in_service = 2028
status = "planned"
assumed = true

[[measure]]
id = "balans"
kind = "grid_aware_new_build"
place = "{area}"
size = 4000
in_service = 2027
status = "planned"
assumed = true

[[promise]]
project = "Elders"
year = 2028
size = 10
"""
CITY_FAULTS = (
    (
        "fout.toml, measure stations: acts on what streng builds at 'weiland', which stands from "
        "2028-01-01, and is in service on 2027-01-01."
    ),
    (
        "fout.toml, measure stations: acts on what streng builds at 'weiland', which ends on "
        "2028-12-31, before this one does."
    ),
    (
        "fout.toml, measure palen: acts on what stations builds at 'weiland', which stands from "
        "2028-01-01, and is in service on 2027-01-01."
    ),
    (
        "fout.toml, measure palen: acts on what stations builds at 'weiland', which ends on "
        "2028-12-31, before this one does."
    ),
    "fout.toml, measure groter: larger_station at 'weiland', where no public station stands.",
    "fout.toml, measure balans: 4000 new homes are built otherwise at {area}, where 3000 are",
    "fout.toml, promise Elders: is to no project of the list.",
)
HARMFUL = """
[[budget]]
line = "net"
payer = "grid_operator"
eur = 1000
source = "made up"

[[measure]]
id = "streng"
kind = "mv_cable"
place = "weiland"
size = 1
in_service = 2028
budget_line = "net"
status = "planned"
assumed = true

[[measure]]
id = "accu"
kind = "neighbourhood_battery"
place = "{area}"
size = 9000
in_service = 2027
status = "planned"
assumed = true
"""
HARMS = (
    "fout.toml, measure accu: at the end of 2027 it presses",
    "fout.toml, budget net: 1,000 EUR for 2026 to 2029 is spent in 2028;",
)


@pytest.fixture
def bad(town, tmp_path):
    """Writes a plan with a meadow; gives what `plan check`, `run` and `search` say of it."""

    def told(text, handed_in, capsys):
        write_meadow(tmp_path / "plaatsen.geojson", place="weiland")
        path = tmp_path / "fout.toml"
        path.write_text(text.replace("{area}", town[2]), encoding="utf-8")
        runs = tmp_path / "runs"
        rest = [str(path), "--projects", str(handed_in), "--city", str(town[0])]
        said = {}
        for action in ("check", "run", "search"):
            kept = [] if action == "check" else ["--runs", str(runs)]
            assert main(["plan", action, *rest, *kept]) == 1
            written = " ".join(capsys.readouterr().err.split())
            assert "Traceback" not in written
            # Before the first fault stands how long each step took.
            said[action] = written[written.index("fout.toml") :]
        assert not runs.exists() or list_runs(runs) == []
        assert said["check"] == said["run"] == said["search"]
        return said["check"]

    return told


def with_head(town, text):
    return plan_text(town[1]).rstrip() + '\noutlines = "plaatsen.geojson"\n' + text


def assert_all_told(told, faults):
    absent = [part for part in faults if part not in told]
    assert absent == [], told


def test_every_fault_in_the_text_of_a_plan_is_told_at_once(bad, handed_in, capsys):
    assert_all_told(bad(BAD_TEXT, handed_in, capsys), TEXT_FAULTS)


def test_every_fault_of_a_plan_on_its_city_and_list_is_told_at_once(town, bad, handed_in, capsys):
    told = bad(with_head(town, BAD_CITY), handed_in, capsys)
    assert_all_told(told, [fault.replace("{area}", town[2]) for fault in CITY_FAULTS])


def test_harm_and_a_budget_that_cable_exceeds_are_told_before_anything_heavy(
    town, bad, handed_in, capsys
):
    assert_all_told(bad(with_head(town, HARMFUL), handed_in, capsys), HARMS)


LIST_FAULTS = (
    'fout.xlsx, row 2, Laatste jaar: "2025" cannot lie before the first year.',
    "fout.xlsx, row 2, place 'WK999999': there is no area, postcode, outline or asset",
    'fout.xlsx, row 3, Woningen: "ca. 500" cannot be read as a number.',
    'fout.xlsx, row 4, Woningen: "-5" cannot be below zero.',
    "fout.xlsx, row 4, Aansluiting kW: holds a formula (=1+1), not a value.",
    (
        "fout.xlsx, row 5, place '10000, 400000': its middle, 10000 m east and 400000 m north, "
        "lies outside Proefstad."
    ),
)


def test_a_bad_list_is_told_by_row_and_nothing_is_written(town, tmp_path, capsys):
    path = write_list(
        tmp_path / "fout.xlsx",
        ["Een", "WK999999", 2026, 2025, 10, None, None, None, None, None, None],
        ["Twee", town[2], 2026, 2027, "ca. 500", None, None, None, None, None, None],
        ["Drie", town[2], 2026, 2027, -5, None, None, "=1+1", None, None, None],
        ["Vier", "10000, 400000", 2026, None, 10, None, None, None, None, None, None],
    )
    out = tmp_path / "antwoord.xlsx"
    asked = ["projects", "import", str(path), "--city", str(town[0]), "--out", str(out)]
    assert main(asked) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert not out.exists()
    assert_all_told(told, LIST_FAULTS)
    assert "Traceback" not in told
