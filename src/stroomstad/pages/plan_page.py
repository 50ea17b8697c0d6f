"""The answer of a plan as a page: how many homes, when, where it binds, what it costs whom."""

from __future__ import annotations

import pandas as pd

from stroomstad.pages import answer, pictures, views
from stroomstad.pages.page import (
    Fact,
    Facts,
    Notes,
    Page,
    Part,
    Picture,
    Row,
    Section,
    Tables,
    Text,
    absent,
    records,
    rows_of,
)
from stroomstad.pages.words import (
    ASSUMPTIONS,
    BAND_SAID,
    BUDGETS,
    READING,
    TORNADO_READ,
    euros,
    is_missing,
    listed,
    name_of,
    number,
    span,
    speaker,
)
from stroomstad.tables.words import (
    PAYERS,
    Language,
    sentence,
)

TORNADO_BARS_MAX = 10
FULL_ROWS_MAX = 12
CANDIDATES_MAX = 20
# From half of the draws on, a station is called more likely full than not.
LIKELY = 0.5


def plan_page(facts: Facts, tables: Tables, language: Language = "nl") -> Page:
    """Make the page of a plan.

    Parameters
    ----------
    facts
        What is known of the plan; each may be missing. ``city``, ``plan`` (its name),
        ``outlook`` (a case), ``last_year``, ``version``, ``created_at`` (ISO 8601),
        ``price_year``, ``discount_rate`` [1], ``present_value_eur``, ``draws`` (of the band).
    tables
        By name; a part without its table says so. ``projects``, ``fits``, ``measures``,
        ``kinds`` as declared in `stroomstad.tables`. Further ``costs`` (``measure_id, year,
        payer, investment_eur, yearly_eur, co2_kg``), ``staircase`` (``year, asked, promised,
        confirmed, p10, p50, p90, region_homes``, and the band ``with_region_`` p10 and p90),
        ``curve`` (``budget_eur, payer, homes,
        connections_kw, eur_municipality, eur_society, co2_kg, gap``; euros may be missing),
        ``search`` (``gap_fraction, ended, homes_lost``), ``band`` (``lasting, with_region, year,
        case_low, case_high, p10, p50, p90``: homes in the whole city), ``room`` (``year, room,
        room_with_region, binding, binding_kind, binding_at``), ``confirmation`` (``project_id,
        year, promised, confirmed``), ``evidence`` (per year, as the check by AC gives it),
        ``tornado`` (``input, low_value, high_value, homes_low, homes_mid, homes_high, unit,
        about, about_nl``) and
        ``full`` (``year, station_id, probability_full_modelled``).
    language
        ``nl`` or ``en``.
    """
    say = speaker(language)
    plan = facts.get("plan") or say("het plan", "the plan")
    sections = (
        _staircase(tables, language),
        _curve(tables, language),
        _projects(facts, tables, language),
        _measures(tables, language),
        _costs(facts, tables, language),
        _binding(tables, language),
        _certainty(facts, tables, language),
        Section(say("Aannames, en wat synthetisch is", "Assumptions, and what is synthetic"),
                (_assumptions(tables, language),)),
        Section(say("Zo leest u deze bladzijde", "How to read this page"), (_reading(language),)),
    )  # fmt: skip
    return Page(
        language=language,
        title=say("Wat {plan} oplevert", "What {plan} delivers", plan=plan),
        subtitle=answer.subtitle(facts, language),
        lead=_lead(tables, language),
        facts=_facts(tables, language),
        sections=sections,
        footer=answer.footer(facts, language),
        created_on=str(facts.get("created_at") or ""),
    )


def plan_png(tables: Tables, language: Language = "nl") -> bytes:
    """Render the staircase, with the curves of money when they are there, as a picture.

    Raises
    ------
    KeyError
        When there is no staircase.
    """
    rows = rows_of(tables, "staircase", "year")
    if rows is None:
        raise KeyError("staircase")
    return pictures.plan_png(rows.sort_values("year"), answer.curve_of(tables), language)


def _lead(tables: Tables, language: Language) -> str:
    """The answer in one sentence; what is not known is left out of it."""
    say = speaker(language)
    homes = answer.homes_said(tables, language)
    unknown = say("hoeveel woningen dit plan aansluit, zit niet in deze berekening",
                  "how many homes this plan connects is not in this run")  # fmt: skip
    rows = answer.connections_of(tables)
    firms = "" if rows is None or rows.empty else say(
        "van de {all} aansluitingen van bedrijven, scholen en zorg passen er {some}",
        "of the {all} connections of firms, schools and care, {some} fit",
        some=int((rows["fits"] == "yes").sum()), all=len(rows),
    )  # fmt: skip
    parts = (homes or unknown, firms, answer.money_said(tables, language),
             answer.region_said(tables, language))  # fmt: skip
    return sentence("; ".join(part for part in parts if part)) + "."


def _facts(tables: Tables, language: Language) -> tuple[Fact, ...]:
    made = (
        _homes_fact(tables, language),
        _projects_fact(tables, language),
        _cost_fact(tables, language),
        _co2_fact(tables, language),
    )
    return tuple(fact for fact in made if fact is not None)


def _homes_fact(tables: Tables, language: Language) -> Fact | None:
    last, say = answer.homes_of(tables), speaker(language)
    if last is None:
        return None
    about = say("beloofd door het lineaire model, niet getoetst",
                "promised by the linear model, not checked")  # fmt: skip
    if not is_missing(last.get("confirmed")):
        about = say("bevestigd met een netberekening; beloofd {promised}",
                    "confirmed by a power flow; promised {promised}",
                    promised=number(last.get("promised"), language))  # fmt: skip
    name = say("Woningen aangesloten, eind {year}", "Homes connected, end of {year}",
               year=f"{last['year']:.0f}")  # fmt: skip
    return Fact(name, number(last["homes"], language), about, "modelled")


def _projects_fact(tables: Tables, language: Language) -> Fact | None:
    rows, say = answer.project_rows(tables), speaker(language)
    if rows is None or "fits" not in rows:
        return None
    yes = int((rows["fits"] == "yes").sum())
    # A connection fits whole or not.
    homes = rows["kind"] == "homes" if "kind" in rows else True
    partly = int(((rows["fits"] == "partly") & homes).sum())
    return Fact(
        say("Projecten die passen zoals gevraagd", "Projects that fit as asked"),
        say("{yes} van {all}", "{yes} of {all}", yes=yes, all=len(rows)),
        say("en van {partly} een deel van de woningen; lokaal, de regio apart",
            "and of {partly} part of the homes; locally, the region apart", partly=partly),
        "modelled",
    )  # fmt: skip


def _cost_fact(tables: Tables, language: Language) -> Fact | None:
    by_payer = answer.cost_by_payer(tables)
    if by_payer is None:
        return None
    known = sorted((-eur, str(payer)) for payer, eur in by_payer.items() if eur)
    said = [f"{name_of(payer, PAYERS, language)} {euros(-eur, language)}" for eur, payer in known]
    name = speaker(language)("Kosten over alle jaren", "Cost over all years")
    return Fact(name, euros(by_payer.sum(), language), ", ".join(said))


def _co2_fact(tables: Tables, language: Language) -> Fact | None:
    tonnes, say = answer.co2_tonnes(tables), speaker(language)
    if tonnes is None:
        return None
    value = say("{n} ton", "{n} tonnes", n=number(tonnes, language))
    about = say("over alle jaren; min is vermeden", "over all years; minus is avoided")
    return Fact(say("CO2 door de maatregelen", "CO2 by the measures"), value, about, "modelled")


def _staircase(tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("Woningen per jaar: gevraagd, beloofd, bevestigd",
                "Homes per year: asked, promised, confirmed")  # fmt: skip
    rows = rows_of(tables, "staircase", "year")
    if rows is None or answer.homes_of(tables) is None:
        what = say("de trap van woningen per jaar", "the staircase of homes per year")
        return Section(title, (absent(what, language),))
    said = (answer.homes_said(tables, language), answer.region_said(tables, language))
    alt = say("Trap van woningen per jaar: {said}.", "Staircase of homes per year: {said}.",
              said="; ".join(part for part in said if part))  # fmt: skip
    rows = rows.sort_values("year")
    svg, caption = pictures.staircase_svg(rows, language), answer.drawn_said(rows, language)
    picture = Picture(svg, alt, caption)
    return Section(title, (picture, views.staircase_table(rows, language)))


def _curve(tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("Woningen per euro: van wie?", "Homes per euro: whose euro?")
    rows, searched = answer.curve_of(tables), answer.search_said(tables, language)
    told = (Text(searched),) if searched else ()
    if rows is None:
        what = say("wat elke euro oplevert", "what each euro delivers")
        return Section(title, (*told, absent(what, language)))
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


def _projects(facts: Facts, tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("De projecten", "The projects")
    rows = answer.project_rows(tables)
    if rows is None:
        return Section(title, (absent(say("de lijst van projecten", "the project list"),
                                      language),))  # fmt: skip
    kinds = tables.get("kinds")
    parts = [views.projects_table(rows, kinds, facts.get("last_year"), language)]
    if {"homes", "jobs", "kw_mid"} <= set(rows.columns):
        parts.append(views.worth_table(rows, language))
    return Section(title, tuple(parts))


def _measures(tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("De maatregelen", "The measures")
    rows = rows_of(tables, "measures", "measure_id", "in_service")
    if rows is None:
        return Section(title, (absent(say("de lijst van maatregelen", "the list of measures"),
                                      language),))  # fmt: skip
    costs = rows_of(tables, "costs", "measure_id", *answer.MONEY)
    kinds, counts = tables.get("kinds"), answer.counted(rows)
    parts: list[Part] = [
        views.measures_table(rows[counts], kinds, costs, language) if counts.any()
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


def _costs(facts: Facts, tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("Wat het kost, en wie betaalt", "What it costs, and who pays")
    costs = rows_of(tables, "costs", "year", *answer.MONEY)
    if costs is None:
        what = say("wat het kost en wie betaalt", "what it costs and who pays")
        return Section(title, (absent(what, language),))
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
    parts: list[Part] = [picture, views.payers_table(costs, language)]
    parts += [Text(prices)] if prices else []
    return Section(title, (*parts, views.years_table(wide, language)))


def _binding(tables: Tables, language: Language) -> Section:
    say = speaker(language)
    parts: list[Part] = []
    fits = rows_of(tables, "fits", "binding", "binding_kind")
    if fits is not None:
        kinds = answer.binding_kinds(fits, language)
        said = say("Bij de projecten die niet helemaal passen knelt: {kinds}.",
                   "Where projects do not fit in full, what binds is: {kinds}.",
                   kinds=kinds)  # fmt: skip
        none = say("Alle projecten passen; er knelt lokaal niets.",
                   "All projects fit; nothing binds locally.")  # fmt: skip
        parts.append(Text(said if kinds else none))
    room = rows_of(tables, "room", "year", "room")
    parts.append(
        absent(
            say("wat in elk jaar het eerst vol is", "what is full first in every year"), language
        )
        if room is None
        else views.room_table(room.sort_values("year"), language)
    )
    parts += _full(tables, language)
    return Section(say("Wat knelt", "What binds"), tuple(parts))


def _full(tables: Tables, language: Language) -> list[Part]:
    say = speaker(language)
    full = rows_of(tables, "full", "year", "station_id", "probability_full_modelled")
    if full is None:
        what = say("de kans dat een station vol is", "the probability that a station is full")
        return [absent(what, language)]
    last = full[full["year"] == full["year"].max()]
    odds = last["probability_full_modelled"]
    text = say(
        "Van de {all} stations zijn er eind {year} naar berekende verwachting {expected} vol; bij "
        "{likely} is de berekende kans groter dan de helft. Vol betekent: er past geen woning meer "
        "bij.",
        "Of the {all} stations, {expected} are expected to be full at the end of {year}, by the "
        "model; for {likely} the modelled probability is over one half. Full means: not one more "
        "home fits.",
        all=number(len(last), language), year=int(full["year"].max()),
        expected=number(odds.sum(), language), likely=number((odds > LIKELY).sum(), language),
    )  # fmt: skip
    ordered = last.sort_values(["probability_full_modelled", "station_id"], ascending=[False, True])
    return [Text(text), views.full_table(ordered.head(FULL_ROWS_MAX), language)]


def _certainty(facts: Facts, tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("Hoe zeker is dit?", "How certain is this?")
    city = answer.band_rows(tables)
    said = (_band_said(facts, tables, language), answer.cases_said(tables, language))
    parts: list[Part] = [Text(" ".join(part for part in said if part))]
    if city is not None:
        parts += [Text(_city_said(facts, city, language)), views.band_table(city, language)]
    parts.append(Text(_confirmed_said(tables, language)))
    evidence = rows_of(tables, "evidence", "year")
    parts += [] if evidence is None else [views.evidence_table(evidence, language)]
    rows = rows_of(tables, "tornado", "input", "homes_low", "homes_mid", "homes_high")
    if rows is None:
        what = say("wat het antwoord het meest verandert", "what changes the answer most")
        return Section(title, (*parts, absent(what, language)))
    widest = answer.widest_inputs(rows).head(TORNADO_BARS_MAX)
    names = [answer.input_name(row, language) for row in records(widest)]
    low, high = sorted((widest["homes_low"].iloc[0], widest["homes_high"].iloc[0]))
    alt = say(
        "Tornado: van alle aannames verandert deze het antwoord het meest: {name}, van {low} tot "
        "{high} woningen.",
        "Tornado: of all assumptions this one changes the answer most: {name}, from {low} to "
        "{high} homes.",
        name=names[0], low=number(low, language), high=number(high, language),
    )  # fmt: skip
    picture = Picture(
        pictures.tornado_svg(widest, names, language), alt, TORNADO_READ.say(language)
    )
    return Section(title, (*parts, picture, views.tornado_table(widest, language)))


def _band_said(facts: Facts, tables: Tables, language: Language) -> str:
    last, say = answer.homes_of(tables), speaker(language)
    if last is None or is_missing(last.get("p10")) or is_missing(last.get("p90")):
        return absent(say("de band rond het aantal aangesloten woningen",
                          "the band around the homes connected"), language).text  # fmt: skip
    draws, regional = facts.get("draws"), ""
    if not is_missing(last.get("with_region_p10")):
        regional = say(
            ", en met wat de regio overlaat {band}", ", and with what the region leaves {band}",
            band=span(last["with_region_p10"], last["with_region_p90"], language),
        )  # fmt: skip
    return BAND_SAID.say(
        language,
        of="" if is_missing(draws) else say(" van {n}", " of {n}", n=number(draws, language)),
        year=f"{last['year']:.0f}", band=span(last["p10"], last["p90"], language),
        regional=regional,
    )  # fmt: skip


def _city_said(facts: Facts, rows: pd.DataFrame, language: Language) -> str:
    """Room of the whole city with its band, without and with the region."""
    say = speaker(language)
    parts = [
        say("{word} de regio {mid} ({band})", "{word} the region {mid} ({band})",
            word=say("met", "with") if row["with_region"] else say("zonder", "without"),
            mid=number(row["p50"], language), band=span(row["p10"], row["p90"], language))
        for row in records(rows)
    ]  # fmt: skip
    draws = facts.get("draws")
    return say(
        "Berekende ruimte in de hele stad, dus niet alleen waar iets gevraagd is: eind {year} "
        "passen er blijvend {parts} woningen. Tussen haakjes: acht van de tien{of} trekkingen. De "
        "gevraagde projecten gaan er nog af.",
        "Modelled room in the whole city, so not only where something is asked: at the end of "
        "{year} this many homes lastingly fit: {parts}. In brackets: eight of ten{of} draws. The "
        "projects asked still come off it.",
        year=int(rows["year"].iloc[0]), parts=listed(parts, language),
        of="" if is_missing(draws) else say(" van {n}", " of {n}", n=number(draws, language)),
    )  # fmt: skip


def _confirmed_said(tables: Tables, language: Language) -> str:
    say = speaker(language)
    rows = rows_of(tables, "confirmation", "project_id", "year", "promised", "confirmed")
    if rows is None:
        return absent(say("de toets van het plan met een netberekening",
                          "the check of the plan by a power flow"), language).text  # fmt: skip
    lacking = (rows["promised"] - rows["confirmed"]).abs().to_numpy(dtype=float)
    # Half a home or half a kW is rounding.
    if not (lacking > 0.5).any():
        return say("De netberekening bevestigt alles wat het lineaire model belooft.",
                   "The power flow confirms all that the linear model promises.")  # fmt: skip
    worst: Row = records(rows)[int(lacking.argmax())]
    unit = answer.asked_unit(_project_of(worst, tables), language)
    return say(
        "De netberekening bevestigt niet alles: het verst eruit ligt {project} in {year}, met "
        "{confirmed} van {promised} beloofde {unit}.",
        "The power flow does not confirm all: furthest off is {project} in {year}, with "
        "{confirmed} of {promised} {unit} promised.",
        project=worst["project_id"], year=int(worst["year"]), unit=unit,
        confirmed=number(worst["confirmed"], language),
        promised=number(worst["promised"], language),
    )  # fmt: skip


def _project_of(row: Row, tables: Tables) -> Row:
    """What was asked by the project that a row is about; empty when it is not in the list."""
    projects = rows_of(tables, "projects", "project_id", "kind")
    if projects is None:
        return {}
    return next((one for one in records(projects) if one["project_id"] == row["project_id"]), {})


def _assumptions(tables: Tables, language: Language) -> Notes:
    said = _assumed_said(tables, language)
    items = [(title.say(language), text.say(language)) for title, text in ASSUMPTIONS]
    own = speaker(language)("Aangenomen in dit plan", "Assumed in this plan")
    return Notes((*items, (own, said)) if said else tuple(items))


def _assumed_said(tables: Tables, language: Language) -> str:
    say = speaker(language)
    said = []
    projects, measures = (rows_of(tables, name, "assumed") for name in ("projects", "measures"))
    if projects is not None:
        said.append(say("{some} van de {all} projecten", "{some} of the {all} projects",
                        some=int(projects["assumed"].sum()), all=len(projects)))  # fmt: skip
    if measures is not None and "status" in measures:
        measures = measures[answer.counted(measures)]
    if measures is not None and len(measures):
        said.append(say("{some} van de {all} maatregelen", "{some} of the {all} measures",
                        some=int(measures["assumed"].sum()), all=len(measures)))  # fmt: skip
    if not said:
        return ""
    return say(
        "Bij {parts} is iets aangenomen, zoals omvang, datum, plaats of prijs. Zij dragen de "
        "letter A.",
        "In {parts} something is assumed, such as size, date, place or price. They bear the "
        "letter A.",
        parts=listed(said, language),
    )


def _reading(language: Language) -> Notes:
    return Notes(tuple((title.say(language), text.say(language)) for title, text in READING))
