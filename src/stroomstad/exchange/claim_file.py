"""Writes the claim for housing as a workbook or a delimited file to hand to the grid operator."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stroomstad.exchange.workbooks import csv_bytes, workbook_bytes

_LOW, _MID, _HIGH = "kW laag (low)", "kW midden, geclaimd (claimed)", "kW hoog (high)"
_ASSUMED = "Project aangenomen (project assumed)"
_ROW = {
    "row": "Rij in de lijst (row)", "home_type": "Woningtype (type)",
    "heating": "Verwarming (heating)",
}  # fmt: skip
_CLAIM = {
    "project": "Project", "place": "Plaats (place)", "year": "Jaar (year)", "kw": _MID,
    "kw_low": _LOW, "kw_high": _HIGH, "homes": "Woningen (homes)", **_ROW,
    "kw_cumulative": "kW t/m dit jaar, deze rij (up to this year, row)",
    "kw_project": "kW t/m dit jaar, heel project (up to this year, project)",
    "fits": "Past deze rij in dit plan? (does the row fit in this plan?)",
    "first_year_fits": "Eerste jaar dat hele rij past (first year)",
    "area_code": "CBS-gebied (area)", "substation": "Onderstation (substation)",
    "x_m": "x RD (m)", "y_m": "y RD (m)", "category": "Prioriteit (category)",
    "assumed": _ASSUMED,
}  # fmt: skip
_SUMS = {
    "homes": "Woningen (homes)", "kw": _MID, "kw_low": _LOW, "kw_high": _HIGH,
    "kw_assumed": "waarvan van aangenomen projecten, kW (of assumed projects)",
}  # fmt: skip
_BY_PROJECT = {
    "project": "Project", "first_year": "Eerste jaar (first year)",
    "last_year": "Laatste jaar (last year)", **_SUMS,
}  # fmt: skip
_BY_YEAR = {
    "year": "Jaar (year)", **_SUMS,
    "kw_cumulative": "kW midden tot en met dit jaar (up to this year)",
}  # fmt: skip
_ORIGIN = {
    "project": "Project", **_ROW, "homes": "Woningen (homes)",
    "kw_per_home": "kW per woning, midden (kW per home, middle)",
    "kw_per_home_low": "kW per woning, laag (low)",
    "kw_per_home_high": "kW per woning, hoog (high)", "kw": "kW van de hele rij (whole row)",
    "promised": "Beloofd door ontwikkelaar (promised)",
    "status": "Herkomst van het kW-getal (origin of the kW figure)", "source": "Bron (source)",
}  # fmt: skip
_FITS = {"yes": "ja", "partly": "deels", "no": "nee"}
_STATUSES = {"sourced": "met bron (sourced)", "derived": "afgeleid (derived)",
             "assumed": "aangenomen (assumed)", "calibrated": "geijkt (calibrated)",
             "stated": "opgave in de lijst (stated)"}  # fmt: skip
_ABOUT = (
    (
        ("Wat dit is", "What this is"),
        (
            "Vermogen op het elektriciteitsnet dat de gemeente wil reserveren voor woningbouw: "
            "project, plaats, jaar en kW."
        ),
        (
            "Power on the electricity grid that the municipality wants to reserve for housing: "
            "project, place, year and kW."
        ),
    ),
    (
        ("Geen officieel formulier", "No official form"),
        (
            "Er was geen officieel formulier van de netbeheerder beschikbaar. De kolommen "
            "volgen de aankondigingen: project, plaats, jaar, kW. Vraag de netbeheerder of dit "
            "volstaat."
        ),
        (
            "No official form of the grid operator was available. The columns follow the "
            "announcements: project, place, year, kW. Ask the grid operator whether this "
            "suffices."
        ),
    ),
    (
        ("Wat een kW is", "What a kW is"),
        (
            "De gelijktijdige piek van de nieuwe woningen samen op het station dat hen voedt, "
            "niet de som van de aansluitingen. Per jaar telt wat er in dat jaar bij komt."
        ),
        (
            "The joint peak of the new homes at the station that feeds them, not the sum of the "
            "connections. Each year counts what is added in that year."
        ),
    ),
    (
        ("Waar de kW vandaan komen", "Where the kW come from"),
        (
            "Van de belofte van de ontwikkelaar waar die in de lijst staat, anders van de tabel "
            "met kW per woningtype en verwarming. Het blad Herkomst zegt het per rij, met de "
            "bron."
        ),
        (
            "From the promise of the developer where the list gives one, else from the table of "
            "kW per type of home and heating. The sheet Herkomst tells it per row, with the "
            "source."
        ),
    ),
    (
        ("Laag, midden, hoog", "Low, middle, high"),
        (
            "Geclaimd wordt het midden. Laag en hoog zijn de uitersten van dezelfde tabel; een "
            "belofte van de ontwikkelaar geldt in alle drie."
        ),
        (
            "The middle is claimed. Low and high are the ends of the same table; a promise of the "
            "developer holds in all three."
        ),
    ),
    (
        ("Wat past", "What fits"),
        (
            "De claim volgt wat gevraagd is, niet wat past. Ernaast staat of de hele rij van de "
            "lijst in dit plan past op het eigen net van de gemeente, in het midden en na wie "
            "voorgaat, en vanaf welk jaar; leeg is: niet binnen dit plan. Het is het antwoord "
            "van de ingelezen lijst. De regio telt daarin niet mee."
        ),
        (
            "The claim follows what is asked, not what fits. Beside it stands whether the whole "
            "row of the list fits in this plan on the city's own grid, in the middle case and "
            "after who goes before, and from which year; empty means: not within this plan. It "
            "is the answer of the imported list. The region is not counted in it."
        ),
    ),
    (
        ("Delen van een project", "Parts of a project"),
        (
            "Een project kan meer rijen in de lijst hebben. Het rijnummer, het woningtype en de "
            "verwarming zeggen welk deel het is. kW t/m dit jaar staat er twee keer: van deze "
            "rij, en van alle rijen van dit project samen. Tel ze niet op: optellen mag alleen "
            "met de kW van een jaar."
        ),
        (
            "A project can have more rows in the list. The number of the row, the type and the "
            "heating tell which part it is. kW up to this year is told twice: of this row, and of "
            "all rows of this project together. Do not add these up: only the kW of a year may be "
            "summed."
        ),
    ),
    (
        ("Wat is aangenomen", "What is assumed"),
        (
            "Twee dingen, apart verteld. Project aangenomen: iets in de rij van de lijst of de "
            "omtrek van de plek is aangenomen. Herkomst van het kW-getal, op het blad Herkomst: "
            "of de kW per woning een belofte is, uit een bron komt of aangenomen is. Het net "
            "achter de plaatsen is synthetisch, tenzij de stad haar eigen net opgaf: het "
            "onderstation is het waarschijnlijke, niet het toegewezen."
        ),
        (
            "Two things, told apart. Project assumed: something in the row of the list or the "
            "outline of the place is assumed. Origin of the kW figure, on the sheet Herkomst: "
            "whether the kW per home are promised, from a source or assumed. The grid behind the "
            "places is synthetic, unless the city gave its own: the substation is the likely one, "
            "not the assigned one."
        ),
    ),
    (
        ("Jaren", "Years"),
        (
            "Woningen die voor het eerste jaar klaar hadden moeten zijn tellen in het eerste "
            "jaar; woningen na het laatste jaar zijn niet meegenomen."
        ),
        (
            "Homes that were due before the first year count in the first year; homes after the "
            "last year are left out."
        ),
    ),
)


def claim_workbook(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, str]) -> bytes:
    """Write a claim with a heading sheet, its rows, sums, and where the kW come from.

    Parameters
    ----------
    tables
        ``claim`` as declared in `CLAIM`, its sums ``by_project`` and ``by_year``, and the
        ``origin`` of its kW, with the columns that the headers of this module name.
    facts
        What the heading should say besides, by name in Dutch, such as the municipality, the plan
        and the outlook.
    """
    origin = tables["origin"]
    told = origin.assign(status=origin["status"].map(lambda status: _STATUSES.get(status, status)))
    return workbook_bytes(
        {
            "Claim": _headed(_in_words(tables["claim"]), _CLAIM),
            "Per project": _headed(tables["by_project"], _BY_PROJECT),
            "Per jaar": _headed(tables["by_year"], _BY_YEAR),
            "Herkomst": _headed(told, _ORIGIN),
        },
        _about(facts),
    )


def claim_csv(claim: pd.DataFrame) -> bytes:
    """Write the rows of a claim, as declared in `CLAIM`, as a delimited file."""
    return csv_bytes(_headed(_in_words(claim), _CLAIM))


def _about(facts: Mapping[str, str]) -> pd.DataFrame:
    """What the reader should know first: the facts, then all in Dutch, and below it in English."""
    dutch = [(topics[0], nl) for topics, nl, _ in _ABOUT]
    english = [(topics[1], en) for topics, _, en in _ABOUT]
    rows = [*facts.items(), *dutch, *english]
    return pd.DataFrame(rows, columns=["Onderwerp (subject)", "Uitleg (explanation)"])


def _in_words(claim: pd.DataFrame) -> pd.DataFrame:
    return claim.assign(fits=claim["fits"].map(_FITS))


def _headed(rows: pd.DataFrame, headers: Mapping[str, str]) -> pd.DataFrame:
    return rows[list(headers)].rename(columns=dict(headers))
