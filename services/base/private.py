"""Files that only their owner may read: small SQLite stores and secrets."""

import os
from pathlib import Path
from typing import Final

import apsw

_BUSY_MS: Final = 5000


def connect(path: Path, schema: str) -> apsw.Connection:
    """A durable SQLite store (0600) that overwrites what is deleted. Raises apsw.Error, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    keep_private(path)
    db = apsw.Connection(str(path))
    db.set_busy_timeout(_BUSY_MS)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}").fetchall()  # one that answers, unread, ends the statements behind it
    with db:
        db.execute(schema)
    sync_directory(path.parent)
    return db


def keep_private(path: Path) -> None:
    """Take the file from everybody but its owner, as a restored backup may have given it."""
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def write_once(path: Path, content: bytes) -> bool:
    """Make a file (0600) whole or not at all, durable; False, untouched, where there is one already."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_directory(path.parent)
    return True


def replace(path: Path, content: bytes) -> None:
    """Make or replace a file (0600) whole."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, content)
    draft.replace(path)
    sync_directory(path.parent)


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)  # left by a crash
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(fd, content)
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_directory(directory: Path) -> None:
    """Make the names of new files in it durable."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
