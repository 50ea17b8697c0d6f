"""What the tables of a plan come down to, and the words and cells that more than one page shows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from stroomstad.pages.confirmed import with_confirmed
from stroomstad.pages.page import Facts, Mark, Row, Tables, filled_rows_of, records, rows_of
from stroomstad.pages.words import (
    BUDGETS,
    OUTLOOKS,
    date,
    euros,
    is_missing,
    listed,
    measured,
    name_of,
    number,
    percent,
    span,
    speaker,
)
from stroomstad.tables.limits import limits_said
from stroomstad.tables.plan import COUNTED_STATUSES
from stroomstad.tables.projects import BESIDE
from stroomstad.tables.words import KINDS, LINK_KINDS, PAYERS, UNKNOWN, Language, Words

MONEY = ("payer", "investment_eur", "yearly_eur")
CURVE_EUROS = ("eur_municipality", "eur_society")
CO2_MOST = 2


# By how a search ended; "none" when it found nothing.
_SEARCH_ENDS = {
    "gap": Words(
        "De zoeker kwam binnen {gap} van het bewezen best haalbare in dit lineaire model.",
        "The search came within {gap} of the proven best of this linear model.",
    ),
    "work": Words(
        "De zoeker stopte na de afgesproken hoeveelheid werk, binnen {gap} van het bewezen best "
        "haalbare in dit lineaire model.",
        "The search stopped after its agreed amount of work, within {gap} of the proven best of "
        "this linear model.",
    ),
    "cancelled": Words(
        "De zoeker is voortijdig gestopt, binnen {gap} van het bewezen best haalbare in dit "
        "lineaire model.",
        "The search was stopped early, within {gap} of the proven best of this linear model.",
    ),
    "none": Words(
        "De zoeker vond geen keuze van maatregelen die aan de vraag voldoet.",
        "The search found no choice of measures that answers the question.",
    ),
}


def project_rows(tables: Tables) -> pd.DataFrame | None:
    """Rows of the answer with what was asked and what is confirmed; None without an answer."""
    fits = rows_of(tables, "fits", "project_id")
    projects = rows_of(tables, "projects", "project_id")
    if fits is None:
        return None
    rows = with_names(fits, tables)
    if projects is not None:
        new = [name for name in projects if name == "project_id" or name not in fits]
        rows = rows.merge(projects[new], on="project_id", how="left", validate="one_to_one")
    return with_confirmed(rows, tables)


def with_names(rows: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Add ``binding_name``: what people call the asset that binds, where that is known."""
    known = rows_of(tables, "substations", "substation_id", "substation_name")
    if known is None or "binding" not in rows:
        return rows
    names = known.set_index("substation_id")["substation_name"]
    return rows.assign(binding_name=rows["binding"].map(names))


def connections_of(tables: Tables) -> pd.DataFrame | None:
    """Rows of the answer that ask for a connection of a firm, school or care home."""
    rows = project_rows(tables)
    return None if rows is None or "kind" not in rows else rows[rows["kind"] == "connection"]


def counted(measures: pd.DataFrame) -> pd.Series:
    """Tell which measures count: those that are planned, decided or built."""
    return measures["status"].isin(COUNTED_STATUSES)


def is_counted(row: Row | None) -> bool:
    """Tell whether one measure counts; one that is not there does not."""
    return row is not None and row["status"] in COUNTED_STATUSES


def curve_of(tables: Tables) -> pd.DataFrame | None:
    """Points of the curves of homes per euro; None unless euros of somebody are known."""
    rows = filled_rows_of(tables, "curve", "budget_eur", "payer", "homes")
    known = rows is not None and any(
        column in rows and rows[column].notna().any() for column in CURVE_EUROS
    )
    return rows if known else None


def band_rows(tables: Tables) -> pd.DataFrame | None:
    """Room of the whole city that lasts, in the last year: without the region, and with it."""
    rows = filled_rows_of(tables, "band", "lasting", "with_region", "year", "p10", "p50", "p90")
    if rows is None:
        return None
    last = rows[rows["lasting"].astype(bool) & (rows["year"] == rows["year"].max())]
    return None if last.empty else last.sort_values("with_region")


def is_known(rows: pd.DataFrame, column: str) -> bool:
    """Tell whether every row has a value in this column."""
    return column in rows and bool(rows[column].notna().all())


def best_column(rows: pd.DataFrame) -> str:
    """Column with the homes that a plan connects: confirmed where known, else promised."""
    return "confirmed" if is_known(rows, "confirmed") else "promised"


def homes_of(tables: Tables) -> Row | None:
    """Last row of the staircase, with what the plan connects as ``homes``."""
    rows = filled_rows_of(tables, "staircase", "year")
    if rows is None or not is_known(rows, best_column(rows)):
        return None
    last = rows.sort_values("year").iloc[-1]
    return {**{str(name): value for name, value in last.items()}, "homes": last[best_column(rows)]}


def cost_by_payer(tables: Tables) -> pd.Series | None:
    """Investment and yearly cost over all years, in EUR, by payer."""
    costs = rows_of(tables, "costs", *MONEY)
    if costs is None:
        return None
    return costs.groupby("payer")[["investment_eur", "yearly_eur"]].sum().sum(axis="columns")


def co2_tonnes(tables: Tables) -> float | None:
    """Emission of all measures over all years, in tonnes."""
    costs = rows_of(tables, "costs", "co2_kg")
    return None if costs is None else float(costs["co2_kg"].sum()) / 1000.0


def widest_inputs(tornado: pd.DataFrame) -> pd.DataFrame:
    """Inputs in the order in which they move the homes, most first."""
    width = (tornado["homes_high"] - tornado["homes_low"]).abs()
    ordered = tornado.assign(width=width).sort_values(["width", "input"], ascending=[False, True])
    return ordered.drop(columns="width")


def input_name(row: Row, language: Language) -> str:
    """What an input of the tornado is, in words."""
    about = row.get("about_nl" if language == "nl" else "about")
    return str(row["input"]).replace("_", " ") if is_missing(about) else clause(str(about))


def kind_name(kind: object, kinds: pd.DataFrame | None, language: Language) -> str:
    """Name of a kind of measure: a short one, else the first clause of the catalogue."""
    column = "about_nl" if language == "nl" else "about"
    if BESIDE in str(kind):
        return joined(kind, lambda one: kind_name(one, kinds, language), language)
    if str(kind) not in KINDS and kinds is not None and {"kind", column} <= set(kinds.columns):
        told = kinds.loc[kinds["kind"] == kind, column]
        if len(told):
            return clause(str(told.iloc[0]))
    return name_of(kind, KINDS, language)


def joined(keys: object, say_one: Callable[[str], str], language: Language) -> str:
    """Say several keys, with `BESIDE` between them, as a sentence does."""
    return listed([say_one(key) for key in str(keys).split(BESIDE)], language)


def clause(text: str) -> str:
    """First clause of a text, to stand in a table.

    Examples
    --------
    >>> clause("Peak per home; at station level. Assumed.")
    'Peak per home'
    """
    return text.split(";", maxsplit=1)[0].split(". ", maxsplit=1)[0].rstrip(".")


def _end_of(row: Row) -> str:
    found = not is_missing(row["gap_fraction"]) and np.isfinite(row["gap_fraction"])
    return str(row["ended"]) if found and str(row["ended"]) in _SEARCH_ENDS else "none"


def binding_kinds(fits: pd.DataFrame, language: Language) -> str:
    """Kinds of asset that bind projects, most frequent first, each with its count."""
    binds = fits["binding"].notna() & (fits["binding"] != "")
    counts = fits.loc[binds, "binding_kind"].value_counts()
    ordered = counts.sort_index().sort_values(ascending=False, kind="stable")
    said = [f"{name_of(kind, LINK_KINDS, language)} ({count}×)" for kind, count in ordered.items()]
    return listed(said, language)


def search_said(tables: Tables, language: Language) -> str:
    """Budget, how a search ended, and how close to the best it came; empty when none is known."""
    say = speaker(language)
    rows = filled_rows_of(tables, "search", "gap_fraction", "ended")
    budget = budget_said(tables, language)
    said = [budget] if budget else []
    if rows is not None:
        row = records(rows)[0]
        lost = row.get("homes_lost")
        said.append(_SEARCH_ENDS[_end_of(row)].say(
            language, gap=gap_said(row["gap_fraction"], language)))  # fmt: skip
        if lost is not None and not is_missing(lost) and lost >= 1:
            said.append(say(
                "Doordat woningen heel zijn, vielen er {n} af.",
                "{n} homes fell off because homes are whole.", n=number(lost, language),
            ))  # fmt: skip
        if not row.get("by_ac_limits", True):
            said.append(say(
                "De tweede zoekronde, met de grenzen die een netberekening overlaat, is niet "
                "afgerond; dit is de uitkomst van de eerste.",
                "The second search, with the limits that a power flow leaves, did not end; this "
                "is what the first found.",
            ))  # fmt: skip
    return " ".join(said)


def curve_said(curve: pd.DataFrame, language: Language) -> str:
    """How close the points of the curves come to the best."""
    return speaker(language)(
        "De punten van de grafiek liggen binnen {gap} van het bewezen best haalbare in dit "
        "lineaire model.",
        "The points of the chart are within {gap} of the proven best of this linear model.",
        gap=gap_said(curve["gap"].max(), language),
    )


def budget_said(tables: Tables, language: Language) -> str:
    """What might be spent: the amount asked for, else the budget lines of the plan."""
    say = speaker(language)
    asked = filled_rows_of(tables, "asked_budgets", "budget_eur", "payer")
    if asked is not None:
        told = [f"{euros(row['budget_eur'], language)} {name_of(row['payer'], BUDGETS, language)}"
                for row in records(asked)]  # fmt: skip
        return say("Gezocht is met een budget van {told}.", "The search had a budget of {told}.",
                   told=listed(told, language))  # fmt: skip
    lines = filled_rows_of(tables, "budgets", "budget_line", "payer", "eur")
    if lines is None:
        return ""
    parts = [f"{row['budget_line']} {euros(row['eur'], language)} "
             f"({name_of(row['payer'], PAYERS, language)})" for row in records(lines)]  # fmt: skip
    return say("Budgetten in het plan: {parts}.", "Budgets of the plan: {parts}.",
               parts=listed(parts, language))  # fmt: skip


def assumed_costs(tables: Tables) -> frozenset[str]:
    """Measures of which the cost is assumed: in the plan, or as the price of their kind."""
    measures = rows_of(tables, "measures", "measure_id", "kind", "assumed")
    if measures is None:
        return frozenset()
    kinds = rows_of(tables, "kinds", "kind", "status")
    prices = set() if kinds is None else set(kinds.loc[kinds["status"] == "assumed", "kind"])
    of_kind = measures["kind"].isin(prices) & measures.get(
        "investment_eur", pd.Series(np.nan, measures.index)).isna()  # fmt: skip
    chosen = measures["assumed"].astype(bool) | of_kind
    return frozenset(measures.loc[chosen, "measure_id"].astype(str))


def money_mark(costs: pd.DataFrame, assumed: frozenset[str]) -> Mark:
    """Mark of an amount: assumed when the cost of every measure in it is."""
    spent = costs[(costs["investment_eur"] != 0) | (costs["yearly_eur"] != 0)]
    all_assumed = len(spent) > 0 and bool(spent["measure_id"].astype(str).isin(assumed).all())
    return "assumed" if all_assumed else ""


def co2_said(tables: Tables, language: Language) -> str:
    """Whether the measures emit or avoid, and which of them do so most."""
    say, tonnes = speaker(language), co2_tonnes(tables)
    costs = rows_of(tables, "costs", "measure_id", "co2_kg")
    if tonnes is None or costs is None:
        return ""
    if not tonnes:
        return say("geen uitstoot, over alle jaren", "no emission, over all years")
    whole = (say("extra uitstoot over alle jaren", "extra emission over all years") if tonnes > 0
             else say("vermeden over alle jaren", "avoided over all years"))  # fmt: skip
    each = costs.groupby("measure_id")["co2_kg"].sum() / 1000.0
    most = each[each * tonnes > 0].abs().sort_values(ascending=False, kind="stable").head(CO2_MOST)
    measures = rows_of(tables, "measures", "measure_id", "name")
    names = {} if measures is None else dict(
        zip(measures["measure_id"], measures["name"], strict=True))  # fmt: skip
    parts = [say("{name} {n} ton", "{name} {n} tonnes", name=names.get(key, key),
                 n=number(value, language)) for key, value in most.items()]  # fmt: skip
    return whole + say("; het meest door {parts}", "; most by {parts}",
                       parts=listed(parts, language))  # fmt: skip


def gap_said(gap: object, language: Language) -> str:
    r"""Gap as a percentage, rounded up: a proof may not claim more than it gives.

    Examples
    --------
    >>> gap_said(0.00761, "nl"), gap_said(0.01, "en")
    ('0,8\xa0%', '1\xa0%')
    """
    if is_missing(gap) or not np.isfinite(gap):  # type: ignore[call-overload]
        return UNKNOWN.say(language)
    tenths = float(np.ceil(round(float(gap) * 1000, 6)))  # type: ignore[arg-type]
    return percent(tenths / 1000, language, 0 if tenths % 10 == 0 else 1)


def homes_said(tables: Tables, language: Language) -> str:
    """How many of the homes asked a plan connects in its last year, with the band."""
    last = homes_of(tables)
    if last is None:
        return ""
    say = speaker(language)
    asked = "" if is_missing(last.get("asked")) else say(
        " van de {asked} gevraagde", " of the {asked} requested",
        asked=number(last["asked"], language))  # fmt: skip
    unchecked = say(", beloofd en nog niet nagerekend", ", promised and not checked yet")
    known = not is_missing(last.get("p10")) and not is_missing(last.get("p90"))
    return say(
        "in {year} zijn met dit plan {homes}{asked} woningen aangesloten{band}{unchecked}",
        "in {year} this plan has connected {homes}{asked} homes{band}{unchecked}",
        year=f"{last['year']:.0f}",
        homes=number(last["homes"], language),
        asked=asked,
        band=f" ({span(last['p10'], last['p90'], language)})" if known else "",
        unchecked=unchecked if is_missing(last.get("confirmed")) else "",
    )


def region_said(tables: Tables, language: Language) -> str:
    """What the region allows, when that is less than what the plan connects."""
    last = homes_of(tables)
    region = None if last is None else last.get("region_homes")
    if last is None or is_missing(region) or region >= last["homes"]:
        return ""
    return speaker(language)(
        "de regio boven de stad laat er naar aanname maar {homes} van toe",
        "the region above the city is assumed to allow only {homes} of them",
        homes=number(region, language),
    )


def money_said(tables: Tables, language: Language) -> str:
    """What a plan costs everyone together, and the municipality."""
    by_payer = cost_by_payer(tables)
    if by_payer is None:
        return ""
    return (
        speaker(language)(
            "het plan kost iedereen samen {total}, waarvan de gemeente {own} betaalt",
            "the plan costs everyone together {total}, of which the municipality pays {own}",
            total=euros(by_payer.sum(), language),
            own=euros(by_payer.get("municipality", 0.0), language),
        )
        if by_payer.sum()
        else speaker(language)(
            "het plan kost € 0: er zijn geen maatregelen die geld kosten",
            "the plan costs €0: there are no measures that cost money",
        )
    )


def subtitle(facts: Facts, language: Language) -> str:
    """Say for which city and outlook, and what grid it is worked out on."""
    say = speaker(language)
    city, outlook = facts.get("city"), facts.get("outlook")
    parts = [
        "" if is_missing(city) else str(city),
        "" if is_missing(outlook) else say("vooruitzicht {name}", "outlook {name}",
                                           name=name_of(outlook, OUTLOOKS, language)),
        say("berekend op het net dat de stad opgaf", "calculated on the grid that the city gave")
        if facts.get("grid") == "given"
        else say("berekend op een synthetisch net uit open data",
                 "calculated on a synthetic grid made from open data"),
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def footer(facts: Facts, language: Language) -> tuple[str, ...]:
    """Say which limits hold, who decides, with what a page was made, and when."""
    made = [f"Stroomstad {facts.get('version') or ''}".strip()]
    if not is_missing(facts.get("created_at")):
        made.append(date(str(facts["created_at"])[:10], language))
    decides = Words(
        "Deze bladzijde ondersteunt een besluit en neemt het niet: de netbeheerder beslist wat er "
        "wordt aangesloten.",
        "This page supports a decision and does not take it: the grid operator decides what is "
        "connected.",
    )
    held = limits_said(facts.get("limits")).say(language)
    return tuple(each for each in (held, decides.say(language), " · ".join(made)) if each)


def drawn_said(rows: pd.DataFrame, language: Language) -> str:
    """What the lines of the staircase are; only of those that are drawn."""
    say = speaker(language)
    words = (
        (("confirmed",), say("Balken: bevestigd met een netberekening in de ontwerpweken.",
                             "Bars: confirmed by a power flow in the design weeks.")),
        (("promised",), say("Blauwe lijn: beloofd door het lineaire model.",
                            "Blue line: promised by the linear model.")),
        (("p10", "p90"), say("Licht vlak: de band waarin acht van de tien trekkingen vallen.",
                             "Light area: the band that holds eight of ten draws.")),
        (("asked",), say("Stippellijn: gevraagd.", "Dotted: asked.")),
        (("region_homes",), say("Streeplijn: wat de regio boven de stad toelaat, aangenomen.",
                                "Dashed: what the region above the city allows, assumed.")),
    )  # fmt: skip
    return " ".join(
        text for columns, text in words if all(is_known(rows, name) for name in columns)
    )


def cases_said(tables: Tables, language: Language) -> str:
    """Homes asked that fit with everything against, and with everything for; empty if unknown."""
    rows = project_rows(tables)
    if rows is None or not {"kind", "size_low", "size_high"} <= set(rows.columns):
        return ""
    homes = rows[rows["kind"] == "homes"]
    if homes.empty or homes[["size_low", "size_high"]].isna().any(axis=None):
        return ""
    low, high = homes["size_low"].sum(), homes["size_high"].sum()
    return speaker(language)(
        "Staat alles tegelijk ongunstig, dan passen er van de gevraagde woningen in volgorde van "
        "aanvraag {low}; staat alles tegelijk gunstig, dan {high} (elk project in zijn laatste "
        "jaar).",
        "With everything unfavourable at once, {low} of the homes asked fit, in the order of "
        "request; with everything favourable at once, {high} (each project in its last year).",
        low=number(low, language), high=number(high, language),
    )  # fmt: skip


def prices_said(facts: Facts, language: Language) -> str:
    """Level of the prices, and what all costs are worth now; empty when unknown."""
    say = speaker(language)
    said = []
    if not is_missing(facts.get("price_year")):
        said.append(say("Prijzen van {year}.", "Prices of {year}.", year=facts["price_year"]))
    rate, value = facts.get("discount_rate"), facts.get("present_value_eur")
    if not is_missing(value) and not is_missing(rate):
        said.append(say(
            "Contante waarde bij {rate} % discontovoet: {eur}.",
            "Present value at a discount rate of {rate} %: {eur}.",
            rate=measured(float(str(rate)) * 100, language), eur=euros(value, language),
        ))  # fmt: skip
    return " ".join(said)
