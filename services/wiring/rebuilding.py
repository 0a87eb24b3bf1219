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
"""Said by a process that has opened its files, and again by one that has folded and wants to write."""
GO: Final = b"go\n"


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
    async with _running(words, writing) as running:
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


def shared(costs: Mapping[str, float], most: int) -> list[Share]:
    """Share out views by what they cost, in seconds, among at most so many processes, the first being there.

    The dearest view goes first, each to the process with the least to do. All but the first have to start.
    """
    count = max(1, min(most, int(sum(costs.values()) / START_SECONDS)))
    shares = [Share(START_SECONDS if n else 0.0, ()) for n in range(count)]
    for name in sorted(costs, key=lambda name: (-costs[name], name)):
        least = min(range(count), key=lambda n: shares[n].seconds)
        shares[least] = Share(shares[least].seconds + costs[name], (*shares[least].views, name))
    return [share for n, share in enumerate(shares) if share.views or n == 0]


async def _costs(log: Source, jurisdiction: str, chosen: Mapping[str, View[Any]]) -> dict[str, float]:
    """Return about how long each view takes, as the log's first events tell."""
    events = await _first(log, jurisdiction)
    times = (await log.end(jurisdiction)).position / max(1, len(events))
    return {name: times * _cost(view, events) for name, view in chosen.items()}


async def _first(log: Source, jurisdiction: str) -> list[EventEnvelope]:
    events: list[EventEnvelope] = []
    async with aclosing(log.read(jurisdiction)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            events += (event for stored in batch for event in envelopes(decode(stored.data)))
            if len(events) >= SAMPLE:
                break
    return events[:SAMPLE]


def _cost(view: View[Any], events: Sequence[EventEnvelope]) -> float:
    begun, folded = time.process_time(), StraightRows({view.name: view})
    for event in events:
        folded.take(event)
    written = len(folded.rows[view.name]) * ROW_SECONDS * (1 + len(view.filters) / 3)
    return time.process_time() - begun + written


@asynccontextmanager
async def _running(
    words: Sequence[tuple[str, ...]], writing: asyncio.Lock
) -> AsyncIterator[list[children.Process]]:
    """Run processes, and end them with the context."""
    running: list[children.Process] = []
    try:
        async with writing:  # they open the files
            running += await asyncio.gather(*(children.start(__spec__.name, *one) for one in words))
            await asyncio.gather(*(one.reader.readline() for one in running))
        yield running
    except BaseException:
        for one in running:
            one.kill()
        raise
    finally:
        await asyncio.gather(*(one.end() for one in running))


async def _answer(process: children.Process, writing: asyncio.Lock) -> dict[str, int]:
    """Let a process write once it has folded; return rows per view, none if it ended early."""
    if not await process.reader.readline():
        return {}
    async with writing:
        process.writer.write(GO)
        answer = await process.reader.readline()
    return msgspec.json.decode(answer, type=dict[str, int]) if answer else {}


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
        writer.write(ASKS)
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
    wrong = (LogDamaged, LogUnavailable, ViewsUnavailable, UnknownEvent, BadEvent, ConnectionError)
    with suppress(*wrong):
        asyncio.run(work(Path(folder), jurisdiction, names, socket.socket(fileno=dup(0))))


if __name__ == "__main__":
    main()
