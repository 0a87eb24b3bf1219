"""run_batch: the only place where views meet I/O; every runtime projects through it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from events.commit import Head
from projections.base import View
from projections.catalog import views as every_view
from services.log.port import Stored
from services.views.folding import Folding, fold, keyed
from services.views.pending import PendingCommits
from services.views.port import Batch, Rows, RowUnreadable, Views

INLINE: Final = 25
"""Up to this many events are folded inline; more are folded on a thread to keep the event loop free."""

Reread = Callable[[str, int], AsyncIterator[list[Stored]]]
"""Like Log.read: yields a jurisdiction's accepted commits beyond a position."""
T = TypeVar("T")

log_of = logging.getLogger("muster.views")


async def run_batch(
    store: Views,
    jurisdiction: str,
    commits: Sequence[Stored],
    reread: Reread,
    catalog: Mapping[str, View[Any]] = every_view,
) -> Head:
    """Fold new commits into all live views and return the resulting head.

    Raises UnknownEvent or BadEvent once everything before that commit is written; LogDamaged if commits are
    missing from the log itself; ValueError for another jurisdiction's commit; and the store's errors.
    """
    rest = commits
    while True:
        pending = PendingCommits(jurisdiction, await store.head(jurisdiction))
        await _off_loop(len(rest), pending.add, rest)
        if pending.gap and not pending.commits:
            pending.add_missing(await _first(reread(jurisdiction, pending.start.position)))
        if not pending.commits:
            return pending.head_or_raise()
        folded = await _prepare(store, pending, catalog, frozenset(await store.degraded(jurisdiction)), {})
        done = await _project(store, folded, rest, catalog)
        if done is None:
            rest = commits  # another process was first; start over
        elif not done.pending.more:
            return done.pending.head
        else:
            rest = done.rest


async def _first(batches: AsyncIterator[list[Stored]]) -> list[Stored]:
    """Return only the first batch; the rest is read after it is written."""
    first = await anext(batches, [])
    if isinstance(batches, AsyncGenerator):
        await batches.aclose()
    return first


async def _off_loop(size: int, function: Callable[..., T], *args: Any) -> T:
    return function(*args) if size <= INLINE else await asyncio.to_thread(function, *args)


class FoldedBatch(msgspec.Struct):
    """Rows folded from pending commits, ready to be written."""

    pending: PendingCommits
    aside: frozenset[str]
    before: Rows
    after: Rows
    failed: dict[str, str]
    """Views set aside by this batch, and why."""


class Written(msgspec.Struct):
    """The last commits written, and the given ones beyond them."""

    pending: PendingCommits
    rest: Sequence[Stored]


async def _project(
    store: Views, folded: FoldedBatch, rest: Sequence[Stored], catalog: Mapping[str, View[Any]]
) -> Written | None:
    """Write while preparing the next batch; None if the head or the views set aside have changed meanwhile.

    The store gets the next batch while writing one, so that it can encode it in advance.
    """
    writing = [asyncio.create_task(_write(store, folded))]
    try:
        while True:
            pending, rest = folded.pending, rest[folded.pending.taken :]
            foreseen = folded.aside | folded.failed.keys()
            following = None
            if pending.full and not pending.reread:
                following = await _follow(store, folded, rest, catalog, foreseen)
            if following:
                writing.append(asyncio.create_task(_write(store, following)))
            if not await writing.pop(0):
                return None
            if following is None or foreseen != folded.aside | folded.failed.keys():
                return Written(pending, rest)
            folded = following
    finally:
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)


async def _follow(
    store: Views,
    folded: FoldedBatch,
    rest: Sequence[Stored],
    catalog: Mapping[str, View[Any]],
    aside: frozenset[str],
) -> FoldedBatch | None:
    """Prepare the following batch, folded on rows not written yet."""
    pending = PendingCommits(folded.pending.jurisdiction, folded.pending.head)
    await _off_loop(len(rest), pending.add, rest)
    if not pending.commits:
        return None
    return await _prepare(store, pending, catalog, aside, folded.after)


async def _prepare(
    store: Views,
    pending: PendingCommits,
    catalog: Mapping[str, View[Any]],
    aside: frozenset[str],
    newer: Rows,
) -> FoldedBatch:
    """Load and fold. `newer` holds rows that will be in the store by the time this is written."""
    failed: dict[str, str] = {}
    size = len(pending.events)
    events = await _off_loop(size, keyed, pending.events, Folding(catalog), aside, failed)
    wanted = {view: needed.rows for view, needed in events.items()}
    before = await _load(store, pending.jurisdiction, wanted, failed, newer)
    after = await _off_loop(size, fold, events, before, catalog, failed)
    return FoldedBatch(pending, aside, before, after, failed)


async def _write(store: Views, folded: FoldedBatch) -> bool:
    """Write a batch; False if the head or the views set aside have changed."""
    pending, failed = folded.pending, folded.failed
    while True:
        answer = await store.write(_batch(pending, folded.before, folded.after, folded.aside, failed))
        if not isinstance(answer, dict):
            break
        failed.update(answer)
    if answer == "raced":
        return False
    for view, why in failed.items():
        log_of.error(
            "view %s of %s set aside at position %d; rebuild it: %s",
            view,
            pending.jurisdiction,
            pending.start.position + 1,
            why,
        )
    return True


async def _load(
    store: Views,
    jurisdiction: str,
    wanted: Mapping[str, Mapping[str, bool]],
    failed: dict[str, str],
    newer: Rows,
) -> Rows:
    """Return the rows that events affect; None also for those that begin with them."""
    while True:
        asked = {
            view: [key for key, begins in keys.items() if not begins and key not in newer.get(view, ())]
            for view, keys in wanted.items()
            if view not in failed
        }
        try:
            read = await store.load(jurisdiction, {view: keys for view, keys in asked.items() if keys})
        except RowUnreadable as error:
            failed[error.view] = str(error)
            continue
        found: Rows = {}
        for view in asked:
            known, rows = newer.get(view, {}), read.get(view, {})
            found[view] = {key: known[key] if key in known else rows.get(key) for key in wanted[view]}
        return found


def _batch(
    pending: PendingCommits, before: Rows, after: Rows, aside: frozenset[str], failed: Mapping[str, str]
) -> Batch:
    since = pending.start.position + 1
    return Batch(
        jurisdiction=pending.jurisdiction,
        expected=pending.start,
        head=pending.head,
        before=before,
        after={view: rows for view, rows in after.items() if view not in failed},
        degraded=dict.fromkeys(failed, since),
        aside=aside,
    )
