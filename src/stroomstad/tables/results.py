"""The answer as tables: what each link carries, and how much room every area has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.tables.grid import LINK_KINDS
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
        "link_id": text("cable, ring, station or substation"),
        "kind": text("kind of link", isin=LINK_KINDS),
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
        "binding_kind": text("kind of that link", isin=LINK_KINDS),
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

OUTAGES = table(
    "outages",
    "What happens when a medium-voltage cable or a substation transformer fails, and after "
    "switching. Cables of a ring are solved by AC in the quarters in which the ring carries most.",
    {
        "link_id": text("cable that is out, or substation of which a transformer is"),
        "kind": text("what is out", isin=("mv_cable", "substation")),
        "feeder_id": text("ring, feeder or substation that it is part of"),
        "direction": text("which week: that of load or of feed-in", isin=("load", "feed_in")),
        "stations_out": count("stations without supply until the open point is closed"),
        "homes_out": count("homes behind these"),
        "stations_without": count("stations that stay without supply until the repair"),
        "homes_without": count("homes behind these"),
        "loading_max": number(
            "highest load over limit of what then carries, after switching; missing where nothing "
            "takes over, or where it is withheld",
            "1",
            nullable=True,
        ),
        "loading_max_link": text("what carries that"),
        "loading_max_at": text("quarter in which, UTC", nullable=True),
        "voltage_min_pu": number("lowest voltage of the ring after switching", "1", nullable=True),
        "voltage_max_pu": number("highest voltage of the ring after switching", "1", nullable=True),
        "solved": flag("whether the power flow after switching has an answer"),
        "holds": flag("whether all are supplied again, and nothing is over its limit"),
    },
)

LIMITS = table(
    "limits",
    "Which limits the answer holds to; one row.",
    {
        "transformers": text(
            "what transformers may carry follows from", isin=("nameplate", "cyclic", "thermal")
        ),
        "n1_relaxed": flag("whether part of the reserve for one outage is used"),
        "about": text("the limits in a sentence, in English"),
        "about_nl": text("the same in Dutch"),
    },
)

TRANSFORMER_LIMITS = table(
    "transformer_limits",
    "How much each transformer may carry over its rating; only where thermal limits were asked.",
    {
        "link_id": text("station or substation"),
        "kind": text("what it is", isin=("station", "substation")),
        "direction": text("direction of the power", isin=("load", "feed_in")),
        "factor": number("highest load over rating, by its temperature", "1", nullable=True),
        "stands_for": text("transformer whose course of load was computed for it", nullable=True),
    },
)

VOLTAGE_NORM = table(
    "voltage_norm",
    "Low-voltage nodes against the Netcode, by quarter-hour means; its norm is of ten minutes.",
    {
        "node_id": text("node at low voltage"),
        "station_id": text("station it belongs to"),
        "area_code": text("area it lies in"),
        "period": text("which quarters", isin=("winter", "summer", "year")),
        "share_within": number(
            "share of the quarters within 10 % of nominal, in the week with the smallest", "1"
        ),
        "voltage_min_pu": number("lowest voltage", "1"),
        "voltage_max_pu": number("highest voltage", "1"),
        "weeks_short": count("weeks with too small a share"),
        "holds": flag("whether every week has its share and every quarter is within the bounds"),
    },
)

# Shares of a limit above which time and energy of the year are counted: nearly full, full, and what
# a transformer bears for some hours; and their columns.
ABOVE_SHARES = (0.8, 1.0, 1.2)
ABOVE_H, ABOVE_KVAH = (
    tuple(f"above_{100 * share:.0f}_{unit}" for share in ABOVE_SHARES) for unit in ("h", "kvah")
)

YEAR = table(
    "year",
    "Every link and the node behind it over all quarters of the base year that have a solution, "
    "with station-level loads; only of a run with its year.",
    {
        "node_id": text("node behind the link"),
        "link_id": text("cable, ring, station or substation"),
        "load_max_kva": number("highest load", "kVA", nullable=True),
        "load_max_at": text("its quarter, UTC", nullable=True),
        "feed_in_max_kva": number("highest flow towards the region", "kVA", nullable=True),
        "feed_in_max_at": text("its quarter, UTC", nullable=True),
        "voltage_min_pu": number("lowest voltage of the node", "1"),
        "voltage_min_at": text("its quarter, UTC", nullable=True),
        "voltage_max_pu": number("highest voltage of the node", "1"),
        "voltage_max_at": text("its quarter, UTC", nullable=True),
        **{
            name: number(
                f"time above {share:.0%} of the limit, in either direction, level factor applied",
                "h",
                nullable=True,
            )
            for name, share in zip(ABOVE_H, ABOVE_SHARES, strict=True)
        },
        **{
            name: number(f"what was carried above {share:.0%} of the limit", "kVAh", nullable=True)
            for name, share in zip(ABOVE_KVAH, ABOVE_SHARES, strict=True)
        },
    },
)

YEAR_SCALE = table(
    "year_scale",
    "How the power in every quarter of the year is kept, of each link in the order of the files: "
    "lowest power and so many steps more. Only of a run with its year.",
    {
        "link_id": text("cable, ring, station or substation"),
        "kind": text("kind of link", isin=LINK_KINDS),
        "low_kva": number(
            "lowest power, negative towards the region; missing where it is withheld",
            "kVA",
            lowest=None,
            nullable=True,
        ),
        "step_kva": number(
            "one step of power; what is kept is within half of it", "kVA", nullable=True
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
