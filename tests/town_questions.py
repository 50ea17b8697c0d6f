"""Random plans and lists for generated towns, asked from check to confirmation."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from horizons import EAST, WEST
from lists import book, stored
from towns import make_town, quiet

from stroomstad.errors import InvalidData, Issue, StroomstadError, faults
from stroomstad.planning import plan_issues
from stroomstad.powerflow import solve_steps
from stroomstad.run.checks import find_harm
from stroomstad.run.desk import read_plan_and_list
from stroomstad.run.lists import answer_list
from stroomstad.run.searches import Wish, search_plan
from stroomstad.timeline.horizons import build_horizon
from stroomstad.trust.confirm import confirm_plan

NODES_MOST = 2_000  # twice what a search may do, as savings are searched too
PLACES = (WEST, EAST, "city")
KINDS = (
    ("mv_cable", (WEST, EAST), 3), ("new_station", (WEST, EAST), 6),
    ("larger_station", (WEST, EAST, "city"), 2), ("lv_cable", (WEST, EAST), 2),
    ("substation_transformer", ("OS-A",), 2), ("regional_capacity", ("city",), 3),
    ("neighbourhood_battery", (WEST, EAST), 300), ("smart_charging", (WEST, EAST), 40),
    ("generator", ("OS-A",), 200), ("grid_aware_new_build", (WEST, EAST), 50),
    ("peak_shaving_contract", (WEST, EAST), 60), ("insulation", (WEST, EAST), 40),
)  # fmt: skip
SLIPS = (
    ("size = ", "size = -"), ("in_service = 2", "in_service = 9"), ('"OS-A"', '"OS-Z"'),
    ('city = "Proefstad"', 'city = "Elders"'), ('"WK000101"', '"WK009999"'),
)  # fmt: skip


def random_plan(rng):
    """A plan with a few counted measures and candidates; of one in five a word is wrong."""
    text = 'name = "Proefplan"\ncity = "Proefstad"\nfirst_year = 2026\nlast_year = 2028\n'
    for number in range(int(rng.integers(1, 7))):
        kind, places, most = KINDS[int(rng.integers(len(KINDS)))]
        status = "candidate" if number == 0 or rng.random() < 0.7 else "planned"
        text += (
            f'\n[[measure]]\nid = "m{number}"\nkind = "{kind}"\nplace = "{rng.choice(places)}"\n'
            f"size = {int(rng.integers(1, most + 1))}\nin_service = {int(rng.integers(2026, 2029))}"
            f'\nstatus = "{status}"\nassumed = true\nsource = "made up"\n'
        )
        if number and rng.random() < 0.2:
            text += f'depends_on = ["m{int(rng.integers(number))}"]\n'
    if rng.random() < 0.2:
        slip, wrong = SLIPS[int(rng.integers(len(SLIPS)))]
        text = text.replace(slip, wrong, 1)
    return text


def random_list(rng):
    rows = []
    for number in range(int(rng.integers(1, 6))):
        place, first = str(rng.choice(PLACES)), int(rng.integers(2025, 2029))
        if rng.random() < 0.35:
            kw = int(rng.choice([20, 60, 150, 900, 2500]))
            rows.append((f"Bedrijf {number}", place, first, None, None, None, None, None, kw,
                         "industrie", int(rng.integers(1, 5)), None))  # fmt: skip
        else:
            homes = int(rng.choice([5, 40, 200, 1500]))
            rows.append((f"Plan {number}", place, first, first + 2, homes, "rijwoning",
                         "warmtepomp", None, None, None, 3, None))  # fmt: skip
    return rows


@dataclass
class Asked:
    """How a town was answered: seconds per call, and a plan that holds or a named reason."""

    seconds: dict[str, float] = field(default_factory=dict)
    reason: StroomstadError | None = None
    reached: str = ""

    @contextmanager
    def call(self, name):
        started, self.reached = time.perf_counter(), name
        yield
        self.seconds[name] = round(time.perf_counter() - started, 2)

    @property
    def issues(self) -> list[Issue]:
        return self.reason.issues if isinstance(self.reason, InvalidData) else []


def ask_town(seed, folder):
    """Draw up a town, write a plan and a list for it, and ask every question of them."""
    asked = Asked()
    with asked.call("open"):
        desk = make_town(seed)
    try:
        _ask(desk, np.random.default_rng(seed), folder, asked)
    except StroomstadError as named:
        asked.reason = named
    return asked


def _ask(desk, rng, folder, asked):
    plan_path, list_path = folder / "plan.toml", folder / "lijst.xlsx"
    plan_path.write_text(random_plan(rng), encoding="utf-8")
    list_path.write_bytes(stored(book(random_list(rng))))
    with asked.call("check"):
        plan, projects, _ = read_plan_and_list(plan_path, list_path, desk)
        harm = find_harm(desk.twin, plan)
        if faults(harm):
            raise InvalidData(harm)
    with asked.call("fit"):
        fits = answer_list(desk, plan, projects, quiet())["fits"]
    assert fits["project_id"].tolist() == projects["project_id"].tolist()
    with asked.call("search"):
        found, tables = search_plan(
            desk, plan, projects, Wish(budgets_eur={"society": 3e6}), quiet()
        )
    (ended,) = tables["search"].to_dict("records")
    assert ended["ended"] in ("gap", "work")
    assert ended["effort_nodes"] <= NODES_MOST
    with asked.call("confirm"):
        horizon = build_horizon(desk.twin, found, places=sorted(set(projects["place"])))
        confirmed = confirm_plan(desk.twin, found, projects, horizon, solve_steps)
    _check_answer(desk, projects, found, *confirmed)


def _check_answer(desk, projects, found, confirmed, evidence):
    """The plan that was found is sound, and AC confirms no more of it than it promises."""
    assert faults(plan_issues(found, desk.twin.catalogue.kinds)) == []
    assert (confirmed["confirmed"] <= confirmed["promised"] + 1e-6).all()
    assert evidence.loc[evidence["direction"] == "load", "holds"].all()
    assert (evidence["mismatch_kw"] < 0.1).all()
    promised = found.promises.groupby("project_id")["size"].max()
    wanted = projects.set_index("project_id")[["homes", "connection_kw"]].sum(axis=1)
    assert (promised <= wanted.reindex(promised.index) + 1e-6).all()
