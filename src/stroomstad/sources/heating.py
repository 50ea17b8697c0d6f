"""Which homes heat with gas, which with the heat net, and which with neither.

Where a postcode stood in 2010 its gas connections per electricity connection decide; a home
without gas there is on the heat net. Elsewhere the shares are those that bring the whole
municipality to the CBS table, as far as shares between 0 and 1 can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stroomstad.blocks import Floats
from stroomstad.errors import Issue, name_some
from stroomstad.sources.balance import values_of
from stroomstad.sources.files import Layout, SourceFile, duplicate_issues, read_table
from stroomstad.tables.parameters import Parameters

# Codes of CBS table 84948NED, read from the sums they make: heat net without gas, electric
# without gas, and their sum, all dwellings without gas.
_HEAT_NET, _ELECTRIC, _WITHOUT_GAS = "A050116", "A050119", "A052175"
SHARES_TOTAL_PERCENT = (90, 110)  # rounding and dwellings of unknown heating leave some room
_ALL_DWELLINGS = "T001100"
# Keys of the balance: energy of homes, and the share of it that heats rooms.
_ROOMS = "households_final_demand_for_space_heating"
_SPACE_HEATING = (
    ("households_final_demand_network_gas_demand",
     f"households_final_demand_network_gas_{_ROOMS}_network_gas_parent_share"),
    ("input_households_final_demand_steam_hot_water_demand",
     f"input_households_final_demand_steam_hot_water_{_ROOMS}_steam_hot_water_parent_share"),
    ("households_final_demand_electricity_demand",
     f"households_final_demand_electricity_{_ROOMS}_electricity_parent_share"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeatingShares:
    """Shares of dwellings. [1].

    Attributes
    ----------
    gas, heat_net, neither
        Main heating.
    year
        Year they hold for.
    """

    gas: float
    heat_net: float
    neither: float
    year: int


def read_heating(
    source: SourceFile, municipality_code: str, base_year: int
) -> tuple[HeatingShares | None, list[Issue]]:
    """Read the main heating of dwellings, of the last year up to the base year."""
    layout = Layout(("RegioS", "TypeVerwarmingsinstallatie", "Perioden"), ("Woningen_1",))
    rows, issues = read_table(source.path, layout)
    if rows is None or issues:
        return None, issues
    rows, issues = _of_municipality(rows, municipality_code, base_year, source.path.name)
    if issues:
        return None, issues
    kinds = rows["TypeVerwarmingsinstallatie"]
    issues = duplicate_issues(kinds, f"{source.path.name}.{kinds.name}")
    if issues:
        return None, issues
    percent = rows.set_index(kinds)["Woningen_1"]
    missing = [code for code in (_HEAT_NET, _ELECTRIC, _WITHOUT_GAS) if code not in percent.index]
    if missing or not percent[[_HEAT_NET, _ELECTRIC, _WITHOUT_GAS]].between(0, 100).all():
        problem = f"has no share from 0 to 100 % under {name_some(missing or list(percent.index))}."
        return None, [Issue(source.path.name, problem, "Give the rows of CBS table 84948NED.")]
    heat_net, electric = percent[_HEAT_NET] / 100, percent[_ELECTRIC] / 100
    total = 100 + percent[_HEAT_NET] + percent[_ELECTRIC] - percent[_WITHOUT_GAS]
    least, most = SHARES_TOTAL_PERCENT
    if not least <= total <= most:
        problem = (
            f"the shares of gas (100 % less {_WITHOUT_GAS}), {_HEAT_NET} and {_ELECTRIC} add up "
            f"to {total:g} %."
        )
        remedy = f"Give shares that add up to {least} to {most} %."
        return None, [Issue(source.path.name, problem, remedy)]
    year = int(rows["Perioden"].iloc[0][:4])
    return HeatingShares(1 - percent[_WITHOUT_GAS] / 100, heat_net, electric, year), []


def heating_of_balance(
    balance: pd.Series, balance_name: str, base_year: int
) -> tuple[HeatingShares | None, list[Issue]]:
    """Take the shares to be as what homes use for space heating, where no table tells them.

    Parameters
    ----------
    balance
        Text by key.
    balance_name
        Its file, for the faults.
    base_year
        The year of the balance.

    Returns
    -------
    Gas, heat and electricity for space heating over the three together, or ``None`` with the
    faults of the balance.
    """
    keys = [key for pair in _SPACE_HEATING for key in pair]
    values, issues = values_of(" + ".join(keys), balance, balance_name, "TJ or shares")
    energy_tj = values[0::2] * values[1::2]
    if not issues and not energy_tj.sum() > 0:
        problem = "tells of no energy for space heating of homes."
        issues = [Issue(balance_name, problem, "")]
    if issues:
        remedy = "Mend the balance, or name a file of main heating in [files.heating]."
        return None, [replace(each, remedy=remedy) for each in issues]
    gas, heat_net, neither = (float(part) for part in energy_tj / energy_tj.sum())
    return HeatingShares(gas, heat_net, neither, base_year), []


def read_heat_net(
    source: SourceFile, municipality_code: str, base_year: int
) -> tuple[float | None, list[Issue]]:
    """Read the share of dwellings on the heat net of the other CBS table, for comparison. [1]."""
    layout = Layout(("Woningkenmerken", "RegioS", "Perioden"), ("Stadsverwarming_4",))
    rows, issues = read_table(source.path, layout)
    if rows is None or issues:
        return None, issues
    rows = rows[rows["Woningkenmerken"] == _ALL_DWELLINGS]
    rows, issues = _of_municipality(rows, municipality_code, base_year, source.path.name)
    if issues:
        return None, issues
    percent = float(rows["Stadsverwarming_4"].iloc[0])
    if not (np.isnan(percent) or 0 <= percent <= 100):
        where = f"{source.path.name}.Stadsverwarming_4"
        return None, [Issue(where, f"is {percent:g} %.", "Give a share from 0 to 100 %.")]
    return percent / 100, []


def heat_homes(
    addresses: pd.DataFrame,
    homes: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    target: HeatingShares,
    parameters: Parameters,
) -> pd.DataFrame:
    """Give each home a share of gas, heat net and neither.

    Parameters
    ----------
    addresses
        With ``era`` and ``gas_share``.
    homes
        Homes of the base year, and homes built since. Each of shape (addresses,)
    target
        Municipal shares of the homes of the base year.
    parameters
        For ``new_home_heat_net_share``.

    Returns
    -------
    Columns ``homes_gas, homes_heat_net, homes_neither``; each row sums to 1 for a home and to
    0 for another use.
    """
    home, new_home = homes
    gas = np.where(home, addresses["gas_share"].to_numpy(dtype=float), 0.0)
    heat_net = np.where(home, 1 - gas, 0.0)
    later = home & (addresses["era"] != "before_2010").to_numpy()
    rest = _rest_shares(gas, heat_net, later, target)
    gas, heat_net = np.where(later, rest[0], gas), np.where(later, rest[1], heat_net)
    # New homes get no gas connection since 1 July 2018 (Gaswet, art. 10).
    heat_net = np.where(new_home, parameters.value("new_home_heat_net_share"), heat_net)
    neither = np.where(home | new_home, 1 - gas - heat_net, 0.0)
    return pd.DataFrame(
        {"homes_gas": gas, "homes_heat_net": heat_net, "homes_neither": np.maximum(neither, 0.0)}
    )


def _rest_shares(
    gas: Floats, heat_net: Floats, later: NDArray[np.bool_], target: HeatingShares
) -> tuple[float, float]:
    count = int(later.sum())
    if not count:
        return 0.0, 0.0
    homes = float(gas.sum() + heat_net.sum())
    gas_share = (target.gas * homes - gas[~later].sum()) / count
    gas_share = float(np.clip(gas_share, 0.0, 1.0))
    net_share = (target.heat_net * homes - heat_net[~later].sum()) / count
    return gas_share, float(np.clip(net_share, 0.0, 1.0 - gas_share))


def _of_municipality(
    rows: pd.DataFrame, municipality_code: str, base_year: int, where: str
) -> tuple[pd.DataFrame, list[Issue]]:
    mine = rows[rows["RegioS"].str.strip() == municipality_code]
    if mine.empty:
        found = name_some(sorted(set(rows["RegioS"])))
        problem = f"has no row of municipality {municipality_code} (it has {found})."
        remedy = "Give the municipality's own file, or mend municipality_code in city.toml."
        return mine, [Issue(where, problem, remedy)]
    mine = mine[mine["Perioden"].str[:4] <= str(base_year)]
    if mine.empty:
        problem = f"has no year up to {base_year}."
        return mine, [Issue(where, problem, "Give a file that holds the base year.")]
    return mine[mine["Perioden"] == mine["Perioden"].max()], []
