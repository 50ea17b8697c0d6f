"""What the check by AC leaves of every project: how much, from when, and who falls short most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.pages.page import Row, Tables, records, rows_of
from stroomstad.pages.words import (
    is_missing,
    listed,
    name_of,
    number,
    percent,
    speaker,
)
from stroomstad.planning.projects import asked
from stroomstad.tables.words import (
    LINK_KINDS,
    Language,
)

# Half a home or half a kW is rounding.
ROUNDING = 0.5
_NEEDED = ("project_id", "kind", "first_year", "last_year", "homes", "connection_kw")


def with_confirmed(rows: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Add to the rows of the answer what is confirmed of each project.

    Returns
    -------
    The rows, with ``due_year`` (last year of delivery within the plan), ``asked_due`` and
    ``confirmed_due`` (homes, or kW, by then), ``held`` (whether all that is asked is confirmed
    from then on), ``share_least`` of what is asked, ``worst_first`` and ``worst_last`` (the
    years of that), ``worst_asked`` and ``worst_confirmed``. In any case ``all_from``: first year
    from which all that is asked is confirmed and stays so, or without a check, fits.
    """
    told = rows_of(tables, "confirmation", "project_id", "year", "confirmed")
    if told is None or told.empty or not set(_NEEDED) <= set(rows.columns):
        return rows.assign(all_from=rows.get("first_year_fits", np.nan))
    years = list(range(int(told["year"].min()), int(told["year"].max()) + 1))
    confirmed = told.pivot_table(index="project_id", columns="year", values="confirmed")
    # A year that is not told is as the one before; what was never promised is not confirmed.
    confirmed = confirmed.reindex(columns=years).ffill(axis=1).reindex(rows["project_id"])
    got = confirmed.fillna(0.0).to_numpy(dtype=float)
    # Who begins after the plan is answered as in its last year.
    late = rows["first_year"] > years[-1]
    in_plan = rows.assign(
        first_year=rows["first_year"].mask(late, years[-1]),
        last_year=rows["last_year"].mask(late, years[-1]),
    )
    wanted = asked(in_plan, years)
    return rows.assign(**_told(in_plan, np.asarray(years), wanted, got))


def _told(
    rows: pd.DataFrame, years: np.ndarray, wanted: np.ndarray, got: np.ndarray
) -> dict[str, np.ndarray]:
    """Columns of `with_confirmed`; what is asked and confirmed has shape (projects, years)."""
    whole = got >= wanted - ROUNDING
    lasting = np.logical_and.accumulate(whole[:, ::-1], axis=1)[:, ::-1]
    due = np.clip(rows["last_year"].to_numpy(dtype=int) - years[0], 0, years.size - 1)
    each = np.arange(len(rows))
    start = np.maximum(years[lasting.argmax(axis=1)], rows["first_year"].to_numpy(dtype=int))
    share = np.where(wanted > 0, np.minimum(got / np.where(wanted > 0, wanted, 1.0), 1.0), 1.0)
    worst = share == share.min(axis=1, keepdims=True)
    first = worst.argmax(axis=1)
    # Only years that follow each other are told as one span.
    broken = ~worst & (np.arange(years.size) > first[:, None])
    last = np.where(broken.any(axis=1), broken.argmax(axis=1), years.size) - 1
    return {
        "due_year": years[due],
        "asked_due": wanted[each, due],
        "confirmed_due": got[each, due],
        "held": lasting[each, due],
        "all_from": np.where(lasting[:, -1], start.astype(float), np.nan),
        "share_least": share.min(axis=1),
        "worst_first": years[first],
        "worst_last": years[last],
        "worst_asked": wanted[each, last],
        "worst_confirmed": got[each, last],
    }


def furthest_short(rows: pd.DataFrame | None) -> Row | None:
    """Project of which the smallest share is confirmed in some year; None when all is.

    Of projects with the same share the one that asks most.
    """
    if rows is None or "share_least" not in rows:
        return None
    short = rows[rows["worst_confirmed"] < rows["worst_asked"] - ROUNDING]
    if short.empty:
        return None
    ordered = short.sort_values(
        ["share_least", "worst_asked", "project_id"], ascending=[True, False, True]
    )
    return records(ordered.head(1))[0]


def furthest_said(rows: pd.DataFrame | None, language: Language) -> str:
    """Name the project that falls short most as a share; empty when all is confirmed."""
    row, say = furthest_short(rows), speaker(language)
    if row is None:
        return ""
    first, last = (int(row[f"worst_{end}"]) for end in ("first", "last"))
    return say(
        "het verst achter blijft {name}, met {got} van {all} {unit} in {years}",
        "furthest behind stays {name}, with {got} of {all} {unit} in {years}",
        name=row["project_id"] if is_missing(row.get("name")) else row["name"],
        got=number(np.floor(row["worst_confirmed"] + ROUNDING), language),
        all=number(row["worst_asked"], language),
        unit=unit_of(row, language),
        years=str(first) if first == last else say("{a} tot en met {b}", "{a} to {b}",
                                                   a=first, b=last),
    )  # fmt: skip


def unit_of(row: Row, language: Language) -> str:
    """Unit in which a project asks: homes, or kW of a connection."""
    connection = row.get("kind") == "connection"
    return "kW" if connection else speaker(language)("woningen", "homes")


def connected(rows: pd.DataFrame) -> pd.Series:
    """Tell which projects get all they ask when they ask it: confirmed, or without a check, fit."""
    return rows["held"].astype(bool) if "held" in rows else rows["fits"] == "yes"


def is_checked(rows: pd.DataFrame | None) -> bool:
    """Tell whether these rows know what the check by AC leaves of them."""
    return rows is not None and "held" in rows


def limits_said(tables: Tables, language: Language) -> str:
    """Kinds of asset that keep projects below their promise in the check, each with its count."""
    rows = rows_of(tables, "confirmation", "project_id", "promised", "confirmed", "limit_kind")
    if rows is None:
        return ""
    short = rows[(rows["promised"] - rows["confirmed"] > ROUNDING) & rows["limit_kind"].notna()]
    counts = short.drop_duplicates(["project_id", "limit_kind"])["limit_kind"].value_counts()
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    said = [f"{name_of(kind, LINK_KINDS, language)} ({count}×)" for kind, count in ordered.items()]
    return listed(said, language)


def unsound_years(tables: Tables) -> list[int]:
    """Years in which even what is confirmed breaks a limit."""
    rows = rows_of(tables, "evidence", "year", "holds")
    if rows is None:
        return []
    return sorted({int(year) for year in rows.loc[~rows["holds"].astype(bool), "year"]})


def unsound_said(tables: Tables, language: Language) -> str:
    """Warn of the years in which the check does not hold, and say what breaks most."""
    say, years = speaker(language), unsound_years(tables)
    if not years:
        return ""
    rows = rows_of(tables, "evidence", "year", "holds", "worst_link", "loading_max")
    most = ""
    bad = None if rows is None else rows[~rows["holds"].astype(bool) & rows["worst_link"].notna()]
    if bad is not None and len(bad):
        row = records(bad.sort_values("loading_max", na_position="first").tail(1))[0]
        most = say(
            " Het drukst is {link} in {year}: {share} van zijn grens.",
            " Busiest is {link} in {year}: {share} of its limit.",
            link=row["worst_link"], year=int(row["year"]),
            share=percent(row["loading_max"], language),
        )  # fmt: skip
    return say(
        "Let op: in {years} houdt de netberekening geen stand. Ook met de bevestigde woningen en "
        "aansluitingen gaat er dan iets over zijn grens; de aantallen van die jaren zijn dus te "
        "hoog.{most}",
        "Mind: in {years} the power flow does not hold. Even with the homes and connections "
        "confirmed something passes its limit then; the numbers of those years are too high."
        "{most}",
        years=listed([str(year) for year in years], language), most=most,
    )  # fmt: skip
