"""How much less homes peak together at each level of the grid than at station level.

Loads are calibrated at the station. Until diversity is simulated the load of a link above or
below it is multiplied by g(level)/g(station), with Rusck's g for the homes behind the link.
"""

from __future__ import annotations

import numpy as np

from stroomstad.blocks import Floats
from stroomstad.loads import PeriodLoads
from stroomstad.simulation.downstream import downstream
from stroomstad.simultaneity import level_factor
from stroomstad.tables.city import LOAD_COLUMNS
from stroomstad.tables.grid import LINK_KINDS, RadialTree
from stroomstad.tables.parameters import Parameters

HOUSEHOLD_COLUMNS = ("households_kwh", "new_homes_kwh", "road_home_kwh")


def level_factors(
    loads: PeriodLoads, tree: RadialTree, homes: Floats, parameters: Parameters
) -> tuple[Floats, Floats]:
    """Factor on the existing load of every link, and on that of new homes.

    Parameters
    ----------
    loads
        What the nodes draw; tells which share of a link's peak is of homes.
    tree
        The radial grid.
    homes
        Homes behind each link. Shape (links,)
    parameters
        ``simultaneity_infinite`` and ``simultaneity_reference_homes``.

    Returns
    -------
    Both 1 at stations, at least 1 below and at most 1 above. [1], shape (links,) each

    Notes
    -----
    Above the station the factor does not fall below what the published shape, in which the
    homes of a country coincide, leaves of the sharpened one. The part of a new home that
    heats follows the weather and is not reduced above the station. New homes count with the
    homes that are there already: on a link with few of them this errs towards less room.
    """
    household = [list(LOAD_COLUMNS).index(name) for name in HOUSEHOLD_COLUMNS]
    behind_kwh = downstream(tree, loads.load.weights.toarray())
    total_kw = behind_kwh @ loads.load.shapes
    household_kw = behind_kwh[:, household] @ loads.load.shapes[household]
    rows, peak = np.arange(homes.size), np.argmax(total_kw, axis=1)
    total = total_kw[rows, peak]
    share = np.divide(household_kw[rows, peak], total, out=np.zeros_like(total), where=total > 0)
    curve = (
        parameters.value("simultaneity_infinite"),
        parameters.value("simultaneity_reference_homes"),
    )
    existing = level_factor(homes, share, *curve, loads.coincident_share)
    at_least_one = np.maximum(homes, 1.0)
    unit = level_factor(at_least_one, np.ones(homes.size), *curve, loads.coincident_share)
    with_heat = loads.home_heat_share + (1.0 - loads.home_heat_share) * unit
    unit = np.where(unit < 1.0, with_heat, unit)
    return _held_at_station(existing, tree), _held_at_station(unit, tree)


def _held_at_station(factor: Floats, tree: RadialTree) -> Floats:
    held = np.ones_like(factor)
    low_voltage = tree.link_kind == LINK_KINDS.index("lv_cable")
    above = np.isin(
        tree.link_kind, [LINK_KINDS.index(kind) for kind in ("mv_cable", "ring", "substation")]
    )
    held[low_voltage] = np.maximum(factor[low_voltage], 1.0)
    held[above] = np.minimum(factor[above], 1.0)
    return held
