"""The kW of a claim beside what an AC power flow of a generated town draws more for it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from horizons import EAST, WEST, make_plan
from towns import make_town

from stroomstad.powerflow import solve_steps
from stroomstad.run.lists import claim_tables
from stroomstad.timeline.horizons import build_horizon
from stroomstad.trust.confirm import confirm_plan

LOSSES_MOST = 0.05  # of a claim, in the transformers that it passes


def row(name, place, homes, first, last, **changes):
    return {
        "project_id": name, "row": 2, "name": name, "kind": "homes", "place": place,
        "first_year": first, "last_year": last, "homes": float(homes), "home_type": "terraced",
        "segment": "", "heating": "heat_pump", "kw_promised": np.nan, "connection_kw": 0.0,
        "profile": "home", "category": 3, "requested_on": "", "jobs": np.nan, "assumed": True,
        "source": "test",
    } | changes  # fmt: skip


PROJECTS = pd.DataFrame(
    [
        row("west", WEST, 12, 2026, 2028),
        row("east", EAST, 9, 2027, 2028, heating="heat_net", home_type="apartment"),
        row("promised", EAST, 6, 2027, 2027, kw_promised=10.5),
    ]
).assign(row=[2, 3, 4])

FITS = PROJECTS[["row"]].assign(fits="yes", first_year_fits=2026.0)


def promised(desk, plan):
    """All that is asked, at the end of each year."""
    told = claim_tables(desk, plan, PROJECTS, FITS)["claim"]
    told = told.assign(size=told.groupby("project")["homes"].cumsum())
    promises = told.rename(columns={"project": "project_id"})[["project_id", "year", "size"]]
    return replace(plan, promises=promises.astype({"size": float}))


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_the_power_flow_draws_what_is_claimed_more_than_without_it(seed):
    desk, solved = make_town(seed), []

    def solve(network, load, feed_in):
        solved.append((load, solve_steps(network, load, feed_in)))
        return solved[-1][1]

    plan = promised(desk, make_plan())
    horizon = build_horizon(desk.twin, plan)
    table, _ = confirm_plan(desk.twin, plan, PROJECTS, horizon, solve)
    assert (table["confirmed"] == table["promised"]).all()
    claim = claim_tables(desk, plan, PROJECTS, FITS)["claim"]
    peak, tree = int(horizon.shapes["home"].argmax()), horizon.tree
    # The first years are solved without the promises, the next ones with all of them.
    years = len(horizon.years)
    pairs = zip(solved[:years], solved[years : 2 * years], strict=True)
    for year, ((_, bare), (_, full)) in zip(horizon.years, pairs, strict=True):
        due = claim[claim["year"] <= year]
        more_kw = (full.power_kw.astype(float) - bare.power_kw)[:, peak]
        lost_kw = (full.losses_kw - bare.losses_kw)[peak]
        claimed_kw = due["kw"].sum()
        assert claimed_kw > 0
        assert more_kw[tree.parent < 0].sum() - lost_kw == pytest.approx(claimed_kw, abs=0.05)
        for place in (WEST, EAST):
            there_kw = due.loc[due["place"] == place, "kw"].sum()
            passes_kw = more_kw[horizon.busbars[place]].sum()
            assert there_kw - 0.05 <= passes_kw <= (1 + LOSSES_MOST) * there_kw + 0.05
