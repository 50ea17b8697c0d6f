"""Every way in which input may be faulty, one at a time and together."""

import gzip
import json
import os
import re

import pytest
from cityfiles import FILES, _degrees

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
        "[parameters]\nstation_margin = { mid = 9, status = 'assumed', source = 'own' }",
        ["station_margin", "mid 9"],
    ),
    "limits that nobody knows": (
        "city.toml",
        r"\[parameters\]",
        "[limits]\ntransformers = 'cold'\n[parameters]",
        ["city.toml [limits]", "'cold'", "nameplate, cyclic, thermal"],
    ),
    "a switch that is a word": (
        "city.toml",
        r"\[parameters\]",
        "[limits]\nn1_relaxed = 'yes'\n[parameters]",
        ["city.toml [limits]", "n1_relaxed is 'yes'", "true or false"],
    ),
    "an unknown key of limits": (
        "city.toml",
        r"\[parameters\]",
        "[limits]\nn1 = true\n[parameters]",
        ["city.toml [limits]", "n1 is not a known key", "n1_relaxed, transformers"],
    ),
    "a published number without its source": (
        "city.toml",
        r"\[parameters\]",
        "[published]\nstations = 12\n[parameters]",
        ["city.toml [published]", "stations_source is missing"],
    ),
    "a published number of none": (
        "city.toml",
        r"\[parameters\]",
        "[published]\nstations = 0\nstations_source = ' '\n[parameters]",
        ["city.toml [published]", "stations is 0", "stations_source is empty"],
    ),
    "a published number that is a word": (
        "city.toml",
        r"\[parameters\]",
        "[published]\nstations = 'many'\nstations_source = 'news'\n[parameters]",
        ["city.toml [published]", "stations is 'many'", "whole number"],
    ),
    "limits that are no table": (
        "city.toml",
        "base_year",
        "limits = 3\nbase_year",
        ["city.toml", "limits is 3", "table"],
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


def contents(folders, key):
    """Bytes of a file of the city, unpacked."""
    path = folders / "city" / FILES.get(key, key)
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def write(folders, key, raw):
    path = folders / "city" / FILES.get(key, key)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


def lines_of(folders, key):
    return contents(folders, key).splitlines(keepends=True)


def features(folders, key):
    return json.loads(contents(folders, key))["features"]


def write_features(folders, key, made):
    write(folders, key, json.dumps({"type": "FeatureCollection", "features": made}).encode())


SLIPS = {
    "connections of another city": (
        "connections",
        r"\b1(\d{3}[A-Z]{2})",
        r"9\1",
        ["kleinverbruik.csv.gz: its ranges hold 0 of 200 addresses"],
    ),
    "an unknown product": ("connections", "ELK", "Elektra", ["PRODUCTSOORT", "'Elektra'"]),
    "no connections": ("connections", ";10;", ";0;", ["holds 0 electricity connections"]),
    "a percentage over 100": ("connections", "97,5", "975", ["%Soort", "1000AA-1000AA: 975 %"]),
    "a base year of other data": (
        "city.toml",
        "base_year = 2023",
        "base_year = 2024",
        ["balans.csv: is of 2023", "belasting_en_ev_2023.csv.gz: is of 2023", "weer_2023.csv.gz"],
    ),
    "a balance that says its year": (
        "balance",
        "name,Proefstad",
        "analysis_year,2019.0",
        ["balans.csv: is of 2019 where base_year is 2023"],
    ),
    "a year far ahead": ("city.toml", "= 2023", "= 99999", ["city.toml: base_year is 99999"]),
    "a year that is true": ("city.toml", "= 2023", "= true", ["base_year is True"]),
    "areas that are numbers": (
        "city.toml",
        r"new_home_areas = \[\]",
        "new_home_areas = [1, 2]",
        ["new_home_areas is [1, 2]", "list of texts"],
    ),
    "areas that are lists": (
        "city.toml",
        r"new_home_areas = \[\]",
        'new_home_areas = [["a"]]',
        ["new_home_areas is [['a']]"],
    ),
    "a name of no characters": ("city.toml", '"Proefstad"', '" "', ["city.toml: name is ' '"]),
    "a path with a null character": (
        "city.toml",
        "adressen.csv",
        r"a\\u0000b",
        ["city.toml [files.addresses]", r"'a\x00b'"],
    ),
    "dwellings as text": ("areas", r"total\": 87", 'total": "87 homes"', ["WK000101: '87 homes'"]),
    "far too many dwellings": (
        "areas",
        r"total\": 87",
        'total": 1000000',
        ["adressen.csv: 200 addresses for 1,000,058 dwellings"],
    ),
    "no dwellings at all": (
        "areas",
        r"total\": \d+",
        'total": 0',
        ["wijken.rd.geojson: no address comes out as a home"],
    ),
    "power as text": ("chargers", r"Kw\": 22", 'Kw": "22 kW"', ["maxPowerKw", "L1: '22 kW'"]),
    "power without end": ("chargers", r"Kw\": 22", 'Kw": Infinity', ["maxPowerKw", "L1: inf"]),
    "power in watt": ("chargers", r"Kw\": 22", 'Kw": 22000', ["maxPowerKw", "L1: 22000"]),
    "a charger elsewhere": (
        "chargers",
        r"\[5\.",
        "[6.",
        ["laadpunten.geojson.gz: 4 of 4 chargers outside the municipality (L1"],
    ),
    "turbines below zero": ("grid_places", "wind#3", "wind#-1", ["n_gen", "v_id 4: '-1'"]),
    "turbines in words": ("grid_places", "wind#3", "wind#drie", ["n_gen", "v_id 4: 'drie'"]),
    "two stations of one name": (
        "railway_stations",
        r"(1,\"Proefstad Centrum.*)",
        r"\1\n\1",
        ["stations.csv.naam: has 2 railway stations"],
    ),
    "too many full-load hours": ("balance", "hours,950", "hours,95000", ["is 95000 h", "8,784"]),
    "too few full-load hours": ("balance", "hours,950", "hours,0.95", ["is 0.95 h", "from 100"]),
    "hours below zero": ("balance", "hours,950", "hours,-950", ["is -950 h, below 0"]),
    "heating shares that do not add up": (
        "heating",
        "2022JJ00,52.0",
        "2022JJ00,92.0",
        ["hoofdverwarming.csv", "add up to 60 %"],
    ),
    "a heat net of more than all": (
        "heat_net",
        "2023JJ00,46.0",
        "2023JJ00,4600",
        ["stadsverwarming.csv.Stadsverwarming_4: is 4600 %"],
    ),
    "panels without areas": ("solar_areas", "Wijk", "Buurt", ["zon_wijken.csv", "0 rows of kind"]),
    "panels below zero": ("solar_municipality", "300.0", "-300.0", ["E007161 has -300 kWp"]),
    "a house number without end": ("addresses", ";1;;;", ";inf;;;", ["huisnummer", "'inf'"]),
    "a house number below zero": ("addresses", ";1;;;", ";-5;;;", ["huisnummer", "'-5'"]),
    "two columns of one name": (
        "addresses",
        "woonplaats",
        "postcode",
        ["adressen.csv: column postcode occurs more than once"],
    ),
    "a balance a thousand times too large": (
        "balance",
        "(households_final_demand_electricity_demand),1.6",
        r"\1,1600",
        ["balans.csv.households_final", "3,065,134 kWh per home"],
    ),
    "a balance a thousand times too small": (
        "balance",
        "(households_final_demand_electricity_demand),1.6",
        r"\1,0.0016",
        ["balans.csv.households_final", "3 kWh per home"],
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_that_leaves_the_form_whole_is_told(folders, slip):
    key, old, new, expected = SLIPS[slip]
    change(folders, key, old, new, count=0)
    told = "\n".join(faults(folders))
    for words in expected:
        assert words in told, told


@pytest.mark.parametrize(("column", "lost"), [("straat", "cells"), ("lon", "10 rows are lost")])
def test_two_stray_quotation_marks_do_not_swallow_rows(folders, column, lost):
    lines = contents(folders, "addresses").decode().splitlines()
    for row in (10, 20):
        cells = lines[row].split(";")
        at = lines[0].split(";").index(column)
        cells[at] = '"' + cells[at]
        lines[row] = ";".join(cells)
    write(folders, "addresses", "\n".join(lines).encode())
    assert any(issue.startswith("adressen.csv") and lost in issue for issue in faults(folders))


@pytest.mark.parametrize(("kept", "words"), [(1, "holds 0 electricity"), (2, "hold 10 of 200")])
def test_connections_that_are_cut_at_a_row_are_a_fault(folders, kept, words):
    write(folders, "connections", b"".join(lines_of(folders, "connections")[:kept]))
    assert any(issue.startswith("kleinverbruik") and words in issue for issue in faults(folders))


def test_a_register_cut_at_a_row_is_a_fault(folders):
    write(folders, "addresses", b"".join(lines_of(folders, "addresses")[:41]))
    assert any("40 addresses for 145 dwellings" in issue for issue in faults(folders))


def test_an_area_with_too_few_addresses_is_a_warning(folders):
    lines = lines_of(folders, "addresses")
    write(folders, "addresses", b"".join(lines[:1] + lines[21:]))
    read = read_inputs(folders / "city", folders / "national")
    assert any("WK000101: 70 for 87" in issue.problem for issue in read.warnings)


def test_addresses_of_an_area_that_is_missing_are_a_fault(folders):
    write_features(folders, "areas", features(folders, "areas")[1:])
    assert any("90 of 200 addresses lie more than" in issue for issue in faults(folders))


def test_areas_at_another_place_are_a_fault(folders):
    made = features(folders, "areas")
    for area in made:
        ring = area["geometry"]["coordinates"][0]
        area["geometry"]["coordinates"] = [[[x + 50_000, y] for x, y in ring]]
    write_features(folders, "areas", made)
    assert any("200 of 200 addresses lie more than" in issue for issue in faults(folders))


def test_areas_that_overlap_are_a_fault(folders):
    made = features(folders, "areas")
    made[1]["geometry"] = made[0]["geometry"]
    write_features(folders, "areas", made)
    assert any("WK000101 and WK000102 for 100%" in issue for issue in faults(folders))


@pytest.mark.parametrize("key", ["areas", "chargers"])
@pytest.mark.parametrize("made", [[1, 2], "abc", {"a": 1}, 5, [], [{"geometry": 5}]])
def test_features_of_another_form_are_a_fault(folders, key, made):
    write_features(folders, key, made)
    assert any(issue.startswith(FILES[key]) for issue in faults(folders))


@pytest.mark.parametrize("key", ["areas", "chargers"])
def test_coordinates_that_are_no_list_are_a_fault(folders, key):
    made = features(folders, key)
    made[0]["geometry"]["coordinates"] = 5
    write_features(folders, key, made)
    assert any(issue.startswith(FILES[key]) for issue in faults(folders))


def test_a_file_without_a_charger_is_a_fault(folders):
    write(folders, "chargers", contents(folders, "areas"))
    assert any("holds 0 charging locations among 3 features" in issue for issue in faults(folders))


def test_the_height_of_a_charger_is_left_aside(folders, inputs):
    made = features(folders, "chargers")
    for place in made[:-1]:
        place["geometry"]["coordinates"].append(3.5)
    write_features(folders, "chargers", made)
    read = read_inputs(folders / "city", folders / "national")
    assert read.city.chargers.equals(inputs.city.chargers)


def test_a_railway_fed_from_outside_is_a_warning(folders):
    change(folders, "railway_stations", r",5\.", ",6.")
    read = read_inputs(folders / "city", folders / "national")
    assert ["traction_station lies outside" in issue.problem for issue in read.warnings] == [True]


def test_energy_that_finds_no_place_is_a_fault(folders):
    # Homes on every address leave none for a firm.
    change(folders, "areas", r"total\": \d+", 'total": null', count=0)
    change(
        folders,
        "../national/parameters.csv",
        r"(home_share_default,[^,]*,[^,]*),[^,]*,[^,]*,[^,]*",
        r"\1,0.999,0.999,0.999",
    )
    told = faults(folders)
    assert any(issue.startswith("energy.csv.buildings: 0 of") for issue in told), told


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_regular_file_is_a_fault(folders, kind):
    path = folders / "city" / FILES["heating"]
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    words = {"pipe": "is not a regular file", "folder": "is a folder"}[kind]
    assert any(issue.startswith(f"{path.name}: {words}") for issue in faults(folders))


def test_lines_that_end_in_a_carriage_return_are_read(folders, inputs):
    write(folders, "addresses", contents(folders, "addresses").replace(b"\n", b"\r"))
    read = read_inputs(folders / "city", folders / "national")
    assert read.city.addresses.equals(inputs.city.addresses)


@pytest.mark.parametrize("start", [b"", b'"'])
def test_a_file_with_an_endless_line_is_a_fault(folders, start):
    write(folders, "balance", start + b"x" * 200_000 + start + b"\ny,z\n")
    assert any(issue.startswith("balans.csv") for issue in faults(folders))


@pytest.mark.parametrize("key", ["city.toml", "connections", "areas", "addresses"])
def test_a_byte_order_mark_is_left_aside(folders, inputs, key):
    write(folders, key, b"\xef\xbb\xbf" + contents(folders, key))
    read = read_inputs(folders / "city", folders / "national")
    assert read.city.points.equals(inputs.city.points)


def test_a_file_that_is_not_packed_as_its_name_says_is_a_fault(folders):
    path = folders / "city" / FILES["connections"]
    path.write_bytes(contents(folders, "connections"))
    assert any("is not packed with gzip, as its name says" in issue for issue in faults(folders))


def test_a_file_that_is_packed_against_its_name_is_a_fault(folders):
    path = folders / "city" / FILES["addresses"]
    path.write_bytes(gzip.compress(contents(folders, "addresses")))
    assert any("its name does not say so" in issue for issue in faults(folders))


@pytest.mark.parametrize(
    ("old", "new"),
    [("= 2023", "= true"), ('"GM0001"', '"0001"'), (r"\[files.known\]", "[files.k]")],
)
def test_a_fault_of_the_city_file_does_not_hide_those_of_other_files(folders, old, new):
    change(folders, "city.toml", old, new)
    change(folders, "addresses", "1000AA", "1000 aa")
    change(folders, "chargers", r"Kw\": 22", 'Kw": -22')
    told = faults(folders)
    for name in ("city.toml", "adressen.csv", "laadpunten"):
        assert any(issue.startswith(name) for issue in told), name


def test_an_empty_city_file_names_every_key(folders):
    write(folders, "city.toml", b'name = "Proefstad"\n')
    assert any("base_year, files" in issue for issue in faults(folders))


def test_the_count_of_examples_is_the_true_one(folders):
    change(folders, "addresses", ";52\\.", ";x52.", count=0)
    assert any("200 rows" in issue and "and 195 more" in issue for issue in faults(folders))


def test_an_area_with_dwellings_and_no_addresses_is_warned_of(folders):
    lines = lines_of(folders, "addresses")
    kept = [line for line in lines if not line.startswith(b"Straat 1")]
    change(folders, "areas", r"total\": 58", 'total": 20')
    write(folders, "addresses", b"".join(kept))
    read = read_inputs(folders / "city", folders / "national")
    assert any("WK000102: 0 for 20" in issue.problem for issue in read.warnings)


HEATING = r"\[files.heating\]\npath.*\nvintage.*\nlicence.*\n"
ROOMS = "households_final_demand_for_space_heating"
SPACE_HEATING = {
    "households_final_demand_network_gas_demand": 2.0,
    f"households_final_demand_network_gas_{ROOMS}_network_gas_parent_share": 0.5,
    "input_households_final_demand_steam_hot_water_demand": 4.0,
    f"input_households_final_demand_steam_hot_water_{ROOMS}_steam_hot_water_parent_share": 0.5,
    f"households_final_demand_electricity_{ROOMS}_electricity_parent_share": 0.625,
}


def with_space_heating(folders, factor=1.0):
    path = folders / "city" / FILES["balance"]
    lines = [f"{key},{value * factor}" for key, value in SPACE_HEATING.items()]
    path.write_text(path.read_text() + "\n".join(lines) + "\n")


def test_a_balance_without_space_heating_cannot_stand_in_for_main_heating(folders):
    change(folders, "city.toml", HEATING, "")
    told = faults(folders)
    assert len(told) == len(SPACE_HEATING)
    for key in SPACE_HEATING:
        assert any(f"has no key {key}." in each for each in told), key
    assert all("name a file of main heating in [files.heating]" in each for each in told)


def test_a_balance_in_which_no_home_is_heated_is_a_fault(folders):
    change(folders, "city.toml", HEATING, "")
    with_space_heating(folders, factor=0.0)
    (told,) = faults(folders)
    assert told.startswith("balans.csv: tells of no energy for space heating of homes.")


def test_space_heating_in_the_balance_stands_in_for_main_heating(folders):
    """Gas 2.0 x 0.5, heat 4.0 x 0.5 and electricity 1.6 x 0.625 TJ: 1, 2 and 1."""
    change(folders, "city.toml", HEATING, "")
    with_space_heating(folders)
    notes = read_inputs(folders / "city", folders / "national").city.notes.set_index("topic")
    assert "gas 25.0 %, heat net 50.0 %, neither 25.0 %" in notes.loc["heating", "en"]
    assert "the balance of 2023" in notes.loc["heating", "en"]


def turned(folders):
    """Write the balance as ETLocal keeps it: a row per municipality."""
    path = folders / "city" / FILES["balance"]
    cells = [line.split(",") for line in path.read_text().splitlines()]
    rows = [",".join(each) for each in zip(*cells, strict=True)]
    path.write_text("\n".join([*rows, rows[1].replace("GM0001", "GM0002")]) + "\n")
    return path


def test_a_balance_with_a_row_per_municipality_is_read(folders, inputs):
    turned(folders)
    read = read_inputs(folders / "city", folders / "national")
    assert read.city.points.equals(inputs.city.points)


def test_a_municipality_that_has_two_rows_in_the_balance_is_a_fault(folders):
    path = turned(folders)
    path.write_text(path.read_text().replace("GM0002", "GM0001"))
    assert any(
        "balans.csv.geo_id: 1 values occur more than once" in each for each in faults(folders)
    )


def test_a_balance_with_rows_of_other_municipalities_only_is_a_fault(folders):
    path = turned(folders)
    path.write_text(path.read_text().replace("GM0001", "GM0003"))
    assert any(
        "balans.csv: has no column of municipality GM0001" in each for each in faults(folders)
    )


@pytest.mark.parametrize(("away_m", "told"), [(70, False), (130, True)])
def test_without_a_boundary_an_address_may_lie_on_the_water_beside_its_area(folders, away_m, told):
    """Areas are land; twice the tolerance of 50 m leaves room for houseboats."""
    change(folders, "city.toml", r"\[files.boundary\]\npath.*\nvintage.*\nlicence.*\n", "")
    change(folders, "city.toml", '"150kV Proefstad" = true', "")
    lon, lat = _degrees(140_000 - away_m, 480_100)
    change(folders, "addresses", r";52\.\d+;5\.\d+", f";{lat};{lon}")
    if told:
        assert any("1 addresses outside the municipality" in each for each in faults(folders))
    else:
        assert (
            read_inputs(folders / "city", folders / "national").city.points["addresses"].sum()
            == 200
        )


@pytest.mark.parametrize("people", ["aantal_inwoners", "aantalInwoners"])
def test_the_names_and_the_gaps_of_the_published_map_of_areas_are_understood(
    folders, inputs, people
):
    theirs = {"code": "wijkcode", "name": "wijknaam", "dwelling_total": "woningvoorraad",
              "population": people}  # fmt: skip
    made = features(folders, "areas")
    for each in made:
        each["properties"] = {theirs[key]: value for key, value in each["properties"].items()}
    made[2]["properties"][people] = -99997
    write_features(folders, "areas", made)
    read = read_inputs(folders / "city", folders / "national")
    assert read.city.points.equals(inputs.city.points)
    population = read.city.areas.set_index("area_code")["population"]
    assert population.isna().to_dict() == {"WK000101": False, "WK000102": False, "WK000103": True}
