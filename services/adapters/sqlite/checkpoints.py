"""Moves what a write-ahead log holds into its file, on a thread of its own: whoever commits does not wait.

SQLite by itself does it in the commit that makes the log too long, which then takes a tenth of a second.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

import apsw

from services.adapters.sqlite.data_file import connect

PAGE: Final = 4096
AGAIN: Final = 8
"""If a reader holds the log up, tried again once it has grown by one in so many pages."""


class Checkpoints:
    """The checkpoints of one file. All methods are called on the thread that writes it.

    The thread beside moves nearly all; what is committed meanwhile, the writer itself: else the log would
    never be empty, and grow as long as somebody writes.
    """

    def __init__(self, path: Path, db: apsw.Connection, pages: int) -> None:
        """`db` writes the file. `pages`: what the log holds at most, if no reader holds it up."""
        self._path, self._db, self._most = path, db, pages
        self._pages, self._from = 0, pages
        self._thread: ThreadPoolExecutor | None = None
        self._beside: apsw.Connection | None = None
        self._moving: Future[None] | None = None
        db.pragma("journal_size_limit", 2 * pages * PAGE)  # what a slow reader made of it is given back
        db.set_wal_hook(self._committed)  # instead of SQLite's own

    def _committed(self, db: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def look(self) -> None:
        """Begin or end a checkpoint if one is due, once nobody waits for what was committed."""
        if self._pages < self._most:
            self._from = self._most
        elif self._moving is not None and self._moving.done():
            self._moving = None
            move(self._db)
            self._from = self._pages + self._most // AGAIN
        elif self._moving is None and self._pages >= self._from:
            self._thread = self._thread or ThreadPoolExecutor(1, "muster-checkpoint")
            self._moving = self._thread.submit(self._move_most)

    def _move_most(self) -> None:
        with suppress(apsw.Error, OSError):  # the writer's own attempt follows, and whatever it says
            self._beside = self._beside or connect(self._path)
            move(self._beside)

    def close(self) -> None:
        """End before the writer's connection closes."""
        if self._thread:
            self._thread.shutdown()
        if self._beside:
            self._beside.close()


def move(db: apsw.Connection) -> None:
    """Move what no reader needs where it is. As with SQLite's own attempts, a failure waits for the next."""
    with suppress(apsw.Error):
        db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
