"""Shows one station in three phases: its words, and the picture of balanced beside phases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from stroomstad.blocks import Floats
from stroomstad.pages.curves import BLUE, INK, ORANGE, QUIET, RULE, STEPS, TEAL, WARM, plain
from stroomstad.pages.pictures import as_png
from stroomstad.pages.words import number, quarter
from stroomstad.tables.words import Language, Words

Tables = Mapping[str, pd.DataFrame]

SIZE_IN = (12.0, 9.2)
CABLES_SHOWN = 10
WEEKS = {
    "winter": Words("winterweek", "winter week"),
    "summer": Words("zomerweek", "summer week"),
}
QUANTITIES = {
    "voltage_min_pu": Words("laagste spanning (min. {limit})", "lowest voltage (min. {limit})"),
    "voltage_max_pu": Words("hoogste spanning (max. {limit})", "highest voltage (max. {limit})"),
    "station_loading": Words("station, fase (max. {limit})", "station, phase (max. {limit})"),
    "cable_loading": Words("kabel, fase (max. {limit})", "cable, phase (max. {limit})"),
    "neutral_loading": Words("kabel, nul (max. {limit})", "cable, neutral (max. {limit})"),
    "unbalance": Words("asymmetrie (max. {limit})", "unbalance (max. {limit})"),
}
# Colour and dash of the balanced run and of each phase.
_BALANCED = Words("gebalanceerd", "balanced")
_PHASES = (("l1", BLUE, "--"), ("l2", ORANGE, "-."), ("l3", TEAL, ":"))
_BAND = Words("alle fasen van alle verdelingen", "all phases of all deals")
_PROFILES = {
    "winter": Words("Laagste spanning: {at}", "Lowest voltage: {at}"),
    "summer": Words("Hoogste spanning: {at}", "Highest voltage: {at}"),
}
_DISTANCE = Words("kabel vanaf het station (m)", "cable from the station (m)")
_VOLTAGE = Words("spanning (% van nominaal)", "voltage (% of nominal)")
_LOADING = Words(
    "hoogste stroom (% van nominaal), winterweek", "highest current (% of rating), winter week"
)
_LOADING_TITLE = Words("Zwaarst belaste kabels", "Most loaded cables")
_DEALS = Words("fasen, 8 van de 10 verdelingen", "phases, 8 of 10 deals")
_DEAL = Words("fasen, middelste verdeling", "phases, middle deal")
_NEUTRAL = Words("nul, middelste verdeling", "neutral, middle deal")
_UNBALANCE = Words("asymmetrie (%)", "unbalance (%)")
_UNBALANCE_TITLE = Words(
    "Asymmetrie, 95 % van de week niet hoger", "Unbalance, not higher for 95 % of the week"
)
_MIDDLE = Words("{week}, middelste verdeling", "{week}, middle deal")
_TENTH = Words("{week}, 1 op de 10 verdelingen hoger", "{week}, 1 in 10 deals higher")
_TITLE = Words(
    "{station}: {homes} woningen over drie fasen verdeeld, {deals} keer",
    "{station}: {homes} homes dealt over three phases, {deals} times",
)
_ORIGIN = Words(
    "Synthetisch net uit open data. Op welke fase een woning zit, is geloot: dat publiceert "
    "niemand.\nBelasting zoals op stationsniveau: bij weinig woningen is de piek hoger.",
    "Synthetic grid made from open data. Which phase a home is on is drawn: nobody publishes it.\n"
    "Loads as at station level: the peak of few homes is higher.",
)


def quantity_said(quantity: str, value: float, language: Language) -> str:
    """Write a value of `PHASE_SUMMARY` as per cent, voltages of nominal and loadings of rating.

    Examples
    --------
    >>> quantity_said("voltage_min_pu", 0.9517, "nl"), quantity_said("unbalance", 0.0117, "nl")
    ('95,2 %', '1,17 %')
    """
    return f"{number(100.0 * value, language, 2 if quantity == 'unbalance' else 1)} %"


def phases_png(tables: Tables, language: Language) -> bytes:
    """Draw voltages, cables and unbalance behind a station, balanced beside phases.

    Parameters
    ----------
    tables
        As `station_phases` returns them.
    language
        Of the words.

    Returns
    -------
    The bytes of a PNG; the same tables give the same bytes on the same machine.
    """

    def draw(figure: Figure) -> None:
        facts = tables["phase_facts"].iloc[0]
        title = _TITLE.say(
            language,
            station=facts["station_id"],
            homes=number(facts["homes"], language),
            deals=number(facts["deals"], language),
        )
        figure.suptitle(title, x=0.01, ha="left", fontsize=14, fontweight="bold", color=INK)
        figure.supxlabel(_ORIGIN.say(language), fontsize=9, color=QUIET)
        places = figure.subplots(2, 2)
        for axes, week in zip(places[0], WEEKS, strict=True):
            _draw_profile(axes, tables, week, language)
        _draw_cables(places[1, 0], tables["phase_cables"], language)
        _draw_unbalance(places[1, 1], tables, language)

    return as_png(draw, SIZE_IN)


def _draw_profile(axes: Axes, tables: Tables, week: str, language: Language) -> None:
    """Voltage along the cables in one quarter: balanced, each phase of one deal, and the band."""
    nodes = _of_week(tables["phase_nodes"], week).set_index("node_id")
    axes.vlines(
        nodes["distance_m"], 100 * nodes["profile_min_pu"], 100 * nodes["profile_max_pu"],
        color="#d5dbdd", lw=4.0, zorder=1,
    )  # fmt: skip
    handles = [Line2D([], [], color="#d5dbdd", lw=4.0, label=_BAND.say(language))]
    drawn = [("balanced", INK, "-", _BALANCED.say(language))]
    drawn += [(name, colour, dash, name.upper()) for name, colour, dash in _PHASES]
    for name, colour, dash, label in drawn:
        width = 2.4 if name == "balanced" else 1.5
        lines = LineCollection(
            _segments(nodes, f"profile_{name}_pu"), colors=colour, linestyles=dash, linewidths=width
        )
        axes.add_collection(lines)
        handles.append(Line2D([], [], color=colour, ls=dash, lw=width, label=label))
    axes.autoscale()
    _level(axes, _limit(tables, week, "voltage_min_pu" if week == "winter" else "voltage_max_pu"))
    at = quarter(tables["phase_facts"][f"quarter_{week}"].iloc[0], language)
    _frame(axes, _PROFILES[week].say(language, at=at), language)
    axes.set_xlabel(_DISTANCE.say(language), color=INK)
    axes.set_ylabel(_VOLTAGE.say(language), color=INK)
    if week == "winter":  # both pictures are drawn alike
        axes.legend(handles=handles, loc="lower left", frameon=False, fontsize=8.5)


def _segments(nodes: pd.DataFrame, column: str) -> list[Floats]:
    """Each cable as a line from the node that feeds to the node that is fed."""
    fed = nodes[nodes["feeding_node"].isin(nodes.index)]
    ends = [nodes.loc[fed["feeding_node"].tolist()], fed]
    places = [rows[["distance_m", column]].to_numpy(dtype=np.float64) for rows in ends]
    return [np.array(line) * [1.0, 100.0] for line in zip(*places, strict=True)]


def _draw_cables(axes: Axes, cables: pd.DataFrame, language: Language) -> None:
    """The most loaded cables: balanced as a mark, phases as a bar with its middle, neutral."""
    most = _of_week(cables, "winter").nlargest(CABLES_SHOWN, "loading_p50", keep="first")[::-1]
    rows = np.arange(len(most))
    axes.hlines(
        rows, 100 * most["loading_p10"], 100 * most["loading_p90"], color=ORANGE, lw=6, alpha=0.45,
        label=_DEALS.say(language),
    )  # fmt: skip
    marks = (
        ("loading_p50", "|", ORANGE, _DEAL),
        ("loading_balanced", "o", INK, _BALANCED),
        ("neutral_p50", "x", BLUE, _NEUTRAL),
    )
    for column, marker, colour, words in marks:
        size = 13 if marker == "|" else 6
        axes.plot(
            100 * most[column], rows, marker, color=colour, ms=size, mew=1.8,
            label=words.say(language),
        )  # fmt: skip
    axes.set_ylim(-0.6, len(most) + 1.2)  # the words stand above the bars
    axes.set_yticks(rows, most["cable_id"].tolist(), fontsize=8)
    axes.set_xlim(left=0)
    axes.set_title(_LOADING_TITLE.say(language), loc="left", fontsize=11, color=INK)
    axes.set_xlabel(_LOADING.say(language), color=INK)
    axes.grid(axis="x", color=RULE)
    axes.legend(loc="upper center", ncols=2, frameon=False, fontsize=8.5)


def _draw_unbalance(axes: Axes, tables: Tables, language: Language) -> None:
    for week, colour, marker in (("winter", BLUE, "o"), ("summer", ORANGE, "s")):
        nodes = _of_week(tables["phase_nodes"], week)
        name = WEEKS[week].say(language)
        for column, fill, words in (
            ("unbalance_p50", colour, _MIDDLE),
            ("unbalance_p90", "none", _TENTH),
        ):
            axes.plot(
                nodes["distance_m"], 100 * nodes[column], marker, color=colour, mfc=fill, ms=4.5,
                label=words.say(language, week=name),
            )  # fmt: skip
    axes.set_ylim(bottom=0)
    _level(axes, _limit(tables, "winter", "unbalance"))
    _frame(axes, _UNBALANCE_TITLE.say(language), language)
    axes.set_xlabel(_DISTANCE.say(language), color=INK)
    axes.set_ylabel(_UNBALANCE.say(language), color=INK)
    axes.legend(loc="best", frameon=False, fontsize=8.5)


def _frame(axes: Axes, title: str, language: Language) -> None:
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    axes.grid(axis="y", color=RULE)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=STEPS))
    axes.yaxis.set_major_formatter(plain(axes.yaxis, language))
    axes.set_xlim(left=0)


def _level(axes: Axes, limit: float) -> None:
    """Draw a limit where it is in sight."""
    low, high = axes.get_ylim()
    if low <= 100 * limit <= high:
        axes.axhline(100 * limit, color=WARM, lw=1.4, ls=(0, (6, 3)))


def _limit(tables: Tables, week: str, quantity: str) -> float:
    summary = _of_week(tables["phase_summary"], week)
    return float(summary.loc[summary["quantity"] == quantity, "limit"].iloc[0])


def _of_week(rows: pd.DataFrame, week: str) -> pd.DataFrame:
    return rows[rows["week"] == week]
