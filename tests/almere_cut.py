"""A cut of Almere under other names: a second city, as somebody else would bring it.

Four neighbourhoods of Almere Haven get another municipality, other codes, postcodes and streets,
and files of other names. What is counted for the municipality as a whole is scaled by dwellings.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pandas as pd
from pyproj import Transformer
from shapely import contains_xy, transform, union_all
from shapely.geometry import mapping, shape

ALMERE = Path(__file__).parents[1] / "data" / "almere"
NAME, CODE = "Nieuwoord", "GM9901"
# Codes of CBS in Almere, and here.
AREAS = {"WK003409": "WK990101", "WK003411": "WK990102", "WK003414": "WK990103",
         "WK003416": "WK990104"}  # fmt: skip
DWELLINGS_ALMERE, DWELLINGS_HERE = 88_874, 915
FILES = {
    "addresses": "bag.csv",
    "areas": "gebieden.json",
    "balance": "energie2023.csv",
    "boundary": "grens.json",
    "connections": "netbeheerder.csv.gz",
    "energy": "sectoren.csv",
    "heating": "verwarming.csv",
    "heat_net": "warmtenet.csv",
    "solar_areas": "zon.csv",
    "solar_municipality": "zon_totaal.csv",
    "chargers": "laadpalen.json",
    "grid_places": "hoogspanning.txt",
    "railway_stations": "spoor.csv",
    "known": "feiten.csv",
}
NEEDED = ("addresses", "areas", "balance")
OPTIONAL = tuple(key for key in FILES if key not in NEEDED)
STATION = "Hoogspanning Nieuwoord"


def write_cut(folder):
    """Write every kind of file of the cut, without a ``city.toml``, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    outlines = _areas()
    land = union_all([shape(each["geometry"]) for each in outlines["features"]])
    codes = _cbs_files()
    contents = {
        "addresses": _addresses(land),
        "areas": json.dumps(outlines),
        "balance": _balance(),
        "boundary": json.dumps(mapping(transform(land.buffer(200), _degrees, interleaved=False))),
        "connections": _connections(),
        "energy": (ALMERE / "energy.csv").read_text(),
        **codes,
        "chargers": _chargers(land),
        "grid_places": _grid_places(land),
        "railway_stations": _station(land),
        "known": (ALMERE / "known.csv").read_text(),
    }
    for key, content in contents.items():
        path = folder / FILES[key]
        raw = content.encode("cp1252" if key == "connections" else "utf-8")
        path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)
    return folder


def name_files(folder, keys, more=""):
    """Write a ``city.toml`` that names these files only."""
    head = f'name = "{NAME}"\nmunicipality_code = "{CODE}"\nbase_year = 2023\n'
    sections = [
        f'[files.{key}]\npath = "{FILES[key]}"\nvintage = "2023"\nlicence = "as the source"\n'
        for key in keys
    ]
    (folder / "city.toml").write_text(head + "\n".join(sections) + more)
    return folder


def _degrees(x_m, y_m):
    return Transformer.from_crs(28992, 4326, always_xy=True).transform(x_m, y_m)


def _unpacked(name):
    return gzip.decompress((ALMERE / name).read_bytes())


def _areas():
    content = json.loads((ALMERE / "almere_wijken_2022.rd.geojson").read_text())
    features = []
    for each in content["features"]:
        told = each["properties"]
        if told["code"] in AREAS:
            code = AREAS[told["code"]]
            kept = {name: told[name] for name in ("dwelling_total", "population")}
            features.append(
                {**each, "properties": {"code": code, "name": f"Wijk {code[-2:]}", **kept}}
            )
    return {"type": "FeatureCollection", "features": features}


def _addresses(land):
    rows = pd.read_csv(
        io.BytesIO(_unpacked("almere_adressen.csv.gz")), sep=";", dtype=str, keep_default_na=False
    )
    to_rd = Transformer.from_crs(4326, 28992, always_xy=True)
    x_m, y_m = to_rd.transform(rows["lon"].astype(float), rows["lat"].astype(float))
    mine = rows[contains_xy(land, x_m, y_m)]
    streets = pd.factorize(mine["straat"], sort=True)[0]
    told = mine.assign(
        straat=[f"Straat {number}" for number in streets],
        postcode="98" + mine["postcode"].str[2:],
        woonplaats=NAME,
        gemeente=NAME,
        provincie="Elders",
    )
    return told.to_csv(sep=";", index=False)


def _balance():
    share = DWELLINGS_HERE / DWELLINGS_ALMERE
    rows = csv.reader((ALMERE / "etlocal_2023.csv").read_text().splitlines())
    lines = []
    for key, value, *_ in rows:
        scaled = key.endswith(("_demand", "_production")) or key.startswith("present_number_of_")
        lines.append(f"{key},{float(value) * share}" if scaled else f"{key},{value}")
    return "\n".join(lines).replace("geo_id,GM0034", f"geo_id,{CODE}") + "\n"


def _connections():
    lines = _unpacked("almere_kleinverbruik_01012010.csv.gz").decode("cp1252").splitlines()
    header, *rows = (line.split(";") for line in lines)
    ends = [header.index(name) for name in ("POSTCODE_VAN", "POSTCODE_TOT")]
    for cells in rows:
        for at in ends:
            cells[at] = "98" + cells[at][2:]
    return "\n".join(";".join(cells) for cells in [header, *rows]) + "\n"


def _cbs_files():
    names = {
        "heating": "84948NED_hoofdverwarming_2017_2022.csv",
        "heat_net": "81528NED_energieverbruik_woningen_type_2010_2024.csv",
        "solar_areas": "86044NED_zonnestroom_wijk_buurt_2022.csv",
        "solar_municipality": "85005NED_zonnestroom_sector_vermogensklasse.csv",
    }
    texts = {
        key: (ALMERE / name).read_text().replace("GM0034", CODE) for key, name in names.items()
    }
    for old, new in AREAS.items():
        texts["solar_areas"] = texts["solar_areas"].replace(old, new)
    return texts


def _chargers(land):
    content = json.loads(_unpacked("almere_laadpunten.wgs84.geojson.gz"))
    inside = transform(land, _degrees, interleaved=False)
    content["features"] = [
        each
        for each in content["features"]
        if each["geometry"]["type"] == "Point" and inside.contains(shape(each["geometry"]))
    ]
    return json.dumps(content)


def _grid_places(land):
    lon, lat = _degrees(*land.representative_point().coords[0])
    header = (ALMERE / "knopen.csv").read_text().splitlines()[0]
    cells = dict.fromkeys(header.split("#"), "")
    cells |= {"v_id": "7", "lon": lon, "lat": lat, "typ": "substation", "voltage": "150000",
              "name": STATION}  # fmt: skip
    return f"{header}\n{'#'.join(str(cell) for cell in cells.values())}\n"


def _station(land):
    lon, lat = _degrees(*land.representative_point().coords[0])
    return f"naam,geo_lat,geo_lng\nNieuwoord,{lat},{lon}\n"
