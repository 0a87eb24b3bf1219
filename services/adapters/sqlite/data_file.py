"""SQLite files of the data folder: created whole, checked when opened, also on read-only media."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

import apsw

from services.base.private import keep_private, make_folder, sync_directory, unfinished

BUSY_MS: Final = 5_000
ROOM: Final = 64 * 1024
"""Bytes that SQLite needs beside a file to read it."""
CHECKED_BYTES: Final = 64 * 2**20
"""Larger files are not checked when opened (0.1 s for this many); see services/views/scrub.py."""
_UNWRITTEN: Final = (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError)
_BROKEN: Final = (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError)


class FileDamaged(Exception):
    """The file is not what was written. The message says which one and why; the caller adds what to do."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(f"{path} is damaged: {why}")


def is_damage(error: BaseException) -> bool:
    """Whether an error comes from the file's content, and trying again will not help."""
    if isinstance(error, apsw.SQLError):  # a table that was there when the file was created
        return "no such" in str(error) or "malformed" in str(error)
    return isinstance(error, (FileDamaged, *_BROKEN))


def open_store(path: Path, schema: str, *, reading: bool = False) -> apsw.Connection:
    """Open a small durable store (0600) with secure delete, creating it if missing.

    Where nothing can be written, it is opened for reading; on a full disk only if it shall be read, as there
    will be room again for a service. Raises FileDamaged, apsw.Error or OSError.
    """
    if path.exists() and not (has_room(path.parent) if reading else writable(path.parent)):
        return open_reader(path)
    make_folder(path.parent)
    create(path, schema)
    keep_private(path)
    db = connect(path)
    try:
        db.execute("PRAGMA secure_delete = ON").fetchall()
        refuse_damaged(db, path)
        with db:
            db.execute(schema)
    except BaseException:
        db.close()
        raise
    return db


def create(path: Path, schema: str) -> None:
    """Create the file with its tables at once, unless it exists: a file without any is a damaged one."""
    if path.exists():
        return
    draft = unfinished(path)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        db = _opened(draft)
        with db:
            db.execute(schema)
        db.close()
        try:
            os.link(draft, path)
        except FileExistsError:  # another process was first
            return
    finally:
        for left in (draft, *beside(draft)):
            left.unlink(missing_ok=True)
    sync_directory(path.parent)


def connect(path: Path) -> apsw.Connection:
    """Open for writing, every transaction durable. Raises FileDamaged, apsw.Error or OSError."""
    refuse_empty(path)
    return _opened(path)


def _opened(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.set_busy_timeout(BUSY_MS)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            db.execute(f"PRAGMA {pragma}").fetchall()  # fetch the answer, or later statements are not run
    except _BROKEN as error:
        db.close()
        raise FileDamaged(path, error) from error
    return db


def open_reader(path: Path) -> apsw.Connection:
    """Open for reading, with or without a process writing, also where SQLite cannot create its own files.

    Raises FileDamaged, apsw.Error.
    """
    refuse_empty(path)
    wal, index = map(_filled, beside(path))  # without room, SQLite leaves them empty
    still = not wal and not (writable(path.parent) and (index or has_room(path.parent)))
    name = f"{path.resolve().as_uri()}?immutable=1" if still else str(path)
    db = apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    db.set_busy_timeout(BUSY_MS)
    return db


def _filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def writable(folder: Path) -> bool:
    """Whether files can be created there. For root, os.access tells it of the file system only."""
    return os.access(folder, os.W_OK)


def has_room(folder: Path) -> bool:
    """Whether files can be created there, and the disk has room for what SQLite keeps beside one."""
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(ROOM))
            file.flush()
    except OSError:
        return False
    return writable(folder)


def beside(path: Path) -> tuple[Path, Path]:
    """Return the write-ahead log and the shared index of a file."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def refuse_empty(path: Path) -> None:
    """Raise FileDamaged for a file that exists, but lost its content: none is ever created that way."""
    if path.exists() and path.stat().st_size == 0:
        raise FileDamaged(path, "it is empty")


def refuse_damaged(db: apsw.Connection, path: Path) -> None:
    """Check the whole file, if it is not large. Raises FileDamaged."""
    if path.stat().st_size > CHECKED_BYTES:
        return
    try:
        found = [str(line) for (line,) in db.execute("PRAGMA quick_check(1)")]
    except _BROKEN as error:
        raise FileDamaged(path, error) from error
    if found != ["ok"]:
        raise FileDamaged(path, " ".join(found).replace("\n", " "))


def _is_full(error: BaseException) -> bool:
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or isinstance(error, apsw.FullError)


def explained(error: BaseException, path: Path | None, otherwise: str, remedy: str) -> str:
    """Say what went wrong: if the file is damaged, which one and the remedy; else `otherwise` and why. Of a
    full disk, say where to make room."""
    full = _is_full(error) or (isinstance(error, _UNWRITTEN) and path and not has_room(path.parent))
    if path is not None and full:
        return f"{otherwise}: {error}; make room on the disk of {path.parent}"
    if path is None or not is_damage(error):
        return f"{otherwise}: {error}"
    damage = error if isinstance(error, FileDamaged) else FileDamaged(path, error)
    return f"{damage}; {remedy}"
