"""The San Francisco week as a scenario: the commands of its import, at the times in the file."""

import asyncio
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

import services.intake
from services.demo.scenarios.story import Story, Timed
from services.intake import import_files, load_mapping

JURISDICTION: Final = "SFFD"
ZONE: Final = "America/Los_Angeles"
GRAIN: Final = timedelta(minutes=1)
"""Events within this interval are sent together; their times are kept."""
ACTOR: Final = "import/sffd"
WEEK: Final = Path(services.intake.__file__).parent / "examples" / "sffd_week.csv.gz"


def sffd(seed: int) -> Story:
    """Return the scenario. The seed only changes ids. Reading the file takes a few seconds."""
    with ThreadPoolExecutor(1) as thread:  # in a thread, as the caller may be running an event loop
        items = thread.submit(lambda: asyncio.run(_items(seed))).result()
    first = min(item["at"] for item in items if item["at"])
    last = max(item["at"] for item in items if item["at"])
    received = max(item["at"] for item in items if item["name"] == "request.open")
    return Story(
        name="sffd",
        title="San Francisco, one week 旧金山一周",
        jurisdiction=JURISDICTION,
        timezone=ZONE,
        starts=first,
        live_from=first,
        ends=last,
        days=(_day(received) - _day(first)).days + 1,
        timed=_Week(items, first),
    )


def _day(instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(ZONE)).date()


async def _items(seed: int) -> list[dict[str, Any]]:
    """Return the commands of the import, in order."""
    kept = _Recent()
    key = sha256(f"sffd scenario {seed}".encode()).digest()
    with tempfile.TemporaryDirectory(prefix="muster-sffd-") as folder:
        rejects = Path(folder) / "rejects.csv"
        await import_files(
            [WEEK], load_mapping("sffd"), JURISDICTION, kept, import_key=key, rejects=rejects, run="1"
        )
    return kept.items


class _Recent:
    """A sink that only collects the commands."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.ahead = 1

    async def submit(self, jurisdiction: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.items += items
        return [{"id": item["id"], "outcome": "accepted"} for item in items]


class _Week:
    """The timed commands; each iteration starts from the beginning."""

    def __init__(self, items: list[dict[str, Any]], first: datetime) -> None:
        self._items, self._first = items, first

    def __iter__(self) -> Iterator[Timed]:
        received = self._first
        for item in self._items:
            if item["at"]:
                received = max(received, self._handover(item["at"]))
            plain = {name: value for name, value in item.items() if value is not None}
            yield Timed(received, msgspec.to_builtins(plain), ACTOR, None)

    def _handover(self, at: datetime) -> datetime:
        return at + (self._first - at) % GRAIN
