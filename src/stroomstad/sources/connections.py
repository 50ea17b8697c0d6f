"""What did the grid operator know of each postcode range in 2010, and does it still match.

A range runs from one postcode to another, in postcode order. Its connections match today's
addresses when the two counts differ by at most ``connections_match_tolerance``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import Issue, name_some
from stroomstad.sources.addresses import POSTCODE
from stroomstad.sources.files import Layout, SourceFile, read_table
from stroomstad.tables.parameters import Parameters

_NUMBERS = ("Aantal Aansluitingen", "%Soort aansluiting", "SJV")
_LAYOUT = Layout(
    ("POSTCODE_VAN", "POSTCODE_TOT", "PRODUCTSOORT", "Soort aansluiting Naam"),
    _NUMBERS,
    separator=";",
    decimal=",",
    encoding="cp1252",
)
PRODUCTS = {"electricity": "ELK", "gas": "GAS"}
# Own choice, wide enough for any Dutch city: the city's own file of 2010 holds
# most of its addresses.
ADDRESSES_IN_RANGES_MIN = 0.25
_HOME_CONNECTION = "3x25"


@dataclass(frozen=True, slots=True)
class Ranges:
    """Postcode ranges of one product, sorted, not overlapping.

    Attributes
    ----------
    first, last
        First and last postcode. Shape (ranges,)
    connections
        Connections in the range. Shape (ranges,)
    mean_use
        Standard yearly use per connection. [kWh or m3 per year], shape (ranges,)
    home_size_share
        Share of the connections that have the size usual for homes, 3x25 A. [1], shape (ranges,)
    """

    first: NDArray[np.object_]
    last: NDArray[np.object_]
    connections: Floats
    mean_use: Floats
    home_size_share: Floats

    def of(self, postcodes: pd.Series) -> Ints:
        """Range that each postcode falls in; -1 for none. Shape (postcodes,)."""
        codes = postcodes.to_numpy(dtype=object)
        if not len(self.first):
            return np.full(len(codes), -1, dtype=np.int64)
        at = np.searchsorted(self.first, codes, side="right") - 1
        inside = (at >= 0) & (codes <= self.last[np.clip(at, 0, None)])
        return np.where(inside, at, -1).astype(np.int64)


def read_connections(source: SourceFile) -> tuple[dict[str, Ranges], list[Issue]]:
    """Read the small-consumer data.

    Returns
    -------
    Ranges under ``electricity`` and ``gas``; empty when the file is faulty.
    """
    rows, issues = read_table(source.path, _LAYOUT)
    if rows is None or issues:
        return {}, issues
    where = source.path.name
    rows["POSTCODE_VAN"] = rows["POSTCODE_VAN"].str.replace(" ", "", regex=False)
    rows["POSTCODE_TOT"] = rows["POSTCODE_TOT"].str.replace(" ", "", regex=False)
    issues = _range_issues(rows, where)
    if issues:
        return {}, issues
    return {
        name: _ranges(rows[rows["PRODUCTSOORT"] == product]) for name, product in PRODUCTS.items()
    }, []


def no_connections() -> dict[str, Ranges]:
    """Ranges of a city of which no connections are known."""
    texts, numbers = np.array([], dtype=object), np.array([])
    return dict.fromkeys(PRODUCTS, Ranges(texts, texts, numbers, numbers, numbers))


def range_cover_issues(addresses: pd.DataFrame, electricity: Ranges, where: str) -> list[Issue]:
    """Tell when the postcode ranges hold few of the addresses: another city's, or cut off."""
    held = int((electricity.of(addresses["postcode"]) >= 0).sum())
    if held >= ADDRESSES_IN_RANGES_MIN * len(addresses):
        return []
    problem = f"its ranges hold {held} of {len(addresses)} addresses."
    return [Issue(where, problem, "Give the city's own file, and the whole of it.")]


def with_ranges(
    addresses: pd.DataFrame, electricity: Ranges, parameters: Parameters
) -> pd.DataFrame:
    """Say of each address what the connections of 2010 know about its postcode.

    Returns
    -------
    The addresses with ``range`` (-1: none), ``matched``, ``mean_use_kwh`` and
    ``home_size_share`` (both missing where not matched), ``connections_2010`` (connections per
    address of today) and ``era``.
    """
    at = electricity.of(addresses["postcode"])
    if not (at >= 0).any():
        era = "after_2010" if electricity.first.size else "unknown"
        return addresses.assign(
            range=at, matched=False, mean_use_kwh=np.nan, home_size_share=np.nan,
            connections_2010=0.0, era=era,
        )  # fmt: skip
    inside, row = at >= 0, np.clip(at, 0, None)
    today = np.bincount(at[inside], minlength=len(electricity.first)).astype(float)
    growth = today / np.maximum(electricity.connections, 1.0)
    matches = np.abs(growth - 1) <= parameters.value("connections_match_tolerance")
    matched = inside & matches[row]
    return addresses.assign(
        range=at,
        matched=matched,
        mean_use_kwh=np.where(matched, electricity.mean_use[row], np.nan),
        home_size_share=np.where(matched, electricity.home_size_share[row], np.nan),
        connections_2010=np.where(inside, 1 / np.where(inside, growth[row], 1.0), 0.0),
        era=_era(addresses["postcode"].to_numpy(dtype=object), at, electricity, growth, matched),
    )


def gas_share(addresses: pd.DataFrame, gas: Ranges) -> Floats:
    """Gas connections per electricity connection of 2010, in the gas range of each address.

    Returns
    -------
    Share, at most 1; 0 where no gas range lies. [1], shape (addresses,)
    """
    at = gas.of(addresses["postcode"])
    inside = at >= 0
    count = len(gas.first)
    electricity = np.bincount(
        at[inside], addresses["connections_2010"].to_numpy()[inside], minlength=count
    )
    share = np.divide(gas.connections, electricity, where=electricity > 0, out=np.zeros(count))
    if not count:
        return np.zeros(len(addresses))
    return np.where(inside, np.minimum(share, 1.0)[np.clip(at, 0, None)], 0.0)


def _era(
    codes: NDArray[np.object_],
    at: Ints,
    ranges: Ranges,
    growth: Floats,
    matched: NDArray[np.bool_],
) -> NDArray[Any]:
    row = np.clip(at, 0, None)
    inside = at >= 0
    # Ends of a range are postcodes that stood; in between, a range that more than doubled holds
    # mostly addresses that came later.
    stood = inside & (matched | (codes == ranges.first[row]) | (codes == ranges.last[row]))
    later = ~inside | (growth[row] > 2)
    return np.where(stood, "before_2010", np.where(later, "after_2010", "unknown")).astype(object)


def _ranges(rows: pd.DataFrame) -> Ranges:
    rows = rows.sort_values("POSTCODE_VAN")
    usual = (rows["Soort aansluiting Naam"] == _HOME_CONNECTION).to_numpy()
    return Ranges(
        rows["POSTCODE_VAN"].to_numpy(dtype=object),
        rows["POSTCODE_TOT"].to_numpy(dtype=object),
        rows["Aantal Aansluitingen"].to_numpy(dtype=float),
        rows["SJV"].to_numpy(dtype=float),
        np.where(usual, rows["%Soort aansluiting"].to_numpy(dtype=float) / 100, 0.0),
    )


def _emptiness_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    issues = []
    unknown = sorted(set(rows["PRODUCTSOORT"]) - set(PRODUCTS.values()))
    if unknown:
        shown, known = name_some([f"'{p}'" for p in unknown]), name_some(list(PRODUCTS.values()))
        problem = f"products that are not known ({shown})."
        issues.append(Issue(f"{where}.PRODUCTSOORT", problem, f"Write one of {known}."))
    power = rows[rows["PRODUCTSOORT"] == PRODUCTS["electricity"]]
    if not power["Aantal Aansluitingen"].sum() > 0:
        problem = f"holds 0 electricity connections in {len(power)} of {len(rows)} rows."
        issues.append(Issue(where, problem, "Copy the file again; it is cut off or another one."))
    return issues


def _range_issues(rows: pd.DataFrame, where: str) -> list[Issue]:
    issues = _emptiness_issues(rows, where)
    names = rows["POSTCODE_VAN"] + "-" + rows["POSTCODE_TOT"]
    for column, unit in zip(_NUMBERS, ("connections", "%", "kWh or m3"), strict=True):
        wrong = ~(rows[column] >= 0)
        wrong |= (rows[column] > 100) & (unit == "%")
        if wrong.any():
            shown = [
                f"{n}: {'missing' if np.isnan(v) else f'{v:g} {unit}'}"
                for n, v in zip(names[wrong], rows.loc[wrong, column], strict=True)
            ]
            problem = f"{wrong.sum()} values out of range or missing ({name_some(shown)})."
            remedy = "Give 0 to 100 %." if unit == "%" else "Give a value of 0 or more."
            issues.append(Issue(f"{where}.{column}", problem, remedy))
    both = pd.concat([rows["POSTCODE_VAN"], rows["POSTCODE_TOT"]])
    malformed = sorted(set(both[~both.str.fullmatch(POSTCODE)]))
    if malformed:
        problem = f"{len(malformed)} malformed postcodes ({name_some(malformed)})."
        issues.append(Issue(f"{where}.POSTCODE_VAN, POSTCODE_TOT", problem,
                            "Write four digits and two capitals."))  # fmt: skip
    for product, part in rows.groupby("PRODUCTSOORT"):
        ordered = part.sort_values("POSTCODE_VAN")
        first, last = ordered["POSTCODE_VAN"].tolist(), ordered["POSTCODE_TOT"].tolist()
        overlap = [b for a, b in zip(last, first[1:], strict=False) if b <= a]
        reversed_ = [a for a, b in zip(first, last, strict=True) if a > b]
        if overlap or reversed_:
            wrong_way = name_some(overlap + reversed_)
            problem = f"{product} ranges that overlap or run backwards ({wrong_way})."
            issues.append(Issue(where, problem, "Give every postcode one range per product."))
    return issues
