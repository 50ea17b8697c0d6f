"""Result tables of the design weeks: loading of every link, voltages, losses, load duration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stroomstad.blocks import Floats
from stroomstad.simulation.design_weeks import DesignWeek, Direction, LinkState
from stroomstad.tables.city import City
from stroomstad.tables.grid import LINK_KINDS, Grid, RadialTree
from stroomstad.tables.parameters import Parameters
from stroomstad.tables.results import Flags, Floats32, Loading
from stroomstad.units import HOURS_PER_QUARTER

STATIONS_IN_DURATION_CURVE = 10
_LOADING_MAX = 65_000.0  # a number of 16 bits holds no more


def link_table(
    tree: RadialTree,
    weeks: Mapping[Direction, DesignWeek],
    states: Mapping[Direction, LinkState],
) -> pd.DataFrame:
    """Highest load and feed-in of every link; columns as in ``LINK_LOADING``."""
    table = pd.DataFrame(
        {
            "link_id": tree.link_ids,
            "kind": np.array(LINK_KINDS, dtype=object)[tree.link_kind],
            "limit_kva": states["load"].limit_kva,
            "level_factor": states["load"].level_factor,
        }
    )
    table["load_max_kva"], table["load_max_at"] = _highest(states["load"], weeks["load"])
    table["loading_max"] = table["load_max_kva"] / table["limit_kva"].where(table["limit_kva"] > 0)
    table["feed_in_max_kva"], table["feed_in_max_at"] = _highest(
        states["feed_in"], weeks["feed_in"]
    )
    return table


def _highest(state: LinkState, week: DesignWeek) -> tuple[Floats, pd.Series]:
    at = np.argmax(state.base_kva, axis=1)
    highest_kva = state.base_kva[np.arange(at.size), at].astype(np.float64)
    return np.maximum(highest_kva, 0.0), week.flows.axis.names(np.where(highest_kva > 0, at, -1))


def loading_steps(load_kva: Floats32, limit_kva: Floats, withheld: Flags) -> Loading:
    """Loading of every link step by step, small enough to keep.

    Parameters
    ----------
    load_kva
        [kVA], shape (links, steps); negative runs the other way.
    limit_kva
        [kVA], shape (links,)
    withheld
        Links that are not shown. Shape (links,)

    Returns
    -------
    Load over limit [1], within 0.05 %; missing where it is withheld, where nothing stands and
    where it is above 65,000. Shape (steps, links)
    """
    shown = ~withheld & (limit_kva > 0)
    per_kva = np.divide(1.0, limit_kva, out=np.full(limit_kva.size, np.nan), where=shown)
    loading = load_kva.T * per_kva.astype(np.float32)
    return np.where(np.abs(loading) < _LOADING_MAX, loading, np.nan).astype(np.float16)


def load_duration(
    tree: RadialTree,
    state: LinkState,
    links: pd.DataFrame,
    stations: pd.DataFrame,
    quarters: int,
) -> pd.DataFrame:
    """Load of the ten most loaded public stations in the winter week, sorted from high to low.

    The first ``quarters`` of the state are those of the week.
    """
    public = stations.loc[stations["owner"] == "public", "station_id"]
    most = links[links["link_id"].isin(public)].nlargest(
        STATIONS_IN_DURATION_CURVE, "loading_max", keep="first"
    )
    position = {link: at for at, link in enumerate(tree.link_ids)}
    curves = []
    for station_id in most["link_id"]:
        at = position[station_id]
        load_kva = np.sort(state.base_kva[at, :quarters].astype(np.float64))[::-1]
        curves.append(
            pd.DataFrame(
                {
                    "station_id": station_id,
                    "rank": np.arange(load_kva.size),
                    "load_kva": load_kva,
                    "share_of_limit": load_kva / state.limit_kva[at],
                }
            )
        )
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame()


def flow_facts(grid: Grid, weeks: Mapping[Direction, DesignWeek]) -> pd.DataFrame:
    """City peak, losses, voltages and balance of both weeks.

    Returns
    -------
    ``quantity, value, unit, about, about_nl``.
    """
    rows = []
    low_voltage = grid.nodes["voltage_v"].to_numpy() < 1000.0
    roots = (grid.nodes["kind"] == "substation").to_numpy()
    names: tuple[tuple[Direction, str], ...] = (("load", "winter"), ("feed_in", "summer"))
    for direction, season in names:
        flows = weeks[direction].flows
        city_kw = flows.power_kw[roots].astype(np.float64).sum(axis=0)
        load = weeks[direction].loads.load
        week = slice(flows.axis.stretch.quarters)
        drawn_kwh = (load.weights.sum(axis=0) @ load.shapes[:, week]).sum() * HOURS_PER_QUARTER
        worst = np.asarray(np.argmax(city_kw) if direction == "load" else np.argmin(city_kw))
        at = flows.axis.names(worst[None]).iloc[0]
        lost = flows.losses_kw[week].sum() * HOURS_PER_QUARTER
        rows += [
            (
                f"{season}_city_{'peak' if direction == 'load' else 'lowest'}_mw",
                city_kw[worst] / 1e3,
                "MW",
                f"city at {at}, station-level loads",
                f"stad om {at}, belasting op stationsniveau",
            ),
            (
                f"{season}_losses_fraction",
                lost / drawn_kwh,
                "1",
                "losses over the energy that is drawn",
                "verliezen gedeeld door de afgenomen energie",
            ),
            (
                f"{season}_voltage_min_pu",
                float(flows.voltage_pu.min()),
                "1",
                "lowest voltage of any node",
                "laagste spanning van alle knopen",
            ),
            (
                f"{season}_voltage_max_pu",
                float(flows.voltage_pu.max()),
                "1",
                "highest voltage of any node",
                "hoogste spanning van alle knopen",
            ),
            (
                f"{season}_voltage_lv_min_pu",
                float(flows.voltage_pu[low_voltage].min()),
                "1",
                "lowest at low voltage",
                "laagste op laagspanning",
            ),
            (
                f"{season}_balance_mismatch_kw",
                float(np.abs(flows.mismatch_kw).max()),
                "kW",
                "largest difference of supplied and drawn plus lost, any quarter",
                "grootste verschil van geleverd met afgenomen plus verloren, over alle kwartieren",
            ),
        ]
    return pd.DataFrame(rows, columns=["quantity", "value", "unit", "about", "about_nl"])


def distance_table(city: City, grid: Grid, parameters: Parameters) -> pd.DataFrame:
    """Distance from address to station per area, of every address of the register.

    Returns
    -------
    Per area the number of addresses, the median and the 98th percentile of the straight-line
    distance, and both as a walk, which is longer by the detour factor. [m]
    """
    away = _away_from_station(city, grid)
    distances = away.groupby("area_code", sort=True)["distance_m"]
    table = distances.agg(addresses="size").reset_index()
    names = city.areas.set_index("area_code")["area_name"]
    table.insert(1, "area_name", table["area_code"].map(names).fillna(""))
    for name, share in (("p50", 0.5), ("p98", 0.98)):
        table[f"distance_{name}_m"] = distances.quantile(share).to_numpy()
    detour = parameters.value("detour_factor")
    for name in ("p50", "p98"):
        table[f"walk_{name}_m"] = table[f"distance_{name}_m"] * detour
    return table


def _away_from_station(city: City, grid: Grid) -> pd.DataFrame:
    """Area and straight-line distance to its station of every address that has one."""
    stations = grid.stations.set_index("station_id")
    served = grid.connections[grid.connections["station_id"].isin(stations.index)]
    told = city.addresses.merge(city.points[["point_id", "area_code"]], on="point_id").merge(
        served[["point_id", "station_id"]], on="point_id"
    )
    station = stations.loc[told["station_id"]]
    east_m, north_m = (told[axis].to_numpy() - station[axis].to_numpy() for axis in ("x_m", "y_m"))
    return told[["area_code"]].assign(distance_m=np.hypot(east_m, north_m))
