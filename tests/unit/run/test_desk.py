"""Plans, lists and single projects as files, read against a small solved city."""

import json

import pytest
from desks import make_desk
from horizons import OUTLINE, WEST, make_plan

from stroomstad.errors import InvalidData
from stroomstad.run.desk import (
    joined_outlines,
    outlines_named,
    read_list_under_plan,
    read_plan_and_list,
    read_plan_file,
    read_project_list,
    read_single_project,
)

DESK = make_desk()
HEAD = 'name = "Plan"\ncity = "{city}"\nfirst_year = 2026\nlast_year = 2028\n'
LIST_HEAD = "Project;Plaats;Eerste jaar;Woningen;Woningtype;Verwarming\n"
PROMISE = '\n[[promise]]\nproject = "Elders"\nyear = 2027\nsize = 5\n'


def write_plan(folder, *parts, name="plan.toml", city=None):
    path = folder / name
    head = HEAD.format(city=city or DESK.twin.city.name)
    path.write_text(head + "".join(parts), encoding="utf-8")
    return path


def entry(name="m", **changes):
    values = {"kind": '"chargers"', "place": f'"{WEST}"', "size": 5, "in_service": 2027,
              "status": '"planned"', "assumed": "true"} | changes  # fmt: skip
    return f'\n[[measure]]\nid = "{name}"\n' + "".join(f"{k} = {v}\n" for k, v in values.items())


def write_list(folder, *rows, name="lijst.csv"):
    path = folder / name
    path.write_text(LIST_HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def write_outline(path, east_m=140300, north_m=480800, side_m=100, **features):
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = [[east_m + side_m * x, north_m + side_m * y] for x, y in corners]
    shape = {"type": "Polygon", "coordinates": [ring]}
    crs = {"type": "name", "properties": {"name": "EPSG:28992"}}
    feature = {"type": "Feature", "properties": features, "geometry": shape}
    path.write_text(json.dumps(feature | {"crs": crs}), encoding="utf-8")
    return path


def told_by(read, *args):
    with pytest.raises(InvalidData) as fault:
        read(*args)
    return [str(issue) for issue in fault.value.issues if issue.severity == "fault"]


HOMES = f"Nieuw;{WEST};2027;20;rijwoning;warmtepomp"


def test_a_plan_is_read_with_its_measures(tmp_path):
    plan, issues = read_plan_file(write_plan(tmp_path, entry()), DESK)
    assert plan.measures["measure_id"].tolist() == ["m"]
    assert issues == []


def test_a_plan_for_another_city_is_told_with_its_other_faults(tmp_path):
    path = write_plan(tmp_path, entry(place='"WK000999"'), entry("n", size=-1), city="Elders")
    told = told_by(read_plan_file, path, DESK)
    assert len(told) == 3
    assert told[0].startswith("plan.toml, city: is Elders, and the city that was read is")
    assert told[1].startswith("plan.toml, measure m, place 'WK000999': there is no area")
    assert told[2].startswith("plan.toml, measure n: size is -1")


def test_places_are_told_too_where_the_text_of_a_plan_cannot_be_read(tmp_path):
    path = write_plan(tmp_path, entry(place='"WK000999"', size='"many"', in_service='"soon"'))
    told = "\n".join(told_by(read_plan_file, path, DESK))
    for part in ("size is 'many'", "in_service is 'soon'", "place 'WK000999'"):
        assert part in told


def test_a_measure_at_a_file_that_is_no_outline_of_the_plan_is_told(tmp_path):
    path = write_plan(tmp_path, entry(place='"weg.geojson"'), entry("n", size=-1))
    told = told_by(read_plan_file, path, DESK)
    assert len(told) == 2
    assert told[0].startswith("plan.toml, measure m, place 'weg.geojson': is called like a file")


def test_a_place_outside_the_city_is_told(tmp_path):
    (told,) = told_by(read_plan_file, write_plan(tmp_path, entry(place='"10000, 400000"')), DESK)
    assert "10000 m east and 400000 m north, lies outside" in told
    path = write_list(tmp_path, "Ver weg;10000, 400000;2027;20;rijwoning;warmtepomp")
    (told,) = told_by(read_project_list, path, DESK, make_plan())
    assert told.startswith("lijst.csv, row 2, place")
    assert "lies outside" in told


def test_places_beyond_a_hundred_that_are_not_there_are_told_together(tmp_path):
    rows = [f"P{n};Nergens {n};2027;20;rijwoning;warmtepomp" for n in range(150)]
    told = told_by(read_project_list, write_list(tmp_path, *rows), DESK, make_plan())
    assert len(told) == 101
    assert told[99].startswith("lijst.csv, row 101, place 'Nergens 99': there is no area")
    assert told[100].startswith("lijst.csv: 50 more places are not found (row 102, place")


@pytest.mark.parametrize("place", ["line", "plan-line", "plan-line-cable"])
def test_what_a_measure_is_to_build_is_no_place_yet(tmp_path, place):
    feeder = entry("line", kind='"mv_cable"', place=f'"{OUTLINE}"', in_service=2028)
    path = write_plan(tmp_path, feeder, entry(kind='"mv_cable"', place=f'"{place}"'))
    assert told_by(read_plan_file, path, DESK) == [
        (
            f"plan.toml, measure m, place '{place}': is what measure line is to build, and no "
            "place that stands. Name the place of line, and let this depend on it."
        )
    ]


def test_harm_and_budgets_with_cable_are_told_together(tmp_path):
    battery = entry("big", kind='"neighbourhood_battery"', size=5000, in_service=2026)
    line = '\n[[budget]]\nline = "net"\npayer = "grid_operator"\neur = 1000\nsource = "x"\n'
    cable = entry("line", kind='"mv_cable"', place=f'"{OUTLINE}"', budget_line='"net"')
    told = told_by(read_plan_file, write_plan(tmp_path, line, battery, cable), DESK)
    assert [each.split(": ")[0] for each in told] == [
        "plan.toml, measure big", "plan.toml, budget net",
    ]  # fmt: skip
    assert "presses" in told[0]
    assert "1,000 EUR for 2026 to 2028 is spent in 2027" in told[1]


def test_faults_of_a_plan_and_of_a_list_are_told_together(tmp_path):
    plan_path = write_plan(tmp_path, entry(size=-1))
    list_path = write_list(tmp_path, "Nieuw;WK000999;2027;20;rijwoning;warmtepomp")
    told = told_by(read_plan_and_list, plan_path, list_path, DESK)
    assert [each.split(": ")[0] for each in told] == [
        "plan.toml, measure m", "lijst.csv, row 2, place 'WK000999'",
    ]  # fmt: skip


def test_a_promise_to_nobody_and_homes_that_nobody_asks_are_told_with_a_list_only(tmp_path):
    aware = entry("wijk", kind='"grid_aware_new_build"', size=100)
    plan_path = write_plan(tmp_path, aware, PROMISE)
    list_path = write_list(tmp_path, HOMES)
    told = told_by(read_plan_and_list, plan_path, list_path, DESK)
    assert len(told) == 2
    assert "plan.toml, measure wijk: 100 new homes are built otherwise" in told[0]
    assert "plan.toml, promise Elders: is to no project of the list" in told[1]
    assert read_plan_file(plan_path, DESK)[0].promises["size"].tolist() == [5.0]
    projects, plan, _ = read_list_under_plan(list_path, plan_path, DESK)
    assert (len(projects), len(plan.measures)) == (1, 1)


def test_an_outline_beside_a_list_is_a_place_of_its_plan(tmp_path):
    write_outline(tmp_path / "veld.geojson")
    path = write_list(tmp_path, "Veld;veld.geojson;2027;20;rijwoning;warmtepomp")
    projects, plan, _ = read_project_list(path, DESK, make_plan())
    assert projects["place"].tolist() == ["veld.geojson"]
    assert plan.outlines["place"].tolist() == ["veld.geojson"]
    assert plan.outlines.geometry.area.tolist() == pytest.approx([10_000])


def test_an_outline_that_cannot_be_read_is_told_once(tmp_path):
    path = write_list(tmp_path, "Veld;veld.geojson;2027;20;rijwoning;warmtepomp")
    (told,) = told_by(read_project_list, path, DESK, make_plan())
    assert "veld.geojson" in told


def test_a_row_after_the_last_year_is_a_warning(tmp_path):
    path = write_list(tmp_path, f"Laat;{WEST};2035;20;rijwoning;warmtepomp")
    _, _, issues = read_project_list(path, DESK, make_plan())
    assert [issue.severity for issue in issues if "begin after 2028" in issue.problem] == [
        "warning"
    ]


def test_a_single_project_is_told_all_its_faults_at_once():
    asked = {"name": "x", "place": "WK000999", "first_year": 2050, "homes": 10}
    told = told_by(read_single_project, asked, DESK, make_plan())
    assert [each.split(": ")[0] for each in told] == [
        "project, --place, place 'WK000999'", "project, --year",
    ]  # fmt: skip


def test_of_two_outlines_with_one_name_the_later_is_kept(tmp_path):
    one, _ = outlines_named([str(write_outline(tmp_path / "a.geojson"))], tmp_path)
    other, _ = outlines_named([str(write_outline(tmp_path / "a.geojson", side_m=50))], tmp_path)
    both = joined_outlines(one, other)
    assert both.geometry.area.tolist() == pytest.approx([2_500])
