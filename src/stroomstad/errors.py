"""Faults as values, and the few exceptions a caller cannot continue from.

StroomstadError
├── InvalidData        faulty input; carries every fault found, at once
├── MissingParameter   a parameter that does not exist, or not on that date
├── SolverFailed       the power flow did not converge or broke a law of physics
└── NotFound           a city, run, area or asset that is not there
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """One fault or warning, told as "where: what is wrong. What to do.".

    Attributes
    ----------
    where
        File, table or column, as the person who must mend it knows it.
    problem
        What is wrong, with the value and its unit, and at most five examples.
    remedy
        What to do about it.
    severity
        ``"fault"`` stops the run; ``"warning"`` is shown and the run goes on.
    """

    where: str
    problem: str
    remedy: str
    severity: Literal["fault", "warning"] = "fault"

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} {self.remedy}"


class StroomstadError(Exception):
    """Root of every exception that Stroomstad raises on purpose."""


class InvalidData(StroomstadError):
    """Faulty input; ``issues`` holds every fault that was found, not only the first."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = issues
        super().__init__("\n".join(str(issue) for issue in issues))


class MissingParameter(StroomstadError):
    """A parameter that does not exist, or has no value on the date asked for."""


class SolverFailed(StroomstadError):
    """The power flow did not converge, or its answer breaks a law of physics."""


class NotFound(StroomstadError):
    """A city, run, area or asset that is not there."""


def faults(issues: list[Issue]) -> list[Issue]:
    """Return the issues that must stop a run."""
    return [issue for issue in issues if issue.severity == "fault"]


def raise_faults(issues: list[Issue]) -> None:
    """Raise every fault at once; do nothing when there are only warnings."""
    found = faults(issues)
    if found:
        raise InvalidData(found)


def name_some(values: list[str], most: int = 5) -> str:
    """Name at most five values, and say how many more there are.

    Examples
    --------
    >>> name_some(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    shown = ", ".join(values[:most])
    rest = len(values) - most
    return f"{shown} and {rest} more" if rest > 0 else shown
