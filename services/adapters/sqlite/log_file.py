"""The file of a SQLite log: its tables, opening it, and checking each stored row."""

import os
import uuid
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from events.commit import Head, Verdict, digest, envelope, judge
from services.log.port import LogDamaged, LogUnavailable, Stored

FORMAT: Final = 1
_APPLICATION: Final = 0x4D757374  # "Must", in the file's header
_BUSY_MS: Final = 5000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commits (
    jurisdiction TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    hash TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (jurisdiction, last)
) STRICT;
"""
_END: Final = "SELECT last, hash FROM commits WHERE jurisdiction = ? ORDER BY last DESC LIMIT 1"
_BEFORE: Final = (
    "SELECT first, last, hash, data FROM commits WHERE jurisdiction = ? AND last <= ?"
    " ORDER BY last DESC LIMIT 1"
)
_NEXT: Final = (
    "SELECT first, last, hash, data FROM commits WHERE jurisdiction = ? AND last > ? AND last <= ?"
    " ORDER BY last LIMIT ?"
)
_JURISDICTIONS: Final = """
WITH RECURSIVE found (code) AS (
    SELECT min(jurisdiction) FROM commits
    UNION ALL SELECT (SELECT min(jurisdiction) FROM commits WHERE jurisdiction > code) FROM found
    WHERE code IS NOT NULL
)
SELECT CAST(code AS BLOB) FROM found WHERE code IS NOT NULL
"""  # one index seek per jurisdiction; DISTINCT would scan the whole index
_BROKEN: Final = (apsw.CorruptError, apsw.NotADBError, UnicodeDecodeError)

Row = tuple[Any, ...]


# -- opening -----------------------------------------------------------------------------------------------


def open_writer(path: Path) -> apsw.Connection:
    """Open for writing, creating the file and its directory if missing. Raises LogUnavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = apsw.Connection(str(path))
        db.set_busy_timeout(_BUSY_MS)
        _refuse_foreign(db, path)
        # an unread result would hold up the following statements
        db.execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000"
        ).fetchall()
        with db:
            db.execute(f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {FORMAT}; {_SCHEMA}")
            db.execute("INSERT OR IGNORE INTO meta VALUES ('id', ?)", (str(uuid.uuid4()),))
        _sync_directory(path.parent)
    except (apsw.Error, OSError) as error:
        raise LogUnavailable(f"the log {path} cannot be opened: {error}") from error
    return db


def open_reader(path: Path) -> apsw.Connection:
    """Open a read-only connection, also on read-only media where SQLite cannot create its shared files."""
    wal = path.with_name(path.name + "-wal")
    still = not os.access(path.parent, os.W_OK) and not (wal.exists() and wal.stat().st_size)
    name = f"{path.resolve().as_uri()}?immutable=1" if still else str(path)
    db = apsw.Connection(name, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    db.set_busy_timeout(_BUSY_MS)
    return db


def identity(db: apsw.Connection, path: Path) -> str:
    """Return the log's UUID. Raises LogUnavailable if the file is not a log or is from a newer version."""
    try:
        _refuse_foreign(db, path)
        row = db.execute("SELECT value FROM meta WHERE name = 'id'").fetchone()
    except apsw.Error as error:
        raise LogUnavailable(f"the log {path} cannot be opened: {error}") from error
    if row is None:
        raise LogUnavailable(f"{path} was not fully created; open it for writing once")
    return str(row[0])


def _refuse_foreign(db: apsw.Connection, path: Path) -> None:
    if not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
        return
    application, version = db.pragma("application_id"), db.pragma("user_version")
    if application != _APPLICATION:
        raise LogUnavailable(f"{path} is an SQLite file, but not a Muster log")
    if not isinstance(version, int) or version > FORMAT:
        raise LogUnavailable(f"{path} has format {version}, this version supports {FORMAT}; upgrade Muster")


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


# -- reading -----------------------------------------------------------------------------------------------


def jurisdictions(db: apsw.Connection) -> list[str]:
    """Return all codes, sorted. Raises LogDamaged if one is not text."""
    found: list[str] = []
    for (code,) in db.execute(_JURISDICTIONS):
        try:
            found.append(code.decode())
        except UnicodeDecodeError:
            raise LogDamaged(repr(code), 0, "a jurisdiction code is not text") from None
    return found


def end(db: apsw.Connection, jurisdiction: str) -> Head:
    """Return the table's head, unchecked."""
    row = _one(db, _END, (jurisdiction,))
    return Head(*row) if row else Head()


def head_before(db: apsw.Connection, jurisdiction: str, position: int) -> Head:
    """Return the head after the last commit ending at or before `position`, with its bytes checked.

    Raises LogDamaged.
    """
    row = _one(db, _BEFORE, (jurisdiction, position))
    if row is None:
        return Head()
    try:
        seen = envelope(row[3])
    except (msgspec.DecodeError, TypeError) as error:
        raise LogDamaged(jurisdiction, row[1], f"the stored bytes are not a commit: {error}") from error
    return link(jurisdiction, Head(seen.first - 1, seen.prev), row).head


def batch(
    db: apsw.Connection, jurisdiction: str, head: Head, upto: int, most: int, most_bytes: int
) -> list[Stored]:
    """Return linked commits after `head`. Damage after some good ones is raised by the next call."""
    found: list[Stored] = []
    size = 0
    begin = head.position or -(2**63)  # also finds damaged positions below 1
    rows = db.execute(_NEXT, (jurisdiction, begin, upto, most))
    try:
        for row in rows:
            found.append(link(jurisdiction, found[-1].head if found else head, row))
            size += len(found[-1].data)
            if size >= most_bytes:
                break
    except LogDamaged:
        if not found:
            raise
    except _BROKEN as error:
        if not found:
            raise LogDamaged(jurisdiction, head.position + 1, str(error)) from error
    finally:
        rows.close(True)
    return found


def link(jurisdiction: str, head: Head, row: Row) -> Stored:
    """Check a stored row as the commit following `head`. Raises LogDamaged, naming the position."""
    first, last, stored_hash, data = row

    def damaged(why: str) -> LogDamaged:
        return LogDamaged(jurisdiction, head.position + 1, why)

    if not isinstance(data, bytes):
        raise damaged("the stored commit is not bytes")
    hashed = digest(data)
    if hashed != stored_hash:
        raise damaged("the stored bytes do not match their hash")
    try:
        seen = envelope(data)
    except msgspec.DecodeError as error:
        raise damaged(f"the stored bytes are not a commit: {error}") from error
    if seen.jurisdiction != jurisdiction:
        raise damaged(f"a commit of {seen.jurisdiction} is stored here")
    if judge(head, seen.first, seen.prev, len(seen.events)) is not Verdict.ACCEPTED:
        raise damaged(f"the next stored commit begins at {seen.first} and does not follow {head}")
    if (first, last) != (seen.first, seen.first + len(seen.events) - 1):
        raise damaged(f"the commit is stored under positions {first} to {last}")
    return Stored(data, Head(last, hashed))


def integrity(db: apsw.Connection) -> list[str]:
    """Run SQLite's integrity check and return its findings."""
    try:
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(20)")]
    except _BROKEN as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def _one(db: apsw.Connection, sql: str, values: tuple[str, *tuple[int, ...]]) -> Row | None:
    try:
        return db.execute(sql, values).fetchone()
    except _BROKEN as error:
        raise LogDamaged(values[0], sum(values[1:]), str(error)) from error
