"""The interface as a whole: its description, and that every answer is as described.

The rules are those of the Dutch API design rules 2.1 (Logius), restated.
"""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from openapi_spec_validator import OpenAPIV30SpecValidator
from schemathesis.specs.openapi import checks
from services import PLENTY

from stroomstad.api import Rate, build_app

STANDARD = {"get", "put", "post", "delete", "head", "options", "patch"}
# Names that OGC gives; everything else follows the rule for names.
OF_OGC = {"bbox-crs"}


@pytest.fixture
def described(client):
    return client.get("/v1/openapi.json").json()


def test_the_description_is_openapi_3_0_and_valid(described):
    assert re.fullmatch(r"3\.0\.\d+", described["openapi"])
    assert not list(OpenAPIV30SpecValidator(described).iter_errors())


def test_the_description_may_be_read_from_anywhere_and_says_whom_to_ask(client, described):
    assert client.get("/v1/openapi.json").headers["Access-Control-Allow-Origin"] == "*"
    assert set(described["info"]["contact"]) == {"name", "url", "email"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", described["info"]["version"])


def test_every_answer_tells_the_version(client, described):
    for path in ("/v1", "/v1/city", "/v1/nothing"):
        assert client.get(path).headers["API-Version"] == described["info"]["version"]


def test_addresses_are_nouns_in_small_letters_with_the_major_version(described):
    for path in described["paths"]:
        assert path.startswith("/v1")
        assert not path.endswith("/")
        for part in path.split("/")[1:]:
            assert re.fullmatch(r"[a-z0-9-]+|\{[a-z]+\}", part), path


def test_only_standard_methods_are_used(described):
    for path, operations in described["paths"].items():
        assert set(operations) <= STANDARD, path


def test_names_in_questions_are_camel_case(described):
    for operations in described["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query" and parameter["name"] not in OF_OGC:
                    assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", parameter["name"])


def test_every_route_documents_its_faults_as_problems(described):
    for operations in described["paths"].values():
        for operation in operations.values():
            faults = [status for status in operation["responses"] if status >= "400"]
            assert "400" in faults
            assert "422" not in faults
            for status in faults:
                assert set(operation["responses"][status]["content"]) == {
                    "application/problem+json"
                }


def test_a_closing_slash_is_not_there(client):
    for path in ("/v1/", "/v1/city/", "/v1/collections/"):
        assert client.get(path).status_code == 404


def test_a_method_that_is_not_there_is_told_as_a_problem(client):
    answer = client.post("/v1/city")
    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Allow"]


NOT_CHECKED = (
    # A question that is fine by its form may still be about something that is not there.
    "positive_data_acceptance", "negative_data_rejection", "ensure_resource_availability",
    "use_after_free", "unsupported_method", "allow_header_conformance", "ignored_auth",
    "object_level_authorization", "missing_required_header",
)  # fmt: skip
ROUTES = (
    "getLandingPage", "getConformance", "getCollections", "getCollection", "getFeatures",
    "getFeature", "getDownload", "getCity", "getPlaces", "getParameters", "getRuns", "getRun",
    "getTable", "getFile", "getLoading", "getLink", "getLinkLoading", "getPlans", "getPlan",
    "putPlan", "deletePlan", "getLists", "getListTemplate", "getList", "putList", "deleteList",
    "getExamples", "copyExample", "postJob", "getJobs", "getJob", "deleteJob", "getCatalogue",
    "getComparison", "getComponents", "getComponent", "getIndicators",
)  # fmt: skip


def test_every_route_is_tried(described):
    told = {
        operation["operationId"]
        for operations in described["paths"].values()
        for operation in operations.values()
    }
    assert told == set(ROUTES)


def asked_here(application):
    """The application, asked by the name of this machine whatever the question says."""

    async def named(scope, receive, send):
        headers = [each for each in scope.get("headers", []) if each[0] != b"host"]
        await application(scope | {"headers": [*headers, (b"host", b"127.0.0.1")]}, receive, send)

    return named


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("route", ROUTES)
def test_whatever_is_asked_is_answered_as_described(made, runs, route):
    """Generated questions, good and bad: no 5xx, and no answer that is not documented."""
    application = asked_here(build_app(made, rate=Rate(PLENTY, PLENTY)))
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", application)
    (operation,) = [each.ok() for each in schema.include(operation_id=route).get_all_operations()]
    # Half of the questions are about things that are there.
    there = {"run": runs["city"], "a": runs["plan"], "b": runs["plan"], "collection": "areas",
             "series": "winter", "table": "room", "link": "0", "file": "report.html",
             "plan": "proef", "component": "room"}  # fmt: skip

    @settings(max_examples=25, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(), real=strategies.booleans())
    def ask(case, real):
        if real and case.path_parameters:
            names = case.path_parameters
            case.path_parameters = {name: there.get(name, value) for name, value in names.items()}
        answer = case.call()
        passed_over = [getattr(checks, name) for name in NOT_CHECKED if hasattr(checks, name)]
        case.validate_response(answer, excluded_checks=passed_over)

    ask()
