"""Views of one jurisdiction, rebuilt by several processes: each folds some of them on a core of its own.

    python -m services.wiring.rebuilding FOLDER JURISDICTION VIEW...

`rebuild` starts as many as pay for their start. They write one after another, since a file has one writer.
What a process did not rebuild, because it ended early, is rebuilt by the one that started it.
"""

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from os import dup
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from events.base import EventEnvelope
from events.catalog import BadEvent, UnknownEvent, envelopes
from events.commit import decode
from projections.base import View
from projections.catalog import views as catalog
from projections.fold import StraightRows
from services.adapters.sqlite.log import SqliteLog
from services.adapters.sqlite.views import SqliteViews
from services.base import children
from services.base.tuning import cores, tune
from services.log.port import LogDamaged, LogUnavailable
from services.views.port import Views, ViewsUnavailable
from services.views.rebuild import Progress, Source, rebuild_all
from services.wiring import cluster, settings

START_SECONDS: Final = 0.7
"""Processor time until another process folds."""
ROW_SECONDS: Final = 3e-6
"""Processor time to write a row; each index takes a third of it."""
SAMPLE: Final = 5_000
"""Events folded to tell what each view costs."""
ASKS: Final = b"asks\n"
"""Said by a process that has folded and wants to write."""
GO: Final = b"go\n"


class Cost(NamedTuple):
    """About how many seconds of processor time a view takes."""

    fold: float
    write: float


class Share(NamedTuple):
    """Views that one process rebuilds, and about how many seconds of processor time that takes."""

    seconds: float
    views: tuple[str, ...]


async def rebuild(
    data: Path,
    held: tuple[Source, Views],
    jurisdiction: str,
    names: Collection[str],
    progress: Progress | None = None,
) -> dict[str, int]:
    """Rebuild views of a jurisdiction, whose log and views are held open; return rows per view.

    Raises what `rebuild_all` raises.
    """
    log, views = held
    writing = asyncio.Lock()
    own, *others = await _shares(log, jurisdiction, names)
    words = [(str(data), jurisdiction, *share.views) for share in others]
    async with _running(words) as running:
        ours = rebuild_all(log, views, jurisdiction, _chosen(own.views), progress, writing)
        told = await asyncio.gather(ours, *(_answer(one, writing) for one in running))
    rows = {name: count for answer in told for name, count in answer.items()}
    if left := _chosen(set(names) - set(rows)):
        rows |= await rebuild_all(log, views, jurisdiction, left, progress)
    return {name: rows[name] for name in names}


def _chosen(names: Collection[str]) -> dict[str, View[Any]]:
    return {name: catalog[name] for name in sorted(names)}


async def _shares(log: Source, jurisdiction: str, names: Collection[str]) -> list[Share]:
    """Return what each process is to rebuild, this one first."""
    if not settings().two_processes or len(names) == 1:
        return [Share(0.0, tuple(names))]
    return shared(await _costs(log, jurisdiction, _chosen(names)), max(2, cores()))


def shared(costs: Mapping[str, Cost], most: int) -> list[Share]:
    """Share out views by what they cost among at most so many processes, the first of which is there already.

    Processes fold at once and write in turn, so those that have folded soon and have much to write go first
    (S. M. Johnson, Optimal two- and three-stage production schedules, 1954).
    """
    total = sum(map(sum, costs.values()))
    count = max(1, min(most, int(total / START_SECONDS)))
    fair, shares = (total + (count - 1) * START_SECONDS) / count, [Share(0.0, ())]
    for name in sorted(costs, key=lambda name: (costs[name].fold / (costs[name].write or 1e-9), name)):
        seconds = sum(costs[name])
        if len(shares) < count and shares[-1].views and shares[-1].seconds + seconds / 2 > fair:
            shares.append(Share(START_SECONDS, ()))
        shares[-1] = Share(shares[-1].seconds + seconds, (*shares[-1].views, name))
    return shares


async def _costs(log: Source, jurisdiction: str, chosen: Mapping[str, View[Any]]) -> dict[str, Cost]:
    """Return about how long each view takes, as the log's first events tell."""
    events = await _first(log, jurisdiction)
    times = (await log.end(jurisdiction)).position / max(1, len(events))
    nothing = _seconds({}, events)[0]
    folded = {name: _seconds({name: view}, events) for name, view in chosen.items()}
    return {
        name: Cost(times * max(0.0, fold - nothing), times * write) for name, (fold, write) in folded.items()
    }


async def _first(log: Source, jurisdiction: str) -> list[EventEnvelope]:
    events: list[EventEnvelope] = []
    async with aclosing(log.read(jurisdiction)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            events += (event for stored in batch for event in envelopes(decode(stored.data)))
            if len(events) >= SAMPLE:
                break
    return events[:SAMPLE]


def _seconds(views: Mapping[str, View[Any]], events: Sequence[EventEnvelope]) -> tuple[float, float]:
    """Fold some views; return the seconds that took, and about how many it takes to write their rows."""
    begun, folded = time.process_time(), StraightRows(views)
    for event in events:
        folded.take(event)
    spent = time.process_time() - begun
    rows = ((len(folded.rows[name]), len(view.filters)) for name, view in views.items())
    return spent, sum(count * ROW_SECONDS * (1 + indexes / 3) for count, indexes in rows)


@asynccontextmanager
async def _running(words: Sequence[tuple[str, ...]]) -> AsyncIterator[list[children.Process]]:
    """Run processes, and end them with the context."""
    running = await asyncio.gather(*(children.start(__spec__.name, *one) for one in words))
    try:
        yield running
    except BaseException:
        for one in running:
            one.kill()
        raise
    finally:
        await asyncio.gather(*(one.end() for one in running))


async def _answer(process: children.Process, writing: asyncio.Lock) -> dict[str, int]:
    """Let a process write once it has folded; return rows per view, none if it ended early."""
    with suppress(ConnectionError):
        if await process.reader.readline() == ASKS:
            async with writing:
                process.writer.write(GO)
                answer = await process.reader.readline()
            if answer.endswith(b"\n"):
                return msgspec.json.decode(answer, type=dict[str, int])
    return {}


class _Turn:
    """The time in which a process may write: from when the other end says so."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def __aenter__(self) -> None:
        self._writer.write(ASKS)
        if await self._reader.readline() != GO:
            raise ConnectionError("the process that started this one is gone")

    async def __aexit__(self, *_: object) -> None:
        """The other end knows by the answer."""


async def work(data: Path, jurisdiction: str, names: Sequence[str], connection: socket.socket) -> None:
    """Rebuild some views for the process at the other end, which is told how many rows each has."""
    reader, writer = await asyncio.open_unix_connection(sock=connection)
    log, views = await _opened(data)
    tune()
    try:
        turn = _Turn(reader, writer)
        rows = await rebuild_all(log, views, jurisdiction, _chosen(names), alone=turn)
        writer.write(msgspec.json.encode(rows) + b"\n")
        await writer.drain()
    finally:
        await views.close()
        await log.close()
        writer.close()


async def _opened(data: Path) -> tuple[Any, Views]:
    if settings().clustered:
        log, views, keys = await cluster().shared(data)
        await keys.close()
        return log, views
    log = await asyncio.to_thread(SqliteLog.open_readonly, data / "log.sqlite")
    return log, await asyncio.to_thread(SqliteViews, data / "views.sqlite", catalog)


def main() -> None:
    """Rebuild the views given. The process that started this one tries again, and says what is wrong."""
    children.leave_signals()
    folder, jurisdiction, *names = sys.argv[1:]
    try:
        asyncio.run(work(Path(folder), jurisdiction, names, socket.socket(fileno=dup(0))))
    except (LogDamaged, LogUnavailable, ViewsUnavailable, UnknownEvent, BadEvent, ConnectionError):
        sys.exit(1)


if __name__ == "__main__":
    main()
