"""From the files of Proefstad to a city: nothing lost, nothing counted twice."""

import numpy as np
import pandas as pd
import pytest
from cityfiles import FILES

from stroomstad.sources import LENT, read_inputs
from stroomstad.tables import city as declared
from stroomstad.tables.grid import CABLE_TYPES, TRANSFORMER_TYPES
from stroomstad.tables.limits import USUAL_LIMITS, LimitChoice
from stroomstad.tables.parameters import PARAMETERS
from stroomstad.tables.schema import check

CITY_TABLES = {
    "areas": declared.AREAS,
    "points": declared.POINTS,
    "addresses": declared.ADDRESSES,
    "sectors": declared.SECTORS,
    "chargers": declared.CHARGERS,
    "substation_sites": declared.SUBSTATION_SITES,
    "reconciliation": declared.RECONCILIATION,
    "known": declared.KNOWN,
}


@pytest.mark.parametrize("name", CITY_TABLES)
def test_every_table_of_the_city_is_as_declared(inputs, name):
    table = getattr(inputs.city, name)
    assert list(map(str, check(table, CITY_TABLES[name]))) == []
    assert set(CITY_TABLES[name].columns) <= set(table.columns)


def test_the_national_tables_are_as_declared(inputs):
    assert check(inputs.parameters, PARAMETERS) == []
    assert check(inputs.cable_types, CABLE_TYPES) == []
    assert check(inputs.transformer_types, TRANSFORMER_TYPES) == []


def test_every_address_is_in_exactly_one_point(inputs):
    points = inputs.city.points
    assert points["addresses"].sum() == 200
    parts = points["homes"] + points["new_homes"] + points["other_uses"]
    assert (parts == points["addresses"]).all()


def test_every_address_lies_within_the_radius_of_its_point(inputs):
    points, addresses = inputs.city.points.set_index("point_id"), inputs.city.addresses
    assert addresses["point_id"].value_counts().to_dict() == (
        points.loc[points["addresses"] > 0, "addresses"].to_dict()
    )
    point = points.loc[addresses["point_id"]]
    away = addresses[["x_m", "y_m"]].to_numpy() - point[["x_m", "y_m"]].to_numpy()
    farthest_m = pd.Series(np.hypot(*away.T)).groupby(addresses["point_id"].to_numpy()).max()
    np.testing.assert_allclose(farthest_m, points.loc[farthest_m.index, "radius_m"], atol=1e-6)


def test_every_home_has_one_type(inputs):
    points = inputs.city.points
    typed = points[list(declared.DWELLING_COLUMNS)].sum(axis=1)
    assert (typed == points["homes"] + points["new_homes"]).all()


def test_dwelling_types_come_near_the_municipal_ones(inputs):
    points = inputs.city.points
    homes, new_homes = points["homes"].sum(), points["new_homes"].sum()
    # 30, 70, 30 and 20 of 150 dwellings; the newest ones 20, 10, 10 and 0 of 40.
    expected = homes * np.array([30, 70, 30, 20]) / 150 + new_homes * np.array([20, 10, 10, 0]) / 40
    drawn = points[list(declared.DWELLING_COLUMNS)].sum().to_numpy()
    assert np.abs(drawn - expected).max() < 2.0


def test_points_per_area_add_up_to_the_reconciliation(inputs):
    points = inputs.city.points.groupby("area_code")[["addresses", "homes", "new_homes"]].sum()
    table = inputs.city.reconciliation.set_index("area_code")
    for column in points:
        assert points[column].to_dict() == table[column].to_dict()


def test_every_sector_adds_up_to_its_balance(inputs):
    sectors = inputs.city.sectors
    np.testing.assert_allclose(sectors["points_kwh"], sectors["balance_kwh"], rtol=1e-9)
    assert (sectors["balance_kwh"] > 0).all()


def test_new_homes_use_energy_on_top_of_the_balance(inputs):
    points = inputs.city.points
    assert points["new_homes"].sum() > 0
    per_home = points["new_homes_kwh"].sum() / points["new_homes"].sum()
    assert per_home == pytest.approx(2670)
    assert (points.loc[points["homes"] == 0, "households_kwh"] == 0).all()


def test_every_home_has_one_kind_of_heating(inputs):
    points = inputs.city.points
    heated = points[["homes_gas", "homes_heat_net", "homes_neither"]].sum(axis=1)
    np.testing.assert_allclose(heated, points["homes"] + points["new_homes"])


def test_large_firms_are_points_of_their_own_and_synthetic(inputs):
    points = inputs.city.points
    firms = points[points["kind"] == "firm"]
    assert len(firms) > 0
    assert set(firms["level"]) == {"mv"}
    assert firms["synthetic"].all()
    assert (firms["addresses"] == 1).all()
    energy_kwh = firms[["buildings_kwh", "ict_kwh", "industry_kwh", "agriculture_kwh"]].sum(axis=1)
    assert (energy_kwh > 55 * 0.98 * 3000).all()


def test_firms_in_groups_are_small(inputs):
    groups = inputs.city.points[inputs.city.points["kind"] == "group"]
    columns = ["buildings_kwh", "ict_kwh", "industry_kwh", "agriculture_kwh"]
    per_firm_kwh = groups[columns].sum(axis=1) / groups["other_uses"].clip(lower=1)
    assert (per_firm_kwh <= 55 * 0.98 * 3000).all()


def test_public_charging_goes_to_chargers_by_their_power(inputs):
    points = inputs.city.points.set_index("point_id")
    public = points["road_public_kwh"]
    # 22, unknown (median of 22, 50 and 150) and 50 + 150 kW at one place.
    assert public["charger-001"] / public.sum() == pytest.approx(200 / 272)
    slow = inputs.city.chargers.set_index("charger_id")["point_id"]["L1"]
    assert public[slow] / public.sum() == pytest.approx(22 / 272)
    assert public.sum() / (public.sum() + points["road_home_kwh"].sum()) == pytest.approx(0.502)


def test_an_unknown_charging_power_stays_missing(inputs):
    power_kw = inputs.city.chargers.set_index("charger_id")["power_max_kw"]
    assert np.isnan(power_kw["L2"])


def test_trains_have_one_node_at_the_named_station(inputs):
    points = inputs.city.points
    traction = points[points["rail_kwh"] > 0]
    assert traction["kind"].tolist() == ["traction"]
    assert traction["level"].tolist() == ["substation"]
    assert traction["x_m"].iloc[0] == pytest.approx(140_600, abs=0.01)


def test_wind_feeds_in_by_number_of_turbines_inside_the_municipality(inputs):
    made_kwh = inputs.city.points.set_index("point_id")["wind_kwh"]
    assert made_kwh["wind-4"] == pytest.approx(3 * made_kwh["wind-3"])
    assert "wind-5" not in made_kwh.index


def test_only_substations_inside_the_municipality_are_sites(inputs):
    assert inputs.city.substation_sites["substation_name"].tolist() == ["150kV Proefstad"]


def test_solar_on_homes_follows_the_areas_and_the_balance_hours(inputs):
    points = inputs.city.points
    homes_kwh = points.groupby("area_code")["solar_homes_kwh"].sum()
    assert homes_kwh["WK000101"] / homes_kwh["WK000102"] == pytest.approx(90 / 62)
    solar = ["solar_homes_kwh", "solar_firms_kwh", "solar_field_kwh"]
    np.testing.assert_allclose(points[solar].sum(axis=1), 950 * points["solar_kwp"])


def test_panels_that_cbs_does_not_give_stay_missing_in_the_areas(inputs):
    power_kwp = inputs.city.areas.set_index("area_code")["solar_homes_kwp"]
    assert np.isnan(power_kwp["WK000103"])


def test_the_same_seed_gives_the_same_city(written, inputs):
    again = read_inputs(written / "city", written / "national")
    assert again.city.points.equals(inputs.city.points)
    assert again.files.equals(inputs.files)


def test_another_seed_draws_other_firms_of_the_same_energy(written, inputs):
    other = read_inputs(written / "city", written / "national", seed=2).city
    columns = ["buildings_kwh", "industry_kwh"]
    assert not other.points[columns].equals(inputs.city.points[columns])
    np.testing.assert_allclose(other.sectors["points_kwh"], inputs.city.sectors["points_kwh"])


def test_the_order_of_the_address_file_does_not_matter(folders, inputs):
    path = folders / "city" / FILES["addresses"]
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *rows[::-1]]) + "\n")
    again = read_inputs(folders / "city", folders / "national")
    assert again.city.points.equals(inputs.city.points)


def test_every_file_is_listed_with_its_hash_and_licence(inputs):
    assert {*FILES.values(), "parameters.csv", "weer_1987.csv.gz"} <= set(inputs.files["file"])
    assert inputs.files["sha256"].str.fullmatch("[0-9a-f]{64}").all()
    assert (inputs.files["bytes"] > 0).all()
    assert (inputs.files["licence"] != "").all()


def test_a_city_may_say_which_limits_hold(folders, inputs):
    assert inputs.limits == USUAL_LIMITS
    path = folders / "city" / "city.toml"
    said = '[limits]\ntransformers = "nameplate"\nn1_relaxed = true'
    path.write_text(path.read_text().replace("[parameters]", f"{said}\n[parameters]"))
    read = read_inputs(folders / "city", folders / "national")
    assert read.limits == LimitChoice("nameplate", n1_relaxed=True)


def test_what_others_published_of_the_city_is_kept_as_it_is_said(folders, inputs):
    assert inputs.published == {}
    path = folders / "city" / "city.toml"
    said = '[published]\nstations = 12\nstations_source = "news"'
    path.write_text(path.read_text().replace("[parameters]", f"{said}\n[parameters]"))
    read = read_inputs(folders / "city", folders / "national")
    assert read.published == {"stations": 12, "stations_source": "news"}


def test_a_value_of_another_municipality_is_an_assumption_until_the_city_gives_its_own(folders):
    path = folders / "city" / "city.toml"
    mine = 'rail_share_freight = { mid = 0.102, status = "sourced", source = "own count" }'
    path.write_text(path.read_text().replace("[parameters]", f"[parameters]\n{mine}"))
    read = read_inputs(folders / "city", folders / "national")
    rows = read.parameters.set_index("parameter")
    assert rows.loc["rail_share_freight", ["status", "source"]].tolist() == ["sourced", "own count"]
    assert rows.loc["rail_share_passenger", "status"] == "assumed"
    assert rows.loc["rail_share_passenger", "source"].startswith("value of Almere (GM0034), taken")
    assert "parameters.rail_share_passenger" in read.assumed
    assert "parameters.rail_share_freight" not in read.assumed
    (note,) = read.city.notes.set_index("topic").loc[[LENT]].to_dict("records")
    assert "rail_share_passenger" in note["en"]


def test_a_city_may_replace_a_parameter(folders):
    path = folders / "city" / "city.toml"
    changed = 'road_public_share = { mid = 0.6, status = "assumed", source = "own count" }'
    path.write_text(path.read_text().replace("[parameters]", f"[parameters]\n{changed}"))
    read = read_inputs(folders / "city", folders / "national")
    row = read.parameters.set_index("parameter").loc["road_public_share"]
    assert (row["mid"], row["source"]) == (0.6, "own count")
    points = read.city.points
    road_kwh = points[["road_public_kwh", "road_home_kwh"]].to_numpy().sum()
    assert points["road_public_kwh"].sum() / road_kwh == pytest.approx(0.6)


def test_a_known_fact_on_feeding_wins_over_the_city_file(folders):
    path = folders / "city" / "city.toml"
    path.write_text(path.read_text().replace('" = true', '" = false'))
    known = folders / "city" / FILES["known"]
    known.write_text(known.read_text() + "150kV Proefstad,feeds_mv,1,1,2023-01-01,operator,yes\n")
    read = read_inputs(folders / "city", folders / "national")
    assert read.city.substation_sites["feeds_mv"].tolist() == [True]
    assert read.city.known["asset"].tolist() == ["150kV Proefstad"]


def test_without_wind_turbines_wind_still_feeds_in(folders):
    path = folders / "city" / FILES["grid_places"]
    kept = [line for line in path.read_text().splitlines() if "generator" not in line]
    path.write_text("\n".join(kept) + "\n")
    points = read_inputs(folders / "city", folders / "national").city.points
    assert points.loc[points["point_id"] == "wind-0", "wind_kwh"].sum() == pytest.approx(2e6 / 3.6)


def test_notes_stand_in_both_languages_with_a_status(inputs):
    notes = inputs.city.notes
    assert len(notes) >= 12
    assert (notes[["topic", "nl", "en", "status"]] != "").all(axis=None)
    assert not notes[["nl", "en"]].apply(lambda column: column.str.contains("[{}]")).any(axis=None)
    assert notes["topic"].is_unique


def test_the_notes_say_where_shallow_heat_is_counted(inputs):
    note = inputs.city.notes.set_index("topic").loc["shallow ground heat"]
    assert "not added again" in note["en"]
    assert "niet nog eens opgeteld" in note["nl"]


def test_dutch_notes_write_numbers_the_dutch_way(inputs):
    note = inputs.city.notes.set_index("topic").loc["homes built since"]
    assert "2.670 kWh" in note["nl"]
    assert "2,670 kWh" in note["en"]
