"""Supply areas of made-up cities: as tables, and as a file of a city folder."""

from __future__ import annotations

import json

import geopandas as gpd
from shapely.geometry import mapping

VINTAGE = 'vintage = "2026"\nlicence = "made up"\n'


def make_supply(*rows):
    """Supply areas from (substation, shape), or with a status as third."""
    return gpd.GeoDataFrame(
        {
            "substation_id": [row[0] for row in rows],
            "status": [row[2] if len(row) > 2 else "known" for row in rows],
            "source": "made up",
        },
        geometry=[row[1] for row in rows],
        crs=28992,
    )


def feature(shape, **told):
    """Draw a supply area as GeoJSON; what is told as ``...`` is left out."""
    geometry = shape if isinstance(shape, dict | None) else mapping(shape)
    told = {"substation": "OS Zuid", "status": "known", "source": "made up"} | told
    properties = {name: value for name, value in told.items() if value is not ...}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def name_supply(city_folder, *features):
    """Write the file, and name it in the ``city.toml`` that is there."""
    content = {"type": "FeatureCollection", "features": list(features)}
    (city_folder / "voeding.json").write_text(json.dumps(content))
    path = city_folder / "city.toml"
    named = f'[files.supply_areas]\npath = "voeding.json"\n{VINTAGE}'
    path.write_text(path.read_text() + f"\n{named}")
    return city_folder
