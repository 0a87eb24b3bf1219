"""Port: rows of views as of many earlier positions. All methods raise ViewsUnavailable."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from events.commit import Head
from projections.base import Row
from services.views.port import Batch, Page, Query, Rows


class Mark(msgspec.Struct, frozen=True):
    """A position as of which the rows of all views can be read."""

    head: Head
    recorded: int
    """When the newest commit up to here was recorded, in microseconds since 1970."""


class PastRows(Protocol):
    """A disposable store, made from the log. It is written with `run_batch`, as views are."""

    async def head(self, jurisdiction: str) -> Head:
        """Return the last position folded."""
        ...

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        """Return the views that could not be folded: their past is computed from the log."""
        ...

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        """Return the present rows by view and key; None for missing rows."""
        ...

    async def write(self, batch: Batch) -> Literal["written", "raced"] | dict[str, str]:
        """Write the rows of a batch. They become readable with `mark`."""
        ...

    async def mark(self, jurisdiction: str, head: Head, recorded_at: datetime) -> None:
        """Make the rows as of a head readable, whose last commit was recorded then."""
        ...

    async def size(self) -> int:
        """Return the bytes in use."""
        ...

    async def forget(self, jurisdiction: str) -> bool:
        """Forget the older half of the marks, and the rows that had ended by then. Its space is used again.

        Returns whether there was anything to forget.
        """
        ...

    async def clear(self, jurisdiction: str) -> None:
        """Delete everything of a jurisdiction."""
        ...

    async def before(self, jurisdiction: str, when: int | datetime) -> Mark | None:
        """Return the last mark that includes nothing beyond a position, or recorded after an instant."""
        ...

    async def rows(
        self, jurisdiction: str, view: str, keys: Iterable[str], position: int
    ) -> dict[str, Row | None]:
        """Return rows as of a mark."""
        ...

    async def page(
        self, jurisdiction: str, view: str, query: Query, mark: Mark, newer: Mapping[str, Row | None]
    ) -> Page:
        """Return one page as of a mark, with the rows changed since it. Raises BadQuery, RowUnreadable."""
        ...

    async def close(self) -> None: ...
