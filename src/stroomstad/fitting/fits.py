"""Which rows of a project list fit, from which year, and what binds: in the legal order.

A size *fits in year y* when every link between its place and the region takes it, in every kept
quarter of year y and of every later year of the horizon, beside what was connected before it.

Homes are asked for by place alone, or as the rows of a project list, which are served in the
legal order; the queue says what is reserved for whom.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.capacity.headroom import whole
from stroomstad.fitting.connections import (
    TOLERANCE_KW,
    HubRoom,
    check_place,
    no_station,
)
from stroomstad.fitting.ledger import (
    Ledger,
    find_binding,
    home_offer,
    homes_year_by_year,
    lasting,
    open_ledger,
)
from stroomstad.fitting.queue import (
    Answer,
    Row,
    busbar_branch,
    fits_alone,
    open_queue,
    project_rows,
    region_factor,
    short_years,
    take_all,
)
from stroomstad.measures.twin import Horizon
from stroomstad.planning.projects import queue_order
from stroomstad.tables.parameters import CASES, Case, Parameters
from stroomstad.tables.plan import Catalogue
from stroomstad.tables.projects import FITS


def homes_that_fit(
    horizon: Horizon, place: str, kw_per_home: float, *, ledger: Ledger | None = None
) -> pd.DataFrame:
    """How many homes fit at a place, per year, and what binds.

    Parameters
    ----------
    horizon
        The city over the years.
    place
        One of its places.
    kw_per_home
        What one home draws at its peak at station level, larger than zero. [kW]
    ledger
        What is connected before them; nothing when left out.

    Returns
    -------
    One row per year. ``room``: homes that fit in that year alone; ``room_lasting``: homes that
    fit from that year on; ``binding, binding_kind, binding_at, binding_year``: what holds
    ``room_lasting`` where it is; ``region_mw``: what the region must leave for it;
    ``fits_with_region``: whether it does; ``room_with_region``: homes for which it does.

    Raises
    ------
    NotFound
        When the horizon does not hold the place.

    Notes
    -----
    What is connected stays where it is, so at every link the least of this and all later years
    counts; ``room_lasting`` can be below the least ``room`` of these years.
    """
    check_place(horizon, place)
    branch = busbar_branch(horizon, place)
    ledger = ledger or open_ledger(horizon, branch.nodes)
    offer = home_offer(ledger, branch, kw_per_home)
    alone, lasts = homes_year_by_year(offer), offer.fits
    region_kw = kw_per_home * float(horizon.level_factor_unit[horizon.roots[place]])
    with_region = np.minimum(lasts, whole(lasting(ledger.region_kw_left) / region_kw))
    bindings = [
        find_binding(ledger, offer, year, 0.0) if offer.branch.nodes.size else no_station()
        for year in range(len(horizon.years))
    ]
    return pd.DataFrame(
        {
            "year": horizon.years,
            "room": alone,
            "room_lasting": lasts,
            "binding": [binding.name for binding in bindings],
            "binding_kind": [binding.kind for binding in bindings],
            "binding_at": [binding.at for binding in bindings],
            "binding_year": pd.array([binding.year for binding in bindings], dtype="Int64"),
            "region_mw": lasts * region_kw / 1000.0,
            "fits_with_region": np.where(with_region >= lasts, "yes", "no"),
            "room_with_region": with_region,
        }
    )


def fit_projects(
    horizons: Mapping[Case, Horizon],
    projects: pd.DataFrame,
    catalogue: Catalogue,
    parameters: Parameters,
    *,
    hubs: Mapping[Case, tuple[HubRoom, ...]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answer every row of a project list.

    Parameters
    ----------
    horizons
        The city over the years in all three cases, with every place of the list.
    projects
        As declared in ``PROJECTS``.
    catalogue
        Kinds of home.
    parameters
        As for `build_terms`.
    hubs
        What energy hubs leave, per case; none when left out.

    Returns
    -------
    The answers, as declared in ``FITS`` and in the order of the list, without remedies, with
    ``kw_is_promised`` beside them; and what is reserved, as declared in ``PROMISES``.

    Raises
    ------
    NotFound
        When a horizon does not hold a place of the list.

    Notes
    -----
    Each case runs a queue of its own. Where an earlier row takes more in the case with most
    room, a later one may get less, so ``size_low`` to ``size_high`` need not rise.
    """
    order = queue_order(projects).tolist()
    queues = {case: open_queue(horizons[case], parameters, (hubs or {}).get(case, ()))
              for case in CASES}  # fmt: skip
    rows = {case: project_rows(projects, horizons[case], catalogue) for case in CASES}
    answers = {
        case: take_all(queues[case], rows[case], order, flexible=case == "mid") for case in CASES
    }
    place = {row: number for number, row in enumerate(order, start=1)}
    fits = []
    for i, (row_id, row) in enumerate(zip(projects["row"], rows["mid"], strict=True)):
        alone = fits_alone(queues["mid"], row)
        fits.append(
            {
                "project_id": projects["project_id"].iloc[i],
                "row": int(row_id),
                **_size_columns(row, {case: answers[case][i] for case in CASES}, alone),
                "first_year_fits": _first_year(row, answers["mid"][i].fits, horizons["mid"]),
                **_power_columns({case: rows[case][i] for case in CASES}, horizons["mid"]),
                **_binding_columns(answers["mid"][i]),
                "queue_place": place[i],
            }
        )
    by_row = [answers["mid"][i] for i in range(len(projects))]
    return _completed(fits, projects), _promises(projects, by_row, horizons["mid"])


def fits_in_case(
    horizon: Horizon,
    projects: pd.DataFrame,
    catalogue: Catalogue,
    parameters: Parameters,
    hubs: tuple[HubRoom, ...] = (),
) -> pd.DataFrame:
    """Say of every row of a project list whether it fits in one case, and from which year.

    Parameters
    ----------
    horizon
        The city over the years in that case, with every place of the list.
    projects, catalogue, parameters
        As for `fit_projects`.
    hubs
        What energy hubs leave in that case.

    Returns
    -------
    Columns ``row, fits, first_year_fits`` in the order of the list; in the middle case the same
    as `fit_projects` says, from one horizon instead of three.

    Raises
    ------
    NotFound
        When the horizon does not hold a place of the list.
    """
    rows = project_rows(projects, horizon, catalogue)
    queue = open_queue(horizon, parameters, hubs)
    answers = take_all(queue, rows, queue_order(projects).tolist(), flexible=False)
    fits = [answers[at].fits for at in range(len(rows))]
    return pd.DataFrame(
        {
            "row": projects["row"].to_numpy(),
            "fits": [_verdict(row, size) for row, size in zip(rows, fits, strict=True)],
            "first_year_fits": [
                _first_year(row, size, horizon) for row, size in zip(rows, fits, strict=True)
            ],
        }
    )


def _size_columns(row: Row, answers: Mapping[Case, Answer], alone: Floats) -> dict[str, object]:
    return {
        "fits": _verdict(row, answers["mid"].fits),
        "fits_alone": _verdict(row, alone),
        "size_asked": row.size,
        **{f"size_{case}": min(row.size, float(answers[case].fits[row.last])) for case in CASES},
    }


def _verdict(row: Row, fits: Floats) -> str:
    if not short_years(row, fits).size:
        return "yes"
    return "partly" if fits[row.last] > 0 else "no"


def _first_year(row: Row, fits: Floats, horizon: Horizon) -> float:
    """First year of delivery from which the programme, shifted whole, fits; missing when none."""
    span = row.sizes.size
    every = np.concatenate([row.before, row.sizes])
    for shift in range(max(1, horizon.years[-1] - row.first_year + 1)):
        sizes = every[max(span - shift, 0) : 2 * span - shift].copy()
        sizes = np.concatenate([np.zeros(span - sizes.size), sizes])
        sizes[-1] = row.size
        if (sizes * row.kw <= fits * row.kw + TOLERANCE_KW).all():
            return float(row.first_year + shift)
    return np.nan


def _power_columns(rows: Mapping[Case, Row], horizon: Horizon) -> dict[str, object]:
    """Power of a row; the case with least room has the highest."""
    mid = rows["mid"]
    return {
        "kw_low": mid.size * rows["high"].kw,
        "kw_mid": mid.size * mid.kw,
        "kw_high": mid.size * rows["low"].kw,
        "region_mw": mid.size * mid.kw * region_factor(horizon, mid) / 1000.0,
    }


def _binding_columns(answer: Answer) -> dict[str, object]:
    return {
        "fits_with_region": "yes" if answer.with_region else "no",
        "binding": answer.binding.name,
        "binding_kind": answer.binding.kind,
        "binding_at": answer.binding.at,
        "kw_short": answer.kw_short,
        "flexible": answer.flexible,
        "flexible_year": answer.flexible_year,
    }


def _completed(fits: list[dict[str, object]], projects: pd.DataFrame) -> pd.DataFrame:
    """Answers in the order of the declared columns, with what tells rows apart per MW."""
    table = pd.DataFrame(fits)
    none = pd.Series([None] * len(table), dtype=object)
    mw = table["kw_mid"].where(table["kw_mid"] > 0) / 1000.0
    table = table.assign(
        **dict.fromkeys(("remedy", "remedy_payer", "why_no_remedy"), none),
        **dict.fromkeys(("remedy_size", "remedy_eur", "remedy_year"), np.nan),
        homes_per_mw=(projects["homes"].where(projects["homes"] > 0).to_numpy() / mw),
        jobs_per_mw=projects["jobs"].to_numpy() / mw,
    )
    return table[list(FITS.columns)].assign(
        kw_is_promised=projects["kw_promised"].notna().to_numpy()
    )


def _promises(projects: pd.DataFrame, answers: list[Answer], horizon: Horizon) -> pd.DataFrame:
    taken = np.array([answer.taken for answer in answers]).reshape(len(answers), -1)
    row, year = np.nonzero(taken > 0)
    return pd.DataFrame(
        {
            "project_id": projects["project_id"].to_numpy()[row],
            "year": np.asarray(horizon.years, dtype=np.int64)[year],
            "size": taken[row, year],
        }
    )
