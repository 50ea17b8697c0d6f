"""The project list: homes and connections that wait, and what the twin answers to each."""

from __future__ import annotations

from stroomstad.tables.schema import count, flag, number, table, text
from stroomstad.tables.schema import key as key_

HOME_TYPE_NAMES = ("apartment", "terraced", "semi_detached", "detached", "any")
HEATINGS = ("heat_net", "heat_pump", "hybrid", "gas", "grid_aware", "unknown")
PROFILES = ("home", "flat", "office", "industry", "charging", "outside_window")
# Legal order of priority: 1 softens congestion, 2 safety, 3 basic needs (homes, schools, care),
# 4 all others, by date of request. ACM, Stcrt. 2025-42323.
CATEGORIES = (1, 2, 3, 4)
# Why no remedy is told; `stroomstad.fitting.remedies` says what each means.
REMEDY_REASONS = ("waits", "too_late", "not_enough", "not_looked_at")
# Stands between the kinds, and between the payers, of a remedy of several measures.
BESIDE = " + "
# Headers that begin so hold an answer; whoever reads a list leaves them alone.
ANSWER_MARKS = {"nl": "Antwoord:", "en": "Answer:"}

PROJECTS = table(
    "projects",
    "Homes and connections that wait; one row per part with its own type, segment or heating.",
    {
        "project_id": key_("identifier: the name, with a number where a name has more rows"),
        "row": count("row in the list that was handed in"),
        "name": text("name of the project"),
        "kind": text("what is asked", isin=("homes", "connection")),
        "place": text("area code, postcode, point, named outline or outline file"),
        "first_year": count("first year of delivery"),
        "last_year": count("last year of delivery; the same for a connection"),
        "homes": number("homes; 0 for a connection", "1"),
        "home_type": text("type of the homes; empty for a connection"),
        "segment": text("segment, as written; tells nothing to the grid"),
        "heating": text("heating of the homes; empty for a connection"),
        "kw_promised": number("promised peak of the whole row at station level", "kW",
                              nullable=True),
        "connection_kw": number("power of the connection; 0 for homes", "kW"),
        "profile": text("how it draws over the day"),
        "category": count("legal category of priority, 1 to 4"),
        "requested_on": text("day of the complete request, ISO 8601; empty when not yet asked"),
        "jobs": number("jobs that come with it; missing when unknown", "1", nullable=True),
        "assumed": flag("whether anything in it is assumed"),
        "source": text("where it comes from"),
    },
)  # fmt: skip

FITS = table(
    "fits",
    "The answer to each row of a project list, in the order of the list.",
    {
        "project_id": text("project"),
        "row": count("row in the list that was handed in"),
        "fits": text("whether all of it fits when asked", isin=("yes", "partly", "no")),
        "fits_alone": text("the same if nobody stood before it", isin=("yes", "partly", "no")),
        "size_asked": number("homes, or kW of a connection", "home or kW"),
        "size_low": number("what fits at its last year, in the case with least room", "home or kW"),
        "size_mid": number("what fits at its last year", "home or kW"),
        "size_high": number("the same in the case with most room", "home or kW"),
        "first_year_fits": number("first year from which all of it fits and keeps fitting; "
                                  "missing when none", "year", nullable=True),
        "kw_low": number("power it adds at station level, lowest", "kW"),
        "kw_mid": number("power it adds at station level", "kW"),
        "kw_high": number("power it adds at station level, highest", "kW"),
        "region_mw": number("power the region must leave for it", "MW"),
        "fits_with_region": text("whether the region of the outlook leaves that when asked",
                                 isin=("yes", "no")),
        "binding": text("asset that is full first; empty when all fits", nullable=True),
        "binding_kind": text("kind of that asset", nullable=True),
        "binding_at": text("quarter in which it is full, UTC", nullable=True),
        "kw_short": number("power that is lacking there", "kW"),
        "remedy": text("cheapest measure that makes it fit; empty when none is needed or known",
                       nullable=True),
        "remedy_size": number("its size, in the unit of its kind", "as the kind", nullable=True),
        "remedy_eur": number("its investment", "EUR", nullable=True),
        "remedy_payer": text("who pays it by default", nullable=True),
        "remedy_year": number("first year in which it fits with that measure", "year",
                              nullable=True),
        "why_no_remedy": text("why no measure is told although not all fits",
                              isin=REMEDY_REASONS, nullable=True),
        "flexible": text("contract with which it fits earlier; empty when none", nullable=True),
        "flexible_year": number("first year with that contract", "year", nullable=True),
        "queue_place": count("place in the legal order, from 1"),
        "homes_per_mw": number("homes per MW of the power it adds; missing for a connection",
                               "1/MW", nullable=True),
        "jobs_per_mw": number("jobs per MW of that power; missing when unknown", "1/MW",
                              nullable=True),
    },
)  # fmt: skip

CLAIM = table(
    "claim",
    "Capacity to claim for housing: project, place, year and power.",
    {
        "project": text("name"),
        "row": count("row in the list that was handed in; tells parts of one project apart"),
        "home_type": text("type of the homes, in Dutch"),
        "heating": text("heating of the homes, in Dutch"),
        "place": text("place as in the list"),
        "area_code": text("area in which it lies"),
        "substation": text("substation that would feed it"),
        "x_m": number("easting of its middle, EPSG:28992, in whole metres", "m", lowest=None),
        "y_m": number("northing of its middle, EPSG:28992, in whole metres", "m", lowest=None),
        "year": count("year in which the power is needed"),
        "homes": number("homes added in that year", "1"),
        "kw_low": number("power added in that year at station level, lowest", "kW"),
        "kw": number("the same in the middle case, which is claimed", "kW"),
        "kw_high": number("the same, highest; a promise holds in every case", "kW"),
        "kw_cumulative": number("power of the row up to and including that year", "kW"),
        "kw_project": number("power of all rows of that project up to and including that year",
                             "kW"),
        "fits": text("whether all of the row fits in the plan when asked, in the middle case",
                     isin=("yes", "partly", "no")),
        "first_year_fits": number("first year from which all of the row fits and keeps fitting; "
                                  "missing when none", "year", nullable=True),
        "category": count("legal category of priority"),
        "assumed": flag("whether anything in the row of the list, or its outline, is assumed"),
    },
)  # fmt: skip
