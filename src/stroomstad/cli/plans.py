"""Commands about plans and projects: what is asked of them, and which file each one writes."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from stroomstad.cli.console import OUT, progress, stoppable, tell_issues, tell_limits
from stroomstad.cli.options import (
    add_detail,
    add_language,
    add_limits,
    amount,
    asked_limits,
    budget,
    fraction,
    whole_number,
)
from stroomstad.cli.plan_files import (
    language_of_list,
    try_output,
    write_answered,
    write_claim,
    write_page,
    write_template,
)
from stroomstad.cli.plan_tables import (
    BASIS,
    chosen_table,
    curve_table,
    fits_table,
    money_table,
    stairs_table,
    unheld_issues,
)
from stroomstad.errors import InvalidData, Issue, StroomstadError, raise_faults
from stroomstad.pages import compare_page, plan_run_files, project_page
from stroomstad.pages.answer import search_said
from stroomstad.pages.words import name_of, number, speaker
from stroomstad.planning.project_words import HEATING_WORDS, HOME_TYPE_WORDS, PROFILE_WORDS
from stroomstad.run import default_city
from stroomstad.run.desk import (
    Desk,
    open_city,
    read_list_under_plan,
    read_plan_and_list,
    read_plan_file,
    read_project_list,
    read_single_project,
)
from stroomstad.run.lists import answer_list, claim_list, empty_plan, project_tables
from stroomstad.run.model import Clock
from stroomstad.run.plans import Keep, answer_plan, plan_facts, plan_files, save_plan
from stroomstad.run.searches import SOCIETY, Wish, search_plan
from stroomstad.store import check_writable, load_run, write_file
from stroomstad.synthesis import Detail
from stroomstad.tables.plan import PAYERS, Plan
from stroomstad.tables.words import LANGUAGES, MEASURE_STATUSES, Language

Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives it no public name

# What a page is written as: HTML with a PDF beside it.
_PAGES = (".html", ".pdf")


def add_plan_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the commands about plans and projects to the command line."""
    _add_projects(commands)
    _add_project(commands)
    _add_plan(commands)
    _add_compare(commands)


def _add_projects(commands: Commands[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("projects", help="homes and connections that wait, as a list")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    template = actions.add_parser("template", help="write a list to fill in, with examples")
    template.add_argument("--out", type=Path, default=Path("projects.xlsx"), help="file to write")
    template.add_argument("--language", choices=LANGUAGES, default="nl", help="of the headers")
    template.set_defaults(command=_template)

    answer = actions.add_parser("import", help="answer a list: what fits, when, what binds")
    claim = actions.add_parser("claim", help="write the power to claim for the homes of a list")
    for each, name in ((answer, "answered"), (claim, "claim")):
        each.add_argument("list", type=Path, help="list as XLSX or CSV")
        each.add_argument("--plan", type=Path, help="plan that is carried out meanwhile")
        each.add_argument("--out", type=Path, help=f"file to write; {name}-LIST.xlsx when left out")
        each.add_argument(
            "--language", choices=LANGUAGES, help="of the answer; that of the list when left out"
        )
        _add_city(each)
    answer.set_defaults(command=_import)
    claim.set_defaults(command=_claim)


def _add_project(commands: Commands[argparse.ArgumentParser]) -> None:
    project = commands.add_parser("project", help="one page for the developer of one project")
    project.add_argument("--place", required=True, help="area code, postcode, x,y or GeoJSON file")
    project.add_argument("--name", help="name of the project")
    project.add_argument("--homes", type=int, help="number of homes")
    project.add_argument("--type", choices=_english(HOME_TYPE_WORDS), help="type of the homes")
    project.add_argument("--heating", choices=_english(HEATING_WORDS), help="heating of the homes")
    project.add_argument("--kw", type=float, help="or the power of a connection in kW")
    project.add_argument("--profile", choices=_english(PROFILE_WORDS), help="how it draws")
    project.add_argument("--category", type=int, choices=(1, 2, 3, 4), help="legal priority")
    project.add_argument("--year", type=int, required=True, help="first year of delivery")
    project.add_argument("--until", type=int, help="last year of delivery")
    project.add_argument("--plan", type=Path, help="plan that is carried out meanwhile")
    project.add_argument("--projects", type=Path, help="list of those that wait beside it")
    project.add_argument("--out", type=Path, help="HTML file to write; a PDF is put beside it")
    add_language(project)
    _add_city(project)
    project.set_defaults(command=_project)


def _english(words: dict[str, tuple[str, ...]]) -> list[str]:
    return [name.replace("_", "-") for name in words]


def _add_plan(commands: Commands[argparse.ArgumentParser]) -> None:
    group = commands.add_parser("plan", help="dated measures: check them, run them, search them")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    check = actions.add_parser("check", help="say everything that is wrong with a plan")
    run = actions.add_parser("run", help="answer a plan and the projects that wait")
    search = actions.add_parser("search", help="find the mix of candidates that connects most")
    for each in (check, run, search):
        each.add_argument("plan", type=Path, help="plan as TOML")
        each.add_argument("--projects", type=Path, required=each is not check, help="project list")
        _add_city(each)
        add_language(each)
    for each in (run, search):
        add_detail(each)
        each.add_argument("--runs", type=Path, default=Path("runs"), help="folder that keeps runs")
    search.add_argument(
        "--budget", type=budget, action="append", default=[], metavar="[PAYER=]EUR",
        help="euros that may be spent over the horizon; once for each payer that has a limit",
    )  # fmt: skip
    search.add_argument(
        "--payer", choices=(SOCIETY, *PAYERS),
        help="whose euros a budget without a payer is; society's when left out",
    )  # fmt: skip
    search.add_argument("--homes", type=amount, help="find the least money for so many homes")
    search.add_argument("--gap", type=fraction, default=0.01, help="gap that is good enough")
    search.add_argument("--seconds", type=amount, help="stop then, with the best plan so far")
    search.add_argument("--propose", action="store_true", help="add candidates by rule")
    search.add_argument("--curve", action="store_true", help="also search smaller budgets")
    check.set_defaults(command=_check)
    run.set_defaults(command=_run)
    search.set_defaults(command=_search)


def _add_compare(commands: Commands[argparse.ArgumentParser]) -> None:
    compare = commands.add_parser("compare", help="two plans side by side, on one page")
    compare.add_argument("a", type=Path, help="run of a plan")
    compare.add_argument("b", type=Path, help="run of another plan")
    compare.add_argument("--out", type=Path, default=Path("compare.html"), help="file to write")
    add_language(compare)
    compare.set_defaults(command=_compare)


def _add_city(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--city", type=Path, help="folder of the city; Almere when left out")
    parser.add_argument(
        "--seed", type=whole_number, default=1, help="seed of everything that is drawn"
    )
    add_limits(parser)


def _template(chosen: argparse.Namespace) -> None:
    try_output(chosen.out, endings=(".xlsx",))
    write_template(chosen.out, chosen.language)
    _tell(chosen.language, "Lijst om in te vullen: {path}", "List to fill in: {path}",
          path=chosen.out)  # fmt: skip


def _import(chosen: argparse.Namespace) -> None:
    out = chosen.out or chosen.list.with_name(f"answered-{chosen.list.stem}.xlsx")
    try_output(out, chosen.list, chosen.plan, endings=(".xlsx",))
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        desk = _open(chosen, clock)
        projects, plan = _list_and_plan(chosen, desk)
        tables = answer_list(desk, plan, projects, clock)
    language = chosen.language or language_of_list(chosen.list)
    write_answered(out, chosen.list, tables, language)
    _show_fits(projects, tables, language)
    _tell(language, "Beantwoorde lijst: {path}", "Answered list: {path}", path=out)


def _claim(chosen: argparse.Namespace) -> None:
    out = chosen.out or chosen.list.with_name(f"claim-{chosen.list.stem}.xlsx")
    try_output(out, chosen.list, chosen.plan, endings=(".xlsx", ".csv"))
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        desk = _open(chosen, clock)
        projects, plan = _list_and_plan(chosen, desk)
        tables = claim_list(desk, plan, projects, clock)
    write_claim(
        out,
        tables,
        {
            "Gemeente": desk.twin.city.name,
            "Plan": plan.name or "geen",
            "Grenzen": str(tables["limits"]["about_nl"].iloc[0]),
        },
    )
    language = chosen.language or language_of_list(chosen.list)
    total = tables["by_year"]
    _tell(
        language,
        "Claim van {kw} kW voor {homes} woningen: {path}",
        "Claim of {kw} kW for {homes} homes: {path}",
        kw=number(total["kw"].sum(), language),
        homes=number(total["homes"].sum(), language),
        path=out,
    )
    tell_limits(tables, language)


def _project(chosen: argparse.Namespace) -> None:
    out = chosen.out or Path("project.html")
    for each in (out, out.with_suffix(".pdf")):
        try_output(each, Path(chosen.place), chosen.plan, endings=_PAGES)
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        desk = _open(chosen, clock)
        waiting, plan = _waiting_and_plan(chosen, desk)
        projects, plan = read_single_project(_asked_for(chosen), desk, plan)
        facts, tables = project_tables(desk, plan, projects, clock, waiting)
    facts |= plan_facts(desk, plan)
    written = write_page(out, project_page(facts, tables, chosen.language))
    _show_fits(projects, tables, chosen.language)
    _tell_pages(written, chosen.language)


def _asked_for(chosen: argparse.Namespace) -> dict[str, object]:
    """What the options say, under the names that columns of a list have."""
    return {
        "name": chosen.name,
        "place": chosen.place,
        "first_year": chosen.year,
        "last_year": chosen.until,
        "homes": chosen.homes,
        "home_type": chosen.type,
        "heating": chosen.heating,
        "connection_kw": chosen.kw,
        "profile": chosen.profile,
        "category": chosen.category,
        "source": "command line",
    }


def _check(chosen: argparse.Namespace) -> None:
    with stoppable(), progress() as tell:
        desk = _open(chosen, Clock(tell))
        if chosen.projects:
            plan, _, warnings = read_plan_and_list(chosen.plan, chosen.projects, desk)
        else:
            plan, warnings = read_plan_file(chosen.plan, desk)
    tell_issues(warnings)
    _tell(
        chosen.language,
        "{plan}: geen fouten, {warnings}; maatregelen: {measures}.",
        "{plan}: no faults, {warnings}; measures: {measures}.",
        plan=plan.name,
        warnings=_warnings_said(len(warnings), chosen.language),
        measures=_statuses_said(plan, chosen.language),
    )


def _warnings_said(found: int, language: Language) -> str:
    say = speaker(language)
    one = say("1 waarschuwing", "1 warning")
    return one if found == 1 else say("{n} waarschuwingen", "{n} warnings", n=found)


def _statuses_said(plan: Plan, language: Language) -> str:
    counts = plan.measures["status"].value_counts()
    told = [
        f"{count} {name_of(name, MEASURE_STATUSES, language)}" for name, count in counts.items()
    ]
    return "; ".join(told) or speaker(language)("geen", "none")


def _run(chosen: argparse.Namespace) -> None:
    check_writable(chosen.runs)
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        desk = _open(chosen, clock)
        plan, projects, warnings = read_plan_and_list(chosen.plan, chosen.projects, desk)
        tables = answer_plan(desk, plan, projects, clock)
        folder = save_plan(desk, plan, tables, _keep(chosen), clock)
    tell_issues(warnings)
    _show(tables, folder, chosen.language)


def _search(chosen: argparse.Namespace) -> None:
    wish = Wish(
        budgets_eur=_budgets(chosen),
        homes=chosen.homes,
        gap_fraction=chosen.gap,
        seconds=chosen.seconds,
        curve=chosen.curve,
        propose=chosen.propose,
    )
    check_writable(chosen.runs)
    with stoppable(), progress() as tell:
        clock = Clock(tell)
        desk = _open(chosen, clock)
        plan, projects, warnings = read_plan_and_list(chosen.plan, chosen.projects, desk)
        plan, more = search_plan(desk, plan, projects, wish, clock)
        try:
            tables = answer_plan(desk, plan, projects, clock) | more
        except (StroomstadError, KeyboardInterrupt):
            # What took minutes to find is kept, also where it is refused or stopped afterwards.
            for name, content in plan_files(desk, plan).items():
                write_file(chosen.runs / f"found-{name}", content)
                _tell(chosen.language, "Bewaard: {path}", "Kept: {path}",
                      path=chosen.runs / f"found-{name}")  # fmt: skip
            raise
        folder = save_plan(desk, plan, tables, _keep(chosen), clock)
    tell_issues(warnings)
    tell_issues(Issue(*row) for row in more["left_out"].itertuples(index=False))
    _show(tables, folder, chosen.language)
    _show_found(tables, chosen.language)


def _budgets(chosen: argparse.Namespace) -> dict[str, float]:
    """Euros by payer; a payer that is told twice, or of no budget, is refused."""
    if chosen.payer and all(payer for payer, _ in chosen.budget):
        problem = f"is {chosen.payer}, and no --budget is without a payer."
        raise InvalidData([Issue("--payer", problem, "Leave it out, or give its budget.")])
    told = [(payer or chosen.payer or SOCIETY, eur) for payer, eur in chosen.budget]
    twice = sorted({payer for payer, _ in told if [p for p, _ in told].count(payer) > 1})
    remedy = "Give each payer one budget."
    raise_faults([Issue("--budget", f"is given twice for {each}.", remedy) for each in twice])
    return dict(told)


def _compare(chosen: argparse.Namespace) -> None:
    for each in (chosen.out, chosen.out.with_suffix(".pdf")):
        try_output(each, endings=_PAGES)
    a, b = load_run(chosen.a), load_run(chosen.b)
    for run, path in ((a, chosen.a), (b, chosen.b)):
        if "staircase" not in run.tables:
            problem = "is no run of a plan."
            raise InvalidData([Issue(str(path), problem, "Name a folder that plan run wrote.")])
    cities = [str(run.manifest.get("city")) for run in (a, b)]
    if cities[0] != cities[1]:
        problem = f"is of {cities[1]}, and {chosen.a} of {cities[0]}."
        raise InvalidData([Issue(str(chosen.b), problem, "Compare plans of one city.")])
    page = compare_page(a.manifest, a.tables, b.manifest, b.tables, chosen.language)
    _tell_pages(write_page(chosen.out, page), chosen.language)


def _open(chosen: argparse.Namespace, clock: Clock) -> Desk:
    city = chosen.city or default_city()
    detail: Detail = getattr(chosen, "detail", "group")  # Not every command has the option.
    limits = asked_limits(chosen)
    return open_city(city, seed=chosen.seed, clock=clock, limits=limits, detail=detail)


def _list_and_plan(chosen: argparse.Namespace, desk: Desk) -> tuple[pd.DataFrame, Plan]:
    return _read_list(chosen.list, chosen.plan, desk, dt.datetime.now().astimezone().year)


def _waiting_and_plan(chosen: argparse.Namespace, desk: Desk) -> tuple[pd.DataFrame | None, Plan]:
    """List of those that wait, where one is given, and the plan that is carried out meanwhile."""
    first_year = min(chosen.year, dt.datetime.now().astimezone().year)
    if chosen.projects is not None:
        return _read_list(chosen.projects, chosen.plan, desk, first_year)
    if chosen.plan is None:
        return None, empty_plan(desk, first_year)
    plan, warnings = read_plan_file(chosen.plan, desk)
    tell_issues(warnings)
    return None, plan


def _read_list(
    path: Path, plan_path: Path | None, desk: Desk, first_year: int
) -> tuple[pd.DataFrame, Plan]:
    if plan_path is None:
        plan = empty_plan(desk, first_year)
        projects, plan, warnings = read_project_list(path, desk, plan)
    else:
        projects, plan, warnings = read_list_under_plan(path, plan_path, desk)
    tell_issues(warnings)
    return projects, plan


def _keep(chosen: argparse.Namespace) -> Keep:
    """Where a run is kept, and what makes the files that people read."""
    return chosen.runs, partial(plan_run_files, chosen.language)


def _show(tables: Mapping[str, pd.DataFrame], folder: Path, language: Language) -> None:
    _show_fits(tables["projects"], tables, language)
    OUT.print(stairs_table(tables["staircase"], language))
    tell_issues(unheld_issues(tables["evidence"]))
    report = "report.html" if language == "nl" else "report-en.html"
    for name in (report, report.replace(".html", ".pdf"), "plan.toml", "tables.xlsx"):
        if (folder / name).exists():
            OUT.print(f"{folder / name}", soft_wrap=True, highlight=False)


def _show_found(tables: Mapping[str, pd.DataFrame], language: Language) -> None:
    """Show what a search chose, what that costs whom, and how it ended."""
    OUT.print(chosen_table(tables, language))
    OUT.print(money_table(tables, language))
    if "curve" in tables:
        OUT.print(curve_table(tables["curve"], language))
    OUT.print(search_said(tables, language), soft_wrap=True, highlight=False)


def _show_fits(
    projects: pd.DataFrame, tables: Mapping[str, pd.DataFrame], language: Language
) -> None:
    OUT.print(fits_table(projects, tables["fits"], language))
    OUT.print(BASIS.say(language), soft_wrap=True, highlight=False)
    tell_limits(tables, language)


def _tell_pages(paths: Iterable[Path], language: Language) -> None:
    for path in paths:
        _tell(language, "Bladzijde: {path}", "Page: {path}", path=path)


def _tell(language: Language, nl: str, en: str, **parts: object) -> None:
    """Tell a sentence in the language that is asked, on one line."""
    OUT.print(speaker(language)(nl, en, **parts), soft_wrap=True, highlight=False)
