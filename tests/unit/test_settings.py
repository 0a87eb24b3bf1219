"""Settings are read from the environment and from files, as they are at that moment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.wiring.settings import BadSetting, load


def test_a_changed_variable_or_file_counts_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "group"
    file.write_text("first\n")
    monkeypatch.setenv("MUSTER_PROJECTOR_GROUP_FILE", str(file))
    monkeypatch.setenv("muster_port", "8081")
    before = load()
    assert (before.projector_group, before.port) == ("first", 8081)
    assert load() is before, "nothing is validated twice"
    file.write_text("second")
    monkeypatch.setenv("muster_port", "8082")
    assert (load().projector_group, load().port) == ("second", 8082)
    assert (before.projector_group, before.port) == ("first", 8081)


def test_nobody_changes_the_settings_of_others() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load().port = 1  # pyright: ignore[reportAttributeAccessIssue]


def test_a_bad_one_is_refused_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_PORT", "many")
    for _ in range(2):
        with pytest.raises(BadSetting, match="MUSTER_PORT"):
            load()
