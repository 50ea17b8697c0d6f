"""Values found for one municipality only: whose they are, and that others assume them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from stroomstad.errors import Issue
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.files import read_toml

# Topic of the notes on them.
LENT = "values of another city"
_SECTION = "of_municipality"
_NOTE_NL = (
    "Deze stad geeft van {count} parameters geen eigen waarde. Die van {owner} zijn overgenomen en "
    "gelden hier als aanname: {names}. Geef eigen waarden onder [parameters] in city.toml."
)
_NOTE_EN = (
    "This city gives no value of its own for {count} parameters. Those of {owner} are taken over "
    "and count as an assumption here: {names}. Give your own below [parameters] in city.toml."
)


@dataclass(frozen=True, slots=True)
class Owner:
    """A municipality of which some parameters hold the values.

    Attributes
    ----------
    code, name
        Its code of CBS, and what it is called.
    parameters
        Names of the parameters.
    """

    code: str
    name: str
    parameters: tuple[str, ...]

    def __str__(self) -> str:
        """Name and code."""
        return f"{self.name} ({self.code})"


def read_owners(national_folder: Path) -> tuple[list[Owner], list[Issue]]:
    """Read in ``national.toml`` which parameters hold the value of one municipality only.

    Returns
    -------
    The municipalities, and the faults of what is written on them; a file that cannot be read at
    all has its fault told elsewhere.
    """
    content, unread = read_toml(national_folder / "national.toml")
    told = content.get(_SECTION, {}) if not unread else {}
    owners, issues = [], []
    for code, row in told.items() if isinstance(told, dict) else ():
        name, names = (row.get("name"), row.get("parameters")) if isinstance(row, dict) else ("", 0)
        if isinstance(name, str) and isinstance(names, list):
            owners.append(Owner(code, name, tuple(map(str, names))))
            continue
        where = f"national.toml [{_SECTION}.{code}]"
        issues.append(Issue(where, "lacks a name or a list.", "Give name and parameters."))
    return owners, issues


def lent_values(owners: list[Owner], city: CityFile) -> dict[str, Owner]:
    """Parameters for which a city takes over the value of another municipality, and whose it is."""
    return {
        name: owner
        for owner in owners
        if owner.code != city.municipality_code
        for name in owner.parameters
        if name not in city.overrides
    }


def mark_lent(rows: pd.DataFrame, lent: Mapping[str, Owner]) -> pd.DataFrame:
    """Tell of every value that is taken over that it is an assumption, and whose it is.

    Parameters
    ----------
    rows
        As declared in ``PARAMETERS``.
    lent
        As from `lent_values`.
    """
    taken = rows["parameter"].isin(list(lent))
    if not taken.any():
        return rows
    owners = rows["parameter"].map({name: str(owner) for name, owner in lent.items()})
    source = "value of " + owners + ", taken over; there " + rows["status"] + ": " + rows["source"]
    return rows.assign(
        status=rows["status"].mask(taken, "assumed"), source=rows["source"].mask(taken, source)
    )


def lent_notes(lent: Mapping[str, Owner]) -> pd.DataFrame:
    """One note per municipality whose values are taken over, as `write_notes` gives them."""
    rows = []
    for owner in dict.fromkeys(lent.values()):
        names = [name for name, whose in lent.items() if whose == owner]
        told = {"count": len(names), "owner": owner, "names": ", ".join(names)}
        rows.append((LENT, _NOTE_NL.format(**told), _NOTE_EN.format(**told), "assumed"))
    return pd.DataFrame(rows, columns=["topic", "nl", "en", "status"], dtype="str")
