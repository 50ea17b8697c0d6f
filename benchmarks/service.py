"""How fast the picture is served: Almere on this machine, in a browser and with many at once.

`python benchmarks/service.py` starts a service of its own on loopback, lets 20 readers and 3
planners ask for 60 seconds, opens a browser, and fills the block in docs/explanation/service.md.

The same is looked at with ten times as many low-voltage cables, as many as there are connections:
the run of Almere with each of them and the node behind it ten times, a metre apart.
"""

import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import numpy as np
import shapely
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "docs")]

from browser.conftest import ARGUMENTS  # noqa: E402
from marked import fill  # noqa: E402
from services import running, wait_until  # noqa: E402

from stroomstad.run import default_city  # noqa: E402
from stroomstad.store import load_run, open_series, save_run, series_files  # noqa: E402

SECONDS, READERS, PLANNERS = 60, 20, 3
PAUSE_S = 0.1
OPENINGS, STEPS = 3, 60
WIDER, PARTS = 10, 20
PAGE = ROOT / "docs/explanation/service.md"


async def reader(base, run, took, end):
    """Looks at the map: a layer, a day of loading, an asset, a place."""
    rng = random.Random(id(took))
    async with httpx2.AsyncClient(base_url=base, timeout=30) as client:
        while time.monotonic() < end:
            first = 96 * rng.randrange(7)
            for name, path in (
                ("layer", "/v1/collections/stations/items?limit=10000"),
                ("day", f"/v1/runs/{run}/loading/winter?from={first}&to={first + 96}"),
                ("view", f"/v1/collections/cables/items?kind=lv_cable&bbox={box(rng)}&limit=10000"),
                ("asset", f"/v1/runs/{run}/links/{rng.randrange(10_000)}"),
                ("place", f"/v1/search?q={rng.randrange(1300, 1365)}"),
            ):
                await timed(read(client, path), name, took)
                await asyncio.sleep(PAUSE_S)


async def planner(base, name, took, end):
    """Saves a plan over and over, and asks how the jobs are."""
    plan = {"name": name, "city": "Almere", "first_year": 2026, "last_year": 2030, "measure": []}
    async with httpx2.AsyncClient(base_url=base, timeout=30) as client:
        condition = {"If-None-Match": "*"}
        while time.monotonic() < end:
            answer = await timed(
                client.put(f"/v1/plans/{name}", json=plan, headers=condition), "save", took
            )
            condition = {"If-Match": answer.headers["ETag"]}
            plan["last_year"] = 2027 + (plan["last_year"] - 2026) % 10
            await timed(client.get("/v1/jobs"), "jobs", took)
            await asyncio.sleep(PAUSE_S)


def box(rng):
    west, south = rng.uniform(5.15, 5.30), rng.uniform(52.34, 52.40)
    return f"{west:.3f},{south:.3f},{west + 0.02:.3f},{south + 0.012:.3f}"


async def read(client, path):
    """Read an answer as it is sent; in truth each reader unpacks it on a machine of its own."""
    async with client.stream("GET", path) as answer:
        async for _ in answer.aiter_raw():
            pass
    return answer


async def timed(asked, name, took):
    started = time.perf_counter()
    answer = await asked
    took.append((name, (time.perf_counter() - started) * 1e3, answer.status_code))
    return answer


async def crowd(base, run):
    took, end = [], time.monotonic() + SECONDS
    readers = [reader(base, run, took, end) for _ in range(READERS)]
    planners = [planner(base, f"plan-{at}", took, end) for at in range(PLANNERS)]
    await asyncio.gather(*readers, *planners)
    return took


def open_page(browser, base):
    """A page, and the milliseconds until figures and map were there."""
    page = browser.new_page(viewport={"width": 1366, "height": 850}, locale="nl-NL")
    page.goto(base, wait_until="commit")
    wait_until(lambda: page.evaluate("!!document.querySelector('.panel .big')"), 30)
    shown = page.evaluate("performance.now()")
    wait_until(lambda: page.evaluate("window.stroomstad && window.stroomstad.ready"), 60)
    return page, shown, page.evaluate("window.stroomstad.timings.ready[0]")


def look(base):
    """Milliseconds until figures and map are there, and of steps of the slider."""
    figures, maps = [], []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for _ in range(OPENINGS):
            page, shown, drawn = open_page(browser, base)
            figures.append(shown)
            maps.append(drawn)
        page.locator("#colour").select_option("now")
        page.locator("#step").focus()
        for _ in range(STEPS):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(60)
        steps = page.evaluate("window.stroomstad.timings.step")
        browser.close()
    return figures, maps, steps


def widen(run, runs):
    """Save a run with every low-voltage cable and its node `WIDER` times."""
    tables, links = dict(run.tables), run.tables["links"]
    times = np.where(links["kind"] == "lv_cable", WIDER, 1)
    tables["links"] = repeated(links, times, "link_id")
    for name, keys in (("cables", ("cable_id", "to_node")), ("nodes", ("node_id",))):
        low = run.tables[name]["kind"].isin(("lv_cable", "lv"))
        tables[name] = repeated(run.tables[name], np.where(low, WIDER, 1), *keys)
    series = {
        name: np.repeat(open_series(run.folder, name), times, axis=1)
        for name in run.manifest["series"]
    }
    known = {"format", "environment", "hashes", "tables", "files_written"}
    facts = {key: value for key, value in run.manifest.items() if key not in known}
    save_run(runs, "wide", tables, facts, series_files(series))
    return len(tables["links"])


def repeated(rows, times, *keys):
    """Rows several times: the first as it is, the others a metre further, under other names."""
    copies = np.concatenate([np.arange(each) for each in times])
    more = rows.loc[rows.index.repeat(times)].reset_index(drop=True)
    for key in keys:
        more[key] = [
            f"{name}~{at}" if at else name for name, at in zip(more[key], copies, strict=True)
        ]
    if "geometry" in more:
        shifted = more.geometry.to_numpy()
        for copy in range(1, WIDER):
            at = np.flatnonzero(copies == copy)
            shifted[at] = shapely.transform(shifted[at], lambda points, by=copy: points + by)
        more = more.set_geometry(shifted, crs=rows.crs)
    return more


def main():
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), default_city()) as client,
    ):
        run = wait_until(lambda: client.get("/v1/city").json().get("run"), 180)
        client.get("/v1/collections/stations/items")
        base = str(client.base_url).rstrip("/")
        figures, maps, steps = look(base)
        took = asyncio.run(crowd(base, run))
        found = load_run(next(Path(folder).glob(f"*/{run}")))
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as wide:
            links = widen(found, Path(wide) / "runs")
            with running(Path(wide), default_city()) as wider:
                wider.get("/v1/collections/stations/items")
                wide_figures, wide_maps, wide_steps = look(str(wider.base_url).rstrip("/"))
                rng, parts = random.Random(1), []
                for _ in range(PARTS):
                    path = f"/v1/collections/cables/items?kind=lv_cable&bbox={box(rng)}&limit=10000"
                    started = time.perf_counter()
                    wider.get(path).raise_for_status()
                    parts.append((time.perf_counter() - started) * 1e3)
    errors = [each for each in took if each[2] >= 400]
    lines = [
        f"Almere, {time.strftime('%Y-%m-%d')}, two cores, Chromium without a graphics card, all on",
        "one machine (`python benchmarks/service.py`):",
        "",
        f"- figures on the screen after {max(figures) / 1e3:.1f} s, the whole map drawn after",
        f"  {max(maps) / 1e3:.1f} s (slowest of {OPENINGS});",
        f"- a step of the slider: {np.median(steps):.1f} ms of work outside the drawing,",
        f"  {np.percentile(steps, 95):.1f} ms at the 95th percentile of {len(steps)};",
        f"- {READERS} readers and {PLANNERS} planners at once for {SECONDS} s: {len(took)}",
        f"  answers, {len(errors)} errors;",
        f"- with {links:,} links, each low-voltage cable {WIDER} times: figures after",
        f"  {max(wide_figures) / 1e3:.1f} s, the map after {max(wide_maps) / 1e3:.1f} s, a step",
        f"  of the slider {np.median(wide_steps):.1f} ms ({np.percentile(wide_steps, 95):.1f} ms",
        "  at the 95th percentile), low-voltage cables of a part of the map",
        f"  {np.median(parts):.0f} ms ({max(parts):.0f} ms the slowest of {PARTS}).",
        "",
        "| asked | answers | median (ms) | 95th percentile (ms) |",
        "| --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(each[0] for each in took):
        own = np.array([each[1] for each in took if each[0] == name])
        lines.append(
            f"| {name} | {own.size} | {np.median(own):.0f} | {np.percentile(own, 95):.0f} |"
        )
    print("\n".join(lines))
    fill(PAGE, "benchmarks/service.py", {"measured": lines})
    print(json.dumps({"errors": errors[:5]}))


if __name__ == "__main__":
    main()
