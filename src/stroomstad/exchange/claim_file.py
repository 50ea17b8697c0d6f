"""Writes the claim for housing as a workbook or a delimited file to hand to the grid operator."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stroomstad.exchange.workbooks import csv_bytes, workbook_bytes

_CLAIM = {
    "project": "Project", "place": "Plaats (place)", "year": "Jaar (year)", "kw": "kW",
    "kw_cumulative": "kW tot en met dit jaar (cumulative)", "homes": "Woningen (homes)",
    "area_code": "CBS-gebied (area)", "substation": "Onderstation (substation)",
    "x_m": "x RD (m)", "y_m": "y RD (m)", "category": "Prioriteit (category)",
    "assumed": "Aangenomen (assumed)",
}  # fmt: skip
_BY_YEAR = {
    "year": "Jaar (year)", "homes": "Woningen (homes)", "kw": "kW",
    "kw_cumulative": "kW tot en met dit jaar (cumulative)",
    "kw_assumed": "waarvan aangenomen, kW (assumed)",
}  # fmt: skip
_ORIGIN = {
    "project": "Project", "row": "Rij in de lijst (row)", "homes": "Woningen (homes)",
    "home_type": "Woningtype (type)", "heating": "Verwarming (heating)",
    "kw_per_home": "kW per woning (kW per home)", "kw": "kW",
    "promised": "Beloofd door ontwikkelaar (promised)", "status": "Status",
    "source": "Bron (source)",
}  # fmt: skip
_STATUSES = {"sourced": "met bron (sourced)", "derived": "afgeleid (derived)",
             "assumed": "aangenomen (assumed)", "calibrated": "geijkt (calibrated)",
             "stated": "opgave in de lijst (stated)"}  # fmt: skip
_ABOUT = (
    (
        "Wat dit is",
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
        "Geen officieel formulier",
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
        "Wat een kW is",
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
        "Waar de kW vandaan komen",
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
        "Wat is aangenomen",
        (
            "Rijen met ja onder Aangenomen bevatten een aangenomen getal of een aangenomen "
            "omtrek. Het net achter de plaatsen is synthetisch: het onderstation is het "
            "waarschijnlijke, niet het toegewezen."
        ),
        (
            "Rows with ja (yes) under Aangenomen hold an assumed number or an assumed outline. "
            "The grid behind the places is synthetic: the substation is the likely one, not the "
            "assigned one."
        ),
    ),
    (
        "Jaren",
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


def claim_workbook(
    claim: pd.DataFrame,
    by_year: pd.DataFrame,
    origin: pd.DataFrame,
    facts: Mapping[str, str],
) -> bytes:
    """Write a claim with a heading sheet, its rows, sums per year, and where the kW come from.

    Parameters
    ----------
    claim
        As declared in `CLAIM`.
    by_year
        Columns ``year, homes, kw, kw_cumulative, kw_assumed``.
    origin
        Columns ``project, row, homes, home_type, heating, kw_per_home, kw, promised, status,
        source``.
    facts
        What the heading should say besides, by name in Dutch, such as the municipality, the plan
        and the outlook.
    """
    rows = [(name, value, "") for name, value in facts.items()]
    about = pd.DataFrame([*rows, *_ABOUT], columns=["Onderwerp", "Nederlands", "English"])
    told = origin.assign(status=origin["status"].map(lambda status: _STATUSES.get(status, status)))
    return workbook_bytes(
        {
            "Claim": _headed(claim, _CLAIM),
            "Per jaar": _headed(by_year, _BY_YEAR),
            "Herkomst": _headed(told, _ORIGIN),
        },
        about,
    )


def claim_csv(claim: pd.DataFrame) -> bytes:
    """Write the rows of a claim, as declared in `CLAIM`, as a delimited file."""
    return csv_bytes(_headed(claim, _CLAIM))


def _headed(rows: pd.DataFrame, headers: Mapping[str, str]) -> pd.DataFrame:
    return rows[list(headers)].rename(columns=dict(headers))
