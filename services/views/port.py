"""Interface of every view store; all adapters pass the same contract suite (tests/contract/test_views.py)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from events.commit import Head
from projections.base import Row
from services.refusals.errors import CodedError

Rows = dict[str, dict[str, Row | None]]
"""View name -> key -> row; None means no such row."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Query for one page of a view."""

    filters: Mapping[str, Sequence[Any]] = {}
    """Declared field or `key` -> accepted values; None matches an empty field."""
    areas: Sequence[str] = ()
    """Area codes, one of which must contain the row's `area` (events.area.inside); rows whose `area` is None
    match none. Views without an `area` field are not filtered."""
    within: Sequence[str] = ()
    """Like `areas`, but for what the caller may see; both must match. A row with `areas`, perhaps
    besides `area`, must have something in common with these (projections.where.lies_in)."""
    sort: str | None = None
    """A declared field or `key`, with a leading `-` for descending; None for the view's default. Ties are
    broken by key and empty fields sort first; descending is the exact reverse."""
    limit: int = 100
    cursor: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Rows as of `head`. `next` is the next page's cursor; `degraded` is the position at which the view was
    set aside and stopped advancing."""

    items: list[tuple[str, Row]]
    head: Head
    next: str | None = None
    degraded: int | None = None


class Change(msgspec.Struct, frozen=True):
    """One row of a step, before and after; None means no such row."""

    view: str
    key: str
    before: Row | None
    row: Row | None


class OutboxStep(msgspec.Struct, frozen=True):
    """All public rows changed by one batch, which moved the head from position `after` to `upto`."""

    after: int
    upto: int
    changes: tuple[Change, ...]


class StoredView(msgspec.Struct, frozen=True):
    """All rows of a view as they are stored, to be compared with the log."""

    rows: dict[str, Row]
    """Those that can be read."""
    head: Head
    unsound: set[str]
    """Keys of rows that cannot be read, or whose columns, by which they are found, say something else."""


class Batch(msgspec.Struct, kw_only=True):
    """The content of one write transaction. Every live view not in `aside` was folded up to `head`."""

    jurisdiction: str
    expected: Head
    head: Head
    before: Rows
    after: Rows
    """Changed rows only, per view."""
    degraded: dict[str, int]
    """Views newly set aside, with the position since which."""
    aside: frozenset[str] = frozenset()
    """Views already set aside when the batch was folded; a difference by now also counts as "raced"."""


Answer = Literal["written", "raced"] | dict[str, str]
"""What became of a batch; see Views.write."""


class Standing(msgspec.Struct, frozen=True):
    """What a batch has to expect of a jurisdiction's views."""

    head: Head = Head()
    aside: frozenset[str] = frozenset()
    """Views set aside."""


class BadQuery(CodedError):
    """A filter, sort or cursor that the view does not declare."""


class ViewsUnavailable(Exception):
    """The store cannot be read or written at the moment; nothing was changed."""


class RowUnreadable(Exception):
    """Stored data is not a row of the view; rebuild the view."""

    def __init__(self, view: str, key: str, why: str) -> None:
        super().__init__(f"row {key} of view {view} cannot be read: {why}; rebuild the view")
        self.view, self.key, self.why = view, key, why


class Views(Protocol):
    """Rows of each view's live version, per jurisdiction."""

    async def jurisdictions(self) -> list[str]: ...

    async def head(self, jurisdiction: str) -> Head:
        """Return the head shared by all live views of the jurisdiction that are not degraded."""
        ...

    async def load(self, jurisdiction: str, keys: Mapping[str, Sequence[str]]) -> Rows:
        """Return rows by view and key, None for missing ones, all as of one head. Raises RowUnreadable."""
        ...

    async def standing(self, jurisdictions: Sequence[str]) -> dict[str, Standing]:
        """Return how the views of each jurisdiction stand."""
        ...

    async def load_all(self, keys: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Rows]:
        """Like `load`, of several jurisdictions. One with an unreadable row is left out."""
        ...

    async def write(self, batch: Batch) -> Answer:
        """Write rows, step and head in one transaction; "raced" if the head is no longer `expected`.

        If the store rejects a view's rows because of their content (SQLSTATE 22/23 or similar), returns
        {view: why} and writes nothing; the caller sets the view aside and retries without it.
        """
        ...

    async def write_all(self, batches: Sequence[Batch]) -> list[Answer]:
        """Write batches of different jurisdictions in one transaction. Each has an answer of its own, as from
        `write`: one that is not written keeps no other from being written."""
        ...

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        """Return the views set aside, and the position since which."""
        ...

    async def query(self, jurisdiction: str, view: str, query: Query) -> Page:
        """Return one page. Raises BadQuery."""
        ...

    async def get(self, jurisdiction: str, view: str, key: str) -> Page:
        """Return a page of one row or none."""
        ...

    async def snapshot(
        self, jurisdiction: str, queries: Mapping[str, Query]
    ) -> tuple[dict[str, list[tuple[str, Row]]], Head]:
        """Return all matching rows of several views, and their common head, ignoring limits and cursors.
        Raises BadQuery."""
        ...

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        """Return the steps beyond `after` in order, with the changes of these views alone; None if the outbox
        does not reach back that far."""
        ...

    async def oldest_step(self, jurisdiction: str) -> int | None:
        """Return the position from which the oldest step continues. Rows shown at that position may predate a
        rebuild; steps only bring up to date what was shown after it."""
        ...

    async def rebuild(self, jurisdiction: str, view: str, rows: Mapping[str, Row], head: Head) -> bool:
        """Replace a view's rows with a fresh fold as of `head` and clear its degraded state. False if the
        live head has moved. Deletes steps before `head`; the caller must tell streams that are exactly at
        `head` to start over."""
        ...

    async def stored(self, jurisdiction: str, view: str) -> StoredView:
        """Return all rows of a view, checked as far as the store can check them without the log."""
        ...

    async def stale(self, jurisdiction: str) -> list[str]:
        """Return new or changed views, degraded until they are rebuilt."""
        ...

    async def close(self) -> None: ...
