"""Write the fact sheet in docs/explanation/grid.md and its maps, from Almere as it is bundled.

`python docs/make_grid.py` takes a minute: the grid is drawn up, its winter week solved, and
low voltage drawn up again for every pair of station rules.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from marked import fill
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from stroomstad.run import (
    RANGE_HEADS,
    band_said,
    default_city,
    fact_sheet,
    grid_facts,
    lay_out,
    quantity_said,
    range_facts,
    read_city,
    rule_facts,
    unit_said,
    winter_week,
)

DOCS = Path(__file__).parent
PAGE = DOCS / "explanation" / "grid.md"
IMAGES = DOCS / "images"
SEED = 1
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


def sheet_lines(sheet):
    """The fact sheet, and whose the figures of others are."""
    names = ("quantity", "unit", "Almere, drawn up", "published", "SimBench urban")
    rows = (
        (quantity_said(one), unit_said(one), band_said(one),
         band_said(one, "published_"), band_said(one, "simbench_"))
        for one in sheet.to_dict("records")
    )  # fmt: skip
    yield from table(names, rows)
    yield ""
    told = sheet.dropna(subset="published_source")
    for one in told.to_dict("records"):
        note = f" ({one['published_note']})" if one["published_note"] else ""
        yield f"- {one['quantity']}: {one['published_source']}{note}."
    told = sheet[sheet["simbench_note"].fillna("") != ""]
    notes = "; ".join(
        f"{one['quantity']}: {one['simbench_note']}" for one in told.to_dict("records")
    )
    yield f"- SimBench: {sheet['simbench_source'].dropna().iloc[0]}. Its figures: {notes}."


def rule_lines(rules):
    """The rules with their status and source."""
    rows = (
        (f"`{one['rule']}`", band_said(one), unit_said(one), one["status"], one["source"])
        for one in rules.to_dict("records")
    )
    yield from table(("rule", "low – mid – high", "unit", "status", "source"), rows)


def range_lines(rows):
    """Stations, distances and cable over the range of rules."""
    told = rows[list(RANGE_HEADS)].to_numpy(float)
    yield from table(RANGE_HEADS.values(), ([f"{value:,.0f}" for value in one] for one in told))


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
    ends = grid.nodes.set_index("node_id").loc[grid.open_cables["from_node"], ["x_m", "y_m"]]
    marks.append(("open point of a ring", ends.to_numpy(), "x", 24, "#d55e00"))
    title = f"{city.name}: synthetic medium voltage, a colour per ring"
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
            "counts": range_lines(range_facts(inputs, layout)),
        },
    )
    draw_maps(layout.grid, inputs.city)


if __name__ == "__main__":
    main()
