"""Small components for the tests: a manifest that holds, and calculations beside it."""

import json
from importlib.metadata import EntryPoint

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from stroomstad.components import Component, Outputs, own_manifests, read_manifest

WORDS = {"nl": "tekst", "en": "text"}
REGISTER = {
    "name": "Tellen van woningen",
    "description_short": "Telt woningen per station.",
    "organization": "Gemeente Proefstad",
    "status": "In ontwikkeling",
    "contact_email": "vragen@example.org",
    "publication_category": "Overige algoritmes",
    "goal": "Laten zien waar woningen staan.",
    "proportionality": "Tellen is eenvoudig.",
    "human_intervention": "Een planner leest het.",
    "risks": "Geen bekend.",
    "lawful_basis": "Geen besluit.",
    "impacttoetsen": "Geen persoonsgegevens.",
    "source_data": "Adressen.",
    "methods_and_models": "Optellen. Het leert niet.",
}
DOCUMENT = {
    "id": "homes-counted",
    "version": "1.2.0",
    "name": WORDS,
    "about": WORDS,
    "kind": "rule",
    "licence": "MIT",
    "owner": "Proefstad",
    "contact": "vragen@example.org",
    "inputs": [
        {
            "table": "stations",
            "columns": [
                {"name": "station_id", "unit": "-"},
                {"name": "x_m", "unit": "m"},
                {"name": "y_m", "unit": "m"},
                {"name": "homes", "unit": "1"},
            ],
        }
    ],
    "parameters": [
        {
            "name": "least_homes",
            "unit": "1",
            "value": 0,
            "lowest": 0,
            "highest": 1000,
            "status": "assumed",
            "source": "Own choice.",
            "about": WORDS,
        }
    ],
    "outputs": {
        "layers": [
            {
                "name": "homes_here",
                "about": WORDS,
                "geometry": ["Point"],
                "crs": "EPSG:28992",
                "columns": [
                    {"name": "station_id", "kind": "text", "unit": "-", "about": WORDS},
                    {"name": "homes", "kind": "whole number", "unit": "1", "lowest": 0,
                     "about": WORDS},
                    {"name": "share_fraction", "kind": "number", "unit": "1", "lowest": 0,
                     "highest": 1, "nullable": True, "about": WORDS},
                    {"name": "large", "kind": "true or false", "unit": "-", "about": WORDS},
                ],
            }
        ],
        "indicators": [
            {"id": "homes_total", "unit": "1", "name": WORDS, "about": WORDS, "better": "up"}
        ],
    },
    "data": [{"source": WORDS, "licence": "CC0", "vintage": "2026"}],
    "limits": [WORDS],
    "evidence": [{"about": WORDS, "link": "docs/validation.md"}],
    "personal_data": {"processed": False},
    "algorithm_register": REGISTER,
}  # fmt: skip


def document(**changed):
    """A manifest that holds, with some fields changed; a field of None is left out."""
    made = json.loads(json.dumps(DOCUMENT)) | changed
    return {key: value for key, value in made.items() if value is not None}


def stations():
    """Three stations as in a run, with a column that nobody declared."""
    rows = pd.DataFrame(
        {
            "station_id": ["S1", "S2", "S3"],
            "x_m": [140_000.0, 140_500.0, 141_000.0],
            "y_m": [480_000.0, 480_000.0, 480_100.0],
            "homes": [100, 0, 300],
            "secret": [1, 2, 3],
        }
    )
    shapes = [Point(xy) for xy in rows[["x_m", "y_m"]].to_numpy()]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=28992)


def layer_of(rows):
    """The declared layer of some stations."""
    return gpd.GeoDataFrame(
        {
            "station_id": rows["station_id"],
            "homes": rows["homes"],
            "share_fraction": (rows["homes"] / rows["homes"].sum()).where(rows["homes"] > 0),
            "large": rows["homes"] > 200,
        },
        geometry=gpd.points_from_xy(rows["x_m"], rows["y_m"]),
        crs=28992,
    )


def indicators_of(rows):
    """The declared indicator of some stations."""
    return pd.DataFrame(
        [{"id": "homes_total", "value": float(rows["homes"].sum()), "unit": "1",
          "status": "derived"}]
    )  # fmt: skip


def count_homes(tables, parameters):
    """Keep the contract."""
    rows = tables["stations"]
    rows = rows[rows["homes"] >= parameters["least_homes"]]
    return Outputs({"homes_here": layer_of(rows)}, indicators_of(rows))


def component(run=count_homes, **changed):
    """A component with this calculation."""
    manifest, issues = read_manifest(document(**changed))
    assert issues == []
    return Component(manifest, run, "makeshift:counter")


class Calculation:
    """What an entry point names, with any manifest and calculation."""

    def __init__(self, said, run=count_homes):
        self.said, self.run = said, run

    def manifest(self):
        return self.said


counter = Calculation(DOCUMENT)
counter_twin = Calculation(document(id="homes-twin"))
misnamed = Calculation(DOCUMENT)
personal = Calculation(document(id="personal", personal_data={"processed": True}))
own_engine = Calculation(own_manifests()[0].document)


def entry(name, value):
    """An entry point of the group of components."""
    return EntryPoint(name, value, "stroomstad.components")
