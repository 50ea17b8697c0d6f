"""A grid as somebody gives it: nodes, links and sources, before it is hung onto a city."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isnan

import pandas as pd

from stroomstad.tables.grid import no_open_cables

# IEC 60038: low voltage is up to and including 1,000 V. [V]
LOW_VOLTAGE_MAX_V = 1000.0
# What a file may tell of a link and our own rules take from a table of types; missing there.
TRANSFORMER_COLUMNS = (
    "short_circuit_voltage_fraction",
    "copper_loss_kw",
    "no_load_loss_kw",
    "no_load_current_fraction",
    "turns_fraction",
)
# What a file may say, beside its rows, of how sure they are; missing where it does not say.
MARKS = {
    "cables": ("synthetic",),
    "stations": ("supply", "synthetic", "rating_known"),
    "substations": ("rating_known", "place_known"),
}


@dataclass(frozen=True, slots=True)
class GivenGrid:
    """A grid that was not drawn up here.

    Its tables of links and substations hold the columns of `MARKS` too.

    Attributes
    ----------
    nodes
        ``node_id, voltage_v, x_m, y_m, feeder_id``; places are missing where they are not told,
        and the feeder is empty there.
    cables
        Columns of `CABLES` without ``synthetic``, and ``c_nf_per_km``; a length or a type is
        missing where it is not told.
    stations
        ``station_id, node_mv, node_lv, owner, transformers, rating_kva_low, rating_kva,
        rating_kva_high`` and `TRANSFORMER_COLUMNS`; the ratings are those of its transformers
        side by side, and ``turns_fraction`` is the ratio of turns over that of the nominal
        voltages of both nodes.
    substations
        ``substation_id, substation_name, node_mv, voltage_pu, transformers, rating_mva_low,
        rating_mva, rating_mva_high``; the last five are missing where they are not told.
    connections
        ``point_id, node_id`` as far as they are told.
    open_cables
        As ``cables``, with the ``feeder_id`` of the ring that each closes, where it is told: what
        is switched off at one end, its ``to_node``.
    """

    nodes: pd.DataFrame
    cables: pd.DataFrame
    stations: pd.DataFrame
    substations: pd.DataFrame
    connections: pd.DataFrame
    open_cables: pd.DataFrame = field(default_factory=no_open_cables)


def read_marks(table: str, told: Callable[[str], Iterable[object]]) -> dict[str, list[object]]:
    """Columns of `MARKS` as a file has them.

    Parameters
    ----------
    table
        Whose marks.
    told
        Gives what every row says under a name, in their order.

    Returns
    -------
    What was said by name, whatever it is; ``None`` where nothing was.
    """
    return {
        name: [None if isinstance(each, float) and isnan(each) else each for each in told(name)]
        for name in MARKS[table]
    }
