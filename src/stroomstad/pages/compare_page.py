"""Two plans on one sheet: what differs, in words, and whether the difference exceeds the band."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stroomstad.pages import answer, pictures
from stroomstad.pages.cells import measure_cell, shares_said, size_said
from stroomstad.pages.compare_rows import (
    Cells,
    Side,
    Sides,
    binding_row,
    co2_row,
    cost_rows,
    firms_row,
    more_said,
    year_row,
)
from stroomstad.pages.confirmed import unsound_years
from stroomstad.pages.page import (
    Cell,
    Column,
    Facts,
    Notes,
    Page,
    Picture,
    Row,
    Section,
    Table,
    Tables,
    Text,
    absent,
    filled_rows_of,
    records,
    rows_of,
)
from stroomstad.pages.words import (
    BAND_AREA,
    JUDGED,
    date,
    euros,
    is_missing,
    listed,
    name_of,
    number,
    span,
    speaker,
)
from stroomstad.tables.limits import limits_said
from stroomstad.tables.words import MEASURE_STATUSES, UNKNOWN, Language, Words, sentence

MEASURES_MAX = 8
UNCERTAIN_MAX = 3

_ASKED = ("project_id", "place", "first_year", "last_year", "homes", "connection_kw")
# By whether the band hides the difference; None when there is no band.
_TAILS = {
    True: Words("maar dat verschil is kleiner dan de band, dus niet zeker",
                "but that difference is smaller than the band, so not certain"),
    False: Words("en dat verschil is groter dan de band",
                 "and that difference is larger than the band"),
    None: Words("zonder band berekend", "calculated without a band"),
}  # fmt: skip
Pair = tuple[Row | None, Row | None]


def compare_page(
    facts_a: Facts,
    tables_a: Tables,
    facts_b: Facts,
    tables_b: Tables,
    language: Language = "nl",
) -> Page:
    """Make the page that lays two plans side by side, on one sheet.

    Facts and tables of both are those of `plan_page`. Two numbers of homes are told apart only
    when they differ by at least the width of the wider of their bands.
    """
    say = speaker(language)
    sides = _sides((facts_a, facts_b), (tables_a, tables_b), language)
    first, second = (side.name for side in sides)
    others = _other_limits(facts_a, facts_b, language)
    return Page(
        language=language,
        title=say("{a} naast {b}", "{a} beside {b}", a=first, b=second),
        subtitle=answer.subtitle(facts_a, language),
        lead=_lead(sides, language),
        facts=(),
        sections=(
            Section(say("De twee plannen naast elkaar", "The two plans side by side"),
                    (_beside(sides, language),)),
            _stairs(sides, language),
            _measures(sides, language),
            Section(say("Wat onzeker is", "What is uncertain"), (_uncertain(sides, language),)),
        ),
        footer=answer.footer({**facts_a, "limits": None} if others else facts_a, language),
        one_sheet=True,
        created_on=str(facts_a.get("created_at") or ""),
        warnings=(*_warnings(sides, language), *others),
    )  # fmt: skip


def _other_limits(facts_a: Facts, facts_b: Facts, language: Language) -> tuple[str, ...]:
    """Say that the plans were held to different limits, and the second to which."""
    held = [limits_said(facts.get("limits")).say(language) for facts in (facts_a, facts_b)]
    if held[0] == held[1]:
        return ()
    say = speaker(language)
    unknown = say("onbekend", "unknown")
    return (
        say("De plannen zijn aan verschillende grenzen getoetst. A: {a} B: {b}",
            "The plans were held to different limits. A: {a} B: {b}",
            a=held[0] or unknown, b=held[1] or unknown),
    )  # fmt: skip


def homes_difference(a: Row | None, b: Row | None) -> tuple[float | None, bool | None]:
    """Homes of the second less those of the first, and whether the band hides the difference.

    Either is None when it is not known.
    """
    if a is None or b is None:
        return None, None
    difference = float(b["homes"] - a["homes"])
    widths = [
        float(side["p90"] - side["p10"])
        for side in (a, b)
        if not is_missing(side.get("p10")) and not is_missing(side.get("p90"))
    ]
    return difference, abs(difference) < max(widths) if widths else None


def differing_measures(a: pd.DataFrame, b: pd.DataFrame) -> list[Pair]:
    """Pairs of measures that are not alike, by identifier; None where a plan lacks one.

    What counts in neither plan makes no difference.
    """
    left, right = ({str(row["measure_id"]): row for row in records(rows)} for rows in (a, b))
    pairs = [(left.get(name), right.get(name)) for name in sorted({*left, *right})]
    return [(one, other) for one, other in pairs
            if _differ(one, other) and any(map(answer.is_counted, (one, other)))]  # fmt: skip


def _sides(facts: tuple[Facts, Facts], tables: tuple[Tables, Tables], language: Language) -> Sides:
    say = speaker(language)
    first, second = (str(known.get("plan") or f"Plan {letter}")
                     for known, letter in zip(facts, "AB", strict=True))  # fmt: skip
    if first == second:
        first = say("{name} (eerste)", "{name} (first)", name=first)
        second = say("{name} (tweede)", "{name} (second)", name=second)
    return Side(first, tables[0]), Side(second, tables[1])


def _warnings(sides: Sides, language: Language) -> tuple[str, ...]:
    """What keeps two plans from being compared: other project lists, or a check that fails."""
    say = speaker(language)
    said = [_lists_said(sides, language)]
    for side in sides:
        years = unsound_years(side.tables)
        said.append(say(
            "Let op: in {name} houdt de netberekening geen stand in {years}; die aantallen zijn "
            "te hoog.",
            "Mind: in {name} the power flow does not hold in {years}; those numbers are too high.",
            name=side.name, years=listed([str(year) for year in years], language),
        ) if years else "")  # fmt: skip
    return tuple(text for text in said if text)


def _lists_said(sides: Sides, language: Language) -> str:
    """Warn that two plans were asked other projects, with what each was asked."""
    say = speaker(language)
    known = [rows_of(side.tables, "projects", *_ASKED) for side in sides]
    if any(rows is None for rows in known):
        return ""
    lists = [rows for rows in known if rows is not None]
    first, second = (set(rows[[*_ASKED]].itertuples(index=False, name=None)) for rows in lists)
    if first == second:
        return ""
    parts = [
        say("{name}: {n} projecten, {homes} woningen en {kw} kW aan aansluitingen",
            "{name}: {n} projects, {homes} homes and {kw} kW of connections",
            name=side.name, n=len(rows), homes=number(rows["homes"].sum(), language),
            kw=number(rows["connection_kw"].sum(), language))
        for side, rows in zip(sides, lists, strict=True)
    ]  # fmt: skip
    return say(
        "Let op: deze plannen antwoorden op twee verschillende projectenlijsten ({parts}). Een "
        "verschil zegt dus niet alleen iets over de plannen.",
        "Mind: these plans answer two different project lists ({parts}). A difference does not "
        "tell of the plans alone.",
        parts="; ".join(parts),
    )


def _lead(sides: Sides, language: Language) -> str:
    parts = [part for part in (_homes_lead(sides, language), _money_lead(sides, language)) if part]
    what = speaker(language)("wat beide plannen aansluiten en kosten",
                             "what both plans connect and cost")  # fmt: skip
    return sentence("; ".join(parts)) + "." if parts else absent(what, language).text


def _homes_lead(sides: Sides, language: Language) -> str:
    say = speaker(language)
    a, b = (answer.homes_of(side.tables) for side in sides)
    difference, hidden = homes_difference(a, b)
    if a is None or b is None or difference is None:
        return ""
    year = f"{b['year']:.0f}"
    if difference == 0:
        return say("beide plannen sluiten tot en met {year} evenveel woningen aan: {homes}",
                   "both plans connect as many homes by {year}: {homes}",
                   year=year, homes=number(a["homes"], language))  # fmt: skip
    more, less = (sides[1], sides[0]) if difference > 0 else (sides[0], sides[1])
    tail = _TAILS[hidden].say(language)
    return say(
        "{more} sluit {extra} woningen meer aan dan {less} ({high} tegen {low}, eind {year}), "
        "{tail}",
        "{more} connects {extra} more homes than {less} ({high} against {low}, end of {year}), "
        "{tail}",
        more=more.name, less=less.name, year=year, tail=tail,
        extra=number(abs(difference), language),
        high=number(max(a["homes"], b["homes"]), language),
        low=number(min(a["homes"], b["homes"]), language),
    )  # fmt: skip


def _money_lead(sides: Sides, language: Language) -> str:
    say = speaker(language)
    a, b = (answer.cost_by_payer(side.tables) for side in sides)
    if a is None or b is None:
        return ""
    total = b.sum() - a.sum()
    own = say(
        "de gemeente betaalt {own_a} in {a} en {own_b} in {b}",
        "the municipality pays {own_a} in {a} and {own_b} in {b}",
        a=sides[0].name, b=sides[1].name,
        own_a=euros(a.get("municipality", 0.0), language),
        own_b=euros(b.get("municipality", 0.0), language),
    )  # fmt: skip
    if total == 0:
        return say("samen kosten zij evenveel; ", "they cost the same in all; ") + own
    return say(
        "{plan} kost iedereen samen {total} meer; ",
        "{plan} costs everyone together {total} more; ",
        plan=(sides[1] if total > 0 else sides[0]).name, total=euros(abs(total), language),
    ) + own  # fmt: skip


def _beside(sides: Sides, language: Language) -> Table:
    say = speaker(language)
    columns = (
        Column(say("Van elk plan", "Of each plan"), share=1.5),
        *(Column(side.name, share=1.6) for side in sides),
        Column(say("Verschil", "Difference"), share=1.8),
    )
    rows = (
        _homes_row(sides, language),
        firms_row(sides, language),
        year_row(sides, language),
        *cost_rows(sides, language),
        co2_row(sides, language),
        binding_row(sides, language),
    )
    caption = say("Wat elk plan aansluit, kost en uitstoot, en wat knelt",
                  "What each plan connects, costs and emits, and what binds")  # fmt: skip
    return Table(caption, columns, rows)


def _homes_row(sides: Sides, language: Language) -> Cells:
    say = speaker(language)
    a, b = (answer.homes_of(side.tables) for side in sides)
    difference, hidden = homes_difference(a, b)
    small = ""
    if hidden is not None and difference != 0:
        small = (say("verschil kleiner dan de band", "difference smaller than the band") if hidden
                 else say("verschil groter dan de band",
                          "difference larger than the band"))  # fmt: skip
    years = sorted({f"{last['year']:.0f}" for last in (a, b) if last is not None})
    end = say("eind {year}", "end of {year}", year=" / ".join(years)) if years else ""
    said = more_said(difference, sides, lambda value: number(value, language), language)
    name = Cell(say("Woningen aangesloten", "Homes connected"), end)
    return (name, _homes_cell(a, language), _homes_cell(b, language), Cell(said, small))


def _homes_cell(last: Row | None, language: Language) -> Cell:
    say = speaker(language)
    if last is None:
        return Cell(UNKNOWN.say(language))
    low, high = last.get("p10"), last.get("p90")
    said = [] if is_missing(last.get("asked")) else [
        say("van {n} gevraagd", "of {n} asked", n=number(last["asked"], language))]  # fmt: skip
    if not is_missing(low) and not is_missing(high):
        said.append(say("band {band}", "band {band}", band=span(low, high, language)))
    return Cell(number(last["homes"], language), ", ".join(said), "modelled")


def _stairs(sides: Sides, language: Language) -> Section:
    say = speaker(language)
    title = say("Woningen per jaar", "Homes per year")
    plans = [pictures.Stairs(side.name, rows.sort_values("year")) for side in sides
             if (rows := filled_rows_of(side.tables, "staircase", "year")) is not None
             and answer.homes_of(side.tables) is not None]  # fmt: skip
    if len(plans) < 2:
        what = say("de trap van woningen van beide plannen", "the staircase of homes of both plans")
        return Section(title, (absent(what, language),))
    banded = any(answer.is_known(plan.rows, "p90") for plan in plans)
    caption = say("Lijn: wat het plan aansluit. Stippellijn: gevraagd.",
                  "Line: what the plan connects. Dotted: asked.")  # fmt: skip
    caption += f" {BAND_AREA.say(language)}" if banded else ""
    svg = pictures.two_stairs_svg(plans[0], plans[1], language)
    return Section(title, (Picture(svg, sentence(_homes_lead(sides, language)) + ".", caption),))


def _measures(sides: Sides, language: Language) -> Section:
    say = speaker(language)
    title = say("De maatregelen die verschillen", "The measures that differ")
    a, b = (rows_of(side.tables, "measures", "measure_id") for side in sides)
    if a is None or b is None:
        what = say("de lijst van maatregelen van beide plannen",
                   "the list of measures of both plans")  # fmt: skip
        return Section(title, (absent(what, language),))
    pairs = differing_measures(a, b)
    if not pairs:
        same = say(
            "Beide plannen hebben dezelfde maatregelen.", "Both plans have the same measures."
        )
        return Section(title, (Text(same),))
    kinds = sides[0].tables.get("kinds")
    costs = [_cost_per_measure(side.tables) for side in sides]
    pairs.sort(key=lambda pair: -max(map(_cost_of, pair, costs)))
    columns = (
        Column(say("Maatregel", "Measure"), share=1.5),
        *(Column(side.name, share=1.7) for side in sides),
    )
    rows = tuple(
        (measure_cell(pair[0] or pair[1] or {}, kinds, language),
         *(_measure_cell(row, kinds, cost, language)
           for row, cost in zip(pair, costs, strict=True)))
        for pair in pairs[:MEASURES_MAX]
    )  # fmt: skip
    left = len(pairs) - len(rows)
    note = say("De duurste verschillen eerst; nog {n} andere staan in de plannen zelf.",
               "The most expensive differences first; {n} others stand in the plans.",
               n=left)  # fmt: skip
    caption = say("Alleen wat niet in beide plannen gelijk is",
                  "Only what is not alike in both plans")  # fmt: skip
    return Section(title, (Table(caption, columns, rows, note=note if left else ""),))


def _measure_cell(
    row: Row | None, kinds: pd.DataFrame | None, costs: Mapping[str, float], language: Language
) -> Cell:
    if row is None:
        return Cell(speaker(language)("niet in dit plan", "not in this plan"))
    if not answer.is_counted(row):
        return Cell(name_of(row["status"], MEASURE_STATUSES, language))
    said = f"{size_said(row, kinds, language)}, {date(row['in_service'], language)}"
    cost = costs.get(str(row["measure_id"]))
    small = [name_of(row["status"], MEASURE_STATUSES, language), shares_said(row, language)]
    return Cell(said, "; ".join(small + ([] if cost is None else [euros(cost, language)])))


def _uncertain(sides: Sides, language: Language) -> Notes:
    say = speaker(language)
    items = [(side.name, _widest_said(side, language)) for side in sides]
    if items[0][1] == items[1][1]:
        items = [(say("Beide plannen", "Both plans"), items[0][1])]
    banded = any(not is_missing((answer.homes_of(side.tables) or {}).get("p90")) for side in sides)
    rule = JUDGED["band" if banded else "none"].say(language)
    ground = say(
        "Het net is synthetisch, uit open data. De regio is aangenomen. Ontlasting (batterij, slim "
        "laden) telt met een opgegeven vast vermogen in de drukke uren.",
        "The grid is synthetic, from open data. The region is assumed. Relief (battery, smart "
        "charging) counts with a stated firm power in the busy hours.",
    )
    return Notes((
        *items,
        (say("Zo zijn de verschillen beoordeeld", "How differences are judged"), rule),
        (say("Onder beide plannen", "Under both plans"), ground),
    ))  # fmt: skip


def _widest_said(side: Side, language: Language) -> str:
    say = speaker(language)
    rows = rows_of(side.tables, "tornado", "input", "homes_low", "homes_high")
    if rows is None:
        return absent(say("wat dit plan onzeker maakt", "what makes this plan uncertain"),
                      language).text  # fmt: skip
    parts = []
    for row in records(answer.widest_inputs(rows).head(UNCERTAIN_MAX)):
        low, high = sorted((row["homes_low"], row["homes_high"]))
        mid = row.get("homes_mid")
        middle = "" if is_missing(mid) else say(
            ", midden {mid}", ", middle {mid}", mid=number(mid, language))  # fmt: skip
        parts.append(say("{name} ({span} woningen{middle})", "{name} ({span} homes{middle})",
                         name=answer.input_name(row, language), middle=middle,
                         span=span(low, high, language)))  # fmt: skip
    return say("Dit verandert het meest hoeveel gevraagde woningen worden aangesloten: {parts}.",
               "This changes most how many of the homes asked are connected: {parts}.",
               parts=listed(parts, language))  # fmt: skip


def _differ(a: Row | None, b: Row | None) -> bool:
    if a is None or b is None:
        return True
    told = [name for name in a if name in b and name not in ("name", "source", "assumed")]
    return any(not (is_missing(a[name]) and is_missing(b[name])) and a[name] != b[name]
               for name in told)  # fmt: skip


def _cost_per_measure(tables: Tables) -> dict[str, float]:
    costs = rows_of(tables, "costs", "measure_id", *answer.MONEY)
    if costs is None:
        return {}
    together = costs.groupby("measure_id")[["investment_eur", "yearly_eur"]].sum()
    return {str(name): float(eur) for name, eur in together.sum(axis="columns").items()}


def _cost_of(row: Row | None, costs: Mapping[str, float]) -> float:
    return 0.0 if row is None else costs.get(str(row["measure_id"]), 0.0)
