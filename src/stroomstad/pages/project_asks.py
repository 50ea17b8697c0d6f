"""What the developer of a project can ask, and of whom."""

from __future__ import annotations

from stroomstad.pages.answer import kind_name
from stroomstad.pages.cells import asset_said, remedy_cell
from stroomstad.pages.page import Facts, Notes, Row, Tables, filled_rows_of, records
from stroomstad.pages.words import (
    is_missing,
    listed,
    number,
    speaker,
)
from stroomstad.tables.words import (
    Language,
)


def asks(row: Row, facts: Facts, tables: Tables, language: Language) -> Notes:
    """What to ask of the municipality, the grid operator and oneself."""
    say = speaker(language)
    return Notes((
        (say("Aan de gemeente", "Of the municipality"), _ask_municipality(tables, language)),
        (say("Aan de netbeheerder", "Of the grid operator"),
         _ask_operator(row, facts, tables, language)),
        (say("Aan uzelf", "Of yourself"), _ask_self(row, facts, language)),
    ))  # fmt: skip


def _ask_municipality(tables: Tables, language: Language) -> str:
    say = speaker(language)
    claim = filled_rows_of(tables, "claim", "year", "kw_cumulative")
    if claim is None:
        return say("Zet dit project op de projectenlijst van de gemeente.",
                   "Put this project on the project list of the municipality.")  # fmt: skip
    last = records(claim.sort_values("year"))[-1]
    return say(
        "Neem deze woningen op in de claim van netruimte: {kw} kW tot en met {year}. Wijs ook plek "
        "aan voor stations.",
        "Put these homes in the claim of grid capacity: {kw} kW up to {year}. Also set aside "
        "ground for stations.",
        kw=number(last["kw_cumulative"], language), year=int(last["year"]),
    )  # fmt: skip


def _ask_operator(row: Row, facts: Facts, tables: Tables, language: Language) -> str:
    say = speaker(language)
    said = []
    if not is_missing(row.get("remedy")):
        cell = remedy_cell(row, tables.get("kinds"), language)
        name = kind_name(row["remedy"], tables.get("kinds"), language)
        said.append(say("Of deze oplossing kan, en wanneer: {remedy}{how}.",
                        "Whether this remedy is possible, and when: {remedy}{how}.", remedy=name,
                        how=f" ({cell.small})" if cell.small else ""))  # fmt: skip
    known = not is_missing(row.get("binding")) and row.get("binding_kind") != "no_station"
    bound, fed_by = asset_said(row) if known else None, facts.get("substation_name")
    # The substation that feeds the place is told once.
    names = (bound, None if bound and str(fed_by) in bound else fed_by)
    assets = list(dict.fromkeys(str(name) for name in names if not is_missing(name)))
    said.append(say(
        "Wat er werkelijk ligt, want dit net is nagebouwd: hoeveel ruimte is er op {assets}?",
        "What really lies there, since this grid is rebuilt: how much room is there on {assets}?",
        assets=listed(assets, language) or say("deze plek", "this place"),
    ))  # fmt: skip
    return " ".join(said)


def _ask_self(row: Row, facts: Facts, language: Language) -> str:
    say = speaker(language)
    unit_is_kw = row.get("kind") == "connection"
    low, mid, fits = (facts.get(f"kw_per_home_{name}") for name in ("low", "mid", "fits"))
    if unit_is_kw or fits is None or low is None or mid is None or is_missing(fits):
        return say(
            "Leg vast hoeveel vermogen u in de drukke uren nodig hebt, en hoeveel later kan.",
            "Settle how much power you need in the busy hours, and how much can wait.",
        )
    # Below the lowest that is taken for such homes a promise could not be kept.
    return say(
        "Leg in het contract vast: hoogstens {kw} kW per woning in de drukke uren, met een "
        "afspraak over verwarming, koken en laden, en meet het na oplevering.",
        "Settle in the contract: at most {kw} kW per home in the busy hours, with an agreement on "
        "heating, cooking and charging, and measure it after delivery.",
        kw=number(max(low, min(fits, mid)), language, 2),
    )
