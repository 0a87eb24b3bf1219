"""A local cluster is found by its folder while it runs."""

import fcntl
import json
from pathlib import Path

import pytest

from services.sandbox.found import LOCK, SETTINGS, NotRunning, settings_of


def test_a_folder_without_a_cluster_changes_nothing(tmp_path: Path) -> None:
    assert settings_of(tmp_path) == {}
    assert settings_of(tmp_path / "none") == {}


def test_a_running_cluster_is_reached_by_its_settings(tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text(json.dumps({"MUSTER_KAFKA": "127.0.0.1:20001"}))
    with (tmp_path / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert settings_of(tmp_path) == {"MUSTER_KAFKA": "127.0.0.1:20001"}


def test_a_resting_cluster_says_how_to_start_it(tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text("{}")
    (tmp_path / LOCK).touch()
    with pytest.raises(NotRunning, match="start it with `muster cluster --data"):
        settings_of(tmp_path)
