"""Programs of others read our features over the wire: GDAL and OWSLib."""

import pyogrio
import pytest
from owslib.ogcapi.features import Features
from services import LAYERS, running


@pytest.mark.slow
def test_gdal_and_owslib_read_our_features(made):
    with running(made.runs.parent, made.city) as client:
        address = f"{str(client.base_url).rstrip('/')}/v1"
        told = client.get("/v1/collections/stations/items?limit=10000").json()
        layers = pyogrio.list_layers(f"OAPIF:{address}")
        assert {str(name) for name, _ in layers} >= set(LAYERS)
        stations = pyogrio.read_dataframe(f"OAPIF:{address}", layer="stations")
        assert sorted(stations["station_id"]) == sorted(each["id"] for each in told["features"])
        reader = Features(address)
        assert set(reader.feature_collections()) >= set(LAYERS)
        page = reader.collection_items("stations", limit=2)
        assert [each["id"] for each in page["features"]] == [
            each["id"] for each in told["features"][:2]
        ]
