"""A component gets what it declared, and nothing comes out of it that it did not declare."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from makeshift import component, count_homes, document, indicators_of, layer_of, stations
from shapely.geometry import Point, Polygon

from stroomstad.components import Outputs, run_component
from stroomstad.store import hash_table


def told(run, tables=None, **parameters):
    outputs, issues = run_component(component(run), tables or {"stations": stations()}, parameters)
    assert (outputs is None) == bool(issues)
    return [str(issue) for issue in issues]


def giving(layer=None, indicators=None):
    """A calculation whose layer or indicators are changed by a function."""

    def run(tables, _parameters):
        rows = tables["stations"]
        made, numbers = layer_of(rows), indicators_of(rows)
        made = layer(made) if layer else made
        return Outputs({"homes_here": made}, indicators(numbers) if indicators else numbers)

    return run


def test_what_was_declared_comes_out_in_the_order_of_the_manifest():
    turned = giving(layer=lambda made: made[["geometry", *made.columns[:-1][::-1]]].iloc[::-1])
    outputs, issues = run_component(component(turned), {"stations": stations()})
    assert issues == []
    layer = outputs.layers["homes_here"]
    assert list(layer.columns) == ["station_id", "homes", "share_fraction", "large", "geometry"]
    assert list(layer.index) == [0, 1, 2]
    assert list(outputs.indicators.columns) == ["id", "value", "unit", "low", "high", "status"]
    assert outputs.indicators["value"].tolist() == [400.0]


def test_only_declared_tables_and_columns_are_handed_over():
    seen = {}

    def run(tables, parameters):
        seen.update({name: list(rows.columns) for name, rows in tables.items()})
        return count_homes(tables, parameters)

    assert told(run, {"stations": stations(), "points": stations()}) == []
    assert seen == {"stations": ["station_id", "x_m", "y_m", "homes"]}


def test_a_component_that_spoils_its_inputs_spoils_nothing_of_the_run():
    rows = stations()
    before = hash_table(rows)

    def run(tables, parameters):
        answer = count_homes(tables, parameters)
        # Past what pandas keeps apart: into the memory itself.
        memory = tables["stations"]["x_m"].to_numpy()
        memory.flags.writeable = True
        memory[:] = 0.0
        tables["stations"]["homes"] = -1
        del tables["stations"]["x_m"]
        tables.clear()
        return answer

    tables = {"stations": rows}
    assert told(run, tables) == []
    assert hash_table(rows) == before
    assert list(tables) == ["stations"]


def test_a_table_or_column_that_the_run_lacks_is_told_before_anything_runs():
    def run(_tables, _parameters):
        raise AssertionError("it was run")

    (found,) = told(run, {"points": stations()})
    assert "reads table stations, which this run does not have. Name a run" in found
    (found,) = told(run, {"stations": stations().drop(columns=["homes", "x_m"])})
    assert "reads x_m, homes of table stations, which this run does not have." in found


def test_parameters_are_chosen_within_what_the_manifest_allows():
    outputs, _ = run_component(component(), {"stations": stations()}, {"least_homes": 200})
    assert outputs.layers["homes_here"]["station_id"].tolist() == ["S3"]
    assert told(count_homes, least_homes=-1, colour=3) == [
        "component homes-counted: least_homes is -1 1. Choose from 0 to 1000.",
        "component homes-counted: has no parameter 'colour'. Choose one of: least_homes.",
    ]
    assert "least_homes is nan" in told(count_homes, least_homes=np.nan)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda made: made.assign(extra=1), "columns: hold extra, which the manifest does not"),
        (lambda made: made.drop(columns="homes"), "columns: lack homes, which the manifest"),
        (lambda made: made.set_crs(None, allow_override=True), "has coordinate system none."),
        (lambda made: made.to_crs(4326), "has coordinate system WGS 84."),
        (lambda made: made.set_crs(4326, allow_override=True).to_crs(4326), "WGS 84"),
        (lambda made: pd.DataFrame(made.drop(columns="geometry")), "is DataFrame where a GeoDataF"),
        (lambda made: made.rename_geometry("shape"), "is GeoDataFrame where a GeoDataFrame with"),
        (lambda made: made.assign(homes=[1.0, np.nan, 2.0]), "homes: is missing in 1 row (1)"),
        (lambda made: made.assign(homes=[1.5, 2.0, 3.0]), "homes: holds float64 where whole"),
        (lambda made: made.assign(homes=["1", "2", "3"]), "where whole number is declared."),
        (lambda made: made.assign(homes=[True, False, True]), "homes: holds bool where whole"),
        (lambda made: made.assign(homes=[1, 2, -3]), "homes: is below 0 1 in 1 row (2)."),
        (lambda made: made.assign(share_fraction=[0.5, 1.2, 0.1]), "is above 1 1 in 1 row (1)."),
        (lambda made: made.assign(share_fraction=[0.5, np.inf, 0.1]), "is infinite in 1 row (1)."),
        (lambda made: made.assign(share_fraction=[1j, 0, 0]), "share_fraction: holds complex128"),
        (lambda made: made.assign(station_id=[1, 2, 3]), "station_id: holds int64 where text"),
        (lambda made: made.assign(large=[0, 1, 0]), "large: holds int64 where true or false"),
        (lambda made: made.set_geometry(made.buffer(9)), "holds Polygon. Declare it beside Point."),
        (lambda made: made.set_geometry([Point(0, 0), None, Point()], crs=28992),
         "has 2 rows without geometry."),
        (lambda made: made.set_geometry([Point(5.2, 52.4)] * 3, crs=28992),
         "has 3 geometries that lie outside the Netherlands."),
    ],
)  # fmt: skip
def test_a_layer_that_is_not_as_declared_is_told(change, said):
    found = told(giving(layer=change))
    assert any(said in line for line in found), found
    assert all(line.startswith("component homes-counted: layer homes_here") for line in found)


def test_a_geometry_that_crosses_itself_is_told():
    bow = Polygon([(140_000, 480_000), (140_100, 480_100), (140_100, 480_000), (140_000, 480_100)])
    changed = document()
    changed["outputs"]["layers"][0]["geometry"] = ["Polygon"]
    run = giving(layer=lambda made: made.set_geometry([bow] * 3, crs=28992))
    _, issues = run_component(component(run, outputs=changed["outputs"]), {"stations": stations()})
    assert ["cross themselves" in issue.problem for issue in issues] == [True]


def test_a_column_that_may_be_missing_may_be_missing():
    assert told(giving(layer=lambda made: made.assign(share_fraction=np.nan))) == []


def test_an_empty_layer_is_an_answer():
    assert told(giving(layer=lambda made: made.iloc[:0])) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.iloc[:0], "indicators: lack homes_total, which the manifest declares."),
        (lambda rows: pd.concat([rows, rows]), "indicators: hold homes_total twice."),
        (lambda rows: pd.concat([rows, rows.assign(id="more")]), "hold more, which the manifest"),
        (lambda rows: rows.drop(columns="status"), "indicators, columns: lack status"),
        (lambda rows: rows.assign(note="x"), "indicators, columns: hold note"),
        (lambda rows: rows.assign(unit="kW"), "homes_total: is in kW, and the manifest says 1."),
        (lambda rows: rows.assign(status="sure"), "has status sure. Write one of sourced,"),
        (lambda rows: rows.assign(value=np.nan), "has no value, and the manifest says it always"),
        (lambda rows: rows.assign(value=np.inf), "holds what is no finite number."),
        (lambda rows: rows.assign(value="400"), "holds what is no finite number."),
        (lambda rows: rows.assign(low=500.0), "has 400 outside its own band of 500 to nan."),
        (lambda rows: rows.assign(low=0.0, high=300.0), "outside its own band of 0 to 300."),
    ],
)
def test_an_indicator_that_is_not_as_declared_is_told(change, said):
    found = told(giving(indicators=change))
    assert any(said in line for line in found), found


def test_a_band_around_an_indicator_is_kept():
    run = giving(indicators=lambda rows: rows.assign(low=300.0, high=500.0))
    outputs, _ = run_component(component(run), {"stations": stations()})
    assert outputs.indicators.loc[0, ["low", "high"]].tolist() == [300.0, 500.0]


@pytest.mark.parametrize("rows", [pd.DataFrame(), indicators_of(stations()).iloc[:0]])
def test_a_component_without_indicators_gives_an_empty_table(rows):
    outputs = document()["outputs"] | {"indicators": []}
    made = component(lambda tables, _: Outputs({"homes_here": layer_of(tables["stations"])}, rows),
                     outputs=outputs)  # fmt: skip
    given, issues = run_component(made, {"stations": stations()})
    assert issues == []
    assert given.indicators.empty
    assert list(given.indicators.columns) == ["id", "value", "unit", "low", "high", "status"]


def test_numbers_of_indicators_come_out_as_numbers_whatever_they_were():
    run = giving(indicators=lambda rows: rows.astype(object).assign(value=400, low=np.int64(3)))
    outputs, _ = run_component(component(run), {"stations": stations()})
    assert outputs.indicators[["value", "low", "high"]].dtypes.unique().tolist() == [np.float64]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "gives NoneType where Outputs of layers and indicators is expected."),
        (({}, pd.DataFrame()), "gives tuple where Outputs"),
        (Outputs([], pd.DataFrame()), "gives Outputs where Outputs of layers"),
        (Outputs({}, []), "gives Outputs where Outputs of layers"),
    ],
)
def test_what_is_no_output_at_all_is_told(given, said):
    assert any(said in line for line in told(lambda *_: given))


def test_layers_that_are_not_declared_or_not_given_are_told_together():
    def run(tables, _parameters):
        rows = tables["stations"]
        return Outputs({"other": layer_of(rows)}, indicators_of(rows).iloc[:0])

    found = told(run)
    assert "layers: hold other, which the manifest does not declare." in found[0]
    assert "layers: lack homes_here, which the manifest declares." in found[1]
    assert "indicators: lack homes_total" in found[2]


class Unreadable(gpd.GeoDataFrame):
    """A layer that fails when somebody looks at it."""

    @property
    def active_geometry_name(self):
        raise RuntimeError("not for you")


def raise_it(found):
    def run(_tables, _parameters):
        raise found

    return run


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (raise_it(ValueError("no chargers\nat all")), "stopped with ValueError: no chargers."),
        (raise_it(KeyError("x")), "stopped with KeyError: 'x'."),
        (raise_it(RecursionError()), "stopped with RecursionError."),
        (raise_it(SystemExit(3)), "stopped with SystemExit: 3."),
        (raise_it(ValueError("\x1b[2Jgone")), "stopped with ValueError: □[2Jgone."),
        (raise_it(ValueError("x" * 5000)), "x…."),
        (lambda t, p: warnings.warn("old", stacklevel=1), "stopped with UserWarning: old."),
        (giving(layer=Unreadable), "stopped with RuntimeError: not for you."),
    ],
)
def test_whatever_goes_wrong_inside_becomes_a_fault_with_its_name(run, said):
    (found,) = told(run)
    assert found.startswith("component homes-counted: ")
    assert said in found
    assert len(found) < 400


def test_a_stop_by_the_user_is_not_taken_for_a_fault():
    with pytest.raises(KeyboardInterrupt):
        told(raise_it(KeyboardInterrupt()))
