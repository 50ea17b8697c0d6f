"""Generated towns, each with a random plan and list, from check to confirmation.

`benchmarks/towns.py` asks a hundred of them and tells the slowest call.
"""

import pytest
from town_questions import ask_town

from stroomstad.errors import InvalidData, NotFound, SolverFailed

# How two of them end; the others are slow only because they are many.
KNOWN = {5: "plan", 1: "InvalidData"}
TOWNS = 24


@pytest.mark.parametrize(
    "seed", [pytest.param(s, marks=[] if s in KNOWN else pytest.mark.slow) for s in range(TOWNS)]
)
def test_every_town_ends_with_a_plan_that_holds_or_a_named_reason(seed, tmp_path, record_property):
    """Work is bounded by counted nodes; the seconds are kept beside the result, not judged."""
    asked = ask_town(seed, tmp_path)
    for name, seconds in asked.seconds.items():
        record_property(f"{name}_s", seconds)
    ended = "plan" if asked.reason is None else type(asked.reason).__name__
    record_property("ended", ended)
    assert ended == KNOWN.get(seed, ended)
    if asked.reason is None:
        assert list(asked.seconds) == ["open", "check", "fit", "search", "confirm"]
        return
    record_property("reason", str(asked.reason))
    assert isinstance(asked.reason, InvalidData | NotFound | SolverFailed)
    assert "Please report" not in str(asked.reason)
    assert all(each.where and each.problem and each.remedy for each in asked.issues)
    # What is refused is refused before long work, and for no other reason than its words.
    assert asked.reached in ("check", "search")
