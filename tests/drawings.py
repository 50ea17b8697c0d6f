"""Outlines as a drawing program gives them: a square of a city, and what may be wrong with one."""

import geopandas as gpd
from shapely.geometry import box, mapping

SQUARE_RD = box(140000, 480000, 140600, 480600)
SQUARE = gpd.GeoSeries([SQUARE_RD], crs=28992).to_crs(4326).iloc[0]
RD_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}


def feature(geometry, **properties):
    shape = geometry if isinstance(geometry, dict) or geometry is None else mapping(geometry)
    return {"type": "Feature", "properties": properties, "geometry": shape}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[5, 52], [5.1, 52.1], [5.1, 52], [5, 52.1], [5, 52]]],
}
SWAPPED = {"type": "Polygon", "coordinates": [[[52, 5], [52.1, 5], [52.1, 5.1], [52, 5]]]}
FAULTS = {
    "bow tie": (feature(BOW_TIE), "not a sound outline"),
    "point": (feature({"type": "Point", "coordinates": [5.2, 52.4]}), "is a Point"),
    "line": (feature({"type": "LineString", "coordinates": [[5, 52], [5.1, 52]]}), "LineString"),
    "nothing": (feature(None), "no geometry"),
    "empty": (feature({"type": "Polygon", "coordinates": []}), "missing"),
    "words": (feature({"type": "Polygon", "coordinates": [["a", "b"]]}), "cannot be read"),
    "infinite": (
        '{"type": "Polygon", "coordinates": [[[5, 52], [Infinity, 52], [5, 53], [5, 52]]]}',
        "missing",
    ),
    "swapped": (feature(SWAPPED), "swapped"),
    "abroad": (feature(box(13.0, 52.4, 13.1, 52.5)), "outside the Netherlands"),
    "metres unsaid": (feature(SQUARE_RD), "does not say so"),
    "another system": (
        collection(feature(SQUARE), crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
        "EPSG:3857",
    ),
    "no system": (collection(feature(SQUARE), crs="RD"), "states coordinates in RD"),
    "not json": ("{", "not valid GeoJSON"),
    "no features": (collection(), "no outline"),
    "a list": ("[1, 2]", "no outline"),
    "same name": (collection(feature(SQUARE, name="A"), feature(SQUARE, name="A")), "same name"),
}
