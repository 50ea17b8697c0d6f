"""The answer of a plan as a page: how many homes, when, where it binds, what it costs whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.pages import answer, pictures, views
from stroomstad.pages.confirmed import (
    connected,
    furthest_said,
    is_checked,
    limits_said,
    unit_of,
    unsound_said,
    unsound_years,
)
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
    filled_rows_of,
    records,
    rows_of,
)
from stroomstad.pages.plan_parts import (
    costs_section,
    curve_section,
    measures_section,
    projects_section,
)
from stroomstad.pages.words import (
    ASSUMPTIONS,
    BAND_SAID,
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
        curve_section(tables, language),
        projects_section(facts, tables, language),
        measures_section(tables, language),
        costs_section(facts, tables, language),
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
        sections=tuple(section for section in sections if section is not None),
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
    rows = filled_rows_of(tables, "staircase", "year")
    if rows is None:
        raise KeyError("staircase")
    return pictures.plan_png(
        rows.sort_values("year"), answer.curve_of(tables), language, unsound=unsound_years(tables)
    )


def _lead(tables: Tables, language: Language) -> str:
    """The answer in one sentence; what is not known is left out of it."""
    say = speaker(language)
    homes = answer.homes_said(tables, language)
    unknown = say("hoeveel woningen dit plan aansluit, zit niet in deze berekening",
                  "how many homes this plan connects is not in this run")  # fmt: skip
    parts = (homes or unknown, _firms_said(tables, language),
             furthest_said(answer.project_rows(tables), language),
             answer.money_said(tables, language), answer.region_said(tables, language),
             _last_unsound(tables, language))  # fmt: skip
    return sentence("; ".join(part for part in parts if part)) + "."


def _firms_said(tables: Tables, language: Language) -> str:
    """How many connections get all they ask: confirmed, or as the linear model says."""
    rows, say = answer.connections_of(tables), speaker(language)
    if rows is None or rows.empty:
        return ""
    some = int(connected(rows).sum())
    if is_checked(rows):
        return say(
            "van de {all} aansluitingen van bedrijven, scholen en zorg zijn er {some} geheel "
            "bevestigd",
            "of the {all} connections of firms, schools and care, {some} are confirmed in full",
            some=some, all=len(rows),
        )  # fmt: skip
    return say(
        "van de {all} aansluitingen van bedrijven, scholen en zorg passen er {some}, niet "
        "nagerekend",
        "of the {all} connections of firms, schools and care, {some} fit, not checked",
        some=some,
        all=len(rows),
    )


def _last_unsound(tables: Tables, language: Language) -> str:
    """Say that the check does not hold in the very year that the answer tells of."""
    last = answer.homes_of(tables)
    if last is None or int(last["year"]) not in unsound_years(tables):
        return ""
    return speaker(language)(
        "in {year} houdt de netberekening geen stand, dus dat aantal is te hoog",
        "in {year} the power flow does not hold, so that number is too high",
        year=int(last["year"]),
    )


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
    all_of = connected(rows)
    value = say("{yes} van {all}", "{yes} of {all}", yes=int(all_of.sum()), all=len(rows))
    later = int((~all_of & rows["all_from"].notna()).sum())
    if not is_checked(rows):
        # A connection fits whole or not.
        homes = rows["kind"] == "homes" if "kind" in rows else rows["fits"].notna()
        partly = int(((rows["fits"] == "partly") & homes).sum())
        about = say(
            "en van {partly} een deel van de woningen; lokaal, de regio apart; niet nagerekend",
            "and of {partly} part of the homes; locally, the region apart; not checked",
            partly=partly,
        )
        name = say("Projecten die passen zoals gevraagd", "Projects that fit as asked")
        return Fact(name, value, about, "modelled")
    about = say(
        "bevestigd met een netberekening; {later} later alsnog; het lineaire model beloofde er "
        "{fits}; de regio apart",
        "confirmed by a power flow; {later} later after all; the linear model had {fits}; the "
        "region apart",
        later=later, fits=int((rows["fits"] == "yes").sum()),
    )  # fmt: skip
    name = say("Projecten bevestigd zoals gevraagd", "Projects confirmed as asked")
    return Fact(name, value, about, "modelled")


def _cost_fact(tables: Tables, language: Language) -> Fact | None:
    by_payer = answer.cost_by_payer(tables)
    if by_payer is None:
        return None
    known = sorted((-eur, str(payer)) for payer, eur in by_payer.items() if eur)
    said = ", ".join(f"{name_of(payer, PAYERS, language)} {euros(-eur, language)}"
                     for eur, payer in known)  # fmt: skip
    say, costs = speaker(language), rows_of(tables, "costs", "measure_id", *answer.MONEY)
    mark = "" if costs is None else answer.money_mark(costs, answer.assumed_costs(tables))
    name = say("Kosten over alle jaren", "Cost over all years")
    return Fact(name, euros(by_payer.sum(), language),
                said or say("geen maatregelen", "no measures"), mark)  # fmt: skip


def _co2_fact(tables: Tables, language: Language) -> Fact | None:
    tonnes, say = answer.co2_tonnes(tables), speaker(language)
    if tonnes is None:
        return None
    value = say("{n} ton", "{n} tonnes", n=number(tonnes, language))
    about = answer.co2_said(tables, language)
    return Fact(say("CO2 door de maatregelen", "CO2 by the measures"), value, about, "modelled")


def _staircase(tables: Tables, language: Language) -> Section:
    say = speaker(language)
    title = say("Woningen per jaar: gevraagd, beloofd, bevestigd",
                "Homes per year: asked, promised, confirmed")  # fmt: skip
    rows = filled_rows_of(tables, "staircase", "year")
    if rows is None or answer.homes_of(tables) is None:
        what = say("de trap van woningen per jaar", "the staircase of homes per year")
        return Section(title, (absent(what, language),))
    said = (answer.homes_said(tables, language), answer.region_said(tables, language))
    alt = say("Trap van woningen per jaar: {said}.", "Staircase of homes per year: {said}.",
              said="; ".join(part for part in said if part))  # fmt: skip
    rows, unsound = rows.sort_values("year"), unsound_years(tables)
    svg = pictures.staircase_svg(rows, language, unsound=unsound)
    caption = answer.drawn_said(rows, language)
    caption += say(" Gearceerd: jaren waarin de netberekening geen stand houdt.",
                   " Hatched: years in which the power flow does not hold.",
                   ) if unsound else ""  # fmt: skip
    warning = unsound_said(tables, language)
    told = (Text(warning, warning=True),) if warning else ()
    picture = Picture(svg, alt, caption)
    return Section(title, (*told, picture, views.staircase_table(rows, language)))


def _binding(tables: Tables, language: Language) -> Section:
    say = speaker(language)
    parts: list[Part] = []
    fits = rows_of(tables, "fits", "binding", "binding_kind")
    if fits is not None:
        kinds = answer.binding_kinds(fits, language)
        said = say("Bij de projecten die niet helemaal passen knelt: {kinds}.",
                   "Where projects do not fit in full, what binds is: {kinds}.",
                   kinds=kinds)  # fmt: skip
        none = say("Alle projecten passen in het lineaire model; er knelt lokaal niets.",
                   "All projects fit in the linear model; nothing binds locally.")  # fmt: skip
        checked = limits_said(tables, language)
        below = say(" In de netberekening houdt dit projecten onder hun belofte: {kinds}.",
                    " In the power flow this keeps projects below their promise: {kinds}.",
                    kinds=checked)  # fmt: skip
        parts.append(Text((said if kinds else none) + (below if checked else "")))
    room = filled_rows_of(tables, "room", "year", "room")
    parts.append(
        absent(
            say("wat in elk jaar het eerst vol is", "what is full first in every year"), language
        )
        if room is None
        else views.room_table(answer.with_names(room.sort_values("year"), tables), language)
    )
    parts += _full(tables, language)
    return Section(say("Wat knelt", "What binds"), tuple(parts))


def _full(tables: Tables, language: Language) -> list[Part]:
    say = speaker(language)
    full = filled_rows_of(tables, "full", "year", "station_id", "probability_full_modelled")
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
    evidence = filled_rows_of(tables, "evidence", "year")
    parts += [] if evidence is None else [views.evidence_table(evidence, language)]
    rows = filled_rows_of(tables, "tornado", "input", "homes_low", "homes_mid", "homes_high")
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
        "gevraagde projecten gaan er nog af. Lineair, met de groei van het vooruitzicht en de "
        "maatregelen van dit plan; niet nagerekend met een netberekening.",
        "Modelled room in the whole city, so not only where something is asked: at the end of "
        "{year} this many homes lastingly fit: {parts}. In brackets: eight of ten{of} draws. The "
        "projects asked still come off it. Linear, with the growth of the outlook and the measures "
        "of this plan; not checked by a power flow.",
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
    unit = unit_of(_project_of(worst, tables), language)
    share = (rows["confirmed"] / rows["promised"].where(rows["promised"] > 0)).to_numpy(dtype=float)
    least: Row = records(rows)[int(np.nanargmin(np.where(lacking > 0.5, share, np.nan)))]
    as_share = "" if least["project_id"] == worst["project_id"] else say(
        " Als deel van de belofte is dat {project} in {year}: {confirmed} van {promised} {unit}.",
        " As a share of the promise it is {project} in {year}: {confirmed} of {promised} {unit}.",
        project=least["project_id"], year=int(least["year"]),
        unit=unit_of(_project_of(least, tables), language),
        confirmed=number(least["confirmed"], language),
        promised=number(least["promised"], language),
    )  # fmt: skip
    return say(
        "De netberekening bevestigt niet alles: het verst eruit ligt {project} in {year}, met "
        "{confirmed} van {promised} beloofde {unit}.",
        "The power flow does not confirm all: furthest off is {project} in {year}, with "
        "{confirmed} of {promised} {unit} promised.",
        project=worst["project_id"], year=int(worst["year"]), unit=unit,
        confirmed=number(worst["confirmed"], language),
        promised=number(worst["promised"], language),
    ) + as_share  # fmt: skip


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
