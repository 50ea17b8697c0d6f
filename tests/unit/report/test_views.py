"""Tables for people hold the numbers of the result tables."""

import numpy as np
import pandas as pd
import pytest
from proefstad import make_tables

from stroomstad.report import views
from stroomstad.report.answer import loading_of_year, room_by_area
from stroomstad.report.words import Words


@pytest.fixture
def tables():
    return make_tables()


def _texts(view, column):
    return [row[column].shown.striptags() for row in view.rows]


def _areas(tables):
    return views.area_view(*(room_by_area(tables["room"], way) for way in ("load", "feed_in")))


def test_an_area_names_what_binds_and_how_many_more(tables):
    view = _areas(tables)
    assert "MSR-0001-003" in view.rows[1][6].shown
    assert view.rows[1][6].shown.striptags().startswith("station MSR-0001-003 +1 di 17 jan 18:15")


def test_an_area_where_nothing_binds_has_a_dash(tables):
    tables["room"]["binding_kind"] = None
    assert set(_texts(_areas(tables), 6)) == {"–"}


def test_rows_of_areas_can_be_linked_to(tables):
    assert _areas(tables).anchors[0] == "area-WK000100"


def test_numbers_are_sorted_by_value_and_not_by_text(tables):
    orders = [row[2].order for row in _areas(tables).rows]
    assert orders == list(room_by_area(tables["room"], "load")["mid"])


def test_missing_numbers_are_dashes_and_sort_below_all(tables):
    view = views.reconciliation_view(tables["reconciliation"])
    missing = tables["reconciliation"]["dwellings_cbs"].isna().to_numpy()
    assert (np.array(_texts(view, 4))[missing] == "–").all()
    assert view.rows[int(np.flatnonzero(missing)[0])][4].order == -np.inf


def test_the_most_loaded_of_every_kind_come_first(tables):
    view = views.loading_view(tables["links"], frozenset())
    stations = [row for row in view.rows if "station" in row[0].order and row[0].order == "station"]
    highest = tables["links"].query("kind == 'station'")["loading_max"].max()
    assert len(stations) == views.MOST_LOADED
    assert stations[0][2].order == pytest.approx(highest * 100)


def test_a_limit_that_is_not_public_is_left_out(tables):
    name = tables["links"].query("kind == 'station'").nlargest(1, "loading_max")["link_id"].iloc[0]
    view = views.loading_view(tables["links"], frozenset({name}))
    row = next(row for row in view.rows if row[1].order == name)
    assert "known, not public" in row[1].shown
    assert (row[2].shown, row[4].shown) == ("–", "–")


def test_links_over_the_limit_are_counted_by_kind(tables):
    view = views.overload_view(tables["links"])
    over = (tables["links"].query("kind == 'station'")["loading_max"] > 1).sum()
    assert {row[0].order: row[3].order for row in view.rows}["station"] == over


def test_a_link_without_a_loading_is_not_counted(tables):
    tables["links"]["loading_max"] = np.nan
    assert views.overload_view(tables["links"]).rows == []


def test_the_difference_of_a_sector_is_in_per_cent_of_the_balance(tables):
    view = views.sector_view(tables["sectors"])
    assert view.rows[1][4].order == pytest.approx((252.1 / 252.0 - 1) * 100)


def test_dutch_meanings_are_shown_when_the_table_has_them(tables):
    rows = tables["sectors"].assign(about_nl="woningen", about="homes")
    assert 'lang="nl">woningen' in views.sector_view(rows).rows[0][5].shown


def test_a_band_has_the_same_decimals_on_every_side(tables):
    view = views.parameter_view(tables["parameters"])
    row = next(row for row in view.rows if row[0].order == "base_home_peak_kw")
    shown = [str(cell.shown) for cell in row[1:4]]
    assert [text[: text.index("</span>")] for text in shown] == [
        f'<span lang="nl">{value}' for value in ("1,0", "1,2", "1,5")
    ]


def test_a_year_has_no_sign_for_thousands(tables):
    view = views.parameter_view(tables["parameters"])
    row = next(row for row in view.rows if row[0].order == "design_weather_year")
    assert row[1].shown == "1987"


def test_a_quantity_may_be_a_text(tables):
    rows = pd.DataFrame(
        {
            "quantity": ["week"],
            "value": ["2023-01-16"],
            "unit": ["1"],
            "about": [""],
            "about_nl": [""],
        }
    )
    view = views.quantity_view(rows, Words("IJking", "Calibration"))
    assert [cell.shown for cell in view.rows[0][:3]] == ["week", "2023-01-16", "–"]


def test_evidence_names_the_area(tables):
    view = views.evidence_view(tables["evidence"], {"WK000100": "Noordwijk"})
    assert _texts(view, 0)[:2] == ["Noordwijk", "WK000101"]


def test_evidence_shows_before_and_after_the_check(tables):
    view = views.evidence_view(tables["evidence"], {})
    assert view.rows[0][2].shown == "412 → 409"
    assert view.rows[0][2].order == 409.0


def test_what_fits_with_new_stations_stands_beside_their_number(tables):
    tables["room"]["new_stations_needed"] = 3
    shown = [cell.shown for cell in _areas(tables).rows[0][-2:]]
    assert shown[1] == "3"
    assert _areas(tables).columns[-1].title.en == "To build"


def test_quantities_and_units_are_named_in_both_languages(tables):
    flow = views.quantity_view(tables["flow_facts"], Words("Uitkomst", "Outcome"))
    assert "winterweek: netverlies" in flow.rows[0][0].shown
    assert "winter week: losses" in flow.rows[0][0].shown
    rows = tables["calibration"].assign(unit="kW/home")
    assert "kW/woning" in views.quantity_view(rows, Words("IJking", "Calibration")).rows[0][2].shown


def test_the_most_loaded_of_the_year_leave_out_what_is_not_public(tables):
    year = loading_of_year(tables)
    top = year.query("kind == 'station'").nlargest(1, "loading_year")["link_id"].iloc[0]
    shown = views.year_view(year, frozenset())
    hidden = views.year_view(year, frozenset({top}))
    assert top in [row[1].order for row in shown.rows]
    assert top not in [row[1].order for row in hidden.rows]


def test_empty_evidence_is_no_evidence():
    assert views.evidence_view(pd.DataFrame(), {}) is None


def test_a_number_kept_as_text_follows_the_language():
    rows = pd.DataFrame(
        {"quantity": "lag", "value": ["0.75", "2023"], "unit": "h", "about": "", "about_nl": ""}
    )
    view = views.quantity_view(rows, Words("IJking", "Calibration"))
    assert view.rows[0][1].shown == '<span lang="nl">0,75</span><span lang="en">0.75</span>'
    assert view.rows[1][1].shown == "2023"
