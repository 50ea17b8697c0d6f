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
    kw_per_unit: Floats,
    years: Sequence[int],
) -> pd.DataFrame:
    """Power to claim for the homes of each project, in each year that adds some.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`. Connections are left out: each asks for itself.
    sites
        Where each place lies.
    kw_per_unit
        Power that one home adds at station level. [kW], shape (projects,)
    years
        Calendar years of the claim. Homes that were due earlier count in the first one; homes
        due after the last one are not claimed.

    Returns
    -------
    As declared in `CLAIM`, by row of the list and year.

    Raises
    ------
    NotFound
        When a place has no site.

    Notes
    -----
    The power of a project in its years adds up to its homes times its power per home, hence to
    the promised power where one was promised and all its years are asked for.
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
    kw = np.asarray(kw_per_unit, dtype=float)[mine][at]
    found = [sites[place] for place in homes["place"].iloc[at]]
    assumed = homes["assumed"].to_numpy(dtype=bool)[at]
    rows = pd.DataFrame(
        {
            "project": homes["name"].to_numpy()[at],
            "place": homes["place"].to_numpy()[at],
            "area_code": [site.area_code for site in found],
            "substation": [site.substation_id for site in found],
            "x_m": [float(site.x_m) for site in found],
            "y_m": [float(site.y_m) for site in found],
            "year": np.asarray(years, dtype=np.int64)[when],
            "homes": added[at, when],
            "kw": added[at, when] * kw,
            "kw_cumulative": cumulative[at, when] * kw,
            "category": homes["category"].to_numpy(dtype=np.int64)[at],
            "assumed": assumed | np.array([site.assumed for site in found], dtype=bool),
        },
        columns=list(CLAIM.columns),
    )
    texts = ("project", "place", "area_code", "substation")
    return rows.astype(dict.fromkeys(texts, str))


def claim_by_year(claim: pd.DataFrame) -> pd.DataFrame:
    """Sum of a claim per year.

    Parameters
    ----------
    claim
        As declared in `CLAIM`.

    Returns
    -------
    Columns ``year, homes, kw, kw_cumulative, kw_assumed``; the last is the part that is assumed.
    """
    years = claim.assign(kw_assumed=claim["kw"].where(claim["assumed"], 0.0))
    sums = years.groupby("year", as_index=False)[["homes", "kw", "kw_assumed"]].sum()
    sums["kw_cumulative"] = sums["kw"].cumsum()
    return sums[["year", "homes", "kw", "kw_cumulative", "kw_assumed"]]


def claim_origin(
    projects: pd.DataFrame, home_types: pd.DataFrame, kw_per_unit: Floats
) -> pd.DataFrame:
    """Where the kW of a claim come from, one row per row of homes in the list.

    Parameters
    ----------
    projects
        As declared in `PROJECTS`.
    home_types
        As declared in `HOME_TYPES`.
    kw_per_unit
        Power that one home adds at station level. [kW], shape (projects,)

    Returns
    -------
    Columns ``project, row, homes, home_type, heating, kw_per_home, kw, promised, status, source``;
    type and heating in Dutch; for a promise status and source are those of the list.
    """
    rows = projects.assign(kw_per_home=np.asarray(kw_per_unit, dtype=float))
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
            "kw_per_home": rows["kw_per_home"],
            "kw": rows["homes"] * rows["kw_per_home"],
            "promised": promised,
            "status": stated.where(promised, [row["status"] for row in table]),
            "source": rows["source"].where(promised, [row["source"] for row in table]),
        }
    )


def _in_dutch(key: str, values: pd.Series) -> pd.Series:
    words = COLUMN_OF[key].words
    return values.map({value: said[0] for value, said in words.items()})
