"""The log in one SQLite file (WAL, synchronous=FULL), written by one process and read by any."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

import apsw

from events.commit import Head
from services.adapters.sqlite import log_file as file
from services.adapters.sqlite.data_file import FileDamaged, open_reader
from services.adapters.sqlite.files_in_use import FilesInUse
from services.adapters.sqlite.group_commit import GroupCommit, Heads, wake_all
from services.adapters.sqlite.writer_lock import WriterLock
from services.log.damage import damage_behind
from services.log.port import Damage, LogDamaged, LogUnavailable, Stored

BATCH: Final = 500
"""Most commits per batch of `read`."""
BATCH_BYTES: Final = 4 * 2**20
POLL: Final = 0.05
"""Seconds between polls of `wait` when another process is the writer."""

P = ParamSpec("P")
T = TypeVar("T")
Listener = tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]


class SqliteLog:
    """Opening blocks for a few milliseconds; after that nothing runs on the event loop's thread."""

    def __init__(self, path: Path | str, *, readonly: bool = False) -> None:
        """Open for writing, creating the file if missing. Raises LogLocked, LogUnavailable."""
        self._path = Path(path)
        self._idle: queue.SimpleQueue[apsw.Connection] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(2, "muster-log-read")
        self._closed = False
        self._lock: WriterLock | None = None
        self._writer: GroupCommit | None = None
        self._checked: dict[str, Head] = {}
        self._waiting: dict[str, list[Listener]] = {}
        self._gate = threading.Lock()
        self.id = self._open_reader() if readonly else self._open_writer()
        """UUID generated with the log."""

    @classmethod
    def open_readonly(cls, path: Path | str) -> "SqliteLog":
        """Open for reading, with or without a process writing. Raises LogUnavailable if there is no log."""
        return cls(path, readonly=True)

    def _open_reader(self) -> str:
        if not self._path.exists():
            raise LogUnavailable(f"no log at {self._path}; specify the folder containing log.sqlite")
        try:
            return self._with_reader(file.identity, self._path)
        except (FileDamaged, apsw.Error) as error:
            raise file.unreadable(error, self._path) from error

    def _open_writer(self) -> str:
        self._lock = WriterLock(self._path.with_name(self._path.name + ".lock"))
        try:
            db = file.open_writer(self._path)
        except BaseException:
            self._lock.release()
            raise
        self._files = FilesInUse(self._path)
        identity = file.identity(db, self._path)
        self._writer = GroupCommit(db, self._path, self._files.check, self._checked_heads, self._wake)
        return identity

    # -- the port ------------------------------------------------------------------------------------------

    async def jurisdictions(self) -> list[str]:
        """Return all codes. Raises LogDamaged if one is not text."""
        return await self._call(file.jurisdictions)

    async def end(self, jurisdiction: str) -> Head:
        return await self._call(file.end, jurisdiction)

    async def known_head(self, jurisdiction: str) -> Head:
        """See Log.known_head. Only this process writes, and each append compares the file again."""
        return self._checked.get(jurisdiction) or await self.end(jurisdiction)

    async def append(self, jurisdiction: str, data: bytes) -> bool:
        """See Log.append. Also raises ValueError for bytes that are not a commit of the jurisdiction, and
        LogDamaged if the preceding commit is damaged."""
        if self._writer is None:
            raise LogUnavailable(f"{self._path} is open for reading only")
        return await self._writer.append(jurisdiction, data)

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        end = await self.end(jurisdiction)
        head = await self._call(file.head_before, jurisdiction, after)
        while batch := await self._call(file.batch, jurisdiction, head, end.position, BATCH, BATCH_BYTES):
            head = batch[-1].head
            yield batch
        if head != end:
            raise LogDamaged(jurisdiction, head.position + 1, f"the chain ends at {head}, the table at {end}")

    async def damage(self, jurisdiction: str) -> Damage | None:
        """See Log.damage. Reads the whole chain."""
        head, damage = Head(), None
        try:
            async for batch in self.read(jurisdiction):
                head = batch[-1].head
        except LogDamaged as error:
            damage = error
        if damage is None:
            return None
        rows = await self._call(file.behind, jurisdiction, head)
        if not rows:
            raise damage
        return damage_behind(jurisdiction, head, rows)

    async def repair(self, jurisdiction: str, data: bytes) -> bool:
        """See Log.repair."""
        if self._writer is None:
            raise LogUnavailable(f"{self._path} is open for reading only")
        damage = await self.damage(jurisdiction)
        return damage is not None and await self._writer.append(jurisdiction, data, damage.head)

    async def repaired(self, jurisdiction: str) -> None:
        """See Log.repaired. While this process holds the log, no other can repair it."""
        if await self.damage(jurisdiction):
            await asyncio.Event().wait()

    async def wait(self, jurisdiction: str, after: int, timeout: float) -> bool:  # noqa: ASYNC109
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            listener = loop, loop.create_future()
            self._listen(jurisdiction, listener)
            try:
                if (await self.end(jurisdiction)).position > after:
                    return True
                left = deadline - loop.time()
                if left <= 0:
                    return False
                await asyncio.wait((listener[1],), timeout=left if self._writer else min(left, POLL))
            finally:
                self._unlisten(jurisdiction, listener)

    def add_mark(self, jurisdiction: str, head: Head, offset: int) -> None:
        """Do nothing: the index finds positions."""

    def mark(self, jurisdiction: str) -> None:
        """Do nothing: the index finds positions."""

    def release(self, jurisdiction: str) -> None:
        """Do nothing: nothing is cached."""

    async def close(self) -> None:
        """Wait for writes in progress and close. Another process may open the log afterwards."""
        await asyncio.get_running_loop().run_in_executor(None, self._close)

    async def inspect(self) -> list[str]:
        """Run SQLite's integrity check on the whole file and return its findings."""
        return await self._call(file.integrity)

    # -- reading threads -----------------------------------------------------------------------------------

    async def _call(
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._closed:
            raise LogUnavailable("the log is closed")
        work = self._threads.submit(self._with_reader, function, *args, **kwargs)
        try:
            return await asyncio.wrap_future(work)
        except (FileDamaged, apsw.Error, UnicodeDecodeError) as error:
            raise file.unreadable(error, self._path) from error

    def _with_reader(
        self, function: Callable[Concatenate[apsw.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        try:
            db = self._idle.get_nowait()
        except queue.Empty:
            db = open_reader(self._path)
        try:
            return function(db, *args, **kwargs)
        finally:
            self._idle.put(db)

    def _close(self) -> None:
        self._closed = True
        self._threads.shutdown()
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                break
        if self._writer:
            self._writer.close()
        if self._lock:
            self._lock.release()

    # -- the writing thread --------------------------------------------------------------------------------

    def _checked_heads(self, db: apsw.Connection, jurisdictions: Collection[str]) -> Heads:
        """Return the stored heads, checking the bytes of each once so that nothing is chained to a damaged
        commit."""
        heads = file.ends(db, jurisdictions)
        for jurisdiction, head in heads.items():
            if self._checked.get(jurisdiction) == head or isinstance(head, LogDamaged):
                continue
            try:
                self._checked[jurisdiction] = file.head_before(db, jurisdiction, head.position)
            except LogDamaged as error:
                heads[jurisdiction] = error
            else:
                heads[jurisdiction] = self._checked[jurisdiction]
        return heads

    def _wake(self, heads: dict[str, Head]) -> None:
        self._checked.update(heads)
        with self._gate:
            listeners = [one for jurisdiction in heads for one in self._waiting.pop(jurisdiction, [])]
        wake_all(listeners)

    def _listen(self, jurisdiction: str, listener: Listener) -> None:
        with self._gate:
            self._waiting.setdefault(jurisdiction, []).append(listener)

    def _unlisten(self, jurisdiction: str, listener: Listener) -> None:
        with self._gate:
            left = [one for one in self._waiting.pop(jurisdiction, []) if one is not listener]
            if left:
                self._waiting[jurisdiction] = left
