import pytest
from scattered import make_scattered_city
from tiny import make_parameters, make_types

from stroomstad.synthesis import build_grid


@pytest.fixture(scope="module")
def street():
    """Three groups in a row on one station; the station stands at the middle one."""
    rows = [{"x_m": 140100 + 90 * i, "y_m": 480100, "homes": 10} for i in range(3)]
    return build_grid(make_scattered_city(rows), make_parameters(), make_types()[0], seed=1)


def lv_cables(grid):
    return grid.cables[grid.cables["kind"] == "lv_cable"].set_index("cable_id")


def test_every_group_has_a_node_and_a_cable_of_its_own(street):
    assert lv_cables(street)["to_node"].tolist() == ["lv-p000", "lv-p001", "lv-p002"]


def test_the_feeder_starts_at_the_low_voltage_side_of_the_station(street):
    station = street.stations["node_lv"].iloc[0]
    assert lv_cables(street).loc["LS-p001", "from_node"] == station


def test_a_cable_with_others_behind_it_is_of_the_thickest_type(street):
    cables = lv_cables(street)
    assert cables.loc["LS-p001", "cable_type"] == "4x150 Al"
    assert cables.loc["LS-p000", "cable_type"] == "4x50 Al"


def test_a_heavy_firm_at_the_end_of_a_street_has_parallel_cables():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 50},
        {"x_m": 140150, "y_m": 480100, "buildings_kwh": 600e3},
    ]
    city = make_scattered_city(rows)
    grid = build_grid(city, make_parameters(), make_types()[0], seed=1)
    assert lv_cables(grid).loc["LS-p001", "parallel"] == 2


def test_panels_at_the_end_of_a_street_have_cables_that_carry_their_feed_in():
    rows = [
        {"x_m": 140100, "y_m": 480100, "homes": 50},
        {"x_m": 140150, "y_m": 480100, "homes": 5, "solar_kwp": 250.0},
    ]
    cable = lv_cables(
        build_grid(make_scattered_city(rows), make_parameters(), make_types()[0], seed=1)
    ).loc["LS-p001"]
    # 250 kWp x 0.8 at 400 V is 289 A, planned to 80 % of a cable of 270 A
    assert cable["parallel"] == 2
    assert cable["rated_current_a"] * 0.8 >= 289.0


def test_homes_of_a_later_period_have_cables_for_what_was_planned_when_they_were_built():
    """40 kW of all-electric homes at the end of a street, and 14 homes of before 2010."""
    start = {"x_m": 140150, "y_m": 480100, "homes": 11}
    types = [
        lv_cables(
            build_grid(
                make_scattered_city(
                    [{"x_m": 140100, "y_m": 480100, "homes": 20}, {**start, **era}]
                ),
                make_parameters(),
                make_types()[0],
                seed=1,
            )
        ).loc["LS-p001", "cable_type"]
        for era in (
            {"era": "before_2010"},
            {"era": "after_2010"},
            {"era": "after_2010", "homes_neither": 11.0},
        )
    ]
    assert types == ["4x50 Al", "4x50 Al", "4x95 Al"]
