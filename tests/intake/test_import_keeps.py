"""What an import keeps in memory does not grow with its rows: objects are counted, not megabytes."""

import csv
import gc
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services import wiring
from services.application.muster import Muster
from services.intake import import_files, parse_mapping
from services.intake.running.sinks import Embedded
from tests.given import J

ROWS = 1_500
FEW = {
    "services.decisions.state": {"MOST_LOOKED_UP": 200},
    "services.intake.sending.ordering": {"MOST_ITEMS": 60},
    "services.intake.sending.stints": {"_KEPT": 100},
    "services.recorder.replica": {"KEEP_IDS": 200, "EVICT": 50, "EVERY": 300},
    "services.recorder.snapshotting": {"EVERY": 300},
    "services.vault.vault": {"KEEP_MADE": 100},
    "services.views.hot": {"MOST": 20},
}
"""Sizes of caches, so that few rows fill them."""
MAPPING = """
name = "tickets"
timezone = "Asia/Shanghai"
[[source]]
name = "tickets"
[[source.command]]
name = "request.open"
at = "{opened}"
data = { request = "{ticket}", category = "fire", area = "{jurisdiction}", slots = { null = true }, address = "{address}" }
[[source.command]]
name = "team.form"
once_per = []
at = { column = "opened", pick = "min" }
data = { team = "U1", name = "U1", kind = "ambulance", area = "{jurisdiction}", capacity = 1, activate = true }
[[source.command]]
name = "assignment.dispatch"
at = "{opened}"
data = { assignment = "{ticket}-U1", request = "{ticket}", team = "U1" }
[[source.command]]
name = "assignment.progress"
at = "{there}"
data = { assignment = "{ticket}-U1", stage = "on_scene" }
[[source.command]]
name = "assignment.done"
at = "{free}"
data = { assignment = "{ticket}-U1" }
[[source.command]]
name = "request.complete"
at = "{free}"
data = { request = "{ticket}" }
"""  # noqa: E501


def write(path: Path) -> None:
    """Write a log of tickets, one after the other."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("ticket", "address", "opened", "there", "free"))
        for n in range(ROWS):
            opened = datetime(2024, 1, 1) + timedelta(minutes=n)  # noqa: DTZ001  local times
            times = [opened, opened + timedelta(seconds=20), opened + timedelta(seconds=40)]
            out.writerow([f"T{n}", f"Road {n}", *(f"{one:%Y-%m-%d %H:%M:%S}" for one in times)])


class Counting(Embedded):
    """Counts objects after each batch that is sent, once the views have it."""

    ahead = 1

    def __init__(self, muster: Muster) -> None:
        super().__init__(muster.commands, muster.clock, muster.views)
        self._muster = muster
        self.blocks: list[int] = []
        self.entries: list[int] = []

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answers = await super().submit(jurisdiction, items)
        state = self._muster.commands.writers[J].state
        assert await self._muster.progress.reached(J, state.head.position, 60)
        gc.collect()
        self.blocks.append(sys.getallocatedblocks())
        self.entries.append(state.size)
        return answers


def least_by_thirds(counts: Sequence[int]) -> list[int]:
    """Return the least of each third: a snapshot may be packed at any one time."""
    third = len(counts) // 3
    return [min(counts[begin : begin + third]) for begin in (0, third, 2 * third)]


async def test_three_times_the_rows_leave_no_more_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, sizes in FEW.items():
        for name, size in sizes.items():
            monkeypatch.setattr(f"{module}.{name}", size)
    write(tmp_path / "tickets.csv")
    muster = await wiring.embedded(tmp_path / "data")
    gc.freeze()  # so that the collector looks only at what is made from now on
    async with muster.running():
        sink = Counting(muster)
        found = await import_files(
            [tmp_path / "tickets.csv"],
            parse_mapping(MAPPING),
            J,
            sink,
            import_key=muster.vault.import_key(),
        )
    gc.unfreeze()
    assert (found.rows, found.applied) == (ROWS, ROWS)
    _, second, last = least_by_thirds(sink.blocks)
    assert last - second < 2 * ROWS / 3  # two a row; whoever keeps something of each keeps more
    _, second, last = least_by_thirds(sink.entries)
    assert last - second < ROWS / 10  # one a row would be a third
