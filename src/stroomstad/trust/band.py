"""How wide the answer is, and what moves it most, when all that is not known is drawn at once.

Inputs are drawn independently between their low and high value; for every draw the rooms of all
areas follow from the same linear rule. That gives a band per area and for the city, the share of
draws in which a station is full, and a tornado: which input moves the answer most. Probabilities
are *modelled*: they follow from the bands of the inputs, never from measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.capacity import Places, build_capacities, build_places, city_place
from stroomstad.capacity.headroom import (
    Branch,
    branch_to,
    chain_room,
    regional_curve,
    room,
    room_total,
    whole,
)
from stroomstad.measures.twin import Twin
from stroomstad.planning.outlook import outlook_value
from stroomstad.synthesis.transformers import triangular_quantile
from stroomstad.tables.parameters import BAND, CASES, Parameters
from stroomstad.trust.pieces import (
    Bands,
    Pieces,
    Values,
    capacities,
    level_ratios,
    positions_within,
    take_apart,
)

Side = Literal["low", "high"]
Redraw = Callable[[str, float], Twin]

REGIONAL = "regional_mw"
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True, slots=True)
class Input:
    """Something that is drawn.

    Attributes
    ----------
    name
        As in the parameter table, or in the outlook.
    raises_room
        1 when a higher value leaves more room, -1 when it leaves less.
    stand_in
        Whether it stands in for drawing the grid anew.
    """

    name: str
    raises_room: Literal[-1, 1]
    stand_in: bool = False


INPUTS = (
    Input("new_home_peak_kw", -1),
    Input("base_home_peak_kw", -1),
    Input("power_factor", 1),
    Input("simultaneity_infinite", -1),
    Input("simultaneity_reference_homes", -1),
    Input("station_margin", 1),
    Input("substation_transformer_mva", 1),
    Input("limit_station", 1),
    Input("limit_mv_ring", 1),
    Input("limit_mv_cable", 1),
    Input("limit_substation", 1),
    Input("contracted_unused_mw", -1),
    Input("reserved_mw", -1),
    Input("queue_mw", -1),
    Input("mv_feeder_fill_planned", -1, stand_in=True),
    Input("firm_full_load_hours", -1, stand_in=True),
    Input(REGIONAL, 1),
)
_REGIONAL_ROW = {
    "unit": "MW",
    "status": "assumed",
    "about": "What the region above leaves for homes",
    "about_nl": "Wat de regio erboven voor woningen overlaat",
}


def draw_inputs(
    parameters_rows: pd.DataFrame, names: Sequence[str], draws: int, seed: int
) -> pd.DataFrame:
    """Draw values of inputs, independent of each other.

    Parameters
    ----------
    parameters_rows
        ``parameter, low, mid, high``; one row per input.
    names
        Inputs to draw; the order of the columns.
    draws
        How many times.
    seed
        Start of the draws. What is drawn of one input does not depend on which others are drawn.

    Returns
    -------
    One row per draw, one column per input, in the unit of the input.

    Notes
    -----
    Own choice: triangular between low and high with its top at mid, since nothing more than
    these three values is known. Inputs that go together in the world are drawn apart, which
    errs towards too narrow a band.
    """
    bands = parameters_rows.set_index("parameter").loc[list(names), list(BAND)]
    drawn = {}
    for name, low, mid, high in bands.itertuples(name=None):
        generator = np.random.default_rng([seed, crc32(str(name).encode())])
        drawn[str(name)] = triangular_quantile(generator.uniform(size=draws), low, mid, high)
    return pd.DataFrame(drawn, index=pd.RangeIndex(draws, name="draw"))


def input_rows(parameters: Parameters, regional_mw: tuple[float, float, float]) -> pd.DataFrame:
    """Band of every input that is drawn.

    Parameters
    ----------
    parameters
        On the date that is asked about.
    regional_mw
        What the region leaves: least, middle and most. [MW]

    Returns
    -------
    ``parameter, raises_room, stand_in, low, mid, high, unit, status, about, about_nl``
    """
    regional = {**dict(zip(BAND, regional_mw, strict=True)), **_REGIONAL_ROW}
    told = [regional if one.name == REGIONAL else parameters.row(one.name) for one in INPUTS]
    rows = pd.DataFrame(told)[[*BAND, "unit", "status", "about", "about_nl"]]
    rows = rows.astype(dict.fromkeys(BAND, float)).reset_index(drop=True)
    own = pd.DataFrame(
        {
            "parameter": [one.name for one in INPUTS],
            "raises_room": [one.raises_room for one in INPUTS],
            "stand_in": [one.stand_in for one in INPUTS],
        }
    )
    return own.join(rows)


def side_of(rows: pd.DataFrame, side: Side) -> dict[str, float]:
    """Value of every input on the side that leaves least room, or most."""
    low_value = (rows["raises_room"] > 0) == (side == "low")
    return dict(zip(rows["parameter"], rows["low"].where(low_value, rows["high"]), strict=True))


@dataclass(frozen=True, slots=True)
class _Question:
    """A twin taken apart, and the places that are asked about; the whole city comes last."""

    rows: pd.DataFrame
    pieces: Pieces
    places: tuple[Places, ...]


def room_band(twin: Twin, *, draws: int = 200, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Band of the room of every area and of the city, and how likely each station is full.

    Parameters
    ----------
    twin
        The city as it stands.
    draws
        How many times all inputs are drawn.
    seed
        Start of the draws.

    Returns
    -------
    areas
        Per area, and for the whole city without and with the region above it (``with_region``):
        ``area_code, area_name, with_region``; ``case_low, case_mid, case_high`` as in ``ROOM``
        before the check by AC; ``corner_low`` and ``corner_high`` with every input of this band
        on one side; ``lowest, p10, p50, p90, highest`` of the draws. [homes]
    stations
        Per public station ``room_p10, room_p50, room_p90`` [homes], ``probability_full_modelled``
        (less than one home fits) and ``probability_itself_full_modelled`` (by its own
        transformer). [1]
    """
    question = _ask(twin)
    drawn = draw_inputs(question.rows, question.rows["parameter"].tolist(), draws, seed)
    each = [capacities(question.pieces, values) for values in records(drawn)]
    homes = np.stack(
        [
            _with_city(question, exact, values)
            for exact, values in zip(each, records(drawn), strict=True)
        ]
    )
    names = question.places[-1]
    codes = [place.area_code for place in question.places] + [names.area_code]
    labels = [place.area_name for place in question.places] + [names.area_name]
    areas = pd.DataFrame({"area_code": codes, "area_name": labels, "with_region": False})
    areas.loc[len(areas) - 1, "with_region"] = True
    areas = areas.join(_cases(twin, question)).join(_corners(question))
    return areas.join(quantiles(homes)), _stations(twin, question, each)


def tornado(twin: Twin, *, redraw: Redraw | None = None) -> pd.DataFrame:
    """Tell what moves the answer most: each input at its low and high, the rest at mid.

    Parameters
    ----------
    twin
        The city as it stands.
    redraw
        Makes the twin anew with another middle value of one parameter; asked for the inputs that
        otherwise have a stand-in, since they need another grid.

    Returns
    -------
    The inputs with the largest swing first: columns of `input_rows`; ``homes_low``,
    ``homes_mid``, ``homes_high`` in the city with the input at its low, middle and high value;
    ``swing``, the difference of the largest and the smallest of these; ``redrawn``, whether the
    grid was drawn anew for it. [homes]

    Notes
    -----
    Local room of the whole city; that of ``regional_mw`` is with what the region leaves.
    """
    question = _ask(twin)
    middle = dict(zip(question.rows["parameter"], question.rows["mid"], strict=True))
    told = []
    for row in question.rows.to_dict("records"):
        name = str(row["parameter"])
        anew = redraw if row["stand_in"] and row["low"] < row["high"] else None
        homes = {
            side: _city_homes(question, middle, (name, float(row[side])), anew) for side in BAND
        }
        swing = max(homes.values()) - min(homes.values())
        told.append(
            row
            | {f"homes_{side}": value for side, value in homes.items()}
            | {"swing": swing, "redrawn": anew is not None}
        )
    ordered = pd.DataFrame(told).sort_values(["swing", "parameter"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def quantiles(homes: Floats) -> pd.DataFrame:
    """Lowest, quantiles and highest of the draws; every one of them was drawn.

    Parameters
    ----------
    homes
        Shape (draws, rows)
    """
    found = {
        name: np.quantile(homes, share, axis=0, method="inverted_cdf")
        for name, share in QUANTILES.items()
    }
    return pd.DataFrame({"lowest": homes.min(axis=0), **found, "highest": homes.max(axis=0)})


def _ask(twin: Twin) -> _Question:
    city = twin.city
    areas = build_places(twin.grid, twin.tree, city.areas, city.supply_areas)
    places = (*areas, city_place(twin.grid, twin.tree, city.municipality_code, city.name))
    outlook, year = twin.catalogue.outlook, city.base_year
    low, mid, high = (outlook_value(outlook, REGIONAL, year, case) for case in CASES)
    rows = input_rows(twin.parameters["mid"], (low, mid, high))
    links = np.unique(np.concatenate([place.branch.nodes for place in places]))
    pieces = take_apart(twin, branch_to(twin.tree.parent, twin.tree.order, links), _bands(rows))
    return _Question(rows, pieces, places)


def _bands(rows: pd.DataFrame) -> Bands:
    told = rows[["parameter", *BAND]].itertuples(index=False, name=None)
    return {str(name): (float(low), float(mid), float(high)) for name, low, mid, high in told}


def records(drawn: pd.DataFrame) -> list[dict[str, float]]:
    """Values of every draw, by input."""
    return [dict(zip(drawn.columns, row, strict=True)) for row in drawn.to_numpy().tolist()]


def _room_of(branch: Branch, exact: Floats) -> float:
    return room_total(branch, room(branch, whole(exact)[branch.nodes]))


def _with_city(question: _Question, exact: Floats, values: Values) -> Floats:
    """Room of every place, and last that of the city under what the region leaves."""
    local = [_room_of(place.branch, exact) for place in question.places]
    return np.array([*local, min(local[-1], region_homes(question.pieces, values))])


def region_homes(pieces: Pieces, values: Values) -> float:
    """Homes that what the region leaves would hold, where homes coincide most at a substation."""
    _, unit = level_ratios(pieces, values)
    factor = (pieces.level_factor_unit * unit)[pieces.links.parent < 0].max()
    return float(whole(np.array(values[REGIONAL] * 1000.0 / (values["new_home_peak_kw"] * factor))))


def city_homes(twin: Twin, name: str, value: float) -> float:
    """Homes in the whole city with one input at another value, as the tornado tells them."""
    question = _ask(twin)
    middle = dict(zip(question.rows["parameter"], question.rows["mid"], strict=True))
    return _city_homes(question, middle, (name, value), None)


def _city_homes(
    question: _Question, middle: Values, changed: tuple[str, float], redraw: Redraw | None
) -> float:
    name, value = changed
    if redraw is not None and value != middle[name]:
        question = _ask(redraw(name, value))
        values = dict(zip(question.rows["parameter"], question.rows["mid"], strict=True))
    else:
        values = {**middle, name: value}
    exact = capacities(question.pieces, values)
    local = _room_of(question.places[-1].branch, exact)
    return min(local, region_homes(question.pieces, values)) if name == REGIONAL else local


def _corners(question: _Question) -> pd.DataFrame:
    sides: tuple[Side, ...] = ("low", "high")
    corners = {}
    for side in sides:
        values = side_of(question.rows, side)
        exact = capacities(question.pieces, values)
        corners[f"corner_{side}"] = _with_city(question, exact, values)
    return pd.DataFrame(corners)


def _cases(twin: Twin, question: _Question) -> pd.DataFrame:
    """Rooms in the corner states of the twin itself."""
    told = {}
    for case in CASES:
        state = twin.states["load"][case]
        takes = build_capacities(state, case, "load", twin.weeks["load"].flows.axis)
        local = [_room_of(place.branch, takes.exact) for place in question.places]
        home_kw = takes.unit_max_kw * state.level_factor_unit[twin.tree.parent < 0].max()
        regional_mw = np.array(question.pieces.bands[REGIONAL][BAND.index(case)])
        told[f"case_{case}"] = [*local, float(regional_curve(regional_mw, local[-1], home_kw))]
    return pd.DataFrame(told)


def _stations(twin: Twin, question: _Question, each: Sequence[Floats]) -> pd.DataFrame:
    """Room of every public station on its own, over the draws."""
    stations = twin.grid.stations
    public = stations[stations["owner"] == "public"].sort_values("station_id")
    at = pd.Series(np.arange(twin.tree.node_ids.size), index=twin.tree.node_ids)
    busbars = at.loc[public["node_lv"]].to_numpy(dtype=np.int64)
    links = question.pieces.links
    within = positions_within(links, busbars)
    order = np.arange(links.nodes.size)
    chains = [chain_room(links.parent, order, exact[links.nodes])[0][within] for exact in each]
    homes = whole(np.stack(chains))
    itself = whole(np.stack([exact[busbars] for exact in each]))
    told = quantiles(homes)[list(QUANTILES)].add_prefix("room_")
    return (
        public[["station_id", "area_code"]]
        .reset_index(drop=True)
        .join(
            told.assign(
                probability_full_modelled=(homes < 1).mean(axis=0),
                probability_itself_full_modelled=(itself < 1).mean(axis=0),
            )
        )
    )
