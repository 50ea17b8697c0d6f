"""Every way in which input may be faulty, one at a time and together."""

import gzip
import json
import re

import pytest
from cityfiles import FILES

from stroomstad.errors import InvalidData
from stroomstad.sources import read_inputs


def faults(folders):
    with pytest.raises(InvalidData) as caught:
        read_inputs(folders / "city", folders / "national")
    return [str(issue) for issue in caught.value.issues]


def change(folders, key, old, new, count=1):
    """Replace text in a file of the city; the text must be there."""
    path = folders / "city" / FILES.get(key, key)
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    assert re.search(old, text), f"{old} is not in {path.name}"
    text = re.sub(old, new, text, count=count).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def cut(folders, key, share=0.5):
    path = folders / "city" / FILES[key]
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])


TEXT_CHANGES = {
    "a wrong municipality code": (
        "city.toml",
        "GM0001",
        "GM0034",
        ["balans.csv", "GM0034", "wijken.rd.geojson", "WK0034"],
    ),
    "a municipality code of another form": (
        "city.toml",
        '"GM0001"',
        '"0001"',
        ["city.toml", "'0001'"],
    ),
    "a syntax error in city.toml": (
        "city.toml",
        r"base_year = 2023",
        "base_year = ",
        ["city.toml", "TOML"],
    ),
    "an unknown key in city.toml": (
        "city.toml",
        "base_year",
        "year = 1\nbase_year",
        ["city.toml", "year is not"],
    ),
    "a missing key in city.toml": (
        "city.toml",
        "base_year = 2023",
        "",
        ["city.toml", "base_year is missing"],
    ),
    "a key of the wrong kind": (
        "city.toml",
        "= 2023",
        '= "2023"',
        ["city.toml", "'2023'", "whole number"],
    ),
    "an unknown file in city.toml": (
        "city.toml",
        r"\[files.known\]",
        "[files.knwon]",
        ["city.toml", "knwon"],
    ),
    "an unknown parameter": (
        "city.toml",
        r"\[parameters\]",
        "[parameters]\nfirm_sise = { mid = 1 }",
        ["city.toml", "firm_sise"],
    ),
    "an unknown column of a parameter": (
        "city.toml",
        r"\[parameters\]",
        "[parameters]\nstation_margin = { middle = 1.2 }",
        ["station_margin", "middle cannot"],
    ),
    "a parameter that is text": (
        "city.toml",
        r"\[parameters\]",
        "[parameters]\nstation_margin = { mid = 'big' }",
        ["station_margin", "'big'"],
    ),
    "a parameter outside its band": (
        "city.toml",
        r"\[parameters\]",
        "[parameters]\nstation_margin = { mid = 9 }",
        ["station_margin", "mid 9"],
    ),
    "a parameter asked outside its dates": (
        "city.toml",
        "2023",
        "1999",
        ["parameters.csv", "1999-01-01"],
    ),
    "an area that is not there": (
        "city.toml",
        r'\["WK000103"\]',
        '["WK000199"]',
        ["city.toml", "WK000199"],
    ),
    "a substation that is not there": (
        "city.toml",
        "150kV Proefstad",
        "150kV Nergens",
        ["city.toml", "150kV Nergens"],
    ),
    "no substation that feeds": (
        "city.toml",
        '" = true',
        '" = false',
        ["city.toml", "no station feeds"],
    ),
    "a railway station that is not there": (
        "city.toml",
        "Proefstad Centrum",
        "Nergens",
        ["city.toml", "'Nergens'"],
    ),
    "commas where semicolons should be": (
        "addresses",
        ";",
        ",",
        ["adressen.csv", "separated by ','", "';' is expected"],
    ),
    "decimal commas where points should be": (
        "addresses",
        r";(52)\.(\d+);",
        r";\1,\2;",
        ["adressen.csv.lat", "row 2: 52,", "'.' is the decimal mark"],
    ),
    "decimal points where commas should be": (
        "connections",
        "97,5",
        "97.5",
        ["kleinverbruik.csv.gz.%Soort aansluiting", "97.5"],
    ),
    "a decimal comma in a file with commas": (
        "balance",
        r"(\d)\.(\d)",
        r"\1,\2",
        ["balans.csv", "more or fewer cells"],
    ),
    "a missing column": (
        "addresses",
        "huisletter",
        "letter",
        ["adressen.csv", "column huisletter is missing"],
    ),
    "a malformed postcode": (
        "addresses",
        "1000AA",
        "1000 aa",
        ["adressen.csv.postcode", "'1000 aa'"],
    ),
    "a malformed postcode of 2010": (
        "connections",
        "1000AA",
        "100AA",
        ["kleinverbruik.csv.gz", "100AA"],
    ),
    "an address of another municipality": (
        "addresses",
        "Proefstad;Proefstad",
        "Proefstad;Elders",
        ["adressen.csv.gemeente", "Elders"],
    ),
    "an address outside the municipality": (
        "addresses",
        r";52\.\d+;5\.",
        ";52.5;5.",
        ["adressen.csv", "1 addresses outside", "1000AA 1 at"],
    ),
    "latitude and longitude swapped": (
        "addresses",
        r"(52\.\d+);(\d\.\d+)",
        r"\2;\1",
        ["adressen.csv.lat, lon", "1 places", "swapped"],
    ),
    "metres in columns of degrees": (
        "addresses",
        r"52\.\d+;\d\.\d+",
        "480100;140100",
        ["adressen.csv.lat, lon", "lon 140100", "EPSG:28992"],
    ),
    "a place in another country": (
        "addresses",
        r"52\.\d+;\d\.\d+",
        "40.1;5.1",
        ["lat 40.1", "outside the Netherlands"],
    ),
    "a place without coordinates": (
        "addresses",
        r"52\.\d+;\d\.\d+",
        ";",
        ["adressen.csv", "1 places without"],
    ),
    "a house number that is no number": (
        "addresses",
        ";1;;;",
        ";een;;;",
        ["adressen.csv.huisnummer", "'een'"],
    ),
    "negative kWh": ("connections", ";3000", ";-3000", ["kleinverbruik.csv.gz.SJV", "-3000 kWh"]),
    "kWh that are missing": (
        "connections",
        ";3000",
        ";",
        ["kleinverbruik.csv.gz.SJV", "1000AA-1000AA: missing"],
    ),
    "kWh that are no number": (
        "connections",
        ";3000",
        ";veel",
        ["kleinverbruik.csv.gz.SJV", "veel"],
    ),
    "overlapping postcode ranges": (
        "connections",
        "1000AA;1000AA;ELK",
        "1000AA;1000CA;ELK",
        ["kleinverbruik.csv.gz", "overlap", "1000BA"],
    ),
    "negative energy in the balance": (
        "balance",
        "(input_buildings_electricity_demand),2.4",
        r"\1,-2.4",
        ["balans.csv.input_buildings", "-2.4 TJ"],
    ),
    "energy that is missing in the balance": (
        "balance",
        "(input_buildings_electricity_demand),2.4",
        r"\1,",
        ["balans.csv.input_buildings", "empty"],
    ),
    "energy that is no number in the balance": (
        "balance",
        "(input_buildings_electricity_demand),2.4",
        r"\1,NaN",
        ["balans.csv.input_buildings", "'NaN'"],
    ),
    "a key that the balance has not": (
        "energy",
        "input_transport_rail_electricity_demand",
        "input_rail",
        ["balans.csv", "input_rail", "energy.csv"],
    ),
    "an unknown sector": (
        "energy",
        "rail,load",
        "trains,load",
        ["energy.csv.sector", "rail is missing"],
    ),
    "a sector in the wrong direction": (
        "energy",
        "rail,load",
        "rail,feed_in",
        ["energy.csv.direction", "feed_in"],
    ),
    "a sector in another column": (
        "energy",
        "rail_kwh",
        "own_use_kwh",
        ["energy.csv.points_columns", "rail has"],
    ),
    "a duplicate area": ("areas", "WK000102", "WK000101", ["wijken.rd.geojson.code", "WK000101"]),
    "polygons in degrees": (
        "areas",
        r"140000, 480000",
        "5.2, 52.4",
        ["wijken.rd.geojson", "5.2, 52.4", "EPSG:28992"],
    ),
    "an area that is not a polygon": (
        "areas",
        "Polygon",
        "Point",
        ["wijken.rd.geojson", "cannot be read|not polygons"],
    ),
    "a negative count of dwellings": (
        "areas",
        r"dwelling_total\": 87",
        'dwelling_total": -87',
        ["dwellings", "-87"],
    ),
    "a boundary in metres": (
        "boundary",
        r"\[\[\[\[[\d.]+, [\d.]+\]",
        "[[[[140000, 480000]",
        ["grens.wgs84.json"],
    ),
    "a duplicate area in the solar table": (
        "solar_areas",
        "WK000102",
        "WK000101",
        ["zon_wijken.csv", "WK000101"],
    ),
    "negative panels": ("solar_areas", "90.0", "-90.0", ["zon_wijken.csv", "WK000101: -90 kWp"]),
    "a charger with negative power": (
        "chargers",
        '"maxPowerKw": 22',
        '"maxPowerKw": -22',
        ["laadpunten", "L1: -22 kW"],
    ),
    "a charger in metres": (
        "chargers",
        r'"coordinates": \[\d\.\d+, [\d.]+\]',
        '"coordinates": [140100, 480100]',
        ["laadpunten", "lon 140100"],
    ),
    "a high-voltage station with swapped coordinates": (
        "grid_places",
        r"#(\d\.\d+)#(52\.\d+)#",
        r"#\2#\1#",
        ["knopen.csv", "swapped"],
    ),
    "a share of heating over 100 %": (
        "heating",
        "2022JJ00,52.0",
        "2022JJ00,152.0",
        ["hoofdverwarming.csv"],
    ),
    "no heating up to the base year": (
        "city.toml",
        "2023",
        "2015",
        ["hoofdverwarming.csv", "up to 2015"],
    ),
    "no full-load hours of solar panels": (
        "balance",
        "hours,950",
        "hours,0",
        ["balans.csv", "is 0 h"],
    ),
}


@pytest.mark.parametrize("fault", TEXT_CHANGES)
def test_a_fault_is_told_with_its_place_and_value(folders, fault):
    key, old, new, expected = TEXT_CHANGES[fault]
    change(folders, key, old, new, count=0 if fault.startswith("commas where") else 1)
    told = "\n".join(faults(folders))
    for words in expected:
        assert any(word in told for word in words.split("|")), told


def test_every_missing_file_is_named(folders):
    for name in FILES.values():
        (folders / "city" / name).unlink()
    told = faults(folders)
    for name in FILES.values():
        assert any(issue.startswith(name) and "no such file" in issue for issue in told), name


def test_every_empty_file_is_named(folders):
    for name in FILES.values():
        (folders / "city" / name).write_bytes(b"")
    told = faults(folders)
    for name in FILES.values():
        assert any(issue.startswith(name) and "is empty" in issue for issue in told), name


@pytest.mark.parametrize("key", ["connections", "chargers"])
def test_a_truncated_gzip_file_is_named(folders, key):
    cut(folders, key)
    assert any(issue.startswith(FILES[key]) and "breaks off" in issue for issue in faults(folders))


@pytest.mark.parametrize("key", ["areas", "boundary"])
def test_a_truncated_json_file_is_named(folders, key):
    cut(folders, key)
    assert any(issue.startswith(FILES[key]) and "breaks off" in issue for issue in faults(folders))


@pytest.mark.parametrize("key", ["addresses", "balance", "grid_places"])
def test_a_table_that_breaks_off_in_a_row_is_named(folders, key):
    path = folders / "city" / FILES[key]
    text = path.read_text()
    separator = {"addresses": ";", "balance": ",", "grid_places": "#"}[key]
    path.write_text(text[: text.rstrip().rfind(separator)])
    told = faults(folders)
    assert any(issue.startswith(FILES[key]) and "last row" in issue for issue in told)


def test_a_truncated_national_file_is_named(folders):
    path = folders / "national" / "weer_1987.csv.gz"
    path.write_bytes(path.read_bytes()[:500])
    assert any(issue.startswith("weer_1987.csv.gz") for issue in faults(folders))


def test_a_year_with_missing_hours_is_a_fault(folders):
    path = folders / "national" / "weer_2023.csv.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\n".join(lines[:-24]).encode()))
    assert any("8736 hours" in issue for issue in faults(folders))


def test_a_negative_hourly_share_is_a_fault(folders):
    path = folders / "national" / "weer_2023.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode().replace("\n0,", "\n0,-", 1)
    path.write_bytes(gzip.compress(text.encode()))
    assert any("weer_2023" in issue and "below 0" in issue for issue in faults(folders))


def test_a_parameter_table_with_an_unknown_status_is_a_fault(folders):
    path = folders / "national" / "parameters.csv"
    path.write_text(path.read_text().replace(",assumed,", ",guessed,", 1))
    assert any("parameters.csv.status" in issue and "guessed" in issue for issue in faults(folders))


def test_duplicate_addresses_are_a_fault(folders):
    path = folders / "city" / FILES["addresses"]
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[5]]) + "\n")
    told = faults(folders)
    assert any("1 of 201 addresses occur more than once (1000AA 5)" in issue for issue in told)


def test_a_register_without_addresses_is_a_fault(folders):
    path = folders / "city" / FILES["addresses"]
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert any("adressen.csv" in issue and "0 addresses" in issue for issue in faults(folders))


KNOWN_ROWS = {
    "an unknown attribute": ("OS-1,colour,3,MVA,2023-01-01,source,yes", "colour"),
    "a value that is no number": ("OS-1,rating_mva,big,MVA,2023-01-01,source,yes", "big"),
    "a value that is missing": ("OS-1,rating_mva,,MVA,2023-01-01,source,yes", "known.csv.value"),
    "a negative value": ("OS-1,rating_mva,-40,MVA,2023-01-01,source,yes", "-40 MVA"),
    "a date of another form": ("OS-1,rating_mva,40,MVA,1/2/2023,source,yes", "1/2/2023"),
    "neither public nor not": ("OS-1,rating_mva,40,MVA,2023-01-01,source,maybe", "maybe"),
    "told twice": (
        "OS-1,rating_mva,40,MVA,2023-01-01,a,yes\nOS-1,rating_mva,60,MVA,2023-01-01,b,yes",
        "told twice",
    ),
}


@pytest.mark.parametrize("fault", KNOWN_ROWS)
def test_a_faulty_known_fact_is_told(folders, fault):
    row, expected = KNOWN_ROWS[fault]
    path = folders / "city" / FILES["known"]
    path.write_text(path.read_text() + row + "\n")
    assert any("known.csv" in issue and expected in issue for issue in faults(folders))


def test_faults_of_several_files_are_told_together(folders):
    change(folders, "addresses", "1000AA", "1000 aa")
    change(folders, "connections", ";3000", ";-3000")
    change(folders, "balance", "(input_buildings_electricity_demand),2.4", r"\1,-2.4")
    (folders / "city" / FILES["chargers"]).unlink()
    (folders / "national" / "cable_types.csv").write_text("")
    told = "\n".join(faults(folders))
    for name in ("adressen.csv", "kleinverbruik.csv.gz", "balans.csv", "laadpunten", "cable_types"):
        assert name in told


def test_an_unreadable_city_file_does_not_hide_national_faults(folders):
    change(folders, "city.toml", "base_year = 2023", "base_year = ")
    (folders / "national" / "cable_types.csv").unlink()
    told = "\n".join(faults(folders))
    assert "city.toml" in told
    assert "cable_types.csv" in told


def test_every_fault_says_what_to_do(folders):
    for name in FILES.values():
        (folders / "city" / name).write_bytes(b"")
    with pytest.raises(InvalidData) as caught:
        read_inputs(folders / "city", folders / "national")
    assert len(caught.value.issues) >= len(FILES)
    assert all(issue.remedy.endswith(".") for issue in caught.value.issues)


def test_an_area_without_connections_is_a_warning(folders):
    path = folders / "city" / FILES["areas"]
    content = json.loads(path.read_text())
    empty = json.loads(json.dumps(content["features"][-1]))
    empty["properties"] |= {"code": "WK000104", "name": "Leegveld"}
    ring = empty["geometry"]["coordinates"][0]
    empty["geometry"]["coordinates"] = [[[x, y + 600] for x, y in ring]]
    content["features"].append(empty)
    path.write_text(json.dumps(content))
    read = read_inputs(folders / "city", folders / "national")
    assert [issue.where for issue in read.warnings] == ["area WK000104 (Leegveld)"]
    assert read.city.reconciliation.set_index("area_code").loc["WK000104", "addresses"] == 0


def test_design_weather_of_another_year_is_a_fault(folders):
    change(folders, "../national/national.toml", 'vintage = "1987"', 'vintage = "2004"')
    told = faults(folders)
    assert any(issue.startswith("weer_1987.csv.gz") and "of 2004" in issue for issue in told)


def test_a_boundary_that_is_no_geometry_is_a_fault(folders):
    path = folders / "city" / FILES["boundary"]
    path.write_text('{"type": "FeatureCollection", "features": []}')
    assert any(issue.startswith(path.name) for issue in faults(folders))


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("heating", "9,GM0001,A050116,2022JJ00,12.0"),
        ("solar_municipality", "9,E007161,GM0001,2023JJ00,5.0"),
        ("balance", "input_transport_rail_electricity_demand,9"),
        ("energy", "rail,load,input_transport_rail_electricity_demand,rail_kwh,twice,dubbel"),
        ("grid_places", "1#5.2#52.3#substation#150000##150kV Dubbel######"),
    ],
)
def test_a_row_given_twice_is_a_fault(folders, key, row):
    path = folders / "city" / FILES[key]
    path.write_text(path.read_text() + row + "\n")
    told = faults(folders)
    assert any(issue.startswith(path.name) and "more than once" in issue for issue in told)


def test_an_infinite_number_is_a_fault(folders):
    change(folders, "grid_places", r"#52\.\d+#", "#inf#")
    assert any(issue.startswith("knopen.csv.lat") and "inf" in issue for issue in faults(folders))


def test_a_quotation_mark_that_is_never_closed_is_a_fault(folders):
    change(folders, "heat_net", "T001100", '"T001100')
    assert any(issue.startswith("stadsverwarming.csv") for issue in faults(folders))


def test_a_charger_without_coordinates_is_a_fault(folders):
    change(folders, "chargers", '"coordinates"', '"place"')
    assert any("1 places without coordinates" in issue for issue in faults(folders))


def test_a_boundary_with_nan_is_a_fault(folders):
    change(folders, "boundary", r"5\.\d+", "NaN")
    assert any("NaN" in issue for issue in faults(folders))


def test_a_profile_without_a_time_is_a_fault(folders):
    path = folders / "national" / "nedu_sjv_2020-08-15_2020-10-31.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode().replace("2020-08-15", "2020-18-15")
    path.write_bytes(gzip.compress(text.encode()))
    assert any(path.name in issue and "'2020-18-15" in issue for issue in faults(folders))


def test_an_area_without_code_is_a_fault(folders):
    change(folders, "areas", '"WK000102"', "null")
    assert any("wijken.rd.geojson.code: 1 areas are not of" in issue for issue in faults(folders))
