"""Laws of the band around the homes that a plan connects."""

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from queues import PARAMETERS, make_catalogue, make_projects, random_horizon

from stroomstad.fitting.fits import fit_projects
from stroomstad.trust.connected import connected_band, span_of

seeds = st.integers(0, 10**6)
laws = settings(max_examples=15, deadline=None)
CATALOGUE = make_catalogue((1.0, 2.0, 4.0))
BAND = ["lowest", "p10", "p50", "p90", "highest"]


def random_corners(seed):
    """A random grid with loads, limits, kW and region apart in each case, low with least room."""
    rng = np.random.default_rng(seed)
    mid = random_horizon(seed)
    corners = {}
    for case, less in (("low", 1.0), ("mid", 0.0), ("high", -1.0)):
        step = rng.uniform(0.0, 0.4, mid.limit_kva.shape)
        corners[case] = replace(
            mid,
            case=case,
            limit_kva=mid.limit_kva * (1.0 - less * step),
            base_kva=(mid.base_kva + less * 10.0 * step[:, :, None]).astype(np.float32),
            region_kw=mid.region_kw * (1.0 - 0.5 * less),
            home_kw=2.0 * 1.5**less,
        )
    return corners


def random_homes(seed, places=("place 0", "place 1", "place 2", "meadow")):
    rng = np.random.default_rng(seed)
    return make_projects(
        *(
            {
                "place": str(rng.choice(places)),
                "first_year": (first := int(rng.integers(2024, 2029))),
                "last_year": first + int(rng.integers(0, 4)),
                "homes": float(rng.integers(1, 80)),
                "category": int(rng.integers(1, 5)),
            }
            for _ in range(5)
        )
    )


def band_of(corners, projects, draws=12):
    return connected_band(span_of(corners, projects, CATALOGUE, PARAMETERS), draws=draws)


@laws
@given(seeds)
def test_a_band_is_in_order_never_falls_and_stays_within_what_is_asked(seed):
    projects = random_homes(seed)
    table = band_of(random_corners(seed), projects)
    for names in (BAND, [f"with_region_{name}" for name in BAND]):
        assert (table[names].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
        assert (table[names].diff().dropna() >= 0).all(axis=None)
        assert (table[names[-1]] <= projects["homes"].sum()).all()
    assert (table["with_region_p50"] <= table["p50"]).all()


@laws
@given(seeds)
def test_corners_that_are_alike_give_the_answer_of_the_queue_at_every_quantile(seed):
    mid = dict.fromkeys(("low", "mid", "high"), random_horizon(seed))
    # A promise holds in every case; without one the kW of a home is a band of its own.
    projects = random_homes(seed).assign(kw_promised=lambda rows: rows["homes"] * 2.0)
    table = band_of(mid, projects, draws=3)
    _, reserved = fit_projects(mid, projects, CATALOGUE, PARAMETERS)
    homes = reserved.groupby("year")["size"].sum().reindex(table["year"], fill_value=0.0)
    for name in BAND:
        assert table[name].tolist() == homes.tolist()


@laws
@given(seeds)
def test_more_limit_never_lowers_a_quantile_of_the_last_year_at_places_with_one_busbar(seed):
    rng = np.random.default_rng(seed)
    corners = random_corners(seed)
    one = {place: nodes[:1] for place, nodes in corners["mid"].busbars.items()}
    corners = {case: replace(each, busbars=one) for case, each in corners.items()}
    more = rng.uniform(1.0, 1.5, corners["mid"].limit_kva.shape)
    roomier = {
        case: replace(each, limit_kva=each.limit_kva * more) for case, each in corners.items()
    }
    projects = random_homes(seed)
    before, after = (band_of(each, projects)[BAND].tail(1) for each in (corners, roomier))
    pd.testing.assert_frame_equal(np.maximum(before, after), after)


@laws
@given(seeds)
def test_more_limit_never_lowers_a_quantile_of_one_project(seed):
    corners = random_corners(seed)
    more = np.random.default_rng(seed).uniform(1.0, 1.5, corners["mid"].limit_kva.shape)
    roomier = {
        case: replace(each, limit_kva=each.limit_kva * more) for case, each in corners.items()
    }
    project = random_homes(seed, ("place 2",)).head(1)
    before, after = (band_of(each, project)[BAND] for each in (corners, roomier))
    pd.testing.assert_frame_equal(np.maximum(before, after), after)


@laws
@given(seeds, st.floats(1.0, 3.0))
def test_more_from_the_region_never_lowers_a_quantile(seed, more):
    corners, projects = random_corners(seed), random_homes(seed)
    larger = {
        case: replace(each, region_kw=each.region_kw * more) for case, each in corners.items()
    }
    names = [f"with_region_{name}" for name in BAND]
    before, after = (band_of(each, projects)[names] for each in (corners, larger))
    pd.testing.assert_frame_equal(np.maximum(before, after), after)
