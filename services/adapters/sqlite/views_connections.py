"""A view store's threads and connections: one for writing, a few for reading."""

import asyncio
import queue
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import apsw

from services.adapters.sqlite import views_file as file
from services.adapters.sqlite.checkpoints import Checkpoints
from services.adapters.sqlite.data_file import BUSY_MS
from services.views.port import ViewsUnavailable

READERS: Final = 3
SECONDS: Final = 0.002
"""Of the processor, for a read on the loop. A thread waits longer for its turns, one for each row."""
LONGEST: Final = 0.010
"""Seconds on the clock, in which a disk or other programs may hold up a read on the loop."""
MOST_SLOW: Final = 10_000
"""Reads known to be slow. Others are tried on the loop first."""
STEPS: Final = 500
"""Steps of SQLite between two looks at the clock: a few dozen rows."""

P = ParamSpec("P")
T = TypeVar("T")


class Connections:
    """Connections to one file, or to an in-memory database where the writing thread also reads."""

    def __init__(
        self,
        path: Path | None,
        *,
        readonly: bool,
        writer_mb: int = file.WRITER_MB,
        reader_mb: int = file.READER_MB,
        checkpoint: int = file.CHECKPOINT,
    ) -> None:
        """`writer_mb`, `reader_mb`: pages that each connection keeps. `checkpoint`: see Checkpoints. Raises
        ViewsUnavailable."""
        self._path, self._readonly, self._closed = path, readonly, False
        self._idle: queue.SimpleQueue[tuple[int, apsw.Connection]] = queue.SimpleQueue()
        self._reader_mb, self._generation = reader_mb, 0
        """Readers of an earlier generation are reopened before reuse."""
        self._slow = set[int]()
        """Hashes of what took longer than SECONDS when it was last read."""
        self._writing = ThreadPoolExecutor(1, "muster-views-write")
        self._reading = ThreadPoolExecutor(READERS, "muster-views-read") if path else self._writing
        self._checkpoints: Checkpoints | None = None
        if not readonly:
            self.writer = file.open_writer(path, writer_mb)
            if path:
                self._checkpoints = Checkpoints(path, self.writer, checkpoint)

    async def read(
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run on a reading thread, in one read transaction. Raises ViewsUnavailable."""
        return await self._on(self._reading, lambda: self.read_here(function, *args, **kwargs))

    async def read_at_once(
        self,
        what: Hashable,
        function: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Like `read`, for what mostly takes no longer than a thread waits for its turn: rows by their keys,
        a page.

        It never holds up the loop: a thread does it if no connection is open, if the file is locked, after
        SECONDS or LONGEST, and if `what` is read took longer than SECONDS the last time.
        """
        reader = None if hash(what) in self._slow else self._open_reader()
        if reader:
            try:
                with file.transaction(reader[1]), _hurried(reader[1]):
                    return function(reader[1], *args, **kwargs)
            except (apsw.BusyError, apsw.InterruptError):
                pass
            except (apsw.Error, UnicodeDecodeError) as error:
                raise file.unavailable(self._path, error) from error
            finally:
                self._idle.put(reader)
        return await self.read(self._timed, what, function, *args, **kwargs)

    def _timed(
        self,
        db: apsw.Connection,
        what: Hashable,
        function: Callable[Concatenate[apsw.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        begun = time.thread_time()
        found = function(db, *args, **kwargs)
        if time.thread_time() - begun <= SECONDS:
            self._slow.discard(hash(what))
        elif len(self._slow) < MOST_SLOW:
            self._slow.add(hash(what))
        return found

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run on the writing thread. Raises ViewsUnavailable."""
        if self._readonly:
            raise ViewsUnavailable(f"{self._path} is open for reading only")
        try:
            return await self._on(self._writing, lambda: function(*args, **kwargs))
        finally:
            if self._checkpoints:
                with suppress(RuntimeError):  # closed meanwhile
                    self._writing.submit(self._checkpoints.look)

    def read_here(
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Like `read`, but on the calling thread."""
        if self._path is None:
            return function(self.writer, *args, **kwargs)
        generation, db = self._reader(self._path)
        try:
            with file.transaction(db):
                return function(db, *args, **kwargs)
        finally:
            self._idle.put((generation, db))

    def renew_readers(self) -> None:
        """Reopen readers before their next use; only new connections see new statistics."""
        self._generation += 1

    async def close(self) -> None:
        """Wait for writes in progress, then close."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    async def _on(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._closed:
            raise ViewsUnavailable("the view store is closed")
        try:
            return await asyncio.wrap_future(threads.submit(work))
        except (apsw.Error, UnicodeDecodeError) as error:
            raise file.unavailable(self._path, error) from error

    def _open_reader(self) -> tuple[int, apsw.Connection] | None:
        """Return a reader that is open and idle, if there is one."""
        if self._path is None or self._closed:
            return None
        try:
            found = self._idle.get_nowait()
        except queue.Empty:
            return None
        if found[0] == self._generation:
            return found
        self._idle.put(found)
        return None

    def _reader(self, path: Path) -> tuple[int, apsw.Connection]:
        now = self._generation
        try:
            seen, db = self._idle.get_nowait()
        except queue.Empty:
            return now, file.open_reader(path, self._reader_mb)
        if seen == now:
            return seen, db
        db.close()
        return now, file.open_reader(path, self._reader_mb)

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._writing.shutdown()
        self._reading.shutdown()
        while True:
            try:
                self._idle.get_nowait()[1].close()
            except queue.Empty:
                break
        if self._checkpoints:
            self._checkpoints.close()
        if not self._readonly:
            self.writer.close()


@contextmanager
def _hurried(db: apsw.Connection) -> Iterator[None]:
    """Let statements fail with BusyError instead of waiting, and with InterruptError once they took long."""
    until, latest = time.thread_time() + SECONDS, time.perf_counter() + LONGEST
    db.set_busy_timeout(0)
    db.set_progress_handler(lambda: time.thread_time() > until or time.perf_counter() > latest, STEPS)
    try:
        yield
    finally:
        db.set_progress_handler(None)
        db.set_busy_timeout(BUSY_MS)
