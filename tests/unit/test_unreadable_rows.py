"""A log restored without its keys: rows are shown without names, and the service's log stays readable."""

import logging
from collections.abc import Iterable
from typing import Any

import pytest

from projections.roster import RosterRow
from services.api import rows
from services.base import throttle
from services.vault import Keyring

TOKEN = "sealed:1:worker/W1:c:name:AAAA:AAAA"


class Keyless:
    """A vault that lost its keys."""

    async def keyring(self, jurisdiction: str, subjects: Iterable[str]) -> Keyring:
        return Keyring(jurisdiction, {})


async def test_what_cannot_be_opened_is_told_once_a_minute_with_a_count(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(throttle.time, "monotonic", lambda: now)
    vault: Any = Keyless()
    opener = rows.Opener(vault, "of this test alone")
    row = RosterRow(worker="W1", area="2307", role="courier", presence="available", name=TOKEN, phone=TOKEN)
    with caplog.at_level(logging.WARNING, "muster.api"):
        await opener.warm(roster=[row])
        shown = [opener.row("roster", "W1", row) for _ in range(500)]
        assert len(caplog.records) == 1
        now = 1061.0
        opener.row("roster", "W1", row)

    assert all(one["name"] is None and one["phone"] is None for one in shown)
    assert "and 999 others before it" in caplog.messages[1]
    assert len(caplog.records) == 2
