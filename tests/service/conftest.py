import pytest
from services import bench_of, client_of, make_service, plan_for, rows_for

from stroomstad.api.work import carry_out


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A service with a run of its city and of a plan."""
    service = make_service(tmp_path_factory.mktemp("service"))
    with client_of(service) as client:
        new = {"If-None-Match": "*"}
        assert client.put("/v1/plans/proef", json=plan_for(service), headers=new).status_code == 201
        rows = {"rows": rows_for(service)}
        assert client.put("/v1/lists/proef", json=rows, headers=new).status_code == 201
    assert carry_out("plan", {"plan": "proef", "list": "proef"}, bench_of(service)).run
    return service


@pytest.fixture
def client(made):
    with client_of(made) as client:
        yield client


@pytest.fixture(scope="session")
def runs(made):
    """Names of the run of the city and of the plan."""
    with client_of(made) as client:
        listed = client.get("/v1/runs").json()["runs"]
    return {each["kind"]: each["id"] for each in listed}
