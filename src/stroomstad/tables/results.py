"""The answer as tables: what each link carries, and how much room every area has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.tables.profiles import TimeAxis
from stroomstad.tables.schema import count, flag, number, table, text

Floats32 = NDArray[np.float32]
Flags = NDArray[np.bool_]
# Load over limit, as it is kept step by step: three figures are true; missing where not shown.
Loading = NDArray[np.float16]

LINK_LOADING = table(
    "links",
    "What every link carries at most, in the winter and the summer week.",
    {
        "link_id": text("cable, station or substation"),
        "kind": text("kind of link", isin=("substation", "mv_cable", "station", "lv_cable")),
        "limit_kva": number("limit: rating times the limit parameter", "kVA", nullable=True),
        "level_factor": number("simultaneity at this level over that at station level", "1"),
        "load_max_kva": number("highest load, level factor applied", "kVA", nullable=True),
        "load_max_at": text("quarter of the highest load, UTC"),
        "loading_max": number("highest load over limit; 1 means at the limit", "1", nullable=True),
        "feed_in_max_kva": number("highest flow towards the region", "kVA", nullable=True),
        "feed_in_max_at": text("quarter of the highest feed-in, UTC", nullable=True),
    },
)

ROOM = table(
    "room",
    "How many homes, or how many kWp of roofs, still fit in each area; one row per area and case.",
    {
        "area_code": text("area"),
        "area_name": text("name"),
        "case": text("side of the band", isin=("low", "mid", "high")),
        "direction": text("homes that draw, or roofs that feed in", isin=("load", "feed_in")),
        "room": number("homes (load) or kWp (feed-in) that still fit locally", "1"),
        "binding": text("link that binds; the largest when several do", nullable=True),
        "binding_kind": text("kind of that link, or 'voltage'", nullable=True),
        "binding_count": count("how many links bind together"),
        "binding_at": text("quarter in which it binds, UTC", nullable=True),
        "next_binding": text("link that binds next", nullable=True),
        "next_binding_kind": text("kind of that link", nullable=True),
        "stations": count("public stations in the area"),
        "room_with_new_stations": number(
            "homes or kWp that fit once stations are built on new feeders, not checked by AC", "1"
        ),
        "new_stations_needed": count("stations to build for that"),
        "checked": text(
            "what the AC check found", isin=("confirmed", "lowered", "raised", "not checked")
        ),
        "room_existing_cables": number("homes or kWp that fit on existing low-voltage cables", "1"),
    },
)

STATION_ROOM = table(
    "station_room",
    "How many homes, or how many kWp of roofs, still fit behind each public station on its own.",
    {
        "station_id": text("station"),
        "area_code": text("area it lies in"),
        "case": text("side of the band", isin=("low", "mid", "high")),
        "direction": text("homes that draw, or roofs that feed in", isin=("load", "feed_in")),
        "room": number(
            "homes (load) or kWp (feed-in) that still fit, other stations as they are", "1"
        ),
        "shortage": number("homes or kWp too many on the binding link today", "1"),
        "binding": text("link that binds, nearest the substation of equal ones"),
        "binding_kind": text(
            "kind of that link", isin=("substation", "mv_cable", "station", "lv_cable")
        ),
        "binding_at": text("quarter in which it binds, UTC", nullable=True),
    },
)

ROOM_EVIDENCE = table(
    "evidence",
    "What the AC check found at each answer, and just above it; one row per area and direction.",
    {
        "area_code": text("area"),
        "direction": text("homes that draw, or roofs that feed in", isin=("load", "feed_in")),
        "room_linear": number("homes or kWp by the linear rule, before the check", "1"),
        "room": number("homes or kWp after the check", "1"),
        "factor": number(
            "room after over room before; missing where there was none", "1", nullable=True
        ),
        "rounds": count("rounds of AC power flow"),
        "worst_link": text(
            "link with the highest loading at the answer, of those that carry more", nullable=True
        ),
        "loading_at_answer": number(
            "its loading at the answer; 1 means at the limit", "1", nullable=True
        ),
        "limit": text("the named limit: a link, or the node where voltage binds", nullable=True),
        "used_at_answer": number(
            "share of the named limit that is used at the answer", "1", lowest=None, nullable=True
        ),
        "used_above": number(
            "the same with the larger of one home and 1 % more", "1", lowest=None, nullable=True
        ),
        "voltage_min_pu": number(
            "lowest voltage at the answer behind the links concerned", "1", nullable=True
        ),
        "voltage_max_pu": number(
            "highest voltage at the answer behind the links concerned", "1", nullable=True
        ),
        "broken_before": count(
            "limits that are broken without new homes already, and that these press further"
        ),
        "holds": flag(
            "whether, in the quarters tried, the answer breaks no limit that held before, and the "
            "probe above it breaks the named one"
        ),
    },
)

REGIONAL_CURVE = table(
    "regional_curve",
    "Homes that fit in the whole city when the region leaves so much power.",
    {
        "case": text("side of the band", isin=("low", "mid", "high")),
        "regional_mw": number(
            "power that the region above leaves for homes; unpublished, so a range", "MW"
        ),
        "homes": number("homes that fit", "1"),
    },
)


PHASE_WEEKS = ("winter", "summer")
PHASE_QUANTITIES = (
    "voltage_min_pu",
    "voltage_max_pu",
    "station_loading",
    "cable_loading",
    "neutral_loading",
    "unbalance",
)

PHASE_SUMMARY = table(
    "phase_summary",
    "What the balanced assumption hides behind one station; one row per design week and quantity.",
    {
        "week": text("design week", isin=PHASE_WEEKS),
        "quantity": text("the worst of all nodes, cables and phases", isin=PHASE_QUANTITIES),
        "balanced": number("with equal phases", "1"),
        "p10": number("with homes on phases, not exceeded by a tenth of the deals", "1"),
        "p50": number("the same, by half of the deals", "1"),
        "p90": number("the same, by nine tenths of the deals", "1"),
        "worst": number("the same, of the worst deal", "1"),
        "limit": number("what it is held against", "1"),
        "deals_beyond": count("deals in which it is beyond the limit"),
        "place": text("node, cable or station that is the worst in most deals"),
    },
)

PHASE_NODES = table(
    "phase_nodes",
    "Voltages behind one station in three phases; one row per design week and node.",
    {
        "week": text("design week", isin=PHASE_WEEKS),
        "node_id": text("node of the grid"),
        "feeding_node": text("node from which it is fed"),
        "distance_m": number("length of cable to the station", "m"),
        "homes": count("homes at the node"),
        "voltage_min_balanced_pu": number("lowest voltage with equal phases", "1"),
        **{
            f"voltage_min_p{share}_pu": number(
                f"lowest voltage of any phase, not exceeded by {share} % of the deals", "1"
            )
            for share in (10, 50, 90)
        },
        "voltage_max_balanced_pu": number("highest voltage with equal phases", "1"),
        **{
            f"voltage_max_p{share}_pu": number(
                f"highest voltage of any phase, not exceeded by {share} % of the deals", "1"
            )
            for share in (10, 50, 90)
        },
        "unbalance_p50": number(
            "negative over positive-sequence voltage that is kept to for most of the week, in the "
            "middle deal",
            "1",
        ),
        "unbalance_p90": number("the same, not exceeded by 90 % of the deals", "1"),
        "profile_balanced_pu": number("voltage in the quarter of the picture, equal phases", "1"),
        **{
            f"profile_{phase}_pu": number(
                f"voltage of phase {phase.upper()} in that quarter, in the deal in the middle",
                "1",
                nullable=True,
            )
            for phase in ("l1", "l2", "l3")
        },
        "profile_min_pu": number(
            "lowest voltage in that quarter, any phase and deal", "1", nullable=True
        ),
        "profile_max_pu": number(
            "highest voltage in that quarter, any phase and deal", "1", nullable=True
        ),
    },
)

PHASE_CABLES = table(
    "phase_cables",
    "Loading of the cables behind one station in three phases; one row per design week and cable.",
    {
        "week": text("design week", isin=PHASE_WEEKS),
        "cable_id": text("cable of the grid"),
        "from_node": text("node nearer to the station"),
        "to_node": text("node further from the station"),
        "homes": count("homes behind the cable"),
        "rated_current_a": number("continuous rating of all cables side by side", "A"),
        "loading_balanced": number("highest current over rating, equal phases", "1"),
        **{
            f"loading_p{share}": number(
                f"the same of the most loaded phase, not exceeded by {share} % of the deals", "1"
            )
            for share in (10, 50, 90)
        },
        "neutral_p50": number("highest current of the neutral over rating, middle deal", "1"),
        "neutral_p90": number("the same, not exceeded by 90 % of the deals", "1"),
    },
)

PHASE_DEALS = table(
    "phase_deals",
    "What each deal of homes over the phases of one station comes to, and the worst of it.",
    {
        "deal": count("number of the deal"),
        "week": text("design week", isin=PHASE_WEEKS),
        "homes_l1": count("homes on phase L1"),
        "homes_l2": count("homes on phase L2"),
        "homes_l3": count("homes on phase L3"),
        "homes_three_phase": count("homes on all three"),
        **{name: number("as in `phase_summary`", "1") for name in PHASE_QUANTITIES},
        "unsolved": count("quarters without a solution, left out"),
    },
)


@dataclass(frozen=True, slots=True)
class Flows:
    """Result of one AC power flow over a stretch of time, per node and link of a radial tree.

    Position ``i`` is node ``i`` and the link from it to its parent, as in `RadialTree`.

    Attributes
    ----------
    axis
        The quarters.
    power_kw
        Active power through the link at its end nearer the substation; negative is
        feed-in towards the region. [kW], shape (links, quarters)
    apparent_kva
        What is held against the rating: for a cable its current times the nominal voltage
        times √3, for a transformer its apparent power. [kVA], shape (links, quarters)
    voltage_pu
        Voltage at the node. [1], shape (nodes, quarters)
    losses_kw
        Losses of the whole grid. [kW], shape (quarters,)
    mismatch_kw
        Injected minus drawn minus lost; zero up to the solver's tolerance. [kW], shape (quarters,)
    """

    axis: TimeAxis
    power_kw: Floats32
    apparent_kva: Floats32
    voltage_pu: Floats32
    losses_kw: Floats
    mismatch_kw: Floats
