"""What takes long to make, made once for all workers of a run of the tests."""

import fcntl
import os


def made_once(tmp_path_factory, name, make):
    """Folder that one worker fills and the others wait for; to be read only.

    ``make`` is called with the empty folder. Where it fails nothing is kept, and the next one who
    asks tries again.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, partial = base / name, base / f"{name}-partial"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial.mkdir(exist_ok=True)
            make(partial)
            partial.rename(folder)
    return folder
