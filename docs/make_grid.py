"""Write the fact sheet in docs/explanation/grid.md and its maps, from Almere as it is bundled.

`python docs/make_grid.py` takes half a minute: the grid is drawn up and its winter week solved.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from marked import fill
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from stroomstad.run import (
    default_city,
    fact_sheet,
    grid_facts,
    lay_out,
    read_city,
    rule_facts,
    winter_week,
)

DOCS = Path(__file__).parent
PAGE = DOCS / "explanation" / "grid.md"
IMAGES = DOCS / "images"
SEED = 1
BAND = ("low", "mid", "high")
# Half the side of the map of low voltage, around the station in the middle of its row. [m]
REACH_M = 600.0
# Okabe and Ito (2008), told apart by colour-blind readers too.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555")


def row(*cells):
    """One row of a Markdown table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(names, rows):
    """A Markdown table."""
    return [row(*names), row(*["---"] * len(names)), *(row(*cells) for cells in rows)]


def band(told, whose=""):
    """Low, middle and high in one cell; what is missing is left out."""
    low, mid, high = (
        "" if np.isnan(told[f"{whose}{name}"]) else f"{told[f'{whose}{name}']:,.4g}"
        for name in BAND
    )
    if not low and not high:
        return mid
    parts = [low or "…", mid, high or "…"] if mid else [low or "…", high or "…"]
    return " – ".join(parts)


def sheet_lines(sheet):
    """The fact sheet, and whose the figures of others are."""
    names = ("quantity", "unit", "Almere, drawn up", "published", "SimBench urban")
    rows = (
        (one["quantity"], one["unit"] if one["unit"] != "1" else "", band(one),
         band(one, "published_"), band(one, "simbench_"))
        for one in sheet.to_dict("records")
    )  # fmt: skip
    yield from table(names, rows)
    yield ""
    told = sheet.dropna(subset="published_source")
    for one in told.to_dict("records"):
        note = f" ({one['published_note']})" if one["published_note"] else ""
        yield f"- {one['quantity']}: {one['published_source']}{note}."
    yield f"- SimBench: {sheet['simbench_source'].dropna().iloc[0]}."


def rule_lines(rules):
    """The rules with their status."""
    rows = (
        (f"`{one['rule']}`", *(f"{one[name]:g}" for name in BAND), one["unit"], one["status"])
        for one in rules.to_dict("records")
    )
    yield from table(("rule", *BAND, "unit", "status"), rows)


def count_lines(counts):
    """Stations over the range of rules."""
    names = ("homes per station, most", "distance, most (m)", "public stations", "of customers")
    yield from table(names, ([f"{value:,.0f}" for value in one] for one in counts.to_numpy(float)))


def segments(grid, kind):
    """Both ends of every cable of a kind, and the feeder of its far end. [m]."""
    cables = grid.cables[grid.cables["kind"] == kind]
    nodes = grid.nodes.set_index("node_id")
    ends = [nodes.loc[cables[end], ["x_m", "y_m"]].to_numpy() for end in ("from_node", "to_node")]
    return np.stack(ends, axis=1), nodes.loc[cables["to_node"]].reset_index()


def coloured(names):
    """A colour for every row; rows of one name have the same one."""
    codes = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return [COLOURS[codes[name] % len(COLOURS)] for name in names]


def draw(name, title, areas, lines, marks, *, around=None):
    """Draw lines and marks over the areas, and keep the picture."""
    with mpl.rc_context({**mpl.rcParamsDefault, "font.family": "DejaVu Sans", "font.size": 10}):
        figure = Figure(figsize=(9, 7), dpi=100, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        areas.boundary.plot(ax=axes, color="#c9cfcd", linewidth=0.6)
        axes.add_collection(LineCollection(lines[0], colors=lines[1], linewidths=0.9))
        for label, places, marker, size, colour in marks:
            axes.scatter(*places.T, marker=marker, s=size, c=colour, label=label, zorder=3)
        if around is not None:
            axes.set_xlim(around[0] - REACH_M, around[0] + REACH_M)
            axes.set_ylim(around[1] - REACH_M, around[1] + REACH_M)
        axes.set(title=title, xticks=[], yticks=[], xlabel="", ylabel="", aspect="equal")
        axes.legend(loc="lower left", frameon=True)
        figure.savefig(IMAGES / name, metadata={"Software": None})


def draw_maps(grid, city):
    """Medium voltage of the whole city, and low voltage around one station."""
    public = grid.stations[grid.stations["owner"] == "public"]
    own = grid.stations[grid.stations["owner"] == "customer"]
    places = [rows[["x_m", "y_m"]].to_numpy() for rows in (public, own, grid.substations)]
    lines, far = segments(grid, "mv_cable")
    marks = [
        ("public station", places[0], "o", 3, "#333333"),
        ("station of a customer", places[1], "^", 6, "#333333"),
        ("substation", places[2], "s", 60, "#000000"),
    ]
    title = f"{city.name}: synthetic medium voltage, a colour per feeder"
    draw("grid_mv.png", title, city.areas, (lines, coloured(far["feeder_id"])), marks)
    middle = places[0][np.argsort(places[0][:, 0])[len(public) // 2]]
    lines, far = segments(grid, "lv_cable")
    title = f"{city.name}: synthetic low voltage, a colour per station ({2 * REACH_M:.0f} m across)"
    marks = [("public station", places[0], "o", 30, "#333333")]
    draw(
        "grid_lv.png", title, city.areas, (lines, coloured(far["station_id"])), marks, around=middle
    )


def main():
    """Draw up the grid, write the page and both maps."""
    inputs = read_city(default_city(), seed=SEED)
    layout = lay_out(inputs, SEED)
    facts = grid_facts(layout, inputs.city, winter_week(layout))
    fill(
        PAGE,
        "docs/make_grid.py",
        {
            "sheet": sheet_lines(fact_sheet(facts)),
            "rules": rule_lines(rule_facts(layout)),
            "counts": count_lines(layout.grid.counts),
        },
    )
    draw_maps(layout.grid, inputs.city)


if __name__ == "__main__":
    main()
