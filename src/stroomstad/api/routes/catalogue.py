"""Routes of what forms need: kinds of measure, kinds of home, and the words of closed lists."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from stroomstad.api.guards import PAGE_POLICY
from stroomstad.api.picture.encoding import records
from stroomstad.api.picture.pictures import Picture, find_run
from stroomstad.api.problems import documented
from stroomstad.api.routes.runs import JSON_OF
from stroomstad.api.service import AtHand
from stroomstad.errors import InvalidData, Issue, raise_faults
from stroomstad.pages import compare_page, render_html, render_pdf
from stroomstad.pages.words import OWNERS, UNITS, UNITS_OF_ONE
from stroomstad.planning.project_words import LIST_COLUMNS
from stroomstad.tables import words
from stroomstad.tables.limits import TRANSFORMER_LIMITS
from stroomstad.tables.parameters import CASES
from stroomstad.tables.plan import MEASURE_STATUSES, PAYERS
from stroomstad.tables.words import Language, Words

router = APIRouter(tags=["catalogue"])
_PAGE_OF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the page",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("text/html", "application/pdf")
        },
    }
}


@router.get(
    "/catalogue", operation_id="getCatalogue", responses=documented() | JSON_OF,
    response_model=None,
)  # fmt: skip
def catalogue(service: AtHand) -> dict[str, Any]:
    """Tell what plans and lists may choose from."""
    found = service.catalogue
    return {
        "city": service.city_name,
        "kinds": records(found.kinds),
        "home_types": records(found.home_types),
        "payers": list(PAYERS),
        "statuses": list(MEASURE_STATUSES),
        "outlooks": list(CASES),
        "first_year": int(found.outlook["year"].min()),
        "last_year": int(found.outlook["year"].max()),
        "list_columns": [
            {
                "key": each.key, "nl": each.nl, "en": each.en, "needed": each.needed,
                "unit": each.unit, "about": each.about, "about_nl": each.about_nl,
                "values": [{"value": value, "nl": said[0], "en": said[1]}
                           for value, said in each.words.items()],
            }
            for each in LIST_COLUMNS
        ],
        "limits": {
            "transformers": list(TRANSFORMER_LIMITS),
            "usual": dataclasses.asdict(service.limits),
        },
        "outlines": sorted(service.outlines["place"].astype(str)),
        "words": {language: _words(language) for language in ("nl", "en")},
    }  # fmt: skip


@router.get(
    "/compare/{a}/{b}", operation_id="getComparison", responses=documented(404) | _PAGE_OF,
    response_model=None,
)  # fmt: skip
def compare(
    a: str,
    b: str,
    service: AtHand,
    form: Annotated[Literal["html", "pdf"], Query(alias="format")] = "html",
    language: Annotated[Language, Query(description="of the page")] = "nl",
) -> Response:
    """Give two plans side by side, on one page for a council."""
    one, other = find_run(service.runs, a), find_run(service.runs, b)
    raise_faults([issue for run in (one, other) for issue in _no_plan(run)])
    if one.manifest["city"] != other.manifest["city"]:
        raise InvalidData([Issue("b", "is of another city.", "Compare plans of one city.")])
    page = compare_page(one.manifest, one.tables, other.manifest, other.tables, language)
    if form == "pdf":
        named = {"Content-Disposition": f'inline; filename="{a}-{b}.pdf"'}
        return Response(render_pdf(page), media_type="application/pdf", headers=named)

    headers = {"Content-Security-Policy": PAGE_POLICY}
    return Response(render_html(page), media_type="text/html; charset=utf-8", headers=headers)


def _no_plan(run: Picture) -> list[Issue]:
    if run.kind == "plan":
        return []
    return [Issue(run.id, "is no run of a plan.", "Name a run of kind plan.")]


def _words(language: Language) -> dict[str, dict[str, str]]:
    """Words of closed lists, by list and code."""
    lists: dict[str, dict[str, Words]] = {
        "payers": words.PAYERS,
        "link_kinds": words.LINK_KINDS,
        "statuses": words.MEASURE_STATUSES,
        "kinds": words.KINDS,
        "yes_no": words.YES_NO,
        "owners": OWNERS,
        "units": UNITS,
        "units_of_one": UNITS | UNITS_OF_ONE,
    }
    return {
        name: {code: each.say(language) for code, each in said.items()}
        for name, said in lists.items()
    }
