"""Write the numbers in docs/explanation/band.md and yardstick.md, from Almere as it is bundled.

`python docs/make_band.py` takes a few minutes: the city is drawn up seven times.
"""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from marked import fill

from stroomstad.loads import NO_QUARTERS, build_loads
from stroomstad.run.model import Clock, build_twin, default_city, read_city
from stroomstad.simulation import link_states
from stroomstad.tables.parameters import Parameters, override
from stroomstad.tables.profiles import TimeAxis
from stroomstad.trust.band import city_homes, room_band, tornado
from stroomstad.trust.yardstick import yardstick_table

PAGES = Path(__file__).parent / "explanation"
SCRIPT = "docs/make_band.py"
SEED, DRAWS = 1, 200
QUARTER = dt.timedelta(minutes=15)


def row(*cells):
    """One row of a Markdown table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(names, rows):
    """A Markdown table."""
    return [row(*names), row(*["---"] * len(names)), *(row(*cells) for cells in rows)]


def whole(value):
    """A number of homes, with a comma between thousands."""
    return f"{value:,.0f}"


def changed(inputs, **middle):
    """The inputs with other middle values of some parameters."""
    bands = inputs.parameters.set_index("parameter")
    changes = {
        name: {
            "low": min(value, bands.loc[name, "low"]),
            "mid": value,
            "high": max(value, bands.loc[name, "high"]),
            "status": "assumed",
            "source": "one end of its band",
        }
        for name, value in middle.items()
    }
    return replace(inputs, parameters=override(inputs.parameters, changes))


def twin_with(inputs, **middle):
    """Almere drawn up with other middle values of some parameters."""
    return build_twin(changed(inputs, **middle), SEED, Clock(lambda _step, _done: None))[0]


def quarters_apart(twin, inputs):
    """Quarters of the base year that stand beside the winter week of a twin."""
    axis, year = twin.weeks["load"].flows.axis, TimeAxis.of_year(inputs.city.base_year)
    return np.array(axis.apart, dtype=np.int64) + round((axis.start - year.start) / QUARTER)


def loaded_with(twin, inputs, **middle):
    """The standing grid, its loads built with another middle value instead of interpolated."""
    rows = changed(inputs, **middle).parameters
    parameters = Parameters(rows, dt.date(inputs.city.base_year, 1, 1))
    apart = (quarters_apart(twin, inputs), NO_QUARTERS[1])
    loads = build_loads(inputs.city, twin.grid, inputs.shapes, parameters, apart).winter
    limit_kva = twin.states["load"]["mid"].limit_kva
    cases = {"mid": (loads, parameters, limit_kva)}
    state = link_states(twin.weeks["load"], twin.tree, twin.behind, cases)["mid"]
    states = {"load": {**twin.states["load"], "mid": state}}
    return replace(twin, states={**twin.states, **states})


def city_mid(twin):
    """Homes in the city in the middle case, by its own grid."""
    areas, _ = room_band(twin, draws=1)
    return areas.loc[areas["area_code"] == twin.city.municipality_code, "case_mid"].iloc[0]


def band_lines(areas, stations):
    """The band of the city, and how it lies over areas and stations."""
    columns = ["corner_low", "case_low", "lowest", "p10", "p50", "case_mid", "p90", "highest"]
    columns += ["case_high", "corner_high"]
    city = areas[areas["area_code"].duplicated(keep=False)]
    names = ["the city's own grid", "with the region"]
    lines = table(
        ["homes", *names],
        zip(columns, *(map(whole, values) for values in city[columns].to_numpy()), strict=True),
    )
    local = areas.iloc[: -len(city)]
    width = ((local["p90"] - local["p10"]) / local["p50"].where(local["p50"] > 0)).median()
    share = stations["probability_full_modelled"]
    told = (
        f"{DRAWS} draws, seed {SEED}. In {len(local)} areas the width from p10 to p90 is "
        f"{width:.0%} of p50 in the median. Of {len(stations)} public stations "
        f"{int((share > 0).sum())} are full in some draw and {int((share >= 0.5).sum())} in at "
        f"least half of them; the most often full one in {share.max():.1%}."
    )
    return [*lines, "", told]


def tornado_lines(told):
    """What moves the city's room most."""
    moved = told[told["swing"] > 0]
    still = ", ".join(f"`{name}`" for name in told.loc[told["swing"] == 0, "parameter"])
    rows = [
        (
            f"`{one.parameter}`" + (" (stand-in)" if one.stand_in else ""),
            f"{one.low:g} / {one.mid:g} / {one.high:g}" + f" {one.unit}" * (one.unit != "1"),
            whole(one.homes_low),
            whole(one.homes_mid),
            whole(one.homes_high),
            whole(one.swing),
        )
        for one in moved.itertuples()
    ]
    names = ["input", "low / mid / high", "homes at low", "at mid", "at high", "swing"]
    return [
        *table(names, rows),
        "",
        f"Without a swing, for lack of a band or since others bind first: {still}.",
    ]


def redrawn_lines(told, redrawn, inputs):
    """How far the stand-ins, and the inputs that size a grid too, are from a grid drawn anew."""
    rows = []
    anew = redrawn.set_index("parameter")
    for one in told[told["stand_in"]].itertuples():
        for side in ("low", "high"):
            real = anew.loc[one.parameter, f"homes_{side}"]
            stand_in = getattr(one, f"homes_{side}")
            difference = f"{stand_in / real - 1:+.1%}"
            value = f"{getattr(one, side):g}"
            rows.append((f"`{one.parameter}`", value, whole(stand_in), whole(real), difference))
    for name, value in (("base_home_peak_kw", 1.0), ("base_home_peak_kw", 1.5)):
        side = "low" if value == told.set_index("parameter").loc[name, "low"] else "high"
        real = city_mid(twin_with(inputs, **{name: value}))
        standing = told.set_index("parameter").loc[name, f"homes_{side}"]
        difference = f"{standing / real - 1:+.1%}"
        rows.append((f"`{name}`", f"{value:g}", whole(standing), whole(real), difference))
    return table(["input", "value", "homes here", "grid drawn anew", "difference"], rows)


def interpolated_lines(twin, inputs):
    """How far interpolating between the corners is from loads built for the value itself."""
    rows = []
    for name in ("base_home_peak_kw", "new_home_peak_kw"):
        low, mid, high = twin.parameters["mid"].band(name)
        for value in ((low + mid) / 2, (mid + high) / 2):
            real = city_mid(loaded_with(twin, inputs, **{name: value}))
            here = city_homes(twin, name, value)
            difference = f"{here / real - 1:+.1%}"
            rows.append((f"`{name}`", f"{value:g}", whole(here), whole(real), difference))
    return table(["input", "value", "interpolated", "loads built for it", "difference"], rows)


def yardstick_lines(told):
    """The published homes beside the model."""
    lines = []
    for area, rows in told.groupby("supply_area", sort=False):
        values = [
            (one.about, one.kind, *(_figure(getattr(one, c), one.unit) for c in CASES), one.unit)
            for one in rows.itertuples()
        ]
        names = ["what it is", "kind", "least room", "middle", "most room", "unit"]
        lines += [f"**{area}**", "", *table(names, values), ""]
    return lines[:-1]


CASES = ("low", "mid", "high")


def _figure(value, unit):
    return whole(value) if unit == "homes" else f"{value:.1f}"


def main():
    """Work everything out, and write both pages."""
    inputs = read_city(default_city(), seed=SEED)
    twin = twin_with(inputs)
    areas, stations = room_band(twin, draws=DRAWS, seed=SEED)
    told = tornado(twin)
    redrawn = tornado(twin, redraw=lambda name, value: twin_with(inputs, **{name: value}))
    fill(
        PAGES / "band.md",
        SCRIPT,
        {
            "band": band_lines(areas, stations),
            "tornado": tornado_lines(told),
            "interpolated": interpolated_lines(twin, inputs),
            "redrawn": redrawn_lines(told, redrawn, inputs),
        },
    )
    published = pd.read_csv(default_city() / "published_room.csv")
    fill(
        PAGES / "yardstick.md",
        SCRIPT,
        {"yardstick": yardstick_lines(yardstick_table(twin, published))},
    )


if __name__ == "__main__":
    main()
