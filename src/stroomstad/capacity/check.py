"""Whether the room of every area holds in an AC power flow, and its named limit breaks above it.

For every area the room is placed on its stations and solved, together with a probe that has
the larger of one home and 1 % more, in the few quarters that press hardest: all areas in one
batch of independent steps. Where the answer breaks a limit, or the probe does not break the
named one, the capacities of the links concerned are set to what AC says and the room is worked
out anew. Homes may be read as kWp of roofs throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import LoadBlocks
from stroomstad.capacity.homes import TIME_FORMAT, Places
from stroomstad.capacity.stress import Steps, stress_after, stress_before
from stroomstad.capacity.trial import (
    TOLERANCE,
    Finding,
    Placing,
    Question,
    Trial,
    corrected,
    first_trial,
    judge,
    place_homes,
    trunks,
)
from stroomstad.tables.grid import LINK_KINDS

Solve = Callable[[LoadBlocks, LoadBlocks], Steps]

ROUNDS_MOST = 8
# Less than a thousandth of a limit is not told as pressing it further.
PRESSED_MIN = 1e-3


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one area: the last trial that fits, or the last one tried."""

    trial: Trial
    placing: Placing
    finding: Finding
    voltage_pu: tuple[float, float]
    rounds: int

    @property
    def settled(self) -> bool:
        """Whether the answer breaks no limit and the probe breaks the named one."""
        return self.finding.fits and self.finding.breaks_above


def check_rooms(
    rooms: pd.DataFrame, places: tuple[Places, ...], question: Question, solve: Solve
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check the rooms of one direction by AC and mend what does not hold.

    Parameters
    ----------
    rooms
        As in ``ROOM``, any case and direction.
    places
        Where homes may be placed.
    question
        What is checked: one direction, in the case whose design week was solved.
    solve
        AC power flow of independent steps, from load and feed-in.

    Returns
    -------
    The rooms with the checked ones replaced, and the evidence as in ``ROOM_EVIDENCE``.

    Notes
    -----
    The other cases are not solved. Where the check lowers the room, theirs is lowered by the
    same factor; where it would end up on the wrong side of the checked one, it is set to it.
    """
    verdicts = find_verdicts(places, question, solve)
    evidence = [_evidence(verdict, rooms, question) for verdict in verdicts.values()]
    updated = rooms.copy()
    for verdict in verdicts.values():
        _update(updated, verdict, question)
    return updated, pd.DataFrame(evidence)


def find_verdicts(
    places: tuple[Places, ...], question: Question, solve: Solve
) -> dict[str, Verdict]:
    """Verdict of every area whose room is finite, by area code."""
    trunk = trunks(question.tree)
    trials = [
        first_trial(place, question, trunk)
        for place in places
        if np.isfinite(question.capacities.exact[place.branch.nodes]).all()
    ]
    verdicts: dict[str, Verdict] = {}
    for rounds in range(1, ROUNDS_MOST + 1):
        if not trials:
            break
        unsettled = []
        for verdict in _round(trials, question, solve, rounds):
            known = verdicts.get(verdict.trial.place.area_code)
            if known is None or verdict.finding.fits or not known.finding.fits:
                verdicts[verdict.trial.place.area_code] = verdict
            if not verdict.settled:
                unsettled.append(
                    corrected(verdict.trial, verdict.placing, verdict.finding, question)
                )
        trials = unsettled
    return {
        place.area_code: verdicts[place.area_code]
        for place in places
        if place.area_code in verdicts
    }


def _round(trials: list[Trial], question: Question, solve: Solve, rounds: int) -> list[Verdict]:
    placings = [place_homes(trial, question.tree) for trial in trials]
    steps = solve(*_loads(trials, placings, question))
    verdicts = []
    start = 0
    for trial, placing in zip(trials, placings, strict=True):
        size = trial.quarters.size
        answer, probe = slice(start, start + size), slice(start + size, start + 2 * size)
        stress = (
            stress_before(question.limits, trial.quarters),
            stress_after(question.limits, trial.quarters, steps, answer),
            stress_after(question.limits, trial.quarters, steps, probe),
        )
        voltage_pu = steps.voltage_pu[trial.concerned, answer]
        band_pu = float(voltage_pu.min()), float(voltage_pu.max())
        finding = judge(trial, placing, question.tree, stress)
        verdicts.append(Verdict(trial, placing, finding, band_pu, rounds))
        start += 2 * size
    return verdicts


def _loads(
    trials: list[Trial], placings: list[Placing], question: Question
) -> tuple[LoadBlocks, LoadBlocks]:
    """Load and feed-in of every step: per trial its quarters with the answer, then the probe."""
    quarters = np.concatenate([np.tile(trial.quarters, 2) for trial in trials])
    sites = np.unique(
        np.concatenate([trial.place.branch.nodes[trial.place.branch.site] for trial in trials])
    )
    added = np.zeros((sites.size, quarters.size))
    start = 0
    for trial, placing in zip(trials, placings, strict=True):
        site = trial.place.branch.site
        rows = np.searchsorted(sites, trial.place.branch.nodes[site])
        for homes in (placing.placed, placing.probe):
            unit_kw = question.limits.state.unit_kw[trial.quarters]
            added[rows, start : start + unit_kw.size] = np.outer(homes[site], unit_kw)
            start += unit_kw.size
    loads = question.limits.week.loads
    load, feed_in = loads.load.select(quarters), loads.feed_in.select(quarters)
    if question.capacities.direction == "load":
        return load.with_rows(sites, added), feed_in
    return load, feed_in.with_rows(sites, added)


def _limit(verdict: Verdict, link: int, question: Question) -> tuple[str | None, str | None]:
    """Name and kind of the limit that sets the capacity of a link of the branch."""
    if link < 0:
        return None, None
    tree = question.tree
    limit = int(verdict.trial.charged[link])
    if limit >= tree.parent.size:
        return str(tree.node_ids[limit - tree.parent.size]), "voltage"
    return str(tree.link_ids[limit]), LINK_KINDS[tree.link_kind[limit]]


def _binding_at(verdict: Verdict, question: Question) -> str:
    limit = verdict.trial.charged[verdict.placing.named]
    quarter = verdict.trial.quarters[int(verdict.finding.at_probe[limit].argmax())]
    return str(question.capacities.axis.times()[quarter].strftime(TIME_FORMAT))


def _update(rooms: pd.DataFrame, verdict: Verdict, question: Question) -> None:
    """Write a verdict into the rows of its area."""
    place, placing = verdict.trial.place, verdict.placing
    ours = (rooms["area_code"] == place.area_code) & (
        rooms["direction"] == question.capacities.direction
    )
    checked = ours & (rooms["case"] == question.capacities.case)
    linear = float(rooms.loc[checked, "room"].iloc[0])
    changes: dict[str, float | int | str | None] = {
        "room": placing.homes,
        "binding_count": placing.binding.size,
        "binding_at": _binding_at(verdict, question),
        "checked": _checked(linear, verdict),
    }
    changes["binding"], changes["binding_kind"] = _limit(verdict, placing.named, question)
    next_limit = _limit(verdict, placing.named_next, question)
    changes["next_binding"], changes["next_binding_kind"] = next_limit
    for column, value in changes.items():
        rooms.loc[checked, column] = value
    _follow(rooms, ours, linear, placing.homes)


def _checked(linear: float, verdict: Verdict) -> str:
    if not verdict.settled:
        return "not checked"
    change = verdict.placing.homes - linear
    if abs(change) <= max(1.0, 0.01 * linear):
        return "confirmed"
    return "raised" if change > 0 else "lowered"


def _follow(rooms: pd.DataFrame, ours: pd.Series, linear: float, checked: float) -> None:
    """Let the cases that were not solved follow the one that was."""
    factor = min(1.0, checked / linear) if linear > 0 else 1.0
    for case, bound in (("low", np.minimum), ("high", np.maximum)):
        rows = ours & (rooms["case"] == case) & (rooms["checked"] == "not checked")
        followed = np.floor(rooms.loc[rows, "room"] * factor)
        rooms.loc[rows, "room"] = bound(followed, checked)
    # What fits on the cables that are there passes the same stations and feeders.
    fits = np.minimum(rooms.loc[ours, "room_existing_cables"], rooms.loc[ours, "room"])
    rooms.loc[ours, "room_existing_cables"] = fits


def _evidence(verdict: Verdict, rooms: pd.DataFrame, question: Question) -> Mapping[str, object]:
    place, placing, finding = verdict.trial.place, verdict.placing, verdict.finding
    capacities = question.capacities
    row = rooms[
        (rooms["area_code"] == place.area_code)
        & (rooms["direction"] == capacities.direction)
        & (rooms["case"] == capacities.case)
    ].iloc[0]
    limit = verdict.trial.charged[placing.named]
    worst, loading = _worst_link(verdict, question)
    return {
        "area_code": place.area_code,
        "direction": capacities.direction,
        "room_linear": float(row["room"]),
        "room": placing.homes,
        "factor": placing.homes / row["room"] if row["room"] > 0 else np.nan,
        "rounds": verdict.rounds,
        "worst_link": worst,
        "loading_at_answer": loading,
        "limit": _limit(verdict, placing.named, question)[0],
        "used_at_answer": _finite(finding.at_answer[limit].max()),
        "used_above": _finite(finding.at_probe[limit].max()),
        "voltage_min_pu": verdict.voltage_pu[0],
        "voltage_max_pu": verdict.voltage_pu[1],
        "broken_before": _pressed_further(verdict),
        "holds": verdict.settled,
    }


def _pressed_further(verdict: Verdict) -> int:
    """Limits that were broken without new homes, and are pressed further by them."""
    finding = verdict.finding
    worse = (finding.before > 1 + TOLERANCE) & (finding.at_answer > finding.before + PRESSED_MIN)
    return int((worse.any(axis=1) & np.tile(verdict.trial.concerned, 2)).sum())


def _worst_link(verdict: Verdict, question: Question) -> tuple[str | None, float]:
    """Link with the highest loading, of those that carry more and were not over their limit."""
    finding, size = verdict.finding, question.tree.parent.size
    before, after = finding.before[:size], finding.at_answer[:size].max(axis=1)
    more = (finding.at_answer[:size] > before + TOLERANCE).any(axis=1)
    counted = np.flatnonzero(more & (before.max(axis=1) <= 1.0) & verdict.trial.concerned)
    if not counted.size:
        return None, np.nan
    worst = counted[after[counted].argmax()]
    return str(question.tree.link_ids[worst]), _finite(after[worst])


def _finite(stress: float) -> float:
    """Stress as a number of the table; missing where the step has no solution."""
    return float(stress) if np.isfinite(stress) else np.nan
