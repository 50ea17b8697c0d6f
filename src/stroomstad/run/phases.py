"""One station in three phases: what the balanced run of the city hides behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats, Ints
from stroomstad.errors import InvalidData, Issue, name_some
from stroomstad.measures.twin import Twin
from stroomstad.powerflow import StationNet, build_station_net, own_factor
from stroomstad.run.desk import Desk
from stroomstad.run.model import Clock
from stroomstad.run.shown import withheld_links
from stroomstad.simulation import Direction
from stroomstad.simulation.dealing import PHASES, Dealing, Homes, dealing_rules, gather_homes
from stroomstad.simulation.phases import (
    DealOptions,
    StationWeek,
    WeekPhases,
    net_loads,
    solve_station,
)
from stroomstad.tables.phases import PHASE_QUANTITIES, PHASE_WEEKS

Tables = dict[str, pd.DataFrame]

DEALS = 20
_WEEK_OF: dict[str, Direction] = {"winter": "load", "summer": "feed_in"}
_SHARES = (10, 50, 90)
# Of these the lowest is the worst; of all others the highest.
_LOWEST = ("voltage_min_pu",)
_LIMITS = {
    "voltage_min_pu": "limit_voltage_lv_min_pu",
    "voltage_max_pu": "limit_voltage_lv_max_pu",
    "station_loading": "limit_station",
    "cable_loading": "limit_lv_cable",
    "neutral_loading": "limit_lv_cable",
    "unbalance": "limit_voltage_unbalance",
}


@dataclass(frozen=True, slots=True)
class _Worst:
    """The worst of a quantity in each deal, and where. Shape (deals,) each."""

    value: Floats
    place: Ints


def station_phases(
    desk: Desk, station_id: str, *, deals: int = DEALS, seed: int = 1, clock: Clock | None = None
) -> Tables:
    """Solve both design weeks of a station with its homes dealt over three phases.

    Parameters
    ----------
    desk
        A city that is ready for questions.
    station_id
        One of its public stations.
    deals
        How many ways to deal the homes, at least one.
    seed
        Start of what is drawn.
    clock
        Tells which step runs.

    Returns
    -------
    ``phase_summary, phase_nodes, phase_cables, phase_deals`` as declared, and ``phase_facts``:
    ``station_id, homes, deals, seed``, and per week ``quarter_WEEK``, the quarter of the picture.

    Raises
    ------
    InvalidData
        When there is no such station, it has no low-voltage net, or its loads are not public.
    """
    clock = clock or Clock(lambda _step, _done: None)
    twin = desk.twin
    parameters = twin.parameters["mid"]
    _check_station(twin, station_id)
    net = build_station_net(twin.grid, desk.network, station_id, parameters)
    _check_public(twin, net)
    homes = _homes(twin, net)
    options = DealOptions(
        dealing_rules(parameters), deals, seed, parameters.value("voltage_week_share")
    )
    weeks: dict[str, StationWeek] = {}
    dealings: list[Dealing] = []
    for name in PHASE_WEEKS:
        direction = _WEEK_OF[name]
        loads = net_loads(twin.weeks[direction], net, parameters.value("power_factor"))
        with clock.step(f"three phases, {name}") as done:
            weeks[name], dealings = solve_station(
                net, loads, homes, feeding=direction == "feed_in", options=options, progress=done
            )
    limits = {name: _limits(twin, station_id, way) for name, way in _WEEK_OF.items()}
    worst = {name: _worst_of(week.dealt, net) for name, week in weeks.items()}
    return {
        "phase_summary": _summary(net, weeks, worst, limits),
        "phase_nodes": pd.concat(
            [_node_rows(name, week, worst[name], net, homes) for name, week in weeks.items()],
            ignore_index=True,
        ),
        "phase_cables": pd.concat(
            [_cable_rows(name, week, net, homes) for name, week in weeks.items()],
            ignore_index=True,
        ),
        "phase_deals": pd.concat(
            [_deal_rows(name, week, worst[name], dealings) for name, week in weeks.items()],
            ignore_index=True,
        ),
        "phase_facts": _facts(twin, net, weeks, homes, options),
    }


def _limits(twin: Twin, station_id: str, direction: Direction) -> dict[str, float]:
    """What each quantity is held against; a station has its own share where heat sets the limit."""
    limits = {name: twin.parameters["mid"].value(limit) for name, limit in _LIMITS.items()}
    stations = twin.grid.stations
    mine = (stations["station_id"] == station_id).to_numpy()
    limits["station_loading"] *= own_factor(stations, direction)[mine].item()
    return limits


def _check_station(twin: Twin, station_id: str) -> None:
    stations, cables = twin.grid.stations, twin.grid.cables
    where = f"station {station_id!r}"
    known = stations["station_id"].astype(str).tolist()
    mine = stations[stations["station_id"] == station_id]
    if mine.empty:
        near = get_close_matches(station_id, known, n=3)
        remedy = (
            f"Perhaps one of {name_some(near)} is meant."
            if near
            else "Name a station of table stations of a run."
        )
        raise InvalidData([Issue(where, "is not in the grid of the city.", remedy)])
    remedy = "Name a public station, which has a low-voltage net."
    if mine["owner"].iloc[0] != "public":
        problem = "is of a customer, and has no low-voltage net of the operator."
        raise InvalidData([Issue(where, problem, remedy)])
    if not cables["from_node"].isin(mine["node_lv"]).any():
        raise InvalidData([Issue(where, "has no low-voltage cable.", remedy)])


def _check_public(twin: Twin, net: StationNet) -> None:
    """Tell nothing of a net in which a known fact or a load that gives it away is not public."""
    if withheld_links(twin, twin.tree)[net.nodes[1:]].any():
        problem = "has behind it what is known, not public, of fewer than ten connections."
        remedy = "Choose another station, or mark the fact as public in known.csv."
        raise InvalidData([Issue(f"station {net.station_id!r}", problem, remedy)])


def _homes(twin: Twin, net: StationNet) -> Homes:
    points = twin.city.points
    node_of = points["point_id"].map(twin.grid.connections.set_index("point_id")["node_id"])
    at_nodes = points.groupby(node_of)[["homes", "new_homes"]].sum()
    mine = at_nodes.reindex(net.node_ids, fill_value=0).to_numpy(dtype=np.float64)
    return gather_homes(mine[:, 0], mine[:, 1])


def _worst_of(week: WeekPhases, net: StationNet) -> dict[str, _Worst]:
    """The worst of every quantity of a week in each deal, with its position in the net."""
    lowest, highest = week.voltage_min_pu.min(axis=2), week.voltage_max_pu.max(axis=2)
    by_place = {
        # The medium-voltage side has the voltage of the city's own run.
        "voltage_min_pu": lowest[:, 1:],
        "voltage_max_pu": highest[:, 1:],
        "station_loading": week.station_a[:, None] / net.station_rated_a,
        "cable_loading": week.cable_a / net.cable_rated_a,
        "neutral_loading": week.neutral_a / net.cable_rated_a,
        "unbalance": week.unbalance[:, 1:],
    }
    found = {}
    for name, values in by_place.items():
        place = (values.argmin if name in _LOWEST else values.argmax)(axis=1)
        found[name] = _Worst(values[np.arange(place.size), place], place)
    return found


def _place_names(net: StationNet) -> dict[str, Sequence[str]]:
    """What the positions of `_worst_of` are called."""
    nodes, cables = net.node_ids[1:].tolist(), net.cable_ids.tolist()
    return {
        "voltage_min_pu": nodes,
        "voltage_max_pu": nodes,
        "station_loading": [net.station_id],
        "cable_loading": cables,
        "neutral_loading": cables,
        "unbalance": nodes,
    }


def _summary(
    net: StationNet,
    weeks: dict[str, StationWeek],
    worst: dict[str, dict[str, _Worst]],
    limits: dict[str, dict[str, float]],
) -> pd.DataFrame:
    names = _place_names(net)
    rows = []
    for week, solved in weeks.items():
        balanced = _worst_of(solved.balanced, net)
        for quantity in PHASE_QUANTITIES:
            found, limit = worst[week][quantity], limits[week][quantity]
            low = quantity in _LOWEST
            p10, p50, p90 = np.percentile(found.value, _SHARES)
            rows.append(
                {
                    "week": week,
                    "quantity": quantity,
                    "balanced": balanced[quantity].value[0],
                    "p10": p10,
                    "p50": p50,
                    "p90": p90,
                    "worst": found.value.min() if low else found.value.max(),
                    "limit": limit,
                    "deals_beyond": np.count_nonzero(
                        found.value < limit if low else found.value > limit
                    ),
                    "place": names[quantity][int(np.bincount(found.place).argmax())],
                }
            )
    return pd.DataFrame(rows)


def _node_rows(
    name: str, week: StationWeek, worst: dict[str, _Worst], net: StationNet, homes: Homes
) -> pd.DataFrame:
    dealt, balanced = week.dealt, week.balanced
    feeding = np.zeros(net.nodes.size, dtype=np.int64)
    feeding[net.cable_node] = net.arrays.cables.from_node
    lowest = np.percentile(dealt.voltage_min_pu.min(axis=2), _SHARES, axis=0)
    highest = np.percentile(dealt.voltage_max_pu.max(axis=2), _SHARES, axis=0)
    unbalance = np.percentile(dealt.unbalance, _SHARES[1:], axis=0)
    middle = dealt.profile_pu[_middle(worst["voltage_min_pu"].value)]
    columns = {
        "week": name,
        "node_id": net.node_ids,
        "feeding_node": net.node_ids[feeding],
        "distance_m": net.distance_m,
        "homes": np.bincount(homes.node, minlength=homes.nodes),
        "voltage_min_balanced_pu": balanced.voltage_min_pu[0, :, 0],
        **{f"voltage_min_p{share}_pu": row for share, row in zip(_SHARES, lowest, strict=True)},
        "voltage_max_balanced_pu": balanced.voltage_max_pu[0, :, 0],
        **{f"voltage_max_p{share}_pu": row for share, row in zip(_SHARES, highest, strict=True)},
        "unbalance_p50": unbalance[0],
        "unbalance_p90": unbalance[1],
        "profile_balanced_pu": balanced.profile_pu[0, :, 0],
        **{f"profile_l{phase + 1}_pu": middle[:, phase] for phase in range(PHASES)},
        # Deals without a solution in that quarter are missing (NaN).
        "profile_min_pu": np.fmin.reduce(dealt.profile_pu, axis=(0, 2)),
        "profile_max_pu": np.fmax.reduce(dealt.profile_pu, axis=(0, 2)),
    }
    return pd.DataFrame(columns).iloc[1:]  # the medium-voltage side is no part of the net


def _middle(values: Floats) -> int:
    """Position of the value in the middle, the lower of two."""
    return int(np.argsort(values, kind="stable")[(values.size - 1) // 2])


def _cable_rows(name: str, week: StationWeek, net: StationNet, homes: Homes) -> pd.DataFrame:
    loading = np.percentile(week.dealt.cable_a / net.cable_rated_a, _SHARES, axis=0)
    neutral = np.percentile(week.dealt.neutral_a / net.cable_rated_a, _SHARES[1:], axis=0)
    behind = np.bincount(homes.node, minlength=homes.nodes)
    from_node = net.arrays.cables.from_node
    for cable in np.argsort(-net.cable_node, kind="stable"):  # children before their parents
        behind[from_node[cable]] += behind[net.cable_node[cable]]
    return pd.DataFrame(
        {
            "week": name,
            "cable_id": net.cable_ids,
            "from_node": net.node_ids[from_node],
            "to_node": net.node_ids[net.cable_node],
            "homes": behind[net.cable_node],
            "rated_current_a": net.cable_rated_a,
            "loading_balanced": week.balanced.cable_a[0] / net.cable_rated_a,
            **{f"loading_p{share}": row for share, row in zip(_SHARES, loading, strict=True)},
            "neutral_p50": neutral[0],
            "neutral_p90": neutral[1],
        }
    )


def _deal_rows(
    name: str, week: StationWeek, worst: dict[str, _Worst], dealings: list[Dealing]
) -> pd.DataFrame:
    counts = [
        np.bincount(each.phase[~each.three_phase], minlength=PHASES).tolist() for each in dealings
    ]
    return pd.DataFrame(
        {
            "deal": np.arange(len(dealings)),
            "week": name,
            **{f"homes_l{phase + 1}": [each[phase] for each in counts] for phase in range(PHASES)},
            "homes_three_phase": [int(each.three_phase.sum()) for each in dealings],
            **{quantity: worst[quantity].value for quantity in PHASE_QUANTITIES},
            "unsolved": week.dealt.unsolved,
        }
    )


def _facts(
    twin: Twin, net: StationNet, weeks: dict[str, StationWeek], homes: Homes, options: DealOptions
) -> pd.DataFrame:
    quarters = {
        f"quarter_{name}": twin.weeks[_WEEK_OF[name]].flows.axis.names(np.array([week.quarter]))[0]
        for name, week in weeks.items()
    }
    facts = {
        "station_id": net.station_id,
        "homes": homes.node.size,
        "deals": options.deals,
        "seed": options.seed,
        **quarters,
    }
    return pd.DataFrame([facts])
