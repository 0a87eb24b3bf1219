"""Files readable only by their owner: small SQLite stores and secrets."""

import os
from pathlib import Path
from typing import Final

import apsw

_BUSY_MS: Final = 5000


def connect(path: Path, schema: str) -> apsw.Connection:
    """Open a durable SQLite store (0600) with secure delete. Raise apsw.Error or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    keep_private(path)
    db = apsw.Connection(str(path))
    db.set_busy_timeout(_BUSY_MS)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        db.execute(f"PRAGMA {pragma}").fetchall()  # fetch the answer, or later statements are not run
    with db:
        db.execute(schema)
    sync_directory(path.parent)
    return db


def keep_private(path: Path) -> None:
    """Restrict the file to its owner; a restored backup may have opened it to others."""
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def write_once(path: Path, content: bytes) -> bool:
    """Create a file (0600) atomically and durably. Return False, changing nothing, if it exists."""
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
    """Create or replace a file (0600) atomically."""
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
    """Make the names of new files in a directory durable."""
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
