"""Tables about plans and projects in the terminal."""

from __future__ import annotations

import pandas as pd
from rich.table import Table

from stroomstad.errors import Issue


def fits_table(projects: pd.DataFrame, fits: pd.DataFrame) -> Table:
    """Make the answer per project: what fits, from when, what binds, what helps."""
    table = Table(title="Projects", title_justify="left")
    for name in ("project", "asked", "fits", "low - mid - high", "from", "binds", "helps"):
        table.add_column(name, justify="right" if name in ("asked", "from") else "left")
    names = projects.set_index("project_id")[["name", "kind"]]
    for row in fits.to_dict("records"):
        name, kind = names.loc[row["project_id"]]
        unit = "homes" if kind == "homes" else "kW"
        sizes = " - ".join(f"{row[f'size_{case}']:,.0f}" for case in ("low", "mid", "high"))
        table.add_row(
            str(name),
            f"{row['size_asked']:,.0f} {unit}",
            str(row["fits"]),
            sizes,
            "never" if pd.isna(row["first_year_fits"]) else f"{row['first_year_fits']:.0f}",
            _text(row["binding"]),
            _text(row["remedy"]),
        )
    return table


def unheld_issues(evidence: pd.DataFrame) -> list[Issue]:
    """Warn of every week in which what is called confirmed still breaks a limit.

    Parameters
    ----------
    evidence
        As declared in ``CONFIRMATION``.
    """
    broken = evidence[~evidence["holds"].astype(bool)]
    return [
        Issue(
            f"confirmed by AC, {row['year']}, {row['direction']}",
            f"what is confirmed still breaks a limit (highest loading {row['loading_max']:.0%} "
            f"at {row['worst_link']}, worst voltage {row['voltage_pu']:.3f} pu at "
            f"{row['worst_node']}).",
            "Read it as more than holds; the report tells the rounds of the check.",
            "warning",
        )
        for row in broken.to_dict("records")
    ]


def stairs_table(staircase: pd.DataFrame) -> Table:
    """Make homes per year: asked, promised on linear room, confirmed by AC."""
    table = Table(title="Homes at the end of each year", title_justify="left")
    for name in ("year", "asked", "promised", "confirmed by AC"):
        table.add_column(name, justify="right")
    for row in staircase.to_dict("records"):
        numbers = (f"{row[name]:,.0f}" for name in ("asked", "promised", "confirmed"))
        table.add_row(f"{row['year']:.0f}", *numbers)
    return table


def _text(value: object) -> str:
    return str(value) if isinstance(value, str) else ""
