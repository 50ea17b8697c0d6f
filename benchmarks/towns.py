"""A hundred generated towns with random plans and lists: how each ends, and the slowest call.

    python benchmarks/towns.py [towns]

Every call must end within 30 seconds with a plan that holds or a named reason.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from town_questions import ask_town

LIMIT_S = 30.0


def main(towns=100):
    ends, slowest = Counter(), {}
    for seed in range(towns):
        with tempfile.TemporaryDirectory() as folder:
            asked = ask_town(seed, Path(folder))
        ends["plan" if asked.reason is None else type(asked.reason).__name__] += 1
        for name, seconds in asked.seconds.items():
            slowest[name] = max(slowest.get(name, (0.0, 0)), (seconds, seed))
    results = {
        "cores": os.cpu_count(),
        "towns": towns,
        "ended": dict(ends),
        "slowest_s": {name: seconds for name, (seconds, _) in slowest.items()},
        "slowest_town": {name: seed for name, (_, seed) in slowest.items()},
        "within_30_s": max(seconds for seconds, _ in slowest.values()) <= LIMIT_S,
    }
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main(*[int(text) for text in sys.argv[1:2]])
