"""Faults of requests in Dutch and in English: every one in both, saying the same."""

import json

import pytest
from dutch import english_left, lost_values
from lists import ROWS, SLIPS, book, changed, stored
from plan_texts import ODD, UNREADABLE, UNSOUND
from services import plan_for, rows_for

from service.conftest import client_of
from stroomstad.api import Rate
from stroomstad.api.routes.jobs import WAITING_MAX
from stroomstad.errors import Issue
from stroomstad.planning.project_words import key_of_header, normal_form

NEW = {"If-None-Match": "*"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Names of what is asked of the interface, and of a kind, which are the same in Dutch.
CODES = {"from", "to", "homes"}


def asked_in(client, language, question):
    method, path, options = question
    headers = {"Accept-Language": language} | options.get("headers", {})
    return client.request(method, path, **options | {"headers": headers})


def in_both(client, question):
    """The answers to one question, in English and in Dutch."""
    english, dutch = (asked_in(client, language, question) for language in ("en", "nl"))
    assert english.status_code == dutch.status_code
    return english.json(), dutch.json()


def assert_says_the_same(english, dutch):
    """Nothing of an issue is English, no value of it is lost, and it says which language it is."""
    assert (english["language"], dutch["language"]) == ("en", "nl"), english
    assert english.get("field") == dutch.get("field")
    for part in ("problem", "remedy"):
        assert lost_values(english[part], dutch[part]) == [], dutch[part]
    said = f"{dutch['where']}: {dutch['problem']} {dutch['remedy']}"
    assert english_left(said, CODES) == [], said


def assert_told(english, dutch, least=1):
    assert (english["language"], dutch["language"]) == ("en", "nl"), english
    assert english_left(f"{dutch['title']}. {dutch['detail']}") == [], dutch
    assert lost_values(english["detail"], dutch["detail"]) == []
    assert len(dutch["issues"]) >= least
    for one, other in zip(english["issues"], dutch["issues"], strict=True):
        assert_says_the_same(one, other)


def put_plan(content, **headers):
    given = {"content": content} if isinstance(content, bytes) else {"json": content}
    return "PUT", "/v1/plans/fout", given | {"headers": NEW | headers}


def put_list(content, **headers):
    given = {"content": content} if isinstance(content, bytes) else {"json": {"rows": content}}
    return "PUT", "/v1/lists/fout", given | {"headers": NEW | headers}


def as_row(row):
    """A row of a spreadsheet under the keys of a list."""
    keys = key_of_header()
    return {keys[normal_form(name)]: value for name, value in row.items() if value is not None}


HEADED = [dict(zip(("Project", "Plaats", "Eerste jaar", "Laatste jaar", "Woningen", "Woningtype",
                    "Verwarming", "Beloofde kW", "Aansluiting kW", "Profiel", "Prioriteit",
                    "Datum aanvraag"), row, strict=True))
          for row in [row for row, *_ in SLIPS.values()]]  # fmt: skip


def test_faults_of_plans_are_told_in_both(client, made):
    good = plan_for(made)["measure"][0]
    changes = [each for each, _ in [*UNSOUND, *ODD, *UNREADABLE]]
    sendable = [each for each in changes if _can_be_sent(each)]
    measures = [good | {"id": f"m{n}"} | each for n, each in enumerate(sendable)]
    line = {"line": "energy", "payer": "municipality", "eur": -1, "first_year": 2030}
    promises = [{"project": "p", "year": 2050, "size": 5}, {"project": "q", "size": "veel"}]
    plan = plan_for(made, measure=measures, budget=[line, line], promise=promises, city="Elders",
                    outlines="x", colour=1)  # fmt: skip
    english, dutch = in_both(client, put_plan(plan))
    assert_told(english, dutch, least=60)
    assert dutch["detail"] == f"Fouten: {len(dutch['issues'])}."


def _can_be_sent(changes):
    try:
        json.dumps(changes, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return "id" not in changes


def test_faults_of_lists_are_told_in_both(client, made):
    english, dutch = in_both(client, put_list([as_row(row) for row in HEADED]))
    assert_told(english, dutch, least=25)
    formulas = rows_for(made, segment="=1+1", place="blok.geojson")
    assert_told(*in_both(client, put_list(formulas)), least=2)
    assert_told(*in_both(client, put_list([])))


def test_faults_of_files_are_told_in_both(client):
    made = book([changed(Woningen="=1+1"), ROWS[1]], title="Blad1")
    made.active.merge_cells("A2:A3")
    for content in (b"", b"PK\x03\x04rommel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1oud", b"%PDF-1.7",
                    b'A;B\n"x;1\n', b"A;B\n1;2;3\n", b"A\x00B", stored(made)):  # fmt: skip
        assert_told(*in_both(client, put_list(content, **{"Content-Type": XLSX})))
    assert_told(*in_both(client, put_list(b"<a/>", **{"Content-Type": "text/xml"})))
    for content in (b"name = ", b"\xff\xfe\x00", b"name = 1\n[[measure]]\n"):
        assert_told(*in_both(client, put_plan(content, **{"Content-Type": "application/toml"})))
    for content in (b"{", b"[]", b'{"name": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"a" 1}'):
        assert_told(*in_both(client, put_plan(content, **{"Content-Type": "application/json"})))


OUTLINE = {"type": "Feature", "properties": {"name": "A"},
           "geometry": {"type": "Polygon", "coordinates": [[[5, 52], [5.1, 52.1], [5.1, 52],
                                                            [5, 52.1], [5, 52]]]}}  # fmt: skip


def test_faults_of_outlines_are_told_in_both(client, made):
    outlines = {"type": "FeatureCollection", "features": [OUTLINE, OUTLINE]}
    assert_told(*in_both(client, put_plan(plan_for(made, outlines=outlines))), least=2)


QUESTIONS = {
    "no such page": ("GET", "/v1/nothing", {}),
    "no such method": ("POST", "/v1/city", {}),
    "no such plan": ("GET", "/v1/plans/nergens", {}),
    "no such job": ("GET", "/v1/jobs/nergens", {}),
    "no such run": ("GET", "/v1/runs/nergens", {}),
    "no such table": ("GET", "/v1/runs/{city}/tables/geen", {}),
    "no such file": ("GET", "/v1/runs/{city}/files/geen.html", {}),
    "no such series": ("GET", "/v1/runs/{city}/loading/herfst", {}),
    "no year": ("GET", "/v1/runs/{city}/loading/year", {}),
    "no such link": ("GET", "/v1/runs/{city}/links/geen", {}),
    "no such layer": ("GET", "/v1/collections/geen/items", {}),
    "no such feature": ("GET", "/v1/collections/areas/items/geen", {}),
    "no such component": ("GET", "/v1/components/geen", {}),
    "no such example": ("POST", "/v1/examples/geen", {}),
    "no such name": ("PUT", "/v1/plans/a%20b", {"headers": NEW, "json": {"name": "x"}}),
    "no tag": ("PUT", "/v1/plans/fout", {"json": {}}),
    "another tag": ("DELETE", "/v1/plans/proef", {"headers": {"If-Match": '"oud"'}}),
    "a job of nothing": ("POST", "/v1/jobs", {"json": {"kind": "plan"}}),
    "a job of no kind": ("POST", "/v1/jobs", {"json": {"kind": "dans", "surprise": 1}}),
    "a job without kind": ("POST", "/v1/jobs", {"json": {}}),
    "a job that is no JSON": ("POST", "/v1/jobs", {"content": b"{", "headers": {
        "Content-Type": "application/json"}}),
    "a job that is a list": ("POST", "/v1/jobs", {"json": [1]}),
    "a job of wrong numbers": ("POST", "/v1/jobs", {"json": {
        "kind": "search", "plan": 3, "list": "x" * 70, "homes": "veel", "gap": 2, "curve": "ja",
        "budgets_eur": {"state": -1}}}),
    "a budget of nobody": ("POST", "/v1/jobs", {"json": {
        "kind": "search", "plan": "proef", "list": "proef", "budgets_eur": {"koning": 1}}}),
    "steps beyond": ("GET", "/v1/runs/{city}/loading/winter?from=5&to=5", {}),
    "steps below": ("GET", "/v1/runs/{city}/loading/winter?from=-1", {}),
    "steps of words": ("GET", "/v1/runs/{city}/loading/winter?from=nu", {}),
    "a question nobody knows": ("GET", "/v1/collections/areas/items?colour=red", {}),
    "a system nobody knows": ("GET", "/v1/collections/areas/items?crs=EPSG:4326", {}),
    "a box of words": ("GET", "/v1/collections/areas/items?bbox=a,b", {}),
    "a box inside out": ("GET", "/v1/collections/areas/items?bbox=6,52,5,53", {}),
    "a box in metres": ("GET", "/v1/collections/areas/items?bbox=1e5,4e5,2e5,5e5", {}),
    "no moment": ("GET", "/v1/collections/measures/items?datetime=ooit", {}),
    "a period inside out": ("GET", "/v1/collections/measures/items?datetime=2030/2020", {}),
    "a kind of what has none": ("GET", "/v1/collections/areas/items?kind=x", {}),
    "a run of another kind": ("GET", "/v1/collections/measures/items?run={city}", {}),
    "too long a question": ("GET", f"/v1/search?q={'x' * 5000}", {}),
    "too many signs": ("GET", f"/v1/search?q={'x' * 101}", {}),
    "a form nobody knows": ("GET", "/v1/plans/proef?format=doc", {}),
    "no plans to compare": ("GET", "/v1/compare/{city}/{city}", {}),
    "another host": ("GET", "/v1", {"headers": {"Host": "example.org"}}),
    "another page": ("DELETE", "/v1/plans/proef", {"headers": {"Origin": "http://example.org"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_whatever_is_refused_is_refused_in_both(client, runs, name):
    method, path, options = QUESTIONS[name]
    english, dutch = in_both(client, (method, path.replace("{city}", runs["city"]), options))
    assert dutch["status"] >= 400
    assert_told(english, dutch, least=0)


def test_too_much_at_once_is_told_in_dutch(made):
    with client_of(made, rate=Rate(0.001, 0.5)) as client:
        answer = asked_in(client, "nl", ("GET", "/v1/city", {}))
    assert answer.status_code == 429
    assert answer.json()["language"] == "nl"
    assert answer.headers["Content-Language"] == "nl"


def test_a_full_queue_is_told_in_dutch(client, made, monkeypatch):
    monkeypatch.setattr(type(made.jobs), "all", lambda *_: [None] * WAITING_MAX)
    english, dutch = in_both(client, ("POST", "/v1/jobs", {"json": {"kind": "city"}}))
    assert_told(english, dutch)


def test_warnings_of_what_was_saved_are_told_in_dutch(client, made):
    measure = plan_for(made)["measure"][0] | {"source": None, "assumed": False}
    plan = plan_for(made, measure=[{k: v for k, v in measure.items() if v is not None}])
    answer = asked_in(client, "nl", ("PUT", "/v1/plans/bronloos", {"json": plan, "headers": NEW}))
    assert answer.status_code == 201
    assert [each["problem"] for each in answer.json()["issues"]] == ["noemt geen bron."]


ENDS = {
    "cancelled.": "afgebroken.",
    "faults: 2.": "fouten: 2.",
    "the calculation was cut off 2 times, last at 'search again'.":
        "de berekening is 2 keer onderbroken, het laatst bij: opnieuw zoeken.",
    "stopped by a fault of the program (KeyError: 'x').":
        "gestopt door een fout in het programma (melding: \"KeyError: 'x'\").",
}  # fmt: skip


@pytest.mark.parametrize("message", ENDS)
def test_how_a_job_ended_is_told_in_both(client, made, message):
    """What is kept is English; it is said in Dutch when it is told."""
    issue = Issue("plan.toml, measure a", "nobody pays it.", "Name payers with their shares.")
    job = made.jobs.add("check", {})
    made.jobs.end(job.id, "failed", issues=[issue], message=message)
    english, dutch = in_both(client, ("GET", f"/v1/jobs/{job.id}", {}))
    assert (english["message"], dutch["message"]) == (message, ENDS[message])
    assert (english["language"], dutch["language"]) == ("en", "nl")
    assert_says_the_same(english["issues"][0], dutch["issues"][0])
    assert dutch["issues"][0]["where"] == "plan.toml, maatregel a"


def test_what_has_no_dutch_is_told_in_english_and_says_so(client, made):
    job = made.jobs.add("check", {})
    odd = Issue("plan", "it rains.", "Wait.")
    made.jobs.end(job.id, "failed", issues=[odd], message="the sky fell.")
    told = asked_in(client, "nl", ("GET", f"/v1/jobs/{job.id}", {})).json()
    assert (told["message"], told["language"]) == ("the sky fell.", "en")
    assert told["issues"][0]["problem"] == "it rains."
    assert told["issues"][0]["language"] == "en"


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (None, "en"), ("", "en"), ("nl", "nl"), ("NL", "nl"), ("nl-BE", "nl"), ("fr", "en"),
        ("en", "en"), ("nl,en;q=0.9", "nl"), ("en;q=0.5, nl;q=0.8", "nl"),
        ("nl;q=0.2,en;q=0.7", "en"), ("de,nl;q=0.1", "nl"), ("nl;q=0", "en"), ("*", "en"),
        ("nl;q=veel", "en"), ("en,nl", "en"), (";;,,=", "en"),
    ],
)  # fmt: skip
def test_the_language_that_is_wanted_most_is_spoken(client, asked, language):
    headers = {} if asked is None else {"Accept-Language": asked}
    client.headers.pop("accept-language", None)
    answer = client.get("/v1/plans/nergens", headers=headers)
    assert answer.json()["language"] == language
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


def test_a_question_for_a_language_goes_before_that_of_the_browser(client, runs):
    path = f"/v1/runs/{runs['city']}/tables/geen"
    headers = {"Accept-Language": "en"}
    assert client.get(f"{path}?language=nl", headers=headers).json()["language"] == "nl"
    assert client.get(f"{path}?language=en", headers={"Accept-Language": "nl"}).json()[
        "language"] == "en"  # fmt: skip


def test_the_description_tells_of_the_language(client):
    described = client.get("/v1/openapi.json").json()
    for name in ("Problem", "IssueTold"):
        told = described["components"]["schemas"][name]
        assert told["properties"]["language"]["enum"] == ["nl", "en"]
        assert "language" in told["required"]
    for operations in described["paths"].values():
        for operation in operations.values():
            headers = [each["name"] for each in operation["parameters"] if each["in"] == "header"]
            assert "accept-language" in headers


def test_warnings_of_the_city_are_told_in_both(client):
    for each in client.get("/v1/city").json()["warnings"]:
        assert each["nl"], each["en"]
        assert english_left(each["nl"]) == []
