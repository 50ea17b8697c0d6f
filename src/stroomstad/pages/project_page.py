"""One sheet for a developer: what fits at a place, from when, what binds, and what to promise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stroomstad.pages import answer, pictures
from stroomstad.pages.cells import asset_said, binding_cell, kw_up, remedy_cell, year_or_never
from stroomstad.pages.confirmed import ROUNDING, unit_of
from stroomstad.pages.page import (
    Cell,
    Column,
    Fact,
    Facts,
    Page,
    Part,
    Picture,
    Row,
    Section,
    Shown,
    Table,
    Tables,
    Text,
    absent,
    filled_rows_of,
    records,
    show_table,
)
from stroomstad.pages.project_asks import asks
from stroomstad.pages.texts import CONNECTION_FITS, HOMES_FIT, PROMISES
from stroomstad.pages.words import (
    CONTRACT_NAMES,
    CONTRACTS,
    HEATINGS,
    HOME_TYPES,
    design_quarter,
    is_missing,
    measured,
    name_of,
    number,
    quarter_note,
    span,
    speaker,
)
from stroomstad.tables.words import (
    LINK_KINDS,
    UNKNOWN,
    YES_NO,
    Language,
    Words,
    sentence,
)

# A place that is named by such a file is shown by the name of the project.
FILE_ENDINGS = (".geojson", ".json")


def project_page(facts: Facts, tables: Tables, language: Language = "nl") -> Page:
    """Make the page of one project at one place, on one sheet.

    Parameters
    ----------
    facts
        Those of `plan_page` that are known, and ``place``, ``area_name``, ``substation_name``,
        ``waiting`` (rows that wait beside it), ``kw_per_home_low``, ``kw_per_home_mid``,
        ``kw_per_home_high`` and ``kw_per_home_fits`` (with which all homes fit when asked),
        ``kw_per_home_source``. [kW per home at station level]
    tables
        ``projects``, ``fits`` and ``confirmation`` of the project; ``room`` (``year``, and
        ``room_lasting`` or ``room``: homes, or kW of a connection, that fit at the place),
        ``contracts`` (``year, contract, fits, kw, first_year``), ``claim``, ``kinds``; for the
        map ``outline``, ``areas``, ``stations`` (``x_m, y_m``) and ``substations`` (and
        ``substation_name``). A part without its table says so; ``stations`` without rows means
        that none stands there.
    language
        ``nl`` or ``en``.
    """
    say = speaker(language)
    rows = answer.project_rows(tables)
    row: Row = {} if rows is None else records(rows)[0]
    name = _name(row, facts, tables, language)
    sections = (
        Section(say("Per jaar, en op de kaart", "Year by year, and on the map"),
                (_room(row, tables, language), _map(facts, tables, language)), beside=True),
        Section(say("Wat te beloven", "What to promise"), _promise(row, facts, language)),
        Section(say("Wat knelt, en wat helpt", "What binds, and what helps"),
                _helps(row, tables, language)),
        Section(say("Wat te vragen, en aan wie", "What to ask, and of whom"),
                (asks(row, facts, tables, language),)),
    )  # fmt: skip
    return Page(
        language=language,
        title=say("Past {name} op het net?", "Does {name} fit on the grid?", name=name),
        subtitle=_where(row, facts, language),
        lead=_lead(row, facts, language),
        facts=_facts(row, facts, language),
        sections=sections,
        footer=(_basis(tables, language), *answer.footer(facts, language)),
        one_sheet=True,
        created_on=str(facts.get("created_at") or ""),
    )


def _name(row: Row, facts: Facts, tables: Tables, language: Language) -> str:
    """Name of the project; that of its area where it has only the code of one."""
    place = _place(facts.get("place"))
    name = str(row.get("name") or place or facts.get("area_name") or UNKNOWN.say(language))
    areas = filled_rows_of(tables, "areas", "area_code")
    coded = areas is not None and bool((areas["area_code"] == name).any())
    return str(facts.get("area_name") or name) if coded else name


def _where(row: Row, facts: Facts, language: Language) -> str:
    told = (_place(facts.get("place") or row.get("place")), facts.get("area_name"),
            facts.get("plan"))  # fmt: skip
    parts = [str(part) for part in told if not is_missing(part)]
    if not is_missing(facts.get("waiting")):
        parts.append(speaker(language)("naast {count} die wachten", "beside {count} that wait",
                                       count=facts["waiting"]))  # fmt: skip
    return " · ".join([*dict.fromkeys(parts), answer.subtitle(facts, language)])


def _place(place: object) -> str:
    """Place as people name it; nothing where it is the path of a file."""
    said = "" if is_missing(place) else str(place)
    return "" if said.lower().endswith(FILE_ENDINGS) else said


def _lead(row: Row, facts: Facts, language: Language) -> str:
    """The answer in one sentence; what is not known is left out of it."""
    say = speaker(language)
    if "fits" not in row:
        return absent(say("of dit project past", "whether this project fits"), language).text
    parts = (_fits_said(row, language), _confirmed_said(row, language),
             _later_said(row, facts, language), _binding_said(row, language),
             _region_said(row, language))  # fmt: skip
    return sentence("; ".join(part for part in parts if part)) + "."


def _fits_said(row: Row, language: Language) -> str:
    last = row.get("last_year")
    when = "" if is_missing(last) else speaker(language)(
        ", gevraagd tot en met {year},", ", asked by {year},", year=f"{last:.0f}")  # fmt: skip
    words = HOMES_FIT if _is_homes(row) else CONNECTION_FITS
    # What fits in the middle case only is no plain yes.
    key = "middle" if row["fits"] == "yes" and _low_fails(row) else str(row["fits"])
    return words[key].say(
        language, what=_what(row, language), when=when,
        corners=_corners(row, language), some=_fitting(row, language),
        low=_fitting(row, language, "low"),
    )  # fmt: skip


def _confirmed_said(row: Row, language: Language) -> str:
    """How much a power flow confirms of what fits; nothing where nothing is reserved."""
    reserved = row["fits"] == "yes" or (row["fits"] == "partly" and _is_homes(row))
    if not reserved or is_missing(row.get("confirmed_due")):
        return ""
    say, year = speaker(language), f"{row['due_year']:.0f}"
    got = number(np.floor(row["confirmed_due"] + ROUNDING), language)
    got = f"{got} {unit_of(row, language)}"
    return say("een netberekening (AC) bevestigt {got} in {year}",
               "a power flow (AC) confirms {got} in {year}", got=got, year=year)  # fmt: skip


def _fitting(row: Row, language: Language, case: str = "mid") -> str:
    """What fits, in whole homes or whole kW, rounded down."""
    size = row.get(f"size_{case}")
    return number(None if size is None else np.floor(size), language)


def _low_fails(row: Row) -> bool:
    """Tell whether less fits with everything against than in the middle case."""
    low, mid = row.get("size_low"), row.get("size_mid")
    return low is not None and mid is not None and bool(np.floor(low) < np.floor(mid))


def _corners(row: Row, language: Language) -> str:
    """What fits with everything against, and with everything in favour."""
    low, high = (_fitting(row, language, case) for case in ("low", "high"))
    return speaker(language)(
        "alles ongunstig – alles gunstig: {low} – {high}",
        "everything against – everything in favour: {low} – {high}", low=low, high=high,
    )  # fmt: skip


def _what(row: Row, language: Language) -> str:
    """What the project asks, as in '800 apartments'."""
    size = number(row.get("size_asked"), language)
    kind = "any" if is_missing(row.get("home_type")) else row["home_type"]
    return f"{size} {name_of(kind, HOME_TYPES, language)}" if _is_homes(row) else f"{size} kW"


def _is_homes(row: Row) -> bool:
    return str(row.get("kind", "homes")) == "homes"


def _later_said(row: Row, facts: Facts, language: Language) -> str:
    say = speaker(language)
    if row["fits"] == "yes" or "first_year_fits" not in row:
        return ""
    year = row["first_year_fits"]
    last = facts.get("last_year")
    if is_missing(year) and is_missing(facts.get("plan")) and not is_missing(last):
        return say("alles past in geen jaar tot en met {last}",
                   "all of it fits in no year up to {last}", last=last)  # fmt: skip
    if is_missing(year):
        return say("alles past in geen jaar van het plan", "all of it fits in no year of the plan")
    return say("alles past vanaf {year}", "all of it fits from {year}", year=f"{year:.0f}")


def _binding_said(row: Row, language: Language) -> str:
    say = speaker(language)
    if is_missing(row.get("binding")):
        return ""
    kind = name_of(row.get("binding_kind"), LINK_KINDS, language)
    name = "" if row.get("binding_kind") == "no_station" else f" {asset_said(row)}"
    at = row.get("binding_at")
    when = "" if is_missing(at) else say(", het eerst vol op {at}", ", first full on {at}",
                                         at=design_quarter(at, language))  # fmt: skip
    return say("wat knelt: {what}", "what binds: {what}", what=f"{kind}{name}{when}")


def _region_said(row: Row, language: Language) -> str:
    if row.get("fits_with_region") != "no":
        return ""
    return speaker(language)("de regio boven de stad laat dit naar aanname niet toe",
                             "the region above the city is assumed not to allow this")  # fmt: skip


def _facts(row: Row, facts: Facts, language: Language) -> tuple[Fact, ...]:
    if "fits" not in row:
        return ()
    say = speaker(language)
    about = say("{corners}; van {asked} gevraagd", "{corners}; of {asked} asked",
                corners=_corners(row, language),
                asked=number(row.get("size_asked"), language))  # fmt: skip
    value = f"{_fitting(row, language)} {unit_of(row, language)}"
    if not _is_homes(row) and row["fits"] == "partly":
        about += say("; niets gereserveerd", "; nothing reserved")
    never = year_or_never(row.get("first_year_fits"), facts.get("last_year"), language)
    made = [
        Fact(say("Past zoals gevraagd", "Fits as asked"), value, about, "modelled"),
        Fact(say("Alles past vanaf", "All of it fits from"), never, "", "modelled"),
        _power_fact(row, facts, language),
        _region_fact(row, language),
    ]
    return tuple(fact for fact in made if fact is not None)


def _power_fact(row: Row, facts: Facts, language: Language) -> Fact | None:
    say = speaker(language)
    if not _is_homes(row):
        name = say("Tekort van de verbinding die knelt", "Shortage of the link that binds")
        return Fact(name, f"{kw_up(row.get('kw_short'), language)} kW", "", "synthetic")
    if is_missing(facts.get("kw_per_home_mid")):
        return None
    band = span(facts.get("kw_per_home_low"), facts.get("kw_per_home_high"), language, 1)
    return Fact(say("Vermogen per woning", "Power per home"),
                f"{number(facts['kw_per_home_mid'], language, 1)} kW",
                say("{band} kW, op het station", "{band} kW, at the station", band=band),
                "assumed")  # fmt: skip


def _region_fact(row: Row, language: Language) -> Fact | None:
    say = speaker(language)
    if is_missing(row.get("fits_with_region")):
        return None
    need = row.get("region_mw")
    said = "" if is_missing(need) else say("vraagt {mw} MW", "asks {mw} MW",
                                           mw=measured(need, language))  # fmt: skip
    fits = sentence(name_of(row["fits_with_region"], YES_NO, language))
    return Fact(say("Past in de regio erboven", "Fits in the region above"), fits, said, "assumed")


def _room(row: Row, tables: Tables, language: Language) -> Part:
    say = speaker(language)
    room = filled_rows_of(tables, "room", "year")
    column = "room_lasting" if room is not None and "room_lasting" in room else "room"
    if room is None or column not in room:
        return absent(say("wat er per jaar past", "what fits year by year"), language)
    room = room.sort_values("year").assign(room=room[column])
    unit = Words("woningen", "homes") if _is_homes(row) else Words("kW", "kW")
    if not room["room"].max() > 0:
        return Text(say(
            "Op deze plek past in geen enkel jaar tot en met {year} iets: 0 {unit}.",
            "At this place nothing fits in any year up to {year}: 0 {unit}.",
            year=int(room["year"].max()), unit=unit.say(language),
        ))  # fmt: skip
    first, last = records(room)[0], records(room)[-1]
    alt = say(
        "Balken per jaar van wat er op deze plek past: {first} eind {start}, {last} eind {end}; de "
        "lijn is wat gevraagd wordt.",
        "Bars per year of what fits at this place: {first} at the end of {start}, {last} at the "
        "end of {end}; the line is what is asked.",
        first=number(first["room"], language), start=int(first["year"]),
        last=number(last["room"], language), end=int(last["year"]),
    )  # fmt: skip
    caption = say("Balk: wat eind van elk jaar past en blijft passen. Lijn: gevraagd, opgeteld.",
                  "Bar: what fits at the end of each year and keeps fitting. Line: asked, "
                  "cumulative.")  # fmt: skip
    svg = pictures.room_svg(room, _asked_by_year(row, room["year"]), unit, language)
    return Picture(svg, alt, caption)


def _asked_by_year(row: Row, years: pd.Series) -> pd.DataFrame:
    """What is asked at the end of each year: homes spread evenly over the years of delivery."""
    first, last, size = (row.get(name) for name in ("first_year", "last_year", "size_asked"))
    if first is None or last is None or size is None:
        return pd.DataFrame({"year": years, "size": size or 0.0})
    share = ((years - first + 1) / (last - first + 1)).clip(0.0, 1.0)
    return pd.DataFrame({"year": years, "size": (share * size).round()})


def _map(facts: Facts, tables: Tables, language: Language) -> Part:
    say = speaker(language)
    outline = filled_rows_of(tables, "outline", "geometry")
    if outline is None:
        return absent(say("de omtrek van deze plek", "the outline of this place"), language)
    stations = tables.get("stations")
    said = []
    if stations is not None:
        none = say("er staat nog geen station", "no station stands there yet")
        some = say("er staan {n} stations, synthetisch", "{n} stations stand there, synthetic",
                   n=number(len(stations), language))  # fmt: skip
        said.append(none if stations.empty else some)
    if not is_missing(facts.get("substation_name")):
        said.append(say("gevoed door {name}", "fed by {name}", name=facts["substation_name"]))
    assumed = "assumed" in outline and bool(outline["assumed"].any())
    of_area = "source" in outline and bool((outline["source"] == "CBS").all())
    said.append(say("omtrek aangenomen (streeplijn)", "outline assumed (dashed)") if assumed
                else say("grens van het gebied volgens het CBS",
                         "boundary of the area by Statistics Netherlands") if of_area
                else say("omtrek zoals aangeleverd", "outline as handed in"))  # fmt: skip
    caption = sentence("; ".join(said)) + "."
    layers = {name: tables.get(name) for name in ("areas", "outline", "stations", "substations")}
    alt = say("Kaart van de plek. {said}", "Map of the place. {said}", said=caption)
    return Picture(pictures.map_svg(layers, language), alt, caption)


def _promise(row: Row, facts: Facts, language: Language) -> tuple[Part, ...]:
    say = speaker(language)
    if not _is_homes(row):
        return (Text(_connection_promise(row, language)),)
    values = [facts.get(f"kw_per_home_{case}") for case in ("low", "mid", "high")]
    if any(is_missing(value) for value in values):
        return (absent(say("het vermogen per woning", "the power per home"), language),)
    titles = [say("Laag", "Low"), say("Midden", "Middle"), say("Hoog", "High")]
    marks = ["assumed"] * 3
    if not is_missing(facts.get("kw_per_home_fits")):
        values.append(facts["kw_per_home_fits"])
        titles.append(say("Waarmee alles past", "With which all fits"))
        marks.append("modelled")
    homes = row.get("size_asked")
    heating = name_of(row.get("heating") or "unknown", HEATINGS, language)
    per_home = (Cell(say("Per woning", "Per home"), heating),
                *(Cell(f"{number(value, language, 2)} kW", "", mark)  # type: ignore[arg-type]
                  for value, mark in zip(values, marks, strict=True)))  # fmt: skip
    together = (Cell(say("Alle woningen samen", "All homes together")),
                *(Cell(_product_said(value, homes, language)) for value in values))  # fmt: skip
    caption = say("Piek op een koude winteravond, gelijktijdig, op het station",
                  "Peak on a cold winter evening, coincident, at the station")  # fmt: skip
    columns = (Column(say("Vermogen", "Power"), share=1.6),
               *(Column(title, numeric=True) for title in titles))  # fmt: skip
    source = facts.get("kw_per_home_source")
    note = "" if is_missing(source) else say(
        "Bron van het vermogen per woning: {source}.", "Source of the power per home: {source}.",
        source=str(source).rstrip("."),
    )  # fmt: skip
    return (
        Text(_promise_said(row, facts, language)),
        Table(caption, columns, (per_home, together), note=note),
    )


def _product_said(kw: object, homes: object, language: Language) -> str:
    if is_missing(homes):
        return UNKNOWN.say(language)
    return f"{number(float(str(kw)) * float(str(homes)), language)} kW"


def _promise_said(row: Row, facts: Facts, language: Language) -> str:
    say = speaker(language)
    low, mid, fits = (facts.get(f"kw_per_home_{name}") for name in ("low", "mid", "fits"))
    if is_missing(fits) and row.get("fits") == "yes":
        return say("Met {kw} kW per woning past alles zoals gevraagd; hoger is niet nagerekend.",
                   "With {kw} kW per home all fits as asked; more was not checked.",
                   kw=number(mid, language, 2))  # fmt: skip
    if is_missing(fits) and row.get("binding_kind") == "no_station":
        return say("Er staat geen station op deze plek: ook minder kW per woning helpt niet.",
                   "No station stands at this place: fewer kW per home do not help.",
                   )  # fmt: skip
    if fits is None or is_missing(fits) or low is None or mid is None:
        return absent(say("het vermogen per woning waarmee alles past",
                          "the power per home with which all fits"), language).text  # fmt: skip
    words = PROMISES["above" if fits >= mid else "within" if fits >= low else "below"]
    return words.say(language, kw=number(fits, language, 2))


def _connection_promise(row: Row, language: Language) -> str:
    return speaker(language)(
        "Gevraagd is {kw} kW op het station (laag tot hoog {band} kW). Wat u in de drukke uren "
        "minder vraagt, past eerder.",
        "Asked is {kw} kW at the station (low to high {band} kW). What you ask less in the busy "
        "hours fits sooner.",
        kw=number(row.get("kw_mid"), language),
        band=span(row.get("kw_low"), row.get("kw_high"), language),
    )


def _helps(row: Row, tables: Tables, language: Language) -> tuple[Part, ...]:
    say = speaker(language)
    if "fits" not in row:
        return (absent(say("wat er knelt", "what binds"), language),)
    shown = [
        Shown(say("Wat knelt, en wanneer", "What binds, and when"),
              lambda one: binding_cell(one, language), ("binding", "binding_kind")),
        Shown(say("Tekort van die verbinding", "Shortage of that link"),
              lambda one: Cell(f"{kw_up(one['kw_short'], language)} kW"), ("kw_short",),
              numeric=True, share=0.6),
        Shown(say("Goedkoopste oplossing, en wie betaalt", "Cheapest remedy, and who pays"),
              lambda one: remedy_cell(one, tables.get("kinds"), language), ("remedy",),
              share=1.4),
    ]  # fmt: skip
    caption = say("Waar het vastloopt", "Where it gets stuck")
    only = pd.DataFrame([dict(row)])
    note = quarter_note(only, language).strip()
    stuck = show_table(only, shown, caption, language, note=note)
    return (stuck, _flexible(row, tables, language))


def _flexible(row: Row, tables: Tables, language: Language) -> Part:
    say = speaker(language)
    contracts = filled_rows_of(tables, "contracts", "year", "contract", "kw", "first_year")
    if contracts is not None:
        return _contracts_table(row, contracts, language)
    if "flexible" not in row:
        what = say("met welk contract het eerder past", "with which contract it fits sooner")
        return absent(what, language)
    if is_missing(row["flexible"]) and row["fits"] == "yes":
        return Text(say("Alles past met een vast contract; een flexibel is niet nodig.",
                        "All fits with a firm contract; no other is needed."))  # fmt: skip
    if is_missing(row["flexible"]):
        return Text(say("Er is geen flexibel contract bekend waarmee het eerder past.",
                        "No flexible contract is known with which it fits sooner."))  # fmt: skip
    year = row.get("flexible_year")
    return Text(say(
        "Met {contract} past het{when}.", "With {contract} it fits{when}.",
        contract=name_of(row["flexible"], CONTRACT_NAMES, language),
        when="" if is_missing(year) else say(" vanaf {y}", " from {y}", y=f"{year:.0f}"),
    ))  # fmt: skip


def _contracts_table(row: Row, contracts: pd.DataFrame, language: Language) -> Table:
    """One row per contract, in the year asked, or in the first year when that is not there."""
    say = speaker(language)
    asked = row.get("last_year")
    known = contracts["year"].isin([asked]).any()
    year = int(asked if known and asked is not None else contracts["year"].min())
    rows = contracts[contracts["year"] == year]
    shown = [
        Shown("Contract", lambda one: Cell(sentence(name_of(one["contract"], CONTRACTS, language))),
              ("contract",), share=2.2),
        Shown(say("Alles past vanaf", "All of it fits from"),
              lambda one: Cell(year_or_never(one["first_year"], None, language)),
              ("first_year",)),
        Shown(say("Past in {year}", "Fits in {year}", year=year),
              lambda one: Cell(f"{number(one['kw'], language)} kW", "", "modelled"), ("kw",),
              numeric=True),
    ]  # fmt: skip
    caption = say("Met een ander contract", "With another contract")
    return show_table(rows, shown, caption, language)


def _basis(tables: Tables, language: Language) -> str:
    say = speaker(language)
    stations = tables.get("stations")
    grid = say("Net: synthetisch, uit open data. Regio: aangenomen.",
               "Grid: synthetic, from open data. Region: assumed.")  # fmt: skip
    if stations is None or not stations.empty:
        return grid
    return grid + say(
        " Hier staat nog geen net; het model legt een eigen kabel van het onderstation en nieuwe "
        "stations.",
        " No grid stands here yet; the model lays a cable of its own from the substation and new "
        "stations.",
    )
