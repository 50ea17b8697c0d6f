"""How many homes each further euro connects, and with how much CO2."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from stroomstad.measures.twin import Horizon
from stroomstad.search.model import Mix, spent, unit_eur
from stroomstad.search.problem import Posed, Question, pose
from stroomstad.search.solve import Answer, Progress, SearchOptions, search
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.plan import PAYERS, Catalogue, Payer, Plan

# Own choice: shares of what could usefully be spent; the first euros connect most, by far.
SHARES = (0.0, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 1.0)


def homes_per_euro(
    posed: Callable[[float], Posed],
    ceilings_eur: Iterable[float] | None = None,
    options: SearchOptions | None = None,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> pd.DataFrame:
    """Search with one ceiling after another, each from the answer of the one below.

    Parameters
    ----------
    posed
        Gives the problem for a ceiling in euros, which must be its last budget line; as from
        `ceilinged`.
    ceilings_eur
        Ceilings. When left out, `SHARES` of what an unlimited purse would spend.
    options, progress, cancelled
        As for `search`.

    Returns
    -------
    One row per ceiling, rising: ``ceiling_eur``, ``spent_eur``, ``homes``, ``connection_kw``,
    ``worth``, ``bound``, ``gap_fraction``, ``ended``, ``co2_kg`` of the measures over the horizon,
    and what they cost: ``eur_municipality`` and ``eur_society``. More money never connects less.
    """
    if ceilings_eur is None:
        purse = posed(np.inf)
        # What an unlimited purse wastes would stretch the ceilings past what is useful.
        frugal = replace(options or SearchOptions(), tidy=True)
        free = search(purse.problem, frugal, progress=progress, cancelled=cancelled)
        ceilings_eur = [share * _spent(purse, free.mix) for share in SHARES]
    rows, start = [], None
    for ceiling_eur in sorted(set(ceilings_eur)):
        one = posed(ceiling_eur)
        answer = search(one.problem, options, start=start, progress=progress, cancelled=cancelled)
        start = answer.mix
        rows.append({"ceiling_eur": ceiling_eur, **_facts(one, answer)})
        if answer.ended == "cancelled":
            break
    return pd.DataFrame(rows)


def ceilinged(
    horizon: Horizon,
    plan: Plan,
    projects: pd.DataFrame,
    catalogue: Catalogue,
    parameters: Parameters,
    *,
    question: Question,
) -> Callable[[float], Posed]:
    """The problem of `pose` for any ceiling on what the payers of the question spend."""

    def with_ceiling(ceiling_eur: float) -> Posed:
        asked = replace(question, ceilings=((question.payers, ceiling_eur),))
        return pose(horizon, plan, projects, catalogue, parameters, question=asked)

    return with_ceiling


def _facts(posed: Posed, answer: Answer) -> dict[str, object]:
    mix = answer.mix
    made = zip(posed.problem.demand.connection_kw, mix.connected, strict=True)
    emitted = posed.unit_costs["co2_kg_per_year"].fillna(0.0).to_numpy() @ mix.size
    return {
        "spent_eur": _spent(posed, mix),
        "homes": sum(float(homes[:, -1].sum()) for homes in mix.homes),
        "connection_kw": sum(float(kw * at[:, -1].sum()) for kw, at in made),
        "worth": answer.worth,
        "bound": answer.bound,
        "gap_fraction": answer.gap_fraction,
        "ended": answer.ended,
        "co2_kg": float(emitted.sum()),
        "eur_municipality": _paid(posed, mix, ("municipality",)),
        "eur_society": _paid(posed, mix, PAYERS),
    }


def _paid(posed: Posed, mix: Mix, payers: Iterable[Payer]) -> float:
    """What some payers spend on a mix over the horizon, discounted nowhere. [EUR]."""
    unit = posed.unit_costs.fillna(0.0)
    share = unit[[f"share_{payer}" for payer in payers]].sum(axis=1).to_numpy()
    investment_eur, yearly_eur = unit["investment_eur"].to_numpy(), unit["yearly_eur"].to_numpy()
    each = unit_eur(
        posed.problem,
        share * investment_eur,
        share * yearly_eur,
        np.ones(posed.problem.years),
    )
    return float((each * mix.size).sum())


def _spent(posed: Posed, mix: Mix) -> float:
    return float(spent(posed.problem, mix.size)[-1])
