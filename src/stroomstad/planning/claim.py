"""Which power to claim for homes: per project and year, and where its kW come from.

Municipalities may claim room on the grid for housing up to ten years ahead. No official form was
available; the columns are the ones that the announcements name: project, place, year and kW.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import NotFound, name_some
from stroomstad.planning.project_words import COLUMN_OF
from stroomstad.planning.projects import asked, home_type_row
from stroomstad.tables.parameters import Case
from stroomstad.tables.projects import CLAIM


class Located(Protocol):
    """What a claim needs to know of the place of a project."""

    @property
    def area_code(self) -> str:
        """Area in which its middle lies."""

    @property
    def substation_id(self) -> str:
        """Substation that would feed it."""

    @property
    def x_m(self) -> float:
        """Easting of its middle, EPSG:28992. [m]."""

    @property
    def y_m(self) -> float:
        """Northing of its middle, EPSG:28992. [m]."""

    @property
    def assumed(self) -> bool:
        """Whether its outline is assumed."""


def claim_table(
    projects: pd.DataFrame,
    sites: Mapping[str, Located],
    kw_per_unit: Mapping[Case, Floats],
    years: Sequence[int],
    fits: pd.DataFrame,
) -> pd.DataFrame:
    """Power to claim for the homes of each project, in each year that adds some.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`. Connections are left out: each asks for itself.
    sites
        Where each place lies.
    kw_per_unit
        Power that one home adds at station level, per case; the one with least room has the
        highest. [kW], shape (projects,) each
    years
        Calendar years of the claim. Homes that were due earlier count in the first one; homes
        due after the last one are not claimed.
    fits
        What fits of each row of the list: columns ``row, fits, first_year_fits`` of `FITS`.

    Returns
    -------
    As declared in `CLAIM`, by row of the list and year.

    Raises
    ------
    NotFound
        When a place has no site.

    Notes
    -----
    A claim follows what is asked; what fits is told beside it and changes no power. The power of a
    row in its years adds up to its homes times its power per home, hence to the promised power
    where one was promised and all its years are asked for.
    """
    mine = (projects["kind"] == "homes").to_numpy(dtype=bool)
    homes = projects[mine].reset_index(drop=True)
    unknown = sorted(set(homes["place"]) - set(sites))
    if unknown:
        raise NotFound(
            f"claim: there is no site for {name_some(unknown)}. Resolve every place first."
        )
    cumulative = asked(homes, years)
    added = np.diff(cumulative, axis=1, prepend=0.0)
    at, when = np.nonzero(added)
    kw = {
        case: np.asarray(kw_per_home, dtype=float)[mine][at]
        for case, kw_per_home in kw_per_unit.items()
    }
    told = fits.set_index("row").loc[homes["row"].iloc[at]]
    found = [sites[place] for place in homes["place"].iloc[at]]
    assumed = homes["assumed"].to_numpy(dtype=bool)[at]
    rows = pd.DataFrame(
        {
            "project": homes["name"].to_numpy()[at],
            "row": homes["row"].to_numpy(dtype=np.int64)[at],
            "home_type": _in_dutch("home_type", homes["home_type"]).to_numpy()[at],
            "heating": _in_dutch("heating", homes["heating"]).to_numpy()[at],
            "place": homes["place"].to_numpy()[at],
            "area_code": [site.area_code for site in found],
            "substation": [site.substation_id for site in found],
            "x_m": [float(round(site.x_m)) for site in found],
            "y_m": [float(round(site.y_m)) for site in found],
            "year": np.asarray(years, dtype=np.int64)[when],
            "homes": added[at, when],
            "kw_low": added[at, when] * kw["high"],
            "kw": added[at, when] * kw["mid"],
            "kw_high": added[at, when] * kw["low"],
            "kw_cumulative": cumulative[at, when] * kw["mid"],
            "fits": told["fits"].to_numpy(),
            "first_year_fits": told["first_year_fits"].to_numpy(dtype=float),
            "category": homes["category"].to_numpy(dtype=np.int64)[at],
            "assumed": assumed | np.array([site.assumed for site in found], dtype=bool),
        }
    )
    rows["kw_project"] = _of_project(rows)
    return rows[list(CLAIM.columns)].astype(dict.fromkeys(_TEXTS, str))


_TEXTS = tuple(name for name, column in CLAIM.columns.items() if str(column.dtype)[0] in "so")


def _of_project(claim: pd.DataFrame) -> pd.Series:
    """Power of all rows with the name of a project, up to and including the year of each row."""
    by_year = claim.groupby(["project", "year"])["kw"].sum()
    summed = by_year.groupby("project").cumsum().rename("kw_project")
    return claim.join(summed, on=["project", "year"])["kw_project"]


def claim_by_project(claim: pd.DataFrame) -> pd.DataFrame:
    """Sum of a claim per name of a project, in the order of the list.

    Parameters
    ----------
    claim
        As declared in `CLAIM`.

    Returns
    -------
    Columns ``project, first_year, last_year, homes, kw_low, kw, kw_high, kw_assumed``; the last is
    the part of projects that are assumed.
    """
    return _with_assumed(claim).groupby("project", as_index=False, sort=False).agg(
        first_year=("year", "min"), last_year=("year", "max"),
        **{name: (name, "sum") for name in _SUMMED},
    )  # fmt: skip


def claim_by_year(claim: pd.DataFrame) -> pd.DataFrame:
    """Sum of a claim per year.

    Parameters
    ----------
    claim
        As declared in `CLAIM`.

    Returns
    -------
    Columns ``year, homes, kw_low, kw, kw_high, kw_cumulative, kw_assumed``; the last is the part of
    projects that are assumed.
    """
    sums = _with_assumed(claim).groupby("year", as_index=False)[list(_SUMMED)].sum()
    sums["kw_cumulative"] = sums["kw"].cumsum()
    return sums[["year", *_SUMMED[:-1], "kw_cumulative", _SUMMED[-1]]]


_SUMMED = ("homes", "kw_low", "kw", "kw_high", "kw_assumed")


def _with_assumed(claim: pd.DataFrame) -> pd.DataFrame:
    return claim.assign(kw_assumed=claim["kw"].where(claim["assumed"], 0.0))


def claim_origin(
    projects: pd.DataFrame, home_types: pd.DataFrame, kw_per_unit: Mapping[Case, Floats]
) -> pd.DataFrame:
    """Where the kW of a claim come from, one row per row of homes in the list.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`.
    home_types
        As declared in `HOME_TYPES`.
    kw_per_unit
        As for `claim_table`.

    Returns
    -------
    Columns ``project, row, homes, home_type, heating, kw_per_home_low, kw_per_home,
    kw_per_home_high, kw, promised, status, source``; type and heating in Dutch; for a promise
    status and source are those of the list.
    """
    rows = projects.assign(
        kw_per_home_low=kw_per_unit["high"],
        kw_per_home=kw_per_unit["mid"],
        kw_per_home_high=kw_per_unit["low"],
    )
    rows = rows[rows["kind"] == "homes"].reset_index(drop=True)
    promised = rows["kw_promised"].notna()
    table = [
        home_type_row(home_types, home_type, heating)
        for home_type, heating in rows[["home_type", "heating"]].to_numpy()
    ]
    stated = rows["assumed"].map({True: "assumed", False: "stated"})
    return pd.DataFrame(
        {
            "project": rows["name"],
            "row": rows["row"],
            "homes": rows["homes"],
            "home_type": _in_dutch("home_type", rows["home_type"]),
            "heating": _in_dutch("heating", rows["heating"]),
            "kw_per_home_low": rows["kw_per_home_low"],
            "kw_per_home": rows["kw_per_home"],
            "kw_per_home_high": rows["kw_per_home_high"],
            "kw": rows["homes"] * rows["kw_per_home"],
            "promised": promised,
            "status": stated.where(promised, [row["status"] for row in table]),
            "source": rows["source"].where(promised, [row["source"] for row in table]),
        }
    )


def _in_dutch(key: str, values: pd.Series) -> pd.Series:
    words = COLUMN_OF[key].words
    return values.map({value: said[0] for value, said in words.items()})
