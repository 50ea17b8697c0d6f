"""The real city: what was counted by hand from the same files must come out."""

from pathlib import Path

import numpy as np
import pytest

from stroomstad.sources import read_inputs
from stroomstad.tables.city import DWELLING_COLUMNS
from stroomstad.units import KWH_PER_TJ

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module")
def almere():
    return read_inputs(DATA / "almere", DATA / "national")


def test_all_areas_and_addresses_are_there(almere):
    assert len(almere.city.areas) == 71
    assert almere.city.points["addresses"].sum() == 107_152
    assert len(almere.city.addresses) == 107_152
    assert almere.city.areas["dwellings"].sum() == 88_874
    assert almere.city.areas["population"].sum() == 217_790


def test_dwellings_of_areas_left_out_of_the_fit_are_within_two_percent_of_cbs(almere):
    table = almere.city.reconciliation
    stable = table[table["stable"]]
    assert len(stable) >= 20
    assert stable["homes_predicted"].sum() == pytest.approx(stable["dwellings_cbs"].sum(), rel=0.02)
    errors = stable["homes_predicted"] / stable["dwellings_cbs"] - 1
    assert errors.abs().max() < 0.08


def test_homes_of_the_base_year_come_near_cbs_without_being_scaled(almere):
    table = almere.city.reconciliation
    assert table["homes"].sum() == pytest.approx(88_874, rel=0.02)
    assert (table["difference"].abs() > 0).sum() > 20


def test_areas_named_as_new_hold_new_homes_only(almere):
    table = almere.city.reconciliation.set_index("area_name")
    for name in ("Europakwartier Oost", "Olympiakwartier Oost", "Hortus"):
        assert table.loc[name, "homes"] == 0
        assert table.loc[name, "new_homes"] > 0.7 * table.loc[name, "addresses"]


def test_business_parks_hold_no_homes(almere):
    table = almere.city.reconciliation.set_index("area_name")
    parks = ["Stichtsekant", "Gooisekant", "De Vaart", "Hollandsekant", "Veluwsekant"]
    assert (table.loc[parks, ["homes", "new_homes"]] == 0).all(axis=None)


def test_every_sector_equals_the_balance(almere):
    sectors = almere.city.sectors.set_index("sector")
    np.testing.assert_allclose(sectors["points_kwh"], sectors["balance_kwh"], rtol=1e-9)
    loads = sectors.loc[sectors["direction"] == "load", "points_kwh"].sum()
    assert loads / KWH_PER_TJ == pytest.approx(2598, abs=0.5)


def test_groups_are_small_and_compact(almere):
    groups = almere.city.points[almere.city.points["kind"] == "group"]
    assert 8_000 <= len(groups) <= 10_000
    assert groups["addresses"].max() <= 24
    assert groups["radius_m"].max() <= 125


def test_dwelling_types_have_the_shares_of_the_municipality(almere):
    points = almere.city.points
    homes, new_homes = points["homes"].sum(), points["new_homes"].sum()
    # Sums by type over the periods of the municipal dataset, added by hand; then the newest one.
    stock = np.array([23_412, 42_499, 14_359, 4_858])
    newest = np.array([6_820, 4_926, 2_244, 1_920])
    expected = homes * stock / stock.sum() + new_homes * newest / newest.sum()
    assert np.abs(points[list(DWELLING_COLUMNS)].sum().to_numpy() - expected).max() < 2.0


def test_heating_comes_out_at_the_cbs_table(almere):
    points = almere.city.points
    base_gas = points["homes_gas"].sum() / points["homes"].sum()
    assert base_gas == pytest.approx(0.405, abs=0.01)


def test_four_stations_stand_of_which_three_feed(almere):
    sites = almere.city.substation_sites
    assert len(sites) == 4
    assert sites["feeds_mv"].sum() == 3


def test_all_charging_locations_belong_to_a_point(almere):
    chargers = almere.city.chargers
    assert len(chargers) == 1300
    assert chargers["power_max_kw"].isna().sum() == 121
    assert (chargers["power_max_kw"] >= 50).sum() == 22
    assert set(chargers["point_id"]) <= set(almere.city.points["point_id"])


def test_only_the_doubles_of_the_register_are_warned_of(almere):
    assert ["35 of 107152" in issue.problem for issue in almere.warnings] == [True]


def test_the_reference_profile_covers_the_change_to_winter_time(almere):
    index = almere.shapes.reference.index
    assert str(index[0]) < "2020-10-25" < str(index[-1])
    assert len(index) > 15_000
