"""The catalogue of measures, homes and the outlook: read, in order, and true to its sources."""

import pandas as pd
import pytest
from plan_texts import make_catalogue
from tiny import make_parameters

from stroomstad.errors import InvalidData
from stroomstad.sources import read_inputs
from stroomstad.tables.plan import HOME_TYPES, MEASURE_KINDS, OUTLOOK
from stroomstad.tables.schema import check

CATALOGUE = make_catalogue()
KINDS = CATALOGUE.kinds.set_index("kind")
HOMES = CATALOGUE.home_types.set_index(["home_type", "heating"])
PARAMETERS = make_parameters()
WANTED = {
    "demand": {"homes", "connection", "industry_connection", "chargers", "heat_pumps",
               "central_heat_pump"},
    "reinforcement": {"new_station", "larger_station", "lv_cable", "mv_cable",
                      "substation_transformer"},
    "region": {"regional_capacity"},
    "relief": {"neighbourhood_battery", "firm_battery", "generator", "peak_shaving_contract",
               "energy_hub", "smart_charging", "grid_aware_new_build", "efficient_installations",
               "hybrid_heat_pump", "heat_net", "insulation", "curtailed_solar"},
    "right": {"time_block_right", "non_firm_right"},
}  # fmt: skip


def test_the_catalogue_is_read_as_declared(inputs):
    for rows, declared in (
        (inputs.catalogue.kinds, MEASURE_KINDS),
        (inputs.catalogue.home_types, HOME_TYPES),
        (inputs.catalogue.outlook, OUTLOOK),
    ):
        assert check(rows, declared) == []
        assert list(rows.columns) == list(declared.columns)
    read = set(inputs.files["file"])
    assert {"measures.csv", "home_types.csv", "outlook.csv"} <= read


def test_every_kind_of_measure_is_there_in_its_group():
    groups = KINDS.groupby("group").groups
    assert {group: set(kinds) for group, kinds in groups.items()} == WANTED


def test_every_row_says_where_it_comes_from_in_both_languages():
    for rows in (CATALOGUE.kinds, CATALOGUE.outlook):
        for column in ("source", "about", "about_nl"):
            assert rows[column].str.len().gt(20).all()
    assert CATALOGUE.home_types["source"].str.len().gt(20).all()


def test_every_kind_has_a_price():
    assert KINDS[["investment_eur", "yearly_eur"]].notna().all(axis=None)


def test_a_relief_measure_says_its_firm_power_unless_it_is_a_cap():
    relief = KINDS[KINDS["group"].isin(["relief", "right"])]
    unsaid = relief.index[relief["kw"].isna()]
    assert set(unsaid) == set(relief.index[relief["shape"] == "cap"])


def test_what_stands_in_the_parameters_too_is_the_same_there():
    for name, band in (
        ("new_home_peak_kw", KINDS.loc["homes", ["kw_low", "kw", "kw_high"]]),
        ("new_home_peak_kw", HOMES.loc[("any", "unknown"), ["kw_low", "kw", "kw_high"]]),
        ("heat_pump_added_kw", KINDS.loc["heat_pumps", ["kw_low", "kw", "kw_high"]]),
    ):
        assert tuple(band) == PARAMETERS.band(name)


def test_a_transformer_costs_250_eur_per_kva_of_its_rating():
    rating_kva = [mva * 1000 for mva in PARAMETERS.band("substation_transformer_mva")]
    row = KINDS.loc["substation_transformer"]
    priced = [row["investment_eur_low"], row["investment_eur"], row["investment_eur_high"]]
    assert priced == [kva * 250 for kva in rating_kva]


def test_engines_with_the_largest_one_out_follow_from_their_number():
    row = KINDS.loc["generator"]
    assert row["kw_low"] == pytest.approx(3 / 4)
    assert row["kw_high"] == pytest.approx(23 / 24, abs=0.005)


def test_fuel_makes_up_most_of_what_a_generator_costs_a_year():
    hours, efficiency, eur_per_kwh = 500, 0.43, 0.05
    upkeep = 6 + hours * 0.002
    fuel = hours / efficiency * eur_per_kwh
    assert KINDS.loc["generator", "yearly_eur"] == pytest.approx(upkeep + fuel, abs=1)
    assert KINDS.loc["generator", "co2_kg_per_year"] == pytest.approx(
        0.198 / efficiency * hours, abs=1
    )


def test_five_hours_of_storage_cost_energy_and_power():
    row = KINDS.loc["neighbourhood_battery"]
    assert row["investment_eur"] == 5 * 250 + 287
    assert row["investment_eur_low"] == 5 * 190 + 214


def test_a_grid_aware_home_and_its_relief_make_up_a_home():
    left = KINDS.loc["homes", "kw"] - KINDS.loc["grid_aware_new_build", "kw"]
    assert left == pytest.approx(HOMES.loc[("any", "grid_aware"), "kw"])


def test_a_home_on_a_heat_net_and_its_relief_stay_below_an_all_electric_one():
    saved = KINDS.loc["heat_net", "kw"] + HOMES.loc[("any", "heat_net"), "kw"]
    assert saved <= HOMES.loc[("any", "heat_pump"), "kw_high"]


def test_the_outlook_of_vehicles_follows_from_its_source():
    outlook = CATALOGUE.outlook.set_index(["quantity", "year"])["mid"]
    added = (1.9e6 - 0.44e6) * 0.012 / 88_363
    assert outlook["vehicles_per_home", 2030] == pytest.approx(added, abs=1e-4)
    assert outlook["vehicles_per_home", 2023] == 0


def test_the_outlook_runs_from_the_base_year_beyond_the_horizon():
    years = CATALOGUE.outlook.groupby("quantity")["year"].agg(["min", "max"])
    assert (years["min"] == 2023).all()
    assert (years["max"] >= 2036).all()


def test_the_room_of_the_region_is_marked_assumed_and_may_be_nothing():
    region = CATALOGUE.outlook[CATALOGUE.outlook["quantity"] == "regional_mw"]
    assert (region["status"] == "assumed").all()
    assert region["low"].min() == 0
    assert region["source"].str.contains("not published").all()


FAULTS = {
    "a band that does not rise": (
        "measures.csv", "kind", "generator", "kw_low", "0.99", ["generator", "do not rise"],
    ),
    "a band that is only half there": (
        "measures.csv", "kind", "generator", "kw_high", "", ["generator", "not all there"],
    ),
    "an unknown shape": (
        "measures.csv", "kind", "generator", "shape", "evening", ["measures.csv.shape", "evening"],
    ),
    "a life of nothing": (
        "measures.csv", "kind", "generator", "life_years", "0", ["life_years", "generator"],
    ),
    "half a price year": (
        "measures.csv", "kind", "generator", "price_year", "2023.5", ["price_year", "whole"],
    ),
    "a home type twice": (
        "home_types.csv", "home_type", "detached", "home_type", "apartment",
        ["apartment, heat_pump", "more than once"],
    ),
    "nothing to fall back on": (
        "home_types.csv", "heating", "unknown", "heating", "gas", ["any", "unknown", "missing"],
    ),
    "an outlook the wrong way round": (
        "outlook.csv", "year", "2030", "low", "0", ["outlook.csv.demand_index", "2030"],
    ),
    "a year that stands twice": (
        "outlook.csv", "year", "2030", "year", "2031", ["outlook.csv", "2023 to 2040", "one row"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_a_faulty_catalogue_is_told(folders, case):
    name, by, value, column, wrong, words = case
    path = folders / "national" / name
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[rows[by] == value, column] = wrong
    rows.to_csv(path, index=False)
    with pytest.raises(InvalidData) as caught:
        read_inputs(folders / "city", folders / "national")
    told = "\n".join(map(str, caught.value.issues))
    assert all(word in told for word in words), told


def test_a_quantity_that_the_outlook_lacks_is_told(folders):
    path = folders / "national" / "outlook.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows[rows["quantity"] != "regional_mw"].to_csv(path, index=False)
    with pytest.raises(InvalidData, match="regional_mw is missing"):
        read_inputs(folders / "city", folders / "national")
