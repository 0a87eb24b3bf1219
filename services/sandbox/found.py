"""Find a local cluster by its folder, so that commands reach it as they reach a data folder."""

import json
from pathlib import Path
from typing import Final

LOCK: Final = "cluster.lock"
SETTINGS: Final = "cluster.json"
"""The settings of the cluster's processes; readable only by its owner, as they hold a password."""


class NotRunning(Exception):
    """The folder holds a cluster that nobody runs at the moment."""


def settings_of(folder: Path) -> dict[str, str]:
    """Return the environment that reaches a folder's cluster; empty if it holds none. Raise NotRunning."""
    try:
        found: dict[str, str] = json.loads((folder / SETTINGS).read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    if not _held(folder / LOCK):
        raise NotRunning(
            f"the cluster in {folder} is not running; start it with `muster cluster --data {folder}`."
        )
    return found


def _held(lock: Path) -> bool:
    import fcntl  # not on Windows, where there is no local cluster

    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        return False
