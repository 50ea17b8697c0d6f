"""What is installed from a wheel shows the picture: its bundle and its city travel with it."""

import subprocess
import sys
import zipfile

import pytest
from repository import ROOT
from services import running, wait_until


@pytest.mark.slow
def test_an_installed_wheel_shows_the_map(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    # Its dependencies are those of this environment; the package itself comes from the wheel.
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    assert (installed / "stroomstad/data/almere/city.toml").is_file()
    with running(tmp_path, None, source=installed) as client:
        page = client.get("/")
        assert page.status_code == 200
        for part in page.text.split('"'):
            if part.startswith("./"):
                assert client.get(part[1:]).status_code == 200, part
        jobs = wait_until(lambda: client.get("/v1/jobs").json()["jobs"], 20)
        assert jobs[0]["kind"] == "city"
        assert client.get("/v1/examples").json()["examples"]
        assert client.delete(f"/v1/jobs/{jobs[0]['id']}").status_code == 200
