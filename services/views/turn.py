"""run_turn: the new commits of many jurisdictions in one transaction, as far as all goes well."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from events.commit import Head
from services.log.port import Stored
from services.views.batch import INLINE
from services.views.folding import Folding, KeyedEvents, fold, keyed
from services.views.hot import HotRows
from services.views.pending import PendingCommits
from services.views.port import Answer, Batch, Rows, Standing

MOST_BYTES: Final = 2 * 2**20
"""Most bytes of commits in one transaction: some 4,000 events."""

Turn = Mapping[str, Sequence[Stored]]
T = TypeVar("T")


class Store(Protocol):
    """What a turn needs of a view store."""

    async def standing(self, jurisdictions: Sequence[str]) -> dict[str, Standing]: ...
    async def load_all(self, keys: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Rows]: ...
    async def write_all(self, batches: Sequence[Batch]) -> list[Answer]: ...


async def run_turn(store: Store, turn: Turn, hot: HotRows, folding: Folding) -> dict[str, Head]:
    """Fold the new commits of several jurisdictions and write them together; return the heads reached.

    What does not go straight is left out, for `run_batch` to do by itself: commits that do not follow the
    head or cannot be read, too many of them, a view that fails, and heads that another process moved.
    Raises the store's errors.
    """
    reached: dict[str, Head] = {}
    for some in _parts(turn):
        reached |= await _together(store, some, hot, folding)
    return reached


def _parts(turn: Turn) -> Iterator[Turn]:
    """Divide a turn into transactions. What is too large for one is left out."""
    part: dict[str, Sequence[Stored]] = {}
    size = 0
    for jurisdiction, commits in turn.items():
        own = sum(len(stored.data) for stored in commits)
        if own > MOST_BYTES or not commits:
            continue
        if size + own > MOST_BYTES:
            yield part
            part, size = {}, 0
        part[jurisdiction] = commits
        size += own
    if part:
        yield part


class _Work(msgspec.Struct):
    """Commits of one jurisdiction on their way into the views."""

    pending: PendingCommits
    aside: frozenset[str]
    events: KeyedEvents
    before: Rows
    missing: dict[str, list[str]]
    """Keys of rows to be loaded, by view."""


async def _together(store: Store, turn: Turn, hot: HotRows, folding: Folding) -> dict[str, Head]:
    unknown = [code for code in turn if code not in hot.standing]
    if unknown:
        hot.standing |= await store.standing(unknown)
    size = sum(map(len, turn.values()))
    work = await _off_loop(size, _decoded, turn, hot, folding)
    asked = {one.pending.jurisdiction: one.missing for one in work if one.missing}
    loaded = await store.load_all(asked) if asked else {}
    batches = await _off_loop(size, _folded, work, loaded, folding)
    answers = await store.write_all(batches) if batches else []
    reached: dict[str, Head] = {}
    for batch, answer in zip(batches, answers, strict=True):
        if answer == "written":
            hot.written(batch)
            reached[batch.jurisdiction] = batch.head
    for code in turn.keys() - reached.keys():
        hot.forget(code)
    return reached


async def _off_loop(size: int, function: Callable[..., T], *args: Any) -> T:
    return function(*args) if size <= INLINE else await asyncio.to_thread(function, *args)


def _decoded(turn: Turn, hot: HotRows, folding: Folding) -> list[_Work]:
    """Return the work of those whose commits all follow their head and can be read."""
    work: list[_Work] = []
    for code, commits in turn.items():
        standing, failed = hot.standing[code], dict[str, str]()
        pending = PendingCommits(code, standing.head)
        pending.add(commits)
        if pending.more or not pending.commits:
            continue
        events = keyed(pending.events, folding, standing.aside, failed)
        if failed:
            continue
        before, missing = _rows(events, hot.known(code))
        work.append(_Work(pending, standing.aside, events, before, missing))
    return work


def _rows(events: KeyedEvents, known: Rows) -> tuple[Rows, dict[str, list[str]]]:
    """Return the rows affected as far as they are known, and the keys of the others."""
    before: Rows = {}
    missing: dict[str, list[str]] = {}
    for view, needed in events.items():
        kept = known.get(view, {})
        before[view] = {key: kept.get(key) for key in needed.rows}
        if absent := [key for key, begins in needed.rows.items() if not begins and key not in kept]:
            missing[view] = absent
    return before, missing


def _folded(work: Sequence[_Work], loaded: Mapping[str, Rows], folding: Folding) -> list[Batch]:
    """Return what is to be written of those whose rows could be read and folded."""
    batches: list[Batch] = []
    for one in work:
        code, failed = one.pending.jurisdiction, dict[str, str]()
        if one.missing and code not in loaded:
            continue
        for view, rows in loaded.get(code, {}).items():
            one.before[view] |= rows
        after = fold(one.events, one.before, folding.catalog, failed)
        if not failed:
            batches.append(
                Batch(
                    jurisdiction=code,
                    expected=one.pending.start,
                    head=one.pending.head,
                    before=one.before,
                    after=after,
                    degraded={},
                    aside=one.aside,
                )
            )
    return batches
