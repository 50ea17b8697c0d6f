"""Write what limits do to the room of Almere in docs/explanation/limits.md, from Almere as bundled.

`python docs/make_limits.py` takes some three minutes: the city is answered five times.
"""

from pathlib import Path

from marked import fill

from stroomstad.run import answer, default_city, read_city
from stroomstad.tables.limits import AskedLimits

PAGE = Path(__file__).parent / "explanation" / "limits.md"
SEED = 1
HEADS = (
    "transformers",
    "N-1 relaxed",
    "homes low",
    "homes mid",
    "homes high",
    "areas where a station binds, mid",
    "a ring",
    "a substation",
)


def limit_row(transformers, *, n1_relaxed):
    """Homes that fit in the whole city, and in how many areas what binds in the middle case."""
    limits = AskedLimits(transformers, n1_relaxed)
    inputs = read_city(default_city(), seed=SEED, limits=limits)
    tables = answer(inputs, seed=SEED).tables
    city, areas = (
        tables[name][tables[name]["direction"] == "load"] for name in ("city_room", "room")
    )
    homes = city.set_index("case")["room"]
    binds = areas.loc[areas["case"] == "mid", "binding_kind"].value_counts()
    return (
        f"`{transformers}`",
        "yes" if n1_relaxed else "no",
        *(f"{homes[case]:,.0f}" for case in ("low", "mid", "high")),
        *(int(binds.get(kind, 0)) for kind in ("station", "ring", "substation")),
    )


def limit_lines():
    """One row for every choice."""
    rows = [
        limit_row(transformers, n1_relaxed=n1_relaxed)
        for n1_relaxed, names in {
            False: ("nameplate", "cyclic", "thermal"),
            True: ("cyclic", "thermal"),
        }.items()
        for transformers in names
    ]
    for cells in (HEADS, ["---"] * len(HEADS), *rows):
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    fill(PAGE, "docs/make_limits.py", {"room": limit_lines()})
