"""A made-up city of 200 addresses and a made-up country, as the files that `read_inputs` reads."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
from pyproj import Transformer

NATIONAL = Path(__file__).parents[1] / "data" / "national"
WRITTEN = (
    "parameters.csv", "cable_types.csv", "transformer_types.csv", "measures.csv", "outlook.csv",
    "home_types.csv", "sectors.csv", "national.toml",
)  # fmt: skip

# Name, code, dwellings according to CBS, addresses per postcode, postcodes, of which stood in 2010.
AREAS = (
    ("Westwijk", "WK000101", 87, 10, 9, 9),
    ("Oostwijk", "WK000102", 58, 10, 8, 6),
    ("Handelskade", "WK000103", 0, 5, 6, 6),
)
SIDE_M = 600
WEST_M, SOUTH_M = 140_000, 480_000

CITY_TOML = """
name = "Proefstad"
municipality_code = "GM0001"
base_year = 2023

{files}

[substations]
"150kV Proefstad" = true

[places]
new_home_areas = []
rural_areas = ["WK000103"]
traction_station = "Proefstad Centrum"
solar_field_area = "WK000103"

[parameters]
"""
FILES = {
    "addresses": "adressen.csv",
    "areas": "wijken.rd.geojson",
    "boundary": "grens.wgs84.json",
    "connections": "kleinverbruik.csv.gz",
    "balance": "balans.csv",
    "energy": "energy.csv",
    "heating": "hoofdverwarming.csv",
    "heat_net": "stadsverwarming.csv",
    "solar_areas": "zon_wijken.csv",
    "solar_municipality": "zon_gemeente.csv",
    "chargers": "laadpunten.geojson.gz",
    "grid_places": "knopen.csv",
    "railway_stations": "stations.csv",
    "known": "known.csv",
}
BALANCE_TJ = {
    "households_final_demand_electricity_demand": 1.6,
    "input_buildings_electricity_demand": 2.4,
    "input_industry_ict_electricity_demand": 0.9,
    "agriculture_final_demand_electricity_demand": 0.4,
    "industry_electricity_demand": 1.1,
    "input_transport_road_electricity_demand": 0.2,
    "input_transport_rail_electricity_demand": 0.3,
    "energy_power_sector_own_use_electricity_demand": 0.1,
    "input_households_solar_pv_demand": 0.5,
    "input_buildings_solar_pv_demand": 0.4,
    "input_energy_power_solar_pv_solar_radiation_production": 0.2,
    "input_energy_power_wind_turbine_inland_production": 2.0,
    "input_energy_heat_heatpump_water_water_ht_electricity_production": 0.32,
    "input_solar_panels_roofs_and_parks_full_load_hours": 950,
}
# Dwellings by type, of the first four periods together and of the newest one.
DWELLINGS = {
    "apartments": (10, 20),
    "terraced_houses": (60, 10),
    "semi_detached_houses": (20, 10),
    "detached_houses": (20, 0),
}
PERIODS = ("before_1945", "1945_1964", "1965_1984", "1985_2004", "2005_present")
SECTORS = {
    "households": ("load", "households_final_demand_electricity_demand", "households_kwh"),
    "buildings": ("load", "input_buildings_electricity_demand", "buildings_kwh"),
    "ict": ("load", "input_industry_ict_electricity_demand", "ict_kwh"),
    "agriculture": ("load", "agriculture_final_demand_electricity_demand", "agriculture_kwh"),
    "industry": ("load", "industry_electricity_demand", "industry_kwh"),
    "road": ("load", "input_transport_road_electricity_demand", "road_home_kwh + road_public_kwh"),
    "rail": ("load", "input_transport_rail_electricity_demand", "rail_kwh"),
    "own_use": ("load", "energy_power_sector_own_use_electricity_demand", "own_use_kwh"),
    "solar_homes": ("feed_in", "input_households_solar_pv_demand", "solar_homes_kwh"),
    "solar_firms": ("feed_in", "input_buildings_solar_pv_demand", "solar_firms_kwh"),
    "solar_fields": (
        "feed_in",
        "input_energy_power_solar_pv_solar_radiation_production",
        "solar_field_kwh",
    ),
    "wind": ("feed_in", "input_energy_power_wind_turbine_inland_production", "wind_kwh"),
}


def write_city(folder):
    """Write the city of Proefstad (GM0001) into a folder and return the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "addresses": _addresses(),
        "areas": _areas(),
        "boundary": _boundary(),
        "connections": _connections(),
        "balance": _lines(
            "geo_id,GM0001",
            "name,Proefstad",
            *(f"{key},{tj}" for key, tj in BALANCE_TJ.items()),
            *_dwellings(),
        ),
        "energy": _lines(
            "sector,direction,balance_keys,points_columns,about,about_nl",
            *(
                f"{name},{way},{key},{column},made up,verzonnen"
                for name, (way, key, column) in SECTORS.items()
            ),
        ),
        "heating": _lines(
            "ID,RegioS,TypeVerwarmingsinstallatie,Perioden,Woningen_1",
            *(
                f"{i},GM0001,{code},{year}JJ00,{share}"
                for year in (2021, 2022)
                for i, (code, share) in enumerate(
                    (("A050116", 48.0), ("A050119", 4.0), ("A052175", 52.0))
                )
            ),
        ),
        "heat_net": _lines(
            "ID,Woningkenmerken,RegioS,Perioden,Stadsverwarming_4",
            "1,T001100,GM0001,2022JJ00,47.0",
            "2,T001100,GM0001,2023JJ00,46.0",
            "3,T001100,GM0001,2024JJ00,45.0",
        ),
        "solar_areas": _lines(
            "ID,SoortRegio_2,Codering_3,OpgesteldVermogenVanZonnepanelen_6",
            "1,Gemeente  ,GM0001    ,152.0",
            "2,Wijk,WK000101  ,90.0",
            "3,Wijk,WK000102,62.0",
            "4,Wijk,WK000103,",
        ),
        "solar_municipality": _lines(
            "ID,SectorEnVermogensklasse,RegioS,Perioden,OpgesteldVermogenVanZonnepanelen_2",
            "1,E007161,GM0001,2023JJ00,300.0",
            "2,E007037,GM0001,2023JJ00,150.0",
        ),
        "chargers": _chargers(),
        "grid_places": _grid_places(),
        "railway_stations": _lines("id,naam,geo_lat,geo_lng", _station()),
        "known": _lines("asset,attribute,value,unit,date,source,public"),
    }
    for key, content in contents.items():
        path = folder / FILES[key]
        encoded = content.encode("cp1252" if key == "connections" else "utf-8")
        path.write_bytes(gzip.compress(encoded, mtime=0) if path.suffix == ".gz" else encoded)
    sections = "\n".join(
        f'[files.{key}]\npath = "{path}"\nvintage = "2023"\nlicence = "made up"\n'
        for key, path in FILES.items()
    )
    (folder / "city.toml").write_text(CITY_TOML.format(files=sections))
    return folder


def write_national(folder):
    """Write a country with the real parameters and types, and few and flat hourly shapes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in WRITTEN:
        shutil.copyfile(NATIONAL / name, folder / name)
    share = 1 / 3600 / 8760
    hours = [f"{hour},{share!r},{share!r}" for hour in range(8760)]
    weather = [f"{hour},{share!r},5.0" for hour in range(8760)]
    shapes = {
        "belasting_en_ev_2023.csv.gz": ["uur,households_appliances,buildings_appliances", *hours],
        "weer_2023.csv.gz": ["uur,solar_pv_on_roof_households,air_temperature", *weather],
        "weer_1987.csv.gz": ["uur,solar_pv_on_roof_households,air_temperature", *weather],
        "nedu_sjv_2020-08-15_2020-10-31.csv.gz": [
            "index,sjv_E1A",
            "2020-08-15 00:00:00+00:00,1.9E-05",
        ],
        "pid_307_met_nedu_profielen.csv.gz": [
            "index,sjv_E1A",
            "2020-10-31 00:00:00+00:00,",
            "2020-10-31 00:15:00+00:00,2.1E-05",
        ],
    }
    for name, lines in shapes.items():
        (folder / name).write_bytes(
            gzip.compress(_lines(*lines).encode(), compresslevel=1, mtime=0)
        )
    return folder


def postcode(area, number):
    """Postcode of the ``number``-th stretch of an area, both from 0."""
    return f"{1000 + area}{'ABCDEFGHJK'[number]}A"


def _lines(*lines):
    return "\n".join(lines) + "\n"


TO_DEGREES = Transformer.from_crs(28992, 4326, always_xy=True)


def _degrees(x_m, y_m):
    return TO_DEGREES.transform(x_m, y_m)


def _addresses():
    header = "straat;huisnummer;huisletter;huisnummertoevoeging;postcode;woonplaats;gemeente"
    rows = [f"{header};provincie;lat;lon"]
    for area, (_, _, _, size, stretches, _) in enumerate(AREAS):
        for stretch in range(stretches):
            for place in range(size):
                x_m = WEST_M + SIDE_M * area + 60 + 12 * place
                y_m = SOUTH_M + 50 + 55 * stretch
                lon, lat = _degrees(x_m, y_m)
                rows.append(
                    f"Straat {area}{stretch};{place + 1};;;{postcode(area, stretch)};"
                    f"Proefstad;Proefstad;Flevoland;{lat:.8f};{lon:.8f}"
                )
    return _lines(*rows)


def _dwellings():
    for kind, (older, newest) in DWELLINGS.items():
        for period, count in zip(PERIODS, (0, 0, 0, older, newest), strict=True):
            yield f"present_number_of_{kind}_{period},{count}"


def _areas():
    features = []
    for number, (name, code, dwellings, *_) in enumerate(AREAS):
        west, east = WEST_M + SIDE_M * number, WEST_M + SIDE_M * (number + 1)
        ring = [
            (west, SOUTH_M),
            (east, SOUTH_M),
            (east, SOUTH_M + SIDE_M),
            (west, SOUTH_M + SIDE_M),
            (west, SOUTH_M),
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "code": code,
                    "name": name,
                    "dwelling_total": dwellings,
                    "population": 2 * dwellings,
                },
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return json.dumps({"type": "FeatureCollection", "features": features})


def _boundary():
    west, east = WEST_M - 500, WEST_M + SIDE_M * len(AREAS) + 500
    south, north = SOUTH_M - 500, SOUTH_M + SIDE_M + 500
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring = [list(_degrees(x, y)) for x, y in corners]
    return json.dumps({"type": "MultiPolygon", "coordinates": [[ring]]})


def _connections():
    header = "POSTCODE_VAN;POSTCODE_TOT;PRODUCTSOORT;Aantal Aansluitingen;%Soort aansluiting"
    rows = [f"{header};Soort aansluiting Naam;SJV"]
    use = np.linspace(3000, 5000, 9)
    for area in (0, 1):
        for stretch in range(AREAS[area][5]):
            code = postcode(area, stretch)
            rows.append(f"{code};{code};ELK;10;97,5;3x25;{use[stretch]:.0f}")
    for pair in range(3):
        first, last = postcode(2, 2 * pair), postcode(2, 2 * pair + 1)
        rows.append(f"{first};{last};ELK;10;40;3x25;16000")
    rows.append(f"{postcode(0, 0)};{postcode(0, 8)};GAS;60;90;G4;1500")
    return _lines(*rows)


def _chargers():
    places = [
        ("L1", 22, 100, 100),
        ("L2", 0, 700, 200),
        ("L3", 150, 1300, 300),
        ("L3", 50, 1300, 300),
    ]
    features = []
    for name, power_kw, east, north in places:
        lon, lat = _degrees(WEST_M + east, SOUTH_M + north)
        features.append(
            {
                "type": "Feature",
                "properties": {"locationId": name, "maxPowerKw": power_kw},
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
            }
        )
    outline = {"type": "Feature", "properties": {}, "geometry": json.loads(_boundary())}
    return json.dumps({"type": "FeatureCollection", "features": [*features, outline]})


def _grid_places():
    rows = [
        "v_id#lon#lat#typ#voltage#frequency#name#operator#ref#source#n_gen#capacity#net_capacity"
    ]
    places = [
        ("1", 900, 700, "substation", "150000", "150kV Proefstad", "", ""),
        ("2", 9000, 700, "substation", "150000", "150kV Elders", "", ""),
        ("3", 1500, 500, "generator", "", "", "wind", "1"),
        ("4", 1600, 500, "merged_generator", "", "", "wind", "3"),
        ("5", 9500, 500, "generator", "", "", "wind", "1"),
    ]
    for key, east, north, kind, voltage, name, source, count in places:
        lon, lat = _degrees(WEST_M + east, SOUTH_M + north)
        rows.append(f"{key}#{lon}#{lat}#{kind}#{voltage}##{name}###{source}#{count}##")
    return _lines(*rows)


def _station():
    lon, lat = _degrees(WEST_M + 600, SOUTH_M + 300)
    return f'1,"Proefstad Centrum",{lat},{lon}'
