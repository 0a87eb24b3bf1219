"""A view store's threads and connections: one for writing, a few for reading."""

import asyncio
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import apsw

from services.adapters.sqlite import views_file as file
from services.adapters.sqlite.checkpoints import Checkpoints
from services.adapters.sqlite.data_file import BUSY_MS
from services.views.port import ViewsUnavailable

READERS: Final = 3

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
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Like `read`, for what takes no longer than a thread waits for its turn: a row by its key.

        It never holds up the loop: if no connection is open, or the file is locked, a thread waits for it.
        """
        reader = self._open_reader()
        if reader is None:
            return await self.read(function, *args, **kwargs)
        _, db = reader
        db.set_busy_timeout(0)
        try:
            with file.transaction(db):
                return function(db, *args, **kwargs)
        except apsw.BusyError:
            pass
        except (apsw.Error, UnicodeDecodeError) as error:
            raise file.unavailable(self._path, error) from error
        finally:
            db.set_busy_timeout(BUSY_MS)
            self._idle.put(reader)
        return await self.read(function, *args, **kwargs)

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
