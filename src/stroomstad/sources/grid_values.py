"""What the numbers of a given grid may be; what lies beyond is a unit or a sign that was mixed up.

The bounds are an own choice and wide: no grid of the Netherlands comes near them, and a number in
kV, kA, km or percent where V, A, m or a fraction belongs lies outside most of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some
from stroomstad.tables.given import LOW_VOLTAGE_MAX_V, GivenGrid

# Longest cable at low and at medium voltage. [m]
_LENGTH_MAX_M = (10e3, 100e3)
# A cable goes no straighter than a line; one so many times shorter is told in another unit, or
# an end of it, when that is far away, lies elsewhere.
_SHORTER_MAX, _APART_MIN_M, _APART_FAR_M = 100.0, 100.0, 10e3
# Overhead lines, which have least, have some 8 nF/km. [nF/km]
_CAPACITANCE_MIN = 1.0
# Largest resistance or reactance, of cables long enough to tell. [ohm/km] and [m]
_IMPEDANCE_MAX, _TELLING_M = 100.0, 10.0
# Rating of one cable; pandapower writes 99999 kA where there is no limit. [A]
_CURRENT_A, _NO_LIMIT_A = (1.0, 10e3), 99_999e3
# Largest transformer that steps down to low voltage. [kVA]
_STATION_MAX_KVA = 10e3
# Voltage of a winding in its tap over the nominal one of its node. [1]
_WINDING = (0.5, 2.0)
# Least loss at full load of a transformer that has any, over its rating; real ones lose 0.3 % and
# more. [1]
_LOSS_MIN = 1e-4
_OWNERS = ("public", "customer")
_UNIT = "Mend it; perhaps a unit was mixed up."


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where a number may go, both included.

    Attributes
    ----------
    lowest, highest
        In ``unit``.
    unit
        Of the number; empty where it has none.
    whole
        Whether it must be a whole number.
    """

    lowest: float
    highest: float
    unit: str = ""
    whole: bool = False


NUMBER = Bounds(-(2**53), 2**53, whole=True)
FLAG = Bounds(0, 1, whole=True)
SIDE_BY_SIDE = Bounds(1, 100, whole=True)
VOLTAGE_PU = Bounds(0.8, 1.2, "pu")
RATING_KVA = Bounds(1, 1e6, "kVA")
RATING_MVA = Bounds(0.1, 2000, "MVA")


def is_number(value: object) -> bool:
    """Whether a value is a finite number; a truth is none."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return False
    try:
        return bool(np.isfinite(float(value)))
    except OverflowError:
        return False


def is_missing(value: object) -> bool:
    """Whether nothing is told."""
    return value is None or (isinstance(value, float) and np.isnan(value))


def value_issues(
    told: Sequence[tuple[str, object]], key: str, bounds: Bounds, where: str, *, needed: bool
) -> Iterator[Issue]:
    """Tell which values are no numbers, or none that can be.

    Parameters
    ----------
    told
        Name of each component and its value; one that is missing has no fault here.
    key
        What the value is called in the file.
    bounds
        What it may be.
    where
        File and table.
    needed
        Whether what is no number is told elsewhere.
    """
    if _all_sound([value for _, value in told], bounds):
        return
    odd = [
        f"{name}: {value!r:.20}"
        for name, value in told
        if not is_missing(value) and not is_number(value)
    ]
    if odd and not needed:
        problem = f"{key} is no number ({name_some(odd)})."
        yield Issue(where, problem, "Write a number, or leave it out.")
    numbers = [(name, float(value)) for name, value in told if is_number(value)]  # type: ignore[arg-type]
    if bounds.whole:
        broken = [f"{name}: {value:g}" for name, value in numbers if value % 1.0]
        if broken:
            problem = f"{key} is no whole number ({name_some(broken)})."
            yield Issue(where, problem, "Give a whole number.")
    unit = f" {bounds.unit}" if bounds.unit else ""
    beyond = [
        f"{name}: {value:g}{unit}"
        for name, value in numbers
        if not bounds.lowest <= value <= bounds.highest
    ]
    if beyond:
        problem = f"{key} is beyond {bounds.lowest:g} to {bounds.highest:g}{unit}"
        yield Issue(where, f"{problem} ({name_some(beyond)}).", _UNIT)


def _all_sound(values: Sequence[object], bounds: Bounds) -> bool:
    """Whether values are all numbers within bounds, or missing: most are, and there are many."""
    if not {type(value) for value in values} <= {int, float, type(None)}:
        return False
    try:
        numbers = np.array(values, dtype=np.float64)
    except OverflowError:
        return False
    numbers = numbers[~np.isnan(numbers)]
    within = (numbers >= bounds.lowest) & (numbers <= bounds.highest)
    return bool(within.all() and not (bounds.whole and (numbers % 1.0).any()))


def winding_issues(
    names: Sequence[str],
    winding_v: Mapping[str, Floats],
    node_v: tuple[Floats, Floats],
    where: str,
) -> Iterator[Issue]:
    """Tell which windings have a voltage that their node cannot have.

    Parameters
    ----------
    names
        Of the transformers.
    winding_v
        Voltage of the windings on the high and on the low side, by what it is called in the
        file. [V], shape (transformers,)
    node_v
        Nominal voltage of the nodes at both sides. [V], shape (transformers,)
    where
        File and table.

    Notes
    -----
    One that stands the wrong way round is told by the check of the grid.
    """
    upright = node_v[0] > node_v[1]
    for (key, own_v), nominal_v in zip(winding_v.items(), node_v, strict=True):
        wrong = upright & ((own_v < _WINDING[0] * nominal_v) | (own_v > _WINDING[1] * nominal_v))
        if wrong.any():
            shown = [
                f"{name}: {own:g} V at {nominal:g} V"
                for name, own, nominal, odd in zip(names, own_v, nominal_v, wrong, strict=True)
                if odd
            ]
            problem = f"{key} is not near the voltage of its node ({name_some(shown)})."
            yield Issue(where, problem, _UNIT)


def passed_over(where: str, count: int, power_mw: float) -> Issue:
    """Warn of loads and generators that are not read."""
    problem = f"{count} components of {power_mw:g} MW together are passed over."
    remedy = "What is drawn comes from the city's own data; take care that it is there."
    return Issue(where, problem, remedy, "warning")


def half_off(where: str, names: Sequence[str]) -> Iterator[Issue]:
    """Warn of transformers that are on at one end only."""
    if names:
        problem = f"{len(names)} transformers are off at one end ({name_some(list(names))})."
        remedy = "They are left out, with what they lose without load."
        yield Issue(where, problem, remedy, "warning")


def given_issues(given: GivenGrid, where: str) -> list[Issue]:
    """Tell what in a grid as read cannot be, whatever the form of its file.

    Parameters
    ----------
    given
        As read, before substations are folded.
    where
        Name of the file.
    """
    nodes = given.nodes.drop_duplicates("node_id").set_index("node_id")
    own = given.cables.drop(columns="kind", errors="ignore")
    parts = [each for each in (own, given.open_cables) if len(each)]
    cables = pd.concat(parts, ignore_index=True) if parts else own
    rings = given.open_cables["feeder_id"]
    twice = rings[(rings != "") & rings.duplicated()].unique().tolist()
    issues = [*_cable_issues(cables, nodes, where), *_station_issues(given.stations, nodes, where)]
    if twice:
        problem = f"{name_some(twice)} are closed by more than one open cable."
        issues.append(Issue(f"{where}, feeder_id", problem, "Let one open cable close each ring."))
    return [*issues, *_order_issues(given.substations, "substation_id", "rating_mva", where)]


def _named(rows: pd.DataFrame, wrong: pd.Series, value: pd.Series, unit: str) -> str:
    pairs = zip(rows.iloc[:, 0][wrong], value[wrong], strict=True)
    return name_some([f"{name}: {each:g} {unit}" for name, each in pairs])


def _cable_issues(cables: pd.DataFrame, nodes: pd.DataFrame, where: str) -> Iterator[Issue]:
    here, length_m = f"{where}, cables", cables["length_m"]
    near, far = (nodes.reindex(cables[end]) for end in ("from_node", "to_node"))
    low = (near["voltage_v"] <= LOW_VOLTAGE_MAX_V).set_axis(cables.index)
    for which, most_m in zip((low, ~low), _LENGTH_MAX_M, strict=True):
        wrong = which & (length_m > most_m)
        if wrong.any():
            shown = _named(cables, wrong, length_m / 1e3, "km")
            problem = f"are longer than {most_m / 1e3:g} km ({shown})."
            yield Issue(here, problem, _UNIT)
    places = ["x_m", "y_m"]
    apart_m = pd.Series(np.hypot(*(near[places].to_numpy() - far[places].to_numpy()).T),
                        cables.index)  # fmt: skip
    short = (apart_m > _APART_MIN_M) & (length_m < apart_m / _SHORTER_MAX)
    # A coupling may be drawn out on a map; most cables are not.
    most_are = short.sum() > 0.5 * (apart_m > _APART_MIN_M).sum()
    wrong = short if most_are else short & (apart_m > _APART_FAR_M)
    if wrong.any():
        shown = _named(cables, wrong, length_m, "m")
        problem = f"are over {_SHORTER_MAX:g} times shorter than the way between their ends"
        yield Issue(here, f"{problem} ({shown}).", "Mend it; perhaps a unit or a place is wrong.")
    for name in ("r_ohm_per_km", "x_ohm_per_km"):
        wrong = (length_m >= _TELLING_M) & (cables[name] > _IMPEDANCE_MAX)
        if wrong.any():
            shown = _named(cables, wrong, cables[name], "ohm/km")
            problem = f"have more than {_IMPEDANCE_MAX:g} ohm/km ({shown})."
            yield Issue(here, problem, _UNIT)
    charge = cables["c_nf_per_km"]
    wrong = (charge > 0.0) & (charge < _CAPACITANCE_MIN) & (length_m >= _TELLING_M)
    if wrong.any():
        shown = _named(cables, wrong, charge, "nF/km")
        problem = f"have a capacitance below {_CAPACITANCE_MIN:g} nF/km ({shown})."
        yield Issue(here, problem, _UNIT)
    one_a = cables["rated_current_a"] / cables["parallel"].where(cables["parallel"] > 0)
    least, most = _CURRENT_A
    wrong = ((one_a > 0.0) & (one_a < least)) | ((one_a > most) & (one_a < 0.5 * _NO_LIMIT_A))
    if wrong.any():
        shown = _named(cables, wrong, one_a, "A")
        problem = f"have a rating beyond {least:g} to {most:g} A ({shown})."
        yield Issue(here, problem, _UNIT)


def _station_issues(stations: pd.DataFrame, nodes: pd.DataFrame, where: str) -> Iterator[Issue]:
    here = f"{where}, transformers"
    odd = ~stations["owner"].isin(_OWNERS)
    if odd.any():
        owners = name_some(sorted(set(stations["owner"][odd])))
        names = name_some(stations["station_id"][odd].tolist())
        problem = f"{names} are of {owners}, which is no owner."
        yield Issue(here, problem, f"Use {' or '.join(_OWNERS)}, or leave it out.")
    high_v, low_v = (
        nodes["voltage_v"].reindex(stations[end]).set_axis(stations.index)
        for end in ("node_mv", "node_lv")
    )
    # One that stands the wrong way round is told by the check of the grid.
    upright = stations[high_v > low_v]
    low = (low_v <= LOW_VOLTAGE_MAX_V)[high_v > low_v]
    one_kva = upright["rating_kva"] / upright["transformers"]
    resisting = upright["copper_loss_kw"] / upright["rating_kva"]
    most = upright["short_circuit_voltage_fraction"] * (1.0 + 1e-9)
    turns = upright["turns_fraction"]
    for wrong, value, unit, problem in (
        (low & (one_kva > _STATION_MAX_KVA), one_kva, "kVA",
         f"to low voltage are above {_STATION_MAX_KVA:g} kVA"),
        (resisting > most, 100.0 * resisting, "%",
         "lose more at full load than their short-circuit voltage allows"),
        ((resisting > 0.0) & (resisting < _LOSS_MIN), upright["copper_loss_kw"] * 1e3, "W",
         f"lose under {100.0 * _LOSS_MIN:g} % at full load"),
        ((turns < _WINDING[0]) | (turns > _WINDING[1]), turns, "times",
         "have a ratio in their tap far from that of their nodes"),
    ):  # fmt: skip
        if wrong.any():
            yield Issue(here, f"{problem} ({_named(upright, wrong, value, unit)}).", _UNIT)
    # Of those of a substation, ratings of cases are read beside the source.
    yield from _order_issues(upright[low], "station_id", "rating_kva", where)


def _order_issues(rows: pd.DataFrame, key: str, name: str, where: str) -> Iterator[Issue]:
    """Ratings of the three cases that do not rise."""
    middle = rows[name]
    wrong = (rows[f"{name}_low"] > middle) | (middle > rows[f"{name}_high"])
    if wrong.any():
        problem = f"{name} is not between {name}_low and {name}_high"
        names = name_some(rows[key][wrong].astype(str).tolist())
        yield Issue(f"{where}, {names}", f"{problem}.", "Give them in rising order.")
