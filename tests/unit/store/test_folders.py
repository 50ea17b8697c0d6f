"""A run that cannot be finished leaves nothing behind and earlier runs alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from stroomstad.errors import InvalidData
from stroomstad.store import check_writable, list_runs, load_run, save_run
from stroomstad.store.folders import sweep, write_bytes, write_file, written_whole

TABLES = {"room": pd.DataFrame({"room": [1.0, 2.0]})}

SAVE_SLOWLY = """
import sys, time
from pathlib import Path
from stroomstad.store.folders import written_whole, write_bytes
with written_whole(Path(sys.argv[1]), "killed") as partial:
    write_bytes(partial / "room.parquet", b"half")
    print("writing", flush=True)
    time.sleep(60)
"""

SAVE_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np, pandas as pd
from stroomstad.errors import InvalidData
from stroomstad.store import save_run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
tables = {"room": pd.DataFrame({"room": np.random.default_rng(1).random(10_000)})}
try:
    save_run(Path(sys.argv[1]), "full", tables, {})
except InvalidData as found:
    print(found)
"""


SAVE = """
import sys
from pathlib import Path
import pandas as pd
from stroomstad.store import save_run
save_run(Path(sys.argv[1]), "both", {"room": pd.DataFrame({"room": [1.0]})}, {})
"""


def test_a_killed_run_leaves_earlier_runs_readable_and_no_run_of_its_own(tmp_path):
    earlier = save_run(tmp_path, "earlier", TABLES, {})
    with subprocess.Popen(
        [sys.executable, "-c", SAVE_SLOWLY, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout.readline() == "writing\n"
        killed.send_signal(signal.SIGKILL)
    assert list_runs(tmp_path) == [earlier]
    assert load_run(earlier).tables["room"].equals(TABLES["room"])
    left = tmp_path / f".killed.partial-{killed.pid}"
    assert left.is_dir()
    save_run(tmp_path, "later", TABLES, {})
    assert not left.exists()


def test_the_folder_of_a_process_that_still_runs_is_left_alone(tmp_path):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as running:
        folder = tmp_path / f".other.partial-{running.pid}"
        folder.mkdir()
        sweep(tmp_path)
        stays = folder.is_dir()
        running.kill()
    assert stays


def test_a_full_disk_is_told_and_nothing_stays_behind(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", SAVE_ON_A_FULL_DISK, str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"{tmp_path}: a file grew larger than the system allows." in told.stdout
    assert "Nothing was kept of this run." in told.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where /dev/full exists")
def test_a_disk_without_space_is_told(tmp_path):
    def write_to_a_full_disk():
        with written_whole(tmp_path, "full") as partial:
            (partial / "room.parquet").symlink_to("/dev/full")
            write_bytes(partial / "room.parquet", b"content")

    with pytest.raises(InvalidData, match=r"the disk is full\. Free some space"):
        write_to_a_full_disk()
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "runs").write_text("not a folder")
    with pytest.raises(InvalidData, match="this is a file, not a folder"):
        save_run(tmp_path / "runs", "proefstad", TABLES, {})
    assert (tmp_path / "runs").read_text() == "not a folder"


def test_a_fault_of_the_caller_leaves_nothing_behind(tmp_path):
    with pytest.raises(TypeError):
        save_run(tmp_path, "proefstad", TABLES, {"seed": object()})
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_same_name_is_not_overwritten(tmp_path):
    (tmp_path / "proefstad").write_text("mine")
    assert save_run(tmp_path, "proefstad", TABLES, {}).name == "proefstad-2"
    assert (tmp_path / "proefstad").read_text() == "mine"


def test_two_runs_at_once_both_stay(tmp_path):
    started = [subprocess.Popen([sys.executable, "-c", SAVE, str(tmp_path)]) for _ in range(2)]
    deadline = time.monotonic() + 60
    assert [one.wait(deadline - time.monotonic()) for one in started] == [0, 0]
    assert sorted(folder.name for folder in list_runs(tmp_path)) == ["both", "both-2"]


def test_a_folder_is_tried_before_the_work_without_leaving_a_trace(tmp_path):
    runs = tmp_path / "new" / "runs"
    check_writable(runs)
    assert list(runs.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_where_the_runs_should_stand_is_told_when_it_is_tried(tmp_path, place):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InvalidData, match="this is a file, not a folder"):
        check_writable(tmp_path / place)


def test_a_link_is_followed_and_stays(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidData, match="no ordinary file"):
        write_file(tmp_path / "pipe", b"new")
    assert (tmp_path / "pipe").is_fifo()
