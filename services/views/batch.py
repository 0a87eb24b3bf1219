"""run_batch: the only place where a view meets I/O. Every runtime projects through it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from events.base import Happened
from events.catalog import BadEvent, UnknownEvent, happened
from events.commit import Commit, Head, Verdict, decode, digest, envelope, judge
from projections.base import Row, View
from projections.catalog import views as every_view
from projections.fold import folds
from services.log.port import LogDamaged, Stored
from services.views.port import Batch, Rows, RowUnreadable, Views

MOST_EVENTS: Final = 4_000
"""Events of one transaction; more only where one commit holds more."""
INLINE: Final = 25
"""So few are folded on the spot; more go to a thread and leave the event loop free."""

Reread = Callable[[str, int], AsyncIterator[list[Stored]]]
"""As Log.read: accepted commits of a jurisdiction beyond a position."""
Work = list[tuple[Happened, tuple[str, ...]]]
"""Events that a view folds, each with the keys of the rows that it touches."""
Touched = dict[str, Work]
"""By view name."""
T = TypeVar("T")

log_of = logging.getLogger("muster.views")


async def run_batch(
    store: Views,
    jurisdiction: str,
    commits: Sequence[Stored],
    reread: Reread,
    catalog: Mapping[str, View[Any]] = every_view,
) -> Head:
    """Fold into all live views what is not in them yet; the head afterwards.

    Raises UnknownEvent or BadEvent once everything before that commit is written, LogDamaged where commits
    are missing in the log itself, ValueError for a commit of another jurisdiction, and what the store raises.
    """
    rest = commits
    while True:
        chain = Chain(jurisdiction, await store.head(jurisdiction))
        await _off_loop(len(rest), chain.take, rest)
        if chain.gap and not chain.commits:
            chain.take_missing(await _first(reread(jurisdiction, chain.start.position)))
        if not chain.commits:
            return chain.end()
        prepared = await _prepare(store, chain, catalog, frozenset(await store.degraded(jurisdiction)), {})
        done = await _project(store, prepared, rest, catalog)
        if done is None:
            rest = commits  # another process was first: all is judged anew
        elif not done.chain.more:
            return done.chain.head
        else:
            rest = done.rest


class Chain:
    """The commits that follow a head, whatever the order in which they were handed over."""

    def __init__(self, jurisdiction: str, head: Head) -> None:
        self.jurisdiction, self.start, self.head = jurisdiction, head, head
        self.commits: list[Commit] = []
        self.events: list[Happened] = []
        self.failure: UnknownEvent | BadEvent | None = None
        self.gap = self.full = self.reread = False
        self.taken = 0
        """How many of those handed over first need not be looked at again."""

    @property
    def more(self) -> bool:
        """Whether there is more to look at once these are written."""
        return self.gap or self.full or self.reread or self.failure is not None

    def take(self, commits: Sequence[Stored]) -> None:
        """Judge each by the acceptance rule, up to a gap, an unreadable event or MOST_EVENTS."""
        for stored in commits:
            try:
                commit = decode(stored.data)
            except msgspec.DecodeError as error:
                if self._stops(stored.data, error):
                    return
                self.taken += 1
                continue
            if commit.jurisdiction != self.jurisdiction:
                raise ValueError(f"a commit of {commit.jurisdiction} was given to {self.jurisdiction}")
            verdict = judge(self.head, commit.first, commit.prev, len(commit.events))
            self.gap = verdict is Verdict.GAP
            self.full = len(self.events) >= MOST_EVENTS and verdict is Verdict.ACCEPTED
            if self.gap or self.full or not self._enter(commit, stored.data, verdict):
                return
            self.taken += 1

    def take_missing(self, commits: Sequence[Stored]) -> None:
        """Take what the log has in place of a gap; what was handed over is looked at again after it."""
        taken, self.reread = self.taken, True
        self.take(commits)
        self.taken = taken

    def _stops(self, data: bytes, error: msgspec.DecodeError) -> bool:
        """Bytes that cannot be read: whether they are of the chain all the same, by their envelope alone."""
        try:
            seen = envelope(data)
        except msgspec.DecodeError:
            return False
        verdict = judge(self.head, seen.first, seen.prev, len(seen.events))
        self.gap = verdict is Verdict.GAP
        if verdict is Verdict.ACCEPTED:
            self.failure = BadEvent("of an unreadable commit", seen.first, str(error))
        return verdict is not Verdict.STALE

    def _enter(self, commit: Commit, data: bytes, verdict: Verdict) -> bool:
        if verdict is Verdict.STALE:
            return True
        try:
            self.events += list(happened(commit))
        except (UnknownEvent, BadEvent) as failure:
            self.failure = failure
            return False
        self.commits.append(commit)
        self.head = Head(self.head.position + len(commit.events), digest(data))
        return True

    def end(self) -> Head:
        """The head where nothing follows it; raises the reason where something should."""
        if self.failure:
            raise self.failure
        if self.gap:
            why = (
                f"what follows the views' head {self.start} is missing; "
                "if the log is another one, delete the views and they are folded anew"
            )
            raise LogDamaged(self.jurisdiction, self.start.position + 1, why)
        return self.head


async def _first(batches: AsyncIterator[list[Stored]]) -> list[Stored]:
    """The first batch alone: the rest is read once that one is written."""
    first = await anext(batches, [])
    if isinstance(batches, AsyncGenerator):
        await batches.aclose()
    return first


async def _off_loop(size: int, function: Callable[..., T], *args: Any) -> T:
    return function(*args) if size <= INLINE else await asyncio.to_thread(function, *args)


class Prepared(msgspec.Struct):
    """What a chain makes of the rows: ready to be written."""

    chain: Chain
    aside: frozenset[str]
    before: Rows
    after: Rows
    failed: dict[str, str]
    """Views that are set aside with this, and why."""


class Done(msgspec.Struct):
    """The last chain that was written, and what was handed over beyond it."""

    chain: Chain
    rest: Sequence[Stored]


async def _project(
    store: Views, prepared: Prepared, rest: Sequence[Stored], catalog: Mapping[str, View[Any]]
) -> Done | None:
    """Write, and meanwhile prepare what follows; None where head or views set aside are others by now.

    A store is handed the next batch while it writes one: it may encode that beforehand, and writes it after.
    """
    writing = [asyncio.create_task(_write(store, prepared))]
    try:
        while True:
            chain, rest = prepared.chain, rest[prepared.chain.taken :]
            foreseen = prepared.aside | prepared.failed.keys()
            following = None
            if chain.full and not chain.reread:
                following = await _follow(store, prepared, rest, catalog, foreseen)
            if following:
                writing.append(asyncio.create_task(_write(store, following)))
            if not await writing.pop(0):
                return None
            if following is None or foreseen != prepared.aside | prepared.failed.keys():
                return Done(chain, rest)
            prepared = following
    finally:
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)


async def _follow(
    store: Views,
    prepared: Prepared,
    rest: Sequence[Stored],
    catalog: Mapping[str, View[Any]],
    aside: frozenset[str],
) -> Prepared | None:
    """What comes after it, folded on rows that are not written yet."""
    chain = Chain(prepared.chain.jurisdiction, prepared.chain.head)
    await _off_loop(len(rest), chain.take, rest)
    if not chain.commits:
        return None
    return await _prepare(store, chain, catalog, aside, prepared.after)


async def _prepare(
    store: Views, chain: Chain, catalog: Mapping[str, View[Any]], aside: frozenset[str], newer: Rows
) -> Prepared:
    """Load and fold. `newer` = rows that the store will hold by the time this is written."""
    failed: dict[str, str] = {}
    size = len(chain.events)
    touched = await _off_loop(size, _touched, chain.events, catalog, aside, failed)
    before = await _load(store, chain.jurisdiction, touched, failed, newer)
    after = await _off_loop(size, _fold, touched, before, catalog, failed)
    return Prepared(chain, aside, before, after, failed)


async def _write(store: Views, prepared: Prepared) -> bool:
    """False where the head or the views set aside are others by now."""
    chain, failed = prepared.chain, prepared.failed
    while True:
        answer = await store.write(_batch(chain, prepared.before, prepared.after, prepared.aside, failed))
        if not isinstance(answer, dict):
            break
        failed.update(answer)
    if answer == "raced":
        return False
    for view, why in failed.items():
        log_of.error(
            "view %s of %s is set aside since position %d, rebuild it: %s",
            view,
            chain.jurisdiction,
            chain.start.position + 1,
            why,
        )
    return True


def _touched(
    events: Sequence[Happened],
    catalog: Mapping[str, View[Any]],
    aside: frozenset[str],
    failed: dict[str, str],
) -> Touched:
    """Which rows each view needs, in the order of events. A view whose `keys` raises goes into `failed`."""
    classes = {type(event.data) for event in events}
    touched: Touched = {}
    for name, view in catalog.items():
        wanted = {cls for cls in classes if name not in aside and folds(view, cls)}
        mine = events if wanted == classes else [e for e in events if type(e.data) in wanted]
        work = _work(view, mine, failed)
        if work:
            touched[name] = work
    return touched


def _work(view: View[Any], events: Sequence[Happened], failed: dict[str, str]) -> Work:
    keys_of, work = view.keys, []
    for event in events:
        try:
            keys = tuple(keys_of(event))
        except Exception as error:
            failed[view.name] = _why(error, event)
            return []
        if keys:
            work.append((event, keys))
    return work


async def _load(
    store: Views, jurisdiction: str, touched: Touched, failed: dict[str, str], newer: Rows
) -> Rows:
    wanted = {view: dict.fromkeys(key for _, keys in work for key in keys) for view, work in touched.items()}
    while True:
        asked = {
            view: [key for key in keys if key not in newer.get(view, ())]
            for view, keys in wanted.items()
            if view not in failed
        }
        try:
            found = await store.load(jurisdiction, asked) if asked else {}
        except RowUnreadable as error:
            failed[error.view] = str(error)
            continue
        for view, rows in found.items():
            known = newer.get(view, {})
            rows.update((key, known[key]) for key in wanted[view] if key in known)
        return found


def _fold(touched: Touched, before: Rows, catalog: Mapping[str, View[Any]], failed: dict[str, str]) -> Rows:
    """Rows that are others than before. A view that raises goes into `failed`."""
    after: Rows = {}
    for name, work in touched.items():
        if name in failed:
            continue
        rows = _fold_view(catalog[name], work, before[name], failed)
        changed = {key: row for key, row in rows.items() if row != before[name][key]}
        if changed:
            after[name] = changed
    return after


def _fold_view(
    view: View[Any],
    work: Work,
    before: Mapping[str, Row | None],
    failed: dict[str, str],
) -> dict[str, Row | None]:
    rows, evolve = dict(before), view.evolve
    for event, keys in work:
        try:
            for key in keys:
                rows[key] = evolve(rows[key], event, key)
        except Exception as error:
            failed[view.name] = _why(error, event)
            return {}
    return rows


def _why(error: Exception, event: Happened) -> str:
    return f"{type(error).__name__} at position {event.position} ({event.name}): {error}"


def _batch(
    chain: Chain, before: Rows, after: Rows, aside: frozenset[str], failed: Mapping[str, str]
) -> Batch:
    since = chain.start.position + 1
    return Batch(
        jurisdiction=chain.jurisdiction,
        expected=chain.start,
        head=chain.head,
        before=before,
        after={view: rows for view, rows in after.items() if view not in failed},
        degraded=dict.fromkeys(failed, since),
        aside=aside,
    )
