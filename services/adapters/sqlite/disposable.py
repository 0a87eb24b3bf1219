"""SQLite files that are rebuilt from the log when they do not fit this program."""

import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import apsw

from services.adapters.sqlite import views_file as file
from services.adapters.sqlite.data_file import beside, is_damage
from services.adapters.sqlite.past_table import PastTable
from services.adapters.sqlite.views_connections import Connections

log_of = logging.getLogger("muster.history")
WRITER_MB: Final = 8
READER_MB: Final = 2
"""Little, as the process that answers has several such files: what is read there is mostly read once."""
CHECKPOINT: Final = 2_000
"""Pages of each write-ahead log, 8 MB: there are two more than those of log and views."""
_MADE_FOR: Final = "CREATE TABLE made_for (signature TEXT NOT NULL) STRICT;"


def opened(path: Path, schema: str, form: int, tables: Iterable[PastTable]) -> Connections:
    """Open a file, or begin again if it was made for other tables or cannot be read.

    `form`: raised when what the program makes of the log changes, though the tables do not.
    """
    parts = [form, *(f"{table.name} {table.signature}" for table in tables)]
    signature = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
    if not _is_for(path, signature):
        _remove(path)
    try:
        connections = _connected(path)
    except file.ViewsUnavailable as error:
        if error.__cause__ is None or not is_damage(error.__cause__):
            raise
        log_of.warning("%s is damaged; rebuilding it from the log", path)
        _remove(path)
        connections = _connected(path)
    if not _is_for(path, signature):
        db = connections.writer
        with file.transaction(db, "IMMEDIATE"):
            db.execute(schema + _MADE_FOR)
            db.execute("INSERT INTO made_for VALUES (?)", (signature,))
    return connections


def _connected(path: Path) -> Connections:
    return Connections(path, readonly=False, writer_mb=WRITER_MB, reader_mb=READER_MB, checkpoint=CHECKPOINT)


def _remove(path: Path) -> None:
    for one in (path, *beside(path)):
        one.unlink(missing_ok=True)


def size(db: apsw.Connection) -> int:
    """Return the bytes in use."""
    pages = int(db.pragma("page_count")) - int(db.pragma("freelist_count"))
    return pages * int(db.pragma("page_size"))


def _is_for(path: Path, signature: str) -> bool:
    if not path.exists():
        return False
    try:
        db = file.open_reader(path)
    except file.ViewsUnavailable:
        return False
    try:
        return db.execute("SELECT signature FROM made_for").fetchall() == [(signature,)]
    except apsw.Error:
        return False
    finally:
        db.close()
