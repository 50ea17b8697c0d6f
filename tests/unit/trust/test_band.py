from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import make_twin

from stroomstad.tables.parameters import override
from stroomstad.trust.band import (
    INPUTS,
    QUANTILES,
    REGIONAL,
    draw_inputs,
    input_rows,
    quantiles,
    records,
    room_band,
    side_of,
    tornado,
)

NAMES = [one.name for one in INPUTS]
DRAWS = 60


def rows_of(twin, regional_mw=(0.0, 10.0, 20.0)):
    return input_rows(twin.parameters["mid"], regional_mw)


def with_bands(twin, **bands):
    """The twin with other bands; its loads and its grid stay as they are."""
    changes = {
        name: {"low": low, "mid": mid, "high": high, "status": "assumed", "source": "test"}
        for name, (low, mid, high) in bands.items()
    }
    rows = override(twin.parameters["mid"].rows, changes)
    return replace(
        twin, parameters={case: replace(each, rows=rows) for case, each in twin.parameters.items()}
    )


def without_bands(twin):
    """The twin when all that is drawn is known: every band is its middle value."""
    mid = {name: twin.parameters["mid"].band(name)[1] for name in NAMES if name != REGIONAL}
    known = with_bands(twin, **{name: (value,) * 3 for name, value in mid.items()})
    outlook = twin.catalogue.outlook
    certain = outlook.assign(low=outlook["mid"], high=outlook["mid"])
    return replace(known, catalogue=replace(twin.catalogue, outlook=certain))


def test_draws_stay_within_their_band_and_gather_round_the_middle():
    rows = rows_of(make_twin())
    drawn = draw_inputs(rows, NAMES, draws=400, seed=1)
    bands = rows.set_index("parameter")
    for name in NAMES:
        assert drawn[name].between(bands["low"][name], bands["high"][name]).all()
    kw = drawn["new_home_peak_kw"]
    assert kw.mean() == pytest.approx((1.2 + 2.2 + 3.5) / 3, rel=0.02)
    assert kw.between(1.8, 2.7).mean() > kw.between(1.2, 1.5).mean() + kw.between(3.2, 3.5).mean()


def test_draws_are_independent_of_each_other():
    drawn = draw_inputs(rows_of(make_twin()), NAMES, draws=2000, seed=1)
    varied = drawn.loc[:, drawn.nunique() > 1]
    apart = varied.corr().to_numpy() - np.eye(varied.shape[1])
    assert np.abs(apart).max() < 0.08


def test_the_same_seed_draws_the_same_and_another_seed_something_else():
    rows = rows_of(make_twin())
    first, again, other = (draw_inputs(rows, NAMES, 20, seed) for seed in (1, 1, 2))
    assert first.to_numpy().tobytes() == again.to_numpy().tobytes()
    assert not first.equals(other)


def test_what_is_drawn_of_one_input_does_not_depend_on_the_others():
    rows = rows_of(make_twin())
    alone = draw_inputs(rows, ["limit_station"], 20, 1)
    together = draw_inputs(rows, NAMES, 20, 1)
    assert (alone["limit_station"] == together["limit_station"]).all()


def test_an_input_that_is_known_is_never_drawn_otherwise():
    drawn = draw_inputs(rows_of(make_twin()), ["reserved_mw", "limit_mv_cable"], 20, 1)
    assert (drawn == [0.0, 0.5]).all().all()


def test_every_input_says_what_it_is_in_both_languages_and_whether_it_is_a_stand_in():
    rows = rows_of(make_twin())
    assert rows.notna().all().all()
    assert rows.loc[rows["stand_in"], "parameter"].tolist() == [
        "mv_feeder_fill_planned",
        "firm_full_load_hours",
    ]
    assert (rows["about"] != rows["about_nl"]).all()


def test_the_side_with_least_room_takes_each_input_the_right_way():
    least, most = (side_of(rows_of(make_twin()), side) for side in ("low", "high"))
    assert (least["new_home_peak_kw"], most["new_home_peak_kw"]) == (3.5, 1.2)
    assert (least["limit_station"], most["limit_station"]) == (1.0, 1.2)


def test_with_every_input_known_each_draw_is_the_middle_answer():
    areas, _ = room_band(without_bands(make_twin()), draws=3)
    columns = ["lowest", *QUANTILES, "highest", "corner_low", "corner_high"]
    assert (areas["case_mid"] > 0).all()
    assert areas[columns].eq(areas["case_mid"], axis=0).all().all()


def test_the_band_lies_between_its_corners_and_holds_the_middle_answer():
    areas, _ = room_band(make_twin(), draws=DRAWS)
    order = ["corner_low", "lowest", "p10", "p50", "p90", "highest", "corner_high"]
    steps = areas[order].diff(axis=1).iloc[:, 1:]
    assert (steps >= 0).all().all()
    assert areas["case_mid"].between(areas["lowest"], areas["highest"]).all()
    assert (areas["p10"] < areas["p90"]).all()


def test_the_region_can_only_take_homes_away_from_the_city():
    areas, _ = room_band(make_twin(), draws=DRAWS)
    local, with_region = areas[areas["area_code"] == "GM0001"].to_dict("records")
    assert (local["with_region"], with_region["with_region"]) == (False, True)
    assert with_region["p90"] < local["p90"]
    assert all(with_region[name] <= local[name] for name in ("lowest", "p50", "highest"))


def test_the_same_seed_gives_the_same_bytes():
    one, other = (room_band(make_twin(), draws=10, seed=5) for _ in range(2))
    for first, second in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_stations_are_full_in_as_many_draws_as_less_than_one_home_fits():
    twin = make_twin()
    _, stations = room_band(twin, draws=DRAWS)
    assert stations["station_id"].tolist() == ["S1", "S2"]
    assert stations["probability_full_modelled"].between(0, 1).all()
    shares = stations["probability_itself_full_modelled"]
    assert (shares <= stations["probability_full_modelled"]).all()
    tight = with_bands(twin, limit_station=(0.2, 0.3, 1.0))
    _, fuller = room_band(tight, draws=DRAWS)
    assert fuller["probability_itself_full_modelled"].between(0.05, 0.95).any()


def test_the_tornado_is_sorted_and_every_row_goes_through_the_middle_answer():
    told = tornado(make_twin())
    areas, _ = room_band(make_twin(), draws=1)
    local = areas.loc[areas["area_code"] == "GM0001", "case_mid"].iloc[0]
    assert (told["swing"].diff().dropna() <= 0).all()
    assert (told.loc[told["parameter"] != REGIONAL, "homes_mid"] == local).all()
    assert sorted(told["parameter"]) == sorted(NAMES)
    assert not told["redrawn"].any()


def test_the_tornado_moves_homes_the_way_each_input_says():
    told = tornado(make_twin()).set_index("parameter")
    rising = told["homes_high"] >= told["homes_low"]
    moved = told["swing"] > 0
    assert (rising == (told["raises_room"] > 0))[moved].all()
    assert {"new_home_peak_kw", "limit_station", REGIONAL} <= set(told.index[moved])


@pytest.mark.parametrize(
    ("name", "wider"),
    [("limit_station", (0.9, 1.1, 1.4)), ("new_home_peak_kw", (1.0, 2.2, 4.0))],
)
def test_a_wider_input_never_swings_less(name, wider):
    usual, more = (
        tornado(twin).set_index("parameter")["swing"]
        for twin in (make_twin(), with_bands(make_twin(), **{name: wider}))
    )
    assert more[name] > usual[name]
    others = [other for other in NAMES if other != name]
    assert (more[others] == usual[others]).all()


def test_what_needs_another_grid_is_drawn_anew_where_that_can_be_done():
    asked = []

    def redraw(name, value):
        asked.append((name, value))
        return make_twin()

    told = tornado(make_twin(), redraw=redraw).set_index("parameter")
    assert told.index[told["redrawn"]].tolist() == told.index[told["stand_in"]].tolist()
    assert sorted(asked) == [
        ("firm_full_load_hours", 2500.0),
        ("firm_full_load_hours", 4000.0),
        ("mv_feeder_fill_planned", 0.4),
        ("mv_feeder_fill_planned", 0.5),
    ]
    # The grid that comes back is the same one, and so is the answer.
    assert (told.loc[told["redrawn"], "swing"] == 0).all()


def test_quantiles_are_values_that_were_drawn():
    homes = np.array([[7.0], [1.0], [100.0], [4.0], [9.0]])
    told = quantiles(homes).iloc[0]
    assert told.to_dict() == {"lowest": 1, "p10": 1, "p50": 7, "p90": 100, "highest": 100}


def test_records_hold_every_input_of_every_draw():
    drawn = draw_inputs(rows_of(make_twin()), ["queue_mw", "limit_station"], 3, 1)
    told = records(drawn)
    assert [list(each) for each in told] == [["queue_mw", "limit_station"]] * 3
    assert told[2]["limit_station"] == drawn["limit_station"].iloc[2]
