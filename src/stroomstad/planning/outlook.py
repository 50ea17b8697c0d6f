"""What does nobody decide: a value of the outlook in one year and case."""

from __future__ import annotations

import pandas as pd

from stroomstad.errors import MissingParameter
from stroomstad.tables.parameters import Case


def outlook_value(outlook: pd.DataFrame, quantity: str, year: int, case: Case) -> float:
    """Value of a quantity on the last day of a year.

    Parameters
    ----------
    outlook
        As declared in `OUTLOOK`.
    quantity
        One of its quantities.
    year
        The year; nothing is carried on beyond the years of the table.
    case
        ``"low"`` is the outlook that leaves least room, whichever way the quantity runs.

    Raises
    ------
    MissingParameter
        When the outlook does not hold the quantity in that year.
    """
    rows = outlook[outlook["quantity"] == quantity]
    at = rows[rows["year"] == year]
    if len(at) == 1:
        return float(at[case].iloc[0])
    if rows.empty:
        known = ", ".join(sorted(set(outlook["quantity"])))
        raise MissingParameter(
            f"outlook.{quantity}: there is no such quantity. Use one of {known}."
        )
    first, last = rows["year"].min(), rows["year"].max()
    raise MissingParameter(
        f"outlook.{quantity}: no single value for {year}; the years are {first} to {last}. "
        "Ask for one of these years, or add a row."
    )
