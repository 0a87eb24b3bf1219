"""Port: the rows of the board at any instant. All methods raise ViewsUnavailable."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from events.base import WorkerStanding
from events.commit import Head
from projections.spans import Name, Span
from services.views.port import Page, Query

Spans = Mapping[str, Mapping[str, Sequence[Span]]]
"""By view and key."""


class InstantRows(Protocol):
    """A disposable store, made from the log: rows through time, and the events that each follows from."""

    async def head(self, jurisdiction: str) -> Head:
        """Return the last position whose events count in the rows."""
        ...

    async def tell(self, jurisdiction: str, events: Mapping[Name, Mapping[int, bytes]]) -> None:
        """Keep events by what they name and position, which may lie beyond the head. Telling again changes
        nothing."""
        ...

    async def told(self, jurisdiction: str, names: Iterable[Name]) -> dict[Name, list[bytes]]:
        """Return the events that name each of these, in the log's order."""
        ...

    async def write(self, jurisdiction: str, expected: Head, head: Head, spans: Spans) -> bool:
        """Replace these rows through all of time, and move the head. Returns whether the head was the
        expected one; else nothing is written."""
        ...

    async def page(self, jurisdiction: str, view: str, query: Query, at: datetime) -> Page:
        """Return one page as it was at an instant. Raises BadQuery, RowUnreadable."""
        ...

    async def places(self, jurisdiction: str, at: datetime) -> list[tuple[WorkerStanding, int]]:
        """Return how many workers stood in each place at an instant."""
        ...

    async def size(self) -> int:
        """Return the bytes in use."""
        ...

    async def clear(self, jurisdiction: str) -> None:
        """Delete everything of a jurisdiction."""
        ...

    async def close(self) -> None: ...
