import numpy as np
import pandas as pd
import pytest
from confirming import LV1, LV2, MV1, MV2, connection, homes, linear_solver, make_years
from horizons import EAST, WEST, make_horizon, make_site
from hypothesis import given, settings
from hypothesis import strategies as st

from stroomstad.planning.claim import claim_table
from stroomstad.planning.projects import asked
from stroomstad.trust.placing import Promise, added_kw, hang
from stroomstad.trust.rounds import confirm

laws = settings(max_examples=40, deadline=None)
sizes = st.integers(0, 400)
NODES = (MV1, LV1, MV2, LV2)


@st.composite
def promises(draw):
    """A few promises of homes and connections, at one or more nodes."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        first, more = draw(sizes), draw(sizes)
        nodes = draw(st.sampled_from([(LV1,), (LV2,), (LV1, LV2)]))
        if draw(st.booleans()):
            kw = draw(st.sampled_from([0.5, 1.0, 2.2]))
            made.append(homes(first, first + more, kw=kw, nodes=nodes, name=f"homes {number}"))
        else:
            node = draw(st.sampled_from(NODES))
            made.append(connection(first, first + more, nodes=[node], name=f"power {number}"))
    return tuple(made)


@st.composite
def cities(draw):
    """The tiny grid with losses and voltage drops that the linear rule knows nothing of."""
    solver = linear_solver(
        gain=draw(st.floats(0.9, 1.3)), drop_pu_per_kw=draw(st.floats(0.0, 0.0003))
    )
    return make_years(solver, growth=(1.0, draw(st.floats(1.0, 2.0))))


@given(promises(), cities())
@laws
def test_what_is_confirmed_breaks_no_limit_and_is_at_most_what_is_promised(promised, city):
    horizon, years = city
    answer = confirm(promised, horizon, years)
    assert [year.pressed for year in answer.last] == [0, 0]
    for promise, hung in zip(promised, answer.hung, strict=True):
        assert (hung.size <= promise.size + 1e-9).all()
        assert (np.diff(hung.placed, axis=1) >= 0).all()
        assert hung.size == pytest.approx(np.rint(hung.size))


@given(promises(), cities())
@laws
def test_what_is_confirmed_is_confirmed_again(promised, city):
    horizon, years = city
    answer = confirm(promised, horizon, years)
    whole = dict(enumerate(answer.hung))
    assert hang(promised, horizon, kept=whole) == answer.hung
    assert all((year.pressed == 0) for year in answer.last)


@given(promises(), st.integers(0, 1))
@laws
def test_the_power_that_hangs_is_the_power_that_is_drawn(promised, year):
    horizon, _ = make_years(linear_solver())
    hung = hang(promised, horizon)
    _, power_kw = added_kw(hung, promised, horizon, year)
    highest = int(horizon.shapes["home"].argmax())
    expected = sum(float(one.size[year]) * promise.kw
                   for one, promise in zip(hung, promised, strict=True))  # fmt: skip
    assert power_kw[:, highest].sum() == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0.5, 3.0), st.integers(0, 2)), max_size=5))
@laws
def test_the_kw_of_a_claim_are_what_the_power_flow_sees(rows):
    horizon = make_horizon()
    projects = pd.DataFrame(
        [
            {
                "project_id": f"p{at}",
                "row": at,
                "name": f"p{at}",
                "kind": "homes",
                "place": (WEST, EAST)[at % 2],
                "first_year": 2026,
                "last_year": 2026 + span,
                "homes": float(count),
                "home_type": "any",
                "heating": "unknown",
                "connection_kw": 0.0,
                "category": 3,
                "assumed": True,
            }
            for at, (count, _, span) in enumerate(rows)
        ],
        columns=["project_id", "row", "name", "kind", "place", "first_year", "last_year", "homes",
                 "home_type", "heating", "connection_kw", "category", "assumed"],
    )  # fmt: skip
    kw = np.array([row[1] for row in rows])
    size = asked(projects, horizon.years)
    promised = tuple(
        Promise(name, size[at], kw[at], "home", True, horizon.busbars[place])
        for at, (name, place) in enumerate(projects[["project_id", "place"]].to_numpy().tolist())
    )
    sites = {WEST: make_site(WEST), EAST: make_site(EAST)}
    fits = projects[["row"]].assign(fits="yes", first_year_fits=2026.0)
    claim = claim_table(
        projects, sites, dict.fromkeys(("low", "mid", "high"), kw), horizon.years, fits
    )
    hung = hang(promised, horizon)
    highest = int(horizon.shapes["home"].argmax())
    for year, name in enumerate(horizon.years):
        _, power_kw = added_kw(hung, promised, horizon, year)
        claimed_kw = claim.loc[claim["year"] <= name, "kw"].sum()
        assert power_kw[:, highest].sum() == pytest.approx(claimed_kw, rel=1e-9, abs=1e-9)
