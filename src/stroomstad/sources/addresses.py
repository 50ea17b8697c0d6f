"""Which addresses are there, and which neighbours share one connection point to the grid."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import Issue, name_some
from stroomstad.sources.city_file import CityFile
from stroomstad.sources.coordinates import degree_issues, metres
from stroomstad.sources.files import Layout, SourceFile, read_table
from stroomstad.tables.parameters import Parameters

_TEXTS = ("straat", "huisnummer", "huisletter", "huisnummertoevoeging", "postcode", "gemeente")
_LAYOUT = Layout(_TEXTS, ("lat", "lon"), separator=";")
POSTCODE = r"[1-9][0-9]{3}[A-Z]{2}"
# Own choice: houseboats lie off the land that areas cover, so they may miss it by more.
AREA_TOLERANCES = 2.0
HOUSE_NUMBER_MAX = 99_999  # the register keeps five digits


def read_addresses(source: SourceFile, city: CityFile) -> tuple[Any, list[Issue]]:
    """Read the address register.

    Returns
    -------
    Columns ``postcode, street, number, letter, addition, x_m, y_m``, sorted by these (house
    numbers as numbers), so that the order of the file does not matter.
    """
    rows, issues = read_table(source.path, _LAYOUT)
    if rows is None or issues:
        return None, issues
    where = source.path.name
    if rows.empty:
        return None, [Issue(where, "holds 0 addresses.", "Give the address register.")]
    issues = [*_text_issues(rows, city, where)]
    found = degree_issues(rows["lon"].to_numpy(), rows["lat"].to_numpy(), f"{where}.lat, lon")
    if found:
        return None, [*issues, *found]
    x_m, y_m = metres(rows["lon"].to_numpy(), rows["lat"].to_numpy())
    addresses = pd.DataFrame(
        {
            "postcode": rows["postcode"],
            "street": rows["straat"],
            "number": pd.to_numeric(rows["huisnummer"], errors="coerce"),
            "letter": rows["huisletter"],
            "addition": rows["huisnummertoevoeging"],
            "x_m": x_m,
            "y_m": y_m,
        }
    )
    return addresses.sort_values(list(addresses.columns), ignore_index=True), issues


def place_issues(
    addresses: pd.DataFrame, boundary: gpd.GeoDataFrame, tolerance_m: float, where: str
) -> list[Issue]:
    """Tell which addresses lie further outside the municipality than the tolerance."""
    outline = boundary.geometry.iloc[0]
    near = outline.buffer(tolerance_m)
    shapely.prepare(near)
    x_m, y_m = addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy()
    outside = np.flatnonzero(~shapely.contains_xy(near, x_m, y_m))
    if not outside.size:
        return []
    distance_m = shapely.distance(outline, shapely.points(x_m[outside], y_m[outside]))
    examples = [
        f"{addresses.postcode.iloc[i]} {addresses.number.iloc[i]:.0f} at {d:.0f} m"
        for i, d in zip(outside, distance_m, strict=True)
    ]
    return [
        Issue(
            where,
            f"{outside.size} addresses outside the municipality ({name_some(examples)}).",
            "Leave them out, or mend their coordinates.",
        )
    ]


def outside_area_issues(
    addresses: pd.DataFrame, areas: gpd.GeoDataFrame, tolerance_m: float, where: str
) -> list[Issue]:
    """Tell which addresses lie far from every area, as when an area is missing or shifted."""
    limit_m = AREA_TOLERANCES * tolerance_m
    land = shapely.union_all(areas.geometry.to_numpy())
    shapely.prepare(land)
    x_m, y_m = addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy()
    outside = np.flatnonzero(~shapely.contains_xy(land, x_m, y_m))
    distance_m = np.asarray(shapely.distance(land, shapely.points(x_m[outside], y_m[outside])))
    far = outside[distance_m > limit_m]
    if not far.size:
        return []
    rows = addresses.iloc[far]
    told = zip(rows["postcode"], rows["number"], distance_m[distance_m > limit_m], strict=True)
    examples = [f"{postcode} {number:.0f} at {d:.0f} m" for postcode, number, d in told]
    problem = (
        f"{far.size} of {len(addresses)} addresses lie more than {limit_m:g} m from every area "
        f"({name_some(examples)})."
    )
    return [Issue(where, problem, "Give all areas at their place, or mend the addresses.")]


def duplicate_address_issues(addresses: pd.DataFrame, share_max: float, where: str) -> list[Issue]:
    """Tell which addresses occur twice; few are a warning, many a fault.

    The register itself holds a handful of doubles, so they stop a run only above the share.
    """
    columns = ["street", "number", "letter", "addition", "postcode"]
    twice = addresses[addresses.duplicated(columns)]
    if twice.empty:
        return []
    share = len(twice) / len(addresses)
    examples = [f"{r.postcode} {r.number:.0f}{r.letter}{r.addition}" for r in twice.itertuples()]
    return [
        Issue(
            where,
            f"{len(twice)} of {len(addresses)} addresses occur more than once "
            f"({name_some(examples)}).",
            f"Leave out the doubles; up to {share_max:.1%} is borne with.",
            "fault" if share > share_max else "warning",
        )
    ]


def group_numbers(addresses: pd.DataFrame, parameters: Parameters) -> Ints:
    """Group neighbours of one postcode, in house-number order, into compact groups.

    A postcode (its part in one area) is cut into equal stretches of at most
    ``group_addresses_max`` addresses; a stretch with an address further from its centre than
    ``group_radius_max_m`` is halved until all are near enough.

    Returns
    -------
    Number of the group of each address, rising with the rows, from 0. Shape (addresses,)
    """
    most = int(parameters.value("group_addresses_max"))
    radius_max_m = parameters.value("group_radius_max_m")
    together = addresses["postcode"] + addresses["area_code"]
    position = together.groupby(together, sort=False).cumcount().to_numpy()
    size = together.groupby(together, sort=False).transform("size").to_numpy()
    parts = -(-size // most)
    stretch = position * parts // size
    numbers = _renumber(together.ne(together.shift()), stretch)
    x_m, y_m = addresses["x_m"].to_numpy(), addresses["y_m"].to_numpy()
    while True:
        wide = group_radius_m(x_m, y_m, numbers) > radius_max_m
        if not wide.any():
            return numbers
        count = np.bincount(numbers)
        start = np.concatenate([[0], np.cumsum(count)[:-1]])
        second = np.arange(len(numbers)) - start[numbers] >= (count[numbers] + 1) // 2
        numbers = _renumber(pd.Series(np.diff(numbers, prepend=-1) > 0), second & wide[numbers])


def group_radius_m(x_m: Floats, y_m: Floats, numbers: Ints) -> Floats:
    """Largest distance of a group's addresses to their mean. [m], shape (groups,)."""
    count = np.bincount(numbers)
    mean_x_m = np.bincount(numbers, x_m) / count
    mean_y_m = np.bincount(numbers, y_m) / count
    distance_m = np.hypot(x_m - mean_x_m[numbers], y_m - mean_y_m[numbers])
    radius_m = np.zeros(len(count))
    np.maximum.at(radius_m, numbers, distance_m)
    return radius_m


def group_names(postcodes: pd.Series, numbers: Ints) -> np.ndarray[Any, Any]:
    """Name of each group: its postcode and a rank. Shape (groups,)."""
    first = pd.Series(postcodes.to_numpy()).groupby(numbers).first()
    rank = first.groupby(first).cumcount() + 1
    return np.asarray((first + "-" + rank.astype(str)).to_numpy(dtype=object), dtype=object)


def _renumber(starts: pd.Series, stretch: np.ndarray[Any, Any]) -> Ints:
    changed = np.diff(stretch.astype(np.int64), prepend=0) != 0
    return np.asarray(np.cumsum(starts.to_numpy(dtype=bool) | changed) - 1, dtype=np.int64)


def _text_issues(rows: pd.DataFrame, city: CityFile, where: str) -> list[Issue]:
    postcodes = rows["postcode"]
    malformed = postcodes[~postcodes.str.fullmatch(POSTCODE)].tolist()
    numbers = pd.to_numeric(rows["huisnummer"], errors="coerce")
    good = (numbers >= 1) & (numbers <= HOUSE_NUMBER_MAX) & (numbers % 1 == 0)
    unnumbered = rows["huisnummer"][~good].tolist()
    foreign = sorted(set(rows["gemeente"][rows["gemeente"] != city.name]))
    foreign = [] if "name" in city.unread else foreign
    issues = []
    if malformed:
        shown = name_some([f"'{p}'" for p in malformed])
        issues.append(
            Issue(f"{where}.postcode", f"{len(malformed)} malformed postcodes ({shown}).",
                  "Write four digits and two capitals, without a space."),
        )  # fmt: skip
    if unnumbered:
        shown = name_some([f"'{n}'" for n in unnumbered])
        issues.append(
            Issue(f"{where}.huisnummer", f"{len(unnumbered)} house numbers that are not whole "
                  f"numbers from 1 to {HOUSE_NUMBER_MAX} ({shown}).",
                  "Write digits; letters have a column of their own."),
        )  # fmt: skip
    if foreign:
        issues.append(
            Issue(f"{where}.gemeente", f"addresses of {name_some(foreign)} in the city of "
                  f"{city.name}.", "Give the municipality's own addresses."),
        )  # fmt: skip
    return issues
