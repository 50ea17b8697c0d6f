"""Runs, what links carry, and places."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from services import client_of
from shapely.geometry import Point, shape

from stroomstad.api import open_service
from stroomstad.api.picture.finding import find_places
from stroomstad.api.picture.pictures import newest
from stroomstad.run import run_city
from stroomstad.store import load_run, open_year, power_of


def test_the_city_is_told_with_its_band_and_its_curve(client, made):
    city = client.get("/v1/city").json()
    assert city["name"] == made.city_name
    assert set(city["homes"]) == {"low", "mid", "high"}
    assert [each["case"] for each in city["regional_curve"]] == ["low", "mid", "high"]
    assert "synthetisch" in city["synthetic"]["nl"]


def test_loading_is_that_of_the_table_of_links(client, made, runs):
    run = load_run(made.runs / runs["city"])
    links = run.tables["links"]
    answer = client.get(f"/v1/runs/{runs['city']}/loading/winter?from=0&to=672")
    steps = np.frombuffer(answer.content, dtype="<i2").reshape(672, int(answer.headers["X-Links"]))
    assert steps.shape[1] == len(links)
    highest = np.maximum(steps.max(axis=0), 0) / 1000.0
    stands = links["limit_kva"].to_numpy() > 0
    loading = links["loading_max"].to_numpy()
    # Of some the highest quarter of the year lies outside the week.
    week = pd.Timestamp(run.manifest["series"]["winter"]["from"])
    at = pd.to_datetime(links["load_max_at"])
    inside = at.between(week, week + pd.Timedelta(days=7), inclusive="left").to_numpy()
    assert np.allclose(highest[stands & inside], loading[stands & inside], atol=6e-4)
    assert (highest[stands] <= loading[stands] + 6e-4).all()
    assert inside.mean() > 0.5


def test_years_of_a_plan_begin_with_the_links_of_the_city(client, made, runs):
    city = load_run(made.runs / runs["city"]).tables["links"]["link_id"].tolist()
    years = load_run(made.runs / runs["plan"]).tables["years_links"]
    first = years.loc[years["year"] == years["year"].min(), "link_id"].tolist()
    assert first[: len(city)] == city
    answer = client.get(f"/v1/runs/{runs['plan']}/loading/years?from=0&to=3")
    assert len(answer.content) == 3 * 2 * len(first)


@pytest.fixture(scope="module")
def solved_year(made, tmp_path_factory):
    """A run of the city with its whole year, and a client of a service over it."""
    runs = tmp_path_factory.mktemp("year")
    run = run_city(made.city, runs, year=True)
    with client_of(open_service(made.city, runs, runs / "plans")) as client:
        yield load_run(run), client


def test_the_year_tells_every_quarter_of_all_but_low_voltage_cables(solved_year):
    run, client = solved_year
    links, year = run.tables["links"], run.tables["year"].set_index("link_id")
    highest = np.full(len(links), -1)
    for day in range(365):
        path = f"/v1/runs/{run.folder.name}/loading/year?from={96 * day}&to={96 * day + 96}"
        steps = np.frombuffer(client.get(path).content, dtype="<i2").reshape(96, len(links))
        highest = np.maximum(highest, steps.max(axis=0))
    low = (links["kind"] == "lv_cable").to_numpy()
    assert (highest[low] == -1).all()
    told = year["load_max_kva"].reindex(links["link_id"]).to_numpy() / links["limit_kva"].to_numpy()
    assert low.any()
    assert np.allclose(np.maximum(highest[~low], 0) / 1000.0, told[~low], atol=1.1e-3)


def test_the_load_of_an_asset_over_the_year_is_that_of_its_days(solved_year):
    run, client = solved_year
    station = run.tables["stations"].iloc[0]["station_id"]
    path = f"/v1/runs/{run.folder.name}/links/{station}"
    course = client.get(f"{path}/loading?series=year").json()
    asset = client.get(path).json()
    assert len(course["load_kva"]) == 35_040
    # To four figures, of the year as it is kept in 16 bits.
    kept_kva = power_of(open_year(run.folder), station)
    rounded_kva = np.array([float(f"{each:.4g}") for each in kept_kva])
    assert rounded_kva.tolist() == course["load_kva"]
    assert asset["worst_of"] == "year"
    assert asset["worst"][0]["load_kva"] == pytest.approx(max(course["load_kva"]), rel=1e-3)
    cable = run.tables["links"].query("kind == 'lv_cable'").iloc[0]["link_id"]
    path = f"/v1/runs/{run.folder.name}/links/{cable}"
    assert set(client.get(f"{path}/loading?series=year").json()["load_kva"]) == {None}
    assert client.get(path).json()["worst_of"] == "winter"


@pytest.mark.parametrize(
    ("series", "first", "to", "status"),
    [
        ("winter", 0, 9999, 400),
        ("winter", 5, 5, 400),
        ("autumn", 0, 1, 404),
        ("winter", -1, 1, 400),
    ],
)
def test_a_stretch_that_is_not_there_is_told(client, runs, series, first, to, status):
    answer = client.get(f"/v1/runs/{runs['city']}/loading/{series}?from={first}&to={to}")
    assert answer.status_code == status


def test_an_asset_tells_what_feeds_it_up_to_the_substation(client, made, runs):
    tables = load_run(made.runs / runs["city"]).tables
    station = tables["stations"].query("owner == 'public'").iloc[0]
    told = client.get(f"/v1/runs/{runs['city']}/links/{station['station_id']}").json()
    assert told["fed_by"][-1]["kind"] == "substation"
    assert told["feeds"]["homes"] == station["homes"]
    assert told["worst"][0]["load_kva"] == pytest.approx(told["load_max_kva"], rel=2e-3)
    assert told["room"]["mid"] == station["room_mid"]
    assert told["why"]["en"].endswith("to hang on 150kV Proefstad, the nearest substation.")
    assert told["why"]["nl"].endswith("aan 150kV Proefstad, het dichtstbijzijnde onderstation.")
    by_number = client.get(f"/v1/runs/{runs['city']}/links/{told['link']}").json()
    assert by_number == told
    assert {each["status"] for each in told["facts"]} <= {"sourced", "derived", "assumed"}


def test_an_asset_tells_what_its_outage_does(client, made, runs):
    outages = load_run(made.runs / runs["city"]).tables["outages"]
    load = outages[outages["direction"] == "load"].set_index("link_id")
    cable = load[(load["kind"] == "mv_cable") & load["loading_max"].notna()].iloc[0]

    def told(name):
        return client.get(f"/v1/runs/{runs['city']}/links/{name}").json()["outage"]

    assert f"carries {100 * cable['loading_max']:.0f} % of what it may" in told(cable.name)["en"]
    assert f"{cable['homes_out']} woningen" in told(cable.name)["nl"]
    worst = load[load["feeder_id"] == cable["feeder_id"]]["loading_max"].idxmax()
    assert worst in told(cable["feeder_id"])["en"]
    substation = load.index[load["kind"] == "substation"][0]
    assert "the others carry" in told(substation)["en"]
    station = load_run(made.runs / runs["city"]).tables["stations"]["station_id"].iloc[0]
    assert told(station) is None


def test_load_over_time_reaches_the_highest_load(client, made, runs):
    links = load_run(made.runs / runs["city"]).tables["links"]
    top = links.nlargest(1, "load_max_kva").iloc[0]
    told = client.get(f"/v1/runs/{runs['city']}/links/{top['link_id']}/loading").json()
    assert max(told["load_kva"]) == pytest.approx(top["load_max_kva"], rel=1e-3)
    assert len(told["load_kva"]) == 672


def test_tables_come_in_pages_with_units(client, made, runs):
    room = load_run(made.runs / runs["city"]).tables["room"]
    told = client.get(f"/v1/runs/{runs['city']}/tables/room?limit=2&offset=1").json()
    assert told["total"] == len(room)
    assert [row[0] for row in told["rows"]] == room["area_code"].iloc[1:3].tolist()
    assert all(each["about"] for each in told["columns"])


def test_every_file_that_is_listed_is_given(client, runs):
    for run in runs.values():
        for name in client.get(f"/v1/runs/{run}").json()["files"]:
            answer = client.get(f"/v1/runs/{run}/files/{name}")
            assert answer.status_code == 200
            if name.endswith(".html"):
                assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    "name", ["manifest.json", "../jobs.sqlite", "%2e%2e%2fjobs.sqlite", "links.parquet"]
)
def test_no_other_file_is_given(client, runs, name):
    answer = client.get(f"/v1/runs/{runs['city']}/files/{name}")
    assert answer.status_code == 404
    assert b"SQLite" not in answer.content


def test_places_are_found_by_what_people_type(client, made, runs):
    tables = load_run(made.runs / runs["city"]).tables
    address = tables["addresses"].iloc[0]
    words = [address["postcode"], f"{address['postcode'][:4]} {address['postcode'][4:].lower()}",
             f"{address['street']} {address['house_number']}", tables["areas"]["area_name"].iloc[0],
             tables["stations"]["station_id"].iloc[0].lower()]  # fmt: skip
    for said in words:
        found = client.get("/v1/search", params={"q": said}).json()["results"]
        assert found, said
        assert 3 < found[0]["lon"] < 8
        assert 50 < found[0]["lat"] < 54


def test_nothing_is_found_for_nothing(client):
    for said in ("", "   ", "%", "zzzz onbestaand", "'; DROP TABLE job; --"):
        assert client.get("/v1/search", params={"q": said}).json()["results"] == []


def test_two_plans_are_compared_on_a_page(client, runs):
    page = client.get(f"/v1/compare/{runs['plan']}/{runs['plan']}")
    assert page.status_code == 200
    assert "<script" not in page.text
    pdf = client.get(f"/v1/compare/{runs['plan']}/{runs['plan']}?format=pdf")
    assert pdf.content.startswith(b"%PDF")
    assert client.get(f"/v1/compare/{runs['plan']}/{runs['city']}").status_code == 400


def test_the_words_of_forms_are_all_there(client):
    told = client.get("/v1/catalogue").json()
    kinds = {each["kind"] for each in told["kinds"]}
    for language in ("nl", "en"):
        assert kinds <= set(told["words"][language]["kinds"])


def test_missing_numbers_are_nothing_and_never_zero(client, made, runs):
    fits = load_run(made.runs / runs["plan"]).tables["fits"]
    missing = fits.columns[fits.isna().any()]
    told = client.get(f"/v1/runs/{runs['plan']}/tables/fits").json()
    names = [each["name"] for each in told["columns"]]
    for column in missing:
        at = names.index(column)
        for row, value in zip(told["rows"], fits[column], strict=True):
            assert (row[at] is None) == pd.isna(value)


def test_a_drawn_place_of_the_city_is_found_by_its_name(made, client):
    area = client.get("/v1/collections/areas/items?limit=1").json()["features"][0]
    drawn = gpd.GeoDataFrame(
        {"place": ["Weide van Proef"]}, geometry=[shape(area["geometry"])], crs=4326
    ).to_crs(28992)
    picture = newest(made.runs, "city", made.municipality_code)
    kept = picture.kept.pop("places", None)
    found = find_places(picture, drawn, "proef weide")
    picture.kept.pop("places")
    if kept is not None:
        picture.kept["places"] = kept
    assert [(each["kind"], each["id"]) for each in found] == [("outline", "Weide van Proef")]
    assert shape(area["geometry"]).covers(Point(found[0]["lon"], found[0]["lat"]))
