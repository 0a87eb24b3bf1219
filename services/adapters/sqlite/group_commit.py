"""The only thread writing to a SQLite log: all waiting appends are judged and written together."""

import asyncio
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from events.commit import Envelope, Head, Verdict, digest, envelope, judge
from events.repair import SetAside
from services.adapters.sqlite.checkpoints import Checkpoints
from services.adapters.sqlite.data_file import is_damage
from services.adapters.sqlite.log_file import Row, behind, insert, set_aside, unreadable
from services.log.port import LogDamaged, LogUnavailable, OutcomeUnknown

GROUP: Final = 1000
"""Most appends per transaction."""
GROUP_BYTES: Final = 16 * 2**20
CHECKPOINT: Final = 4_000
"""Pages of the write-ahead log, 16 MB, from which on they are moved into the file."""

_NOT_WRITTEN: Final = frozenset(
    (apsw.SQLITE_FULL, apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_BUSY, apsw.SQLITE_READONLY)
)
"""COMMIT failures before the last frame is in the WAL, after which recovery cannot find the transaction."""


class Call(NamedTuple):
    """One append waiting for its answer."""

    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[bool]
    jurisdiction: str
    data: bytes
    intact: Head | None = None
    """For a repair: where the intact part ends; what is behind it is declared dead."""


Answer = bool | Exception
Heads = dict[str, Head | LogDamaged]


class GroupCommit:
    """Answers calls in order of arrival; `accepted` is called on this thread with what is durable."""

    def __init__(
        self,
        db: apsw.Connection,
        path: Path,
        begun: Callable[[], None],
        stored: Callable[[apsw.Connection, Collection[str]], Heads],
        accepted: Callable[[dict[str, Head]], None],
    ) -> None:
        """`begun` is called once in each transaction, which fails with what that raises. `stored` reads and
        checks heads. Takes ownership of `db`."""
        self._db, self._path, self._begun, self._stored, self._accepted = db, path, begun, stored, accepted
        self._checkpoints = Checkpoints(path, db, CHECKPOINT)
        self._calls: queue.SimpleQueue[list[Call] | None] = queue.SimpleQueue()
        self._together: list[Call] = []
        """Queued together in the next turn of the loop: each time, the thread waits for the interpreter."""
        self._closed = False
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="muster-log", daemon=True)
        self._thread.start()

    def append(self, jurisdiction: str, data: bytes, intact: Head | None = None) -> asyncio.Future[bool]:
        """Queue a commit's bytes; with `intact`, one that declares dead what is behind that head. Raises
        LogUnavailable once closed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        with self._gate:
            if self._closed:
                raise LogUnavailable("the log is closed")
            self._together.append(Call(loop, future, jurisdiction, data, intact))
        loop.call_soon(self._send)
        return future

    def _send(self) -> None:
        with self._gate:
            if self._together:  # neither sent with others nor closed
                self._calls.put(self._together)
                self._together = []

    def close(self) -> None:
        """Write what is queued, then end the thread."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._calls.put(self._together)
                self._together = []
                self._calls.put(None)
        self._thread.join()

    # -- on the thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        more = True
        while more:
            group, more = self._group()
            if group:
                _answer(group, self._write(group))
                self._checkpoints.look()
        self._checkpoints.close()
        self._db.close()

    def _group(self) -> tuple[list[Call], bool]:
        """Return the calls waiting now, at least one, and whether more may follow."""
        group: list[Call] = []
        size = 0
        calls = self._calls.get()
        while calls is not None:
            group += calls
            size += sum(len(call.data) for call in calls)
            if len(group) >= GROUP or size >= GROUP_BYTES:
                return group, True
            try:
                calls = self._calls.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _write(self, group: list[Call]) -> list[Answer]:
        """Write the group in one transaction; on failure, every call gets the same error."""
        try:
            execute(self._db, "BEGIN IMMEDIATE")
            self._begun()
            heads = self._stored(self._db, {call.jurisdiction for call in group})
            rows: list[Row] = []
            answers = [self._judge(heads, rows, call) for call in group]
            insert(self._db, rows)
            if True not in answers:
                self._rollback()
                return answers
        except Exception as error:  # whatever the error, nothing was committed
            self._rollback()
            return [self._unavailable(error)] * len(group)
        failure = self._commit()
        if failure:
            return [failure] * len(group)
        touched = {c.jurisdiction for c, a in zip(group, answers, strict=True) if a is True}
        self._accepted(
            {code: head for code, head in heads.items() if code in touched and isinstance(head, Head)}
        )
        return answers

    def _judge(self, heads: Heads, rows: list[Row], call: Call) -> Answer:
        """Return whether a commit is accepted, and add its row to those that are to be inserted."""
        try:
            seen = envelope(call.data)
        except msgspec.DecodeError as error:
            return ValueError(f"not a commit: {error}")
        if seen.jurisdiction != call.jurisdiction:
            return ValueError(f"a commit of {seen.jurisdiction} was appended to {call.jurisdiction}")
        if call.intact:
            try:
                if not self._declares(call, call.intact, seen):
                    return False
            except LogDamaged as error:
                return error
            insert(self._db, rows)
            rows.clear()
            set_aside(self._db, call.jurisdiction, call.intact)
            heads[call.jurisdiction] = call.intact
        head = heads[call.jurisdiction]
        if isinstance(head, LogDamaged):
            return head
        if judge(head, seen.first, seen.prev, len(seen.events)) is not Verdict.ACCEPTED:
            return False
        new = Head(head.position + len(seen.events), digest(call.data))
        rows.append((call.jurisdiction, seen.first, new.position, new.hash, call.data))
        heads[call.jurisdiction] = new
        return True

    def _declares(self, call: Call, head: Head, seen: Envelope) -> bool:
        """Whether a commit declares dead exactly what is behind a head, and follows that head."""
        aside = SetAside()
        for _, data in behind(self._db, call.jurisdiction, head):
            aside.add(data)
        follows = judge(head, seen.first, seen.prev, len(seen.events)) is Verdict.ACCEPTED
        return follows and aside.records > 0 and aside.declared_by(seen)

    def _commit(self) -> Exception | None:
        try:
            execute(self._db, "COMMIT")
        except apsw.Error as error:
            self._rollback()
            codes = {getattr(error, "result", 0), getattr(error, "extendedresult", 0)}
            if codes & _NOT_WRITTEN:
                return self._unavailable(error)
            return OutcomeUnknown(
                f"disk error while writing the log: {error}; check the command's status by id"
            )
        return None

    def _unavailable(self, error: Exception) -> Exception:
        """Return the error for the caller; damage and our own errors stay unchanged."""
        if is_damage(error):
            return unreadable(error, self._path)
        if isinstance(error, apsw.Error):
            return LogUnavailable(f"the log cannot be written: {error}; nothing was changed")
        return error

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


def execute(db: apsw.Connection, sql: str) -> None:
    """Begin or end a transaction."""
    db.execute(sql)


def _answer(calls: list[Call], answers: list[Answer]) -> None:
    """Answer the callers, with one wake-up per event loop."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[tuple[Call, Answer]]] = defaultdict(list)
    for call, one in zip(calls, answers, strict=True):
        by_loop[call.loop].append((call, one))
    for loop, pairs in by_loop.items():
        _tell(loop, _resolve, pairs)


def wake_all(listeners: Iterable[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]]) -> None:
    """Wake waiting listeners from this thread."""
    for loop, news in listeners:
        _tell(loop, _wake, news)


def _tell(loop: asyncio.AbstractEventLoop, function: Callable[[Any], None], what: Any) -> None:
    with suppress(RuntimeError):  # that loop has ended
        loop.call_soon_threadsafe(function, what)


def _wake(news: asyncio.Future[None]) -> None:
    if not news.done():
        news.set_result(None)


def _resolve(pairs: list[tuple[Call, Answer]]) -> None:
    for call, one in pairs:
        if call.future.done():
            continue
        if isinstance(one, bool):
            call.future.set_result(one)
        else:
            call.future.set_exception(one)
