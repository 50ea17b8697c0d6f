"""Sections of the page of a plan: what each euro delivers, projects, measures and costs."""

from __future__ import annotations

import pandas as pd

from stroomstad.pages import answer, pictures, views
from stroomstad.pages.confirmed import unsound_said
from stroomstad.pages.page import (
    Facts,
    Part,
    Picture,
    Section,
    Tables,
    Text,
    absent,
    records,
    rows_of,
)
from stroomstad.pages.project_views import projects_table, worth_table
from stroomstad.pages.words import (
    BUDGETS,
    euros,
    name_of,
    number,
    speaker,
)
from stroomstad.tables.words import (
    Language,
)

CANDIDATES_MAX = 20


def curve_section(tables: Tables, language: Language) -> Section | None:
    """What each euro delivers; None when smaller budgets were not searched."""
    say = speaker(language)
    title = say("Woningen per euro: van wie?", "Homes per euro: whose euro?")
    rows = answer.curve_of(tables)
    if rows is None:
        return None
    told = (Text(answer.curve_said(rows, language)),) if answer.is_known(rows, "gap") else ()
    alt = say("Grafieken van woningen tegen euro's en tegen CO2. {best}.",
              "Charts of homes against euros and against CO2. {best}.",
              best="; ".join(_best_points(rows, language)))  # fmt: skip
    caption = say(
        "Elk punt is het beste plan bij een budget, gevonden op het lineaire model. Een steile "
        "lijn betekent veel woningen per euro; een vlakke lijn betekent dat geld niet meer is wat "
        "knelt.",
        "Each point is the best plan at a budget, found on the linear model. A steep line means "
        "many homes per euro; a flat line means that money is no longer what binds.",
    )
    picture = Picture(pictures.curves_svg(rows, language), alt, caption)
    return Section(title, (*told, picture, views.curve_table(rows, language)))


def _best_points(rows: pd.DataFrame, language: Language) -> list[str]:
    """Most homes of each curve, and the least budget with which they were found."""
    best = (
        rows.sort_values(["homes", "budget_eur"], ascending=[False, True]).groupby("payer").head(1)
    )
    return [
        speaker(language)(
            "Met {eur} {whose} hoogstens {homes} woningen",
            "With {eur} {whose} at most {homes} homes",
            eur=euros(row["budget_eur"], language), homes=number(row["homes"], language),
            whose=name_of(row["payer"], BUDGETS, language),
        )
        for row in records(best.sort_values("payer"))
    ]  # fmt: skip


def projects_section(facts: Facts, tables: Tables, language: Language) -> Section:
    """What fits and what is confirmed of every project."""
    say = speaker(language)
    title = say("De projecten", "The projects")
    rows = answer.project_rows(tables)
    if rows is None:
        return Section(title, (absent(say("de lijst van projecten", "the project list"),
                                      language),))  # fmt: skip
    if rows.empty:
        return Section(title, (Text(say("Er staan geen projecten op de lijst.",
                                        "There are no projects on the list.")),))  # fmt: skip
    warning, kinds = unsound_said(tables, language), tables.get("kinds")
    parts: list[Part] = [Text(warning, warning=True)] if warning else []
    parts.append(projects_table(rows, kinds, facts.get("last_year"), language))
    if {"homes", "jobs", "kw_mid"} <= set(rows.columns):
        parts.append(worth_table(rows, language))
    return Section(title, tuple(parts))


def measures_section(tables: Tables, language: Language) -> Section:
    """The measures that count, and those that do not."""
    say = speaker(language)
    title = say("De maatregelen", "The measures")
    rows = rows_of(tables, "measures", "measure_id", "in_service")
    if rows is None:
        return Section(title, (absent(say("de lijst van maatregelen", "the list of measures"),
                                      language),))  # fmt: skip
    searched = answer.search_said(tables, language)
    told = (Text(searched),) if searched else ()
    if rows.empty:
        none = say("Dit plan heeft geen maatregelen.", "This plan has no measures.")
        return Section(title, (*told, Text(none)))
    costs = rows_of(tables, "costs", "measure_id", *answer.MONEY)
    kinds, counts = tables.get("kinds"), answer.counted(rows)
    parts: list[Part] = [
        *told,
        views.measures_table(rows[counts], kinds, costs, language,
                             answer.assumed_costs(tables)) if counts.any()
        else Text(say("In dit plan telt geen enkele maatregel mee.",
                      "No measure counts in this plan."))
    ]  # fmt: skip
    waiting = rows[~counts].sort_values("measure_id")
    if len(waiting) > CANDIDATES_MAX:
        parts.append(Text(say(
            "Daarnaast noemt het plan {n} kandidaten en ideeën. Zij tellen nergens mee; een "
            "zoektocht kan er de beste uit kiezen.",
            "The plan also names {n} candidates and ideas. They count nowhere; a search can choose "
            "the best of them.",
            n=len(waiting),
        )))  # fmt: skip
    elif len(waiting):
        parts.append(views.candidates_table(waiting, kinds, language))
    if counts.any() and {"decides", "source"} <= set(rows.columns):
        parts.append(views.deciders_table(rows[counts].sort_values("in_service"), language))
    return Section(title, tuple(parts))


def costs_section(facts: Facts, tables: Tables, language: Language) -> Section:
    """What the plan costs each year, and who pays."""
    say = speaker(language)
    title = say("Wat het kost, en wie betaalt", "What it costs, and who pays")
    costs = rows_of(tables, "costs", "year", *answer.MONEY)
    if costs is None:
        what = say("wat het kost en wie betaalt", "what it costs and who pays")
        return Section(title, (absent(what, language),))
    how = Text(say(
        "Wat elke euro oplevert staat hier niet; `stroomstad plan search --curve` zoekt het uit.",
        "What each euro delivers is not told here; `stroomstad plan search --curve` finds it.",
    ))  # fmt: skip
    more = () if answer.curve_of(tables) is not None else (how,)
    if costs.empty:
        none = say("Er zijn geen maatregelen die meetellen; het plan kost € 0.",
                   "No measures count; the plan costs € 0.")  # fmt: skip
        return Section(title, (Text(none), *more))
    wide = views.cost_per_year(costs)
    together = wide.sum(axis="columns")
    alt = say(
        "Gestapelde balken van de kosten per jaar en betaler. Het duurste jaar is {year}: {eur}.",
        "Stacked bars of cost per year and payer. The most expensive year is {year}: {eur}.",
        year=wide.index[int(together.to_numpy().argmax())],
        eur=euros(together.max(), language),
    )
    caption = say("Investering en jaarlijkse kosten samen, per jaar en betaler.",
                  "Investment and yearly cost together, per year and payer.")  # fmt: skip
    picture = Picture(pictures.costs_svg(wide, language), alt, caption)
    prices = answer.prices_said(facts, language)
    parts: list[Part] = [picture, views.payers_table(costs, language, answer.assumed_costs(tables))]
    parts += [Text(prices)] if prices else []
    return Section(title, (*parts, views.years_table(wide, language), *more))
