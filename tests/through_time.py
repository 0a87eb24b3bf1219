"""The board through time, kept in memory, and what it must equal."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import Commit, Head, decode, digest, encode
from projections import headcount
from projections.base import Row
from projections.instant import PRESENCE, READ, Board
from projections.spans import ROW, Name, Span
from services.history.instants import Instants
from services.log.port import Stored
from services.views.instants_port import Spans
from tests.make import read

AT_ONCE: Final = 4
"""Commits folded at a time."""


class OneLog:
    """A log of these commits."""

    def __init__(self, commits: Sequence[Stored]) -> None:
        self.commits, self.asked = commits, list[int]()
        """And where it was read from."""

    async def end(self, jurisdiction: str) -> Head:
        return self.commits[-1].head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        self.asked.append(after)
        async for batch in read(self.commits, after):
            yield batch


class Held:
    """An InstantRows in memory, of one jurisdiction and without pages."""

    def __init__(self) -> None:
        self.at, self.events = Head(), defaultdict[Name, dict[int, bytes]](dict)
        self.rows: dict[str, dict[str, Sequence[Span]]] = defaultdict(dict)

    async def head(self, jurisdiction: str) -> Head:
        return self.at

    async def tell(self, jurisdiction: str, events: Mapping[Name, Mapping[int, bytes]]) -> None:
        for name, some in events.items():
            self.events[name] |= some

    async def told(self, jurisdiction: str, names: Iterable[Name]) -> dict[Name, list[bytes]]:
        return {name: [self.events[name][at] for at in sorted(self.events[name])] for name in names}

    async def write(self, jurisdiction: str, expected: Head, head: Head, spans: Spans) -> bool:
        for view, rows in spans.items():
            self.rows[view] |= rows
        self.at = head
        return True

    async def size(self) -> int:
        return 0

    def then(self, when: datetime) -> dict[str, dict[str, Row]]:
        """Return the rows of all views at an instant."""
        found: dict[str, dict[str, Row]] = {
            view: {
                key: span.row
                for key, spans in self.rows[view].items()
                for span in spans
                if span.since <= when and (span.until is None or when < span.until)
            }
            for view in ROW
        }
        counts: dict[str, int] = defaultdict(int)
        stand: Any = found[PRESENCE.name].values()
        places = {headcount.key_of(row): row for row in stand}
        for row in stand:
            counts[headcount.key_of(row)] += 1
        return found | {"headcount": headcount.counted((places[key], n) for key, n in counts.items())}


def boards(jurisdiction: str, events: Sequence[EventEnvelope], when: datetime) -> dict[str, dict[str, Row]]:
    """Return the rows of all views at an instant, replayed from all events."""
    board = Board(jurisdiction, events, when)
    return {name: rows(board) for name, (_, rows) in READ.items()}


def stored(commits: Iterable[Commit]) -> list[Stored]:
    """Return commits as they lie in a log."""
    found: list[Stored] = []
    for commit in commits:
        data = encode(commit)
        found.append(Stored(data, Head(commit.first + len(commit.events) - 1, digest(data))))
    return found


def held(jurisdiction: str, commits: Sequence[Stored]) -> Held:
    """Return a store into which the commits were folded a few at a time."""
    store: Any = Held()

    async def fold() -> None:
        for number in range(AT_ONCE, len(commits) + AT_ONCE, AT_ONCE):
            log: Any = OneLog(commits[:number])
            await Instants(log, store, 1).follow(jurisdiction, log.commits[-1].head.position)

    asyncio.run(fold())
    return store


def compare(jurisdiction: str, commits: Sequence[Stored], whens: Iterable[datetime]) -> None:
    """Assert that the rows through time are those of the board at each of these instants."""
    store = held(jurisdiction, commits)
    events = [event for one in commits for event in envelopes(decode(one.data))]
    for when in whens:
        assert store.then(when) == boards(jurisdiction, events, when), when
