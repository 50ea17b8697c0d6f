"""Options that commands share, and numbers: what each may be, told when it is not."""

from __future__ import annotations

import argparse
import math

from stroomstad.run.searches import SOCIETY
from stroomstad.synthesis import DETAILS
from stroomstad.tables.limits import TRANSFORMER_LIMITS, AskedLimits
from stroomstad.tables.plan import PAYERS
from stroomstad.tables.words import LANGUAGES


def add_detail(command: argparse.ArgumentParser) -> None:
    """Add `--detail`."""
    command.add_argument(
        "--detail",
        choices=DETAILS,
        default="group",
        help="nodes at low voltage: one per group of addresses, or one per address",
    )


def add_language(command: argparse.ArgumentParser) -> None:
    """Add `--language`."""
    command.add_argument("--language", choices=LANGUAGES, default="nl", help="of what is shown")


def whole_number(text: str) -> int:
    """Read a whole number of 0 or more."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def count_of_one(text: str) -> int:
    """Read a whole number of 1 or more."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def amount(text: str) -> float:
    """Read an amount of 0 or more, such as euros, homes or seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 0 or more")
    return value


def fraction(text: str) -> float:
    """Read a part of the whole, from 0 to 1."""
    value = amount(text)
    if value > 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1; 0.01 is one per cent")
    return value


def budget(text: str) -> tuple[str, float]:
    """Read euros, of one payer where one is named: ``15e6`` or ``municipality=3e6``.

    Examples
    --------
    >>> budget("municipality=3e6")
    ('municipality', 3000000.0)
    """
    payer, _, eur = text.rpartition("=")
    if payer and payer not in (SOCIETY, *PAYERS):
        known = ", ".join((SOCIETY, *PAYERS))
        raise argparse.ArgumentTypeError(f"{payer!r} is no payer; write one of {known}")
    return payer, amount(eur)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the options on which limits hold; left out, the city says."""
    parser.add_argument(
        "--limits", choices=TRANSFORMER_LIMITS, help="what transformers may carry follows from"
    )
    parser.add_argument(
        "--n1-relaxed",
        action=argparse.BooleanOptionalAction,
        help="use part of the reserve for one outage, as decided in March 2026",
    )


def asked_limits(chosen: argparse.Namespace) -> AskedLimits:
    """What is asked of limits on the command line."""
    return AskedLimits(chosen.limits, chosen.n1_relaxed)
