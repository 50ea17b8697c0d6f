"""Write the numbers and the picture in docs/explanation/phases.md, from Almere as it is bundled.

`python docs/make_phases.py` takes some two minutes: forty stations are solved three times.
"""

from dataclasses import replace
from pathlib import Path

import pandas as pd
from marked import fill

from stroomstad.pages.phases import phases_png
from stroomstad.run import default_city, open_city
from stroomstad.run.phases import station_phases
from stroomstad.tables.parameters import Parameters, override

DOCS = Path(__file__).parent
PAGE = DOCS / "explanation" / "phases.md"
PICTURE = DOCS / "images" / "phases.png"
SEED, STATIONS, DEALS, HOMES_MIN = 1, 40, 10, 40
# What is left out of the deals, from little to nothing.
STEPS = {
    "in turn, alike": {"home_phase_random_share": 0.0, "home_load_variation": 0.0},
    "as dealt, alike": {"home_load_variation": 0.0},
    "as dealt, unlike": {},
}
QUANTITIES = {
    ("winter", "voltage_min_pu"): ("lowest voltage, winter week", "% of nominal", 1),
    ("summer", "voltage_max_pu"): ("highest voltage, summer week", "% of nominal", 1),
    ("winter", "station_loading"): ("most loaded phase of the station, winter", "% of rating", 0),
    ("winter", "cable_loading"): ("most loaded phase of a cable, winter", "% of rating", 0),
    ("winter", "neutral_loading"): ("most loaded neutral, winter", "% of rating", 0),
    ("winter", "unbalance"): ("unbalance, 95 % of the winter week", "%", 2),
}


def row(*cells):
    """One row of a Markdown table."""
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def changed(desk, values):
    """The city as it stands, with other middle values of what deals are drawn by."""
    mid = desk.twin.parameters["mid"]
    bands = mid.rows.set_index("parameter")
    changes = {
        name: {
            "low": min(value, bands.loc[name, "low"]),
            "mid": value,
            "high": max(value, bands.loc[name, "high"]),
            "status": "assumed",
            "source": "to tell what it does",
        }
        for name, value in values.items()
    }
    parameters = Parameters(override(mid.rows, changes), mid.on)
    return replace(
        desk, twin=replace(desk.twin, parameters={**desk.twin.parameters, "mid": parameters})
    )


def drawn_stations(desk):
    """Some public stations with homes enough, drawn by the seed."""
    stations = desk.twin.grid.stations
    asked = stations[(stations["owner"] == "public") & (stations["homes"] >= HOMES_MIN)]
    return asked["station_id"].sample(STATIONS, random_state=SEED).tolist(), len(asked)


def solved(desk, stations, values):
    """Summaries of the stations, one after the other."""
    other = changed(desk, values)
    parts = [
        station_phases(other, each, deals=DEALS, seed=SEED)["phase_summary"].assign(station=each)
        for each in stations
    ]
    return pd.concat(parts, ignore_index=True)


def measured_lines(summaries, of_how_many):
    """Medians over the stations, and how often a limit is passed."""
    names = ["", "unit", "balanced", *summaries]
    yield row(*names)
    yield row(*["---"] * len(names))
    for (week, quantity), (name, unit, decimals) in QUANTITIES.items():
        told = [
            rows[(rows["week"] == week) & (rows["quantity"] == quantity)]
            for rows in summaries.values()
        ]
        values = [told[0]["balanced"].median(), *(rows["p50"].median() for rows in told)]
        yield row(name, unit, *(f"{100 * value:.{decimals}f}" for value in values))
    last = next(reversed(summaries.values()))
    beyond = last.groupby("station")["deals_beyond"].max()
    yield ""
    yield (
        f"Median of {STATIONS} public stations of Almere, drawn from the {of_how_many} with "
        f"{HOMES_MIN} homes or more; middle of {DEALS} deals, seed {SEED}. *In turn, alike*: every "
        "next home of one phase on the next phase, and homes of a node draw the same. *As dealt*: "
        "with `home_phase_random_share`. *Unlike*: with `home_load_variation` too, as the command "
        "does. "
        f"In {int((beyond > 0).sum())} of the {STATIONS} stations some deal passes a limit, in "
        f"{int((beyond > DEALS / 2).sum())} more than half of the deals do; balanced, in "
        f"{broken_in_balance(last)}."
    )


def broken_in_balance(rows):
    """Stations that pass a limit with equal phases."""
    low = rows["quantity"] == "voltage_min_pu"
    beyond = (low & (rows["balanced"] < rows["limit"])) | (
        ~low & (rows["balanced"] > rows["limit"])
    )
    return rows.loc[beyond, "station"].nunique()


def typical(rows):
    """The station with the lowest voltage in the middle of all."""
    asked = rows[(rows["week"] == "winter") & (rows["quantity"] == "voltage_min_pu")]
    return asked.sort_values(["p50", "station"])["station"].iloc[(len(asked) - 1) // 2]


def main():
    """Solve the stations, and write page and picture."""
    desk = open_city(default_city(), seed=SEED)
    stations, of_how_many = drawn_stations(desk)
    summaries = {name: solved(desk, stations, values) for name, values in STEPS.items()}
    shown = typical(next(reversed(summaries.values())))
    PICTURE.write_bytes(phases_png(station_phases(desk, shown, seed=SEED), "en"))
    fill(
        PAGE,
        "docs/make_phases.py",
        {
            "command": ["```sh", f".venv/bin/stroomstad phases {shown}", "```"],
            "measured": list(measured_lines(summaries, of_how_many)),
        },
    )


if __name__ == "__main__":
    main()
