"""What every view store can do. Its adapters pass one contract suite (tests/contract/test_views.py)."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from events.commit import Head
from projections.base import Row
from services.refusals.errors import Told

Rows = dict[str, dict[str, Row | None]]
"""View name -> key -> row; None = no such row."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a view."""

    filters: Mapping[str, Sequence[Any]] = {}
    """Declared field or `key` -> values, any of which matches; None matches an empty field."""
    areas: Sequence[str] = ()
    """Area codes, any of which must hold the row's `area` (events.area.inside); a row whose `area` is None
    lies in none. Rows of a view without a field `area` are not filtered."""
    within: Sequence[str] = ()
    """The same once more, for what the asker may see: both must hold."""
    sort: str | None = None
    """A declared field or `key`, `-` first = descending; None = the view's own. Ties go by key, empty fields
    come before others; descending is exactly the reverse."""
    limit: int = 100
    cursor: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Rows as of `head`; `next` is the cursor of the next page; `degraded` = position since which the
    view is set aside, and so no longer advances."""

    items: list[tuple[str, Row]]
    head: Head
    next: str | None = None
    degraded: int | None = None


class Change(msgspec.Struct, frozen=True):
    """One row of a step: what it was and what it is; None = no such row."""

    view: str
    key: str
    before: Row | None
    row: Row | None


class OutboxStep(msgspec.Struct, frozen=True):
    """All public rows that one batch changed: the head went from position `after` to `upto`."""

    after: int
    upto: int
    changes: tuple[Change, ...]


class Batch(msgspec.Struct, kw_only=True):
    """What one transaction writes. Every live view that is not in `aside` was folded up to `head`."""

    jurisdiction: str
    expected: Head
    head: Head
    before: Rows
    after: Rows
    """Only rows that changed, per view."""
    degraded: dict[str, int]
    """Views newly set aside, with the position since which."""
    aside: frozenset[str] = frozenset()
    """Views that were set aside already when it was folded; if others are by now, it has "raced" too."""


class BadQuery(Told):
    """A filter, sort or cursor that the view does not declare."""


class ViewsUnavailable(Exception):
    """The store cannot be read or written now; nothing was changed."""


class RowUnreadable(Exception):
    """What the store holds is not a row of the view: it must be rebuilt."""

    def __init__(self, view: str, key: str, why: str) -> None:
        super().__init__(f"row {key} of view {view} cannot be read: {why}; rebuild the view")
        self.view, self.key, self.why = view, key, why


class Views(Protocol):
    """Rows of the live version of each view, per jurisdiction."""

    async def jurisdictions(self) -> list[str]: ...

    async def head(self, jurisdiction: str) -> Head:
        """The one head that all live, not degraded views of the jurisdiction share."""
        ...

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        """Rows by view and key, None where there is none; all as of one head. Raises RowUnreadable."""
        ...

    async def write(self, batch: Batch) -> Literal["written", "raced"] | dict[str, str]:
        """Rows, step and head in one transaction, if the head is still `expected` (else "raced").

        A view whose rows the store refuses for what they hold (SQLSTATE 22/23 or the like) comes back as
        {view: why}, and nothing is written: the caller sets it aside and tries again without it.
        """
        ...

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        """Views set aside, and since which position."""
        ...

    async def query(self, jurisdiction: str, view: str, query: Query) -> Page:
        """Raises BadQuery."""
        ...

    async def get(self, jurisdiction: str, view: str, key: str) -> Page:
        """A page of one row or none."""
        ...

    async def snapshot(
        self, jurisdiction: str, queries: Mapping[str, Query]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        """All rows that fit, of several views, and the one head they are of. Limits and cursors do not
        count. Raises BadQuery."""
        ...

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[OutboxStep] | None:
        """Steps beyond position `after` in order; None where they no longer reach back that far."""
        ...

    async def oldest_step(self, jurisdiction: str) -> int | None:
        """The position that the oldest step leads on from. Rows that were shown there may be of before a
        rebuild: only what was shown beyond it is brought up to date by steps."""
        ...

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        """Replace a view's rows by a fresh fold as of `head`; it is no longer degraded. False where the
        live head is another by now. Steps before `head` are gone; a stream that is exactly at `head` must be
        told to start over by whoever rebuilds."""
        ...

    async def stale(self, jurisdiction: str) -> list[str]:
        """Views that are new or changed since the head moved on: degraded until they are rebuilt."""
        ...

    async def close(self) -> None: ...
