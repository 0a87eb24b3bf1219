"""Kafka's jars are downloaded whole, or it is said that they are not."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.sandbox import kafka
from services.sandbox.child import NotReady


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What each build returns or raises, in turn; the last one again and again."""
    left: list[Any] = []

    def build(artifact: str, *, update: bool) -> Any:
        found = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(found, Exception):
            raise found
        lock = tmp_path / found
        if found == "whole":
            lock.touch()
        return SimpleNamespace(lock_path=lock)

    monkeypatch.setattr("jgo.build", build)
    monkeypatch.setattr("time.sleep", lambda _: None)
    kafka.jars.cache_clear()
    return left


def test_what_an_interrupted_download_left_is_completed(builds: list[Any]) -> None:
    builds += [RuntimeError("no connection"), "part", "whole"]
    assert kafka.jars("a:b").lock_path.exists()


@pytest.mark.parametrize(("found", "why"), [(OSError("no route"), "no route"), ("part", "files are missing")])
def test_what_cannot_be_downloaded_is_named(builds: list[Any], found: Any, why: str) -> None:
    builds.append(found)
    with pytest.raises(NotReady, match=f"cannot download a:b: {why}"):
        kafka.jars("a:b")
