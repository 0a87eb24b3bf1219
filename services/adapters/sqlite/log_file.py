"""The file of a SQLite log: its tables, opening it, and checking each stored row."""

import uuid
from collections.abc import Collection, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from events.commit import Head, Verdict, digest, envelope, judge
from services.adapters.sqlite.data_file import (
    FileDamaged,
    connect,
    create,
    explained,
    is_damage,
    refuse_damaged,
)
from services.base.private import make_folder
from services.log.port import LogDamaged, LogFileDamaged, LogUnavailable, Stored

FORMAT: Final = 1
_APPLICATION: Final = 0x4D757374  # "Must", in the file's header
_REMEDY: Final = (
    "stop the service and restore the newest backup of log and keys; see `Restore` in docs/operations.md"
)
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
CREATE: Final = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {FORMAT}; {_SCHEMA}"
_END: Final = "SELECT last, hash FROM commits WHERE jurisdiction = ? ORDER BY last DESC LIMIT 1"
_ENDS: Final = """
SELECT json_group_array(json((
    SELECT json_array(jurisdiction, last, hash) FROM commits WHERE jurisdiction = value
    ORDER BY last DESC LIMIT 1
))) FROM json_each(?)
"""
_BEFORE: Final = (
    "SELECT first, last, hash, data FROM commits WHERE jurisdiction = ? AND last <= ?"
    " ORDER BY last DESC LIMIT 1"
)
_NEXT: Final = (
    "SELECT first, last, hash, data FROM commits WHERE jurisdiction = ? AND last > ? AND last <= ?"
    " ORDER BY last LIMIT ?"
)
_BEHIND: Final = "SELECT last, hash, data FROM commits WHERE jurisdiction = ? AND last > ? ORDER BY last"
_DEAD: Final = """
CREATE TABLE IF NOT EXISTS dead (
    jurisdiction TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, hash TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT
"""
_MOVE: Final = (
    "INSERT INTO dead SELECT jurisdiction, first, last, hash, data FROM commits"
    " WHERE jurisdiction = ? AND last > ?"
)
_TOGETHER: Final = (64, 16, 4, 1)
"""Numbers of rows inserted by one statement. Each is prepared once."""
_INSERT: Final = "INSERT INTO commits (jurisdiction, first, last, hash, data) VALUES "
_INSERTS: Final = {count: _INSERT + ", ".join(["(?, ?, ?, ?, ?)"] * count) for count in _TOGETHER}
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
_ends: Final = msgspec.json.Decoder(list[tuple[str, int, str] | None])


# -- opening -----------------------------------------------------------------------------------------------


def open_writer(path: Path) -> apsw.Connection:
    """Open for writing, creating the file and its directory if missing. Raises LogUnavailable, LogDamaged."""
    try:
        make_folder(path.parent)
        create(path, CREATE)
        db = connect(path)
        refuse_damaged(db, path)
        _refuse_foreign(db, path)
        with db:
            db.execute(CREATE)
            db.execute("INSERT OR IGNORE INTO meta VALUES ('id', ?)", (str(uuid.uuid4()),))
    except (FileDamaged, apsw.Error, OSError) as error:
        raise unreadable(error, path) from error
    return db


def unreadable(error: Exception, path: Path) -> LogDamaged | LogUnavailable:
    """Return the port's error for one of the file's, with what to do."""
    said = explained(error, path, f"the log {path} cannot be read or written", _REMEDY)
    return LogFileDamaged(said) if is_damage(error) else LogUnavailable(said)


def identity(db: apsw.Connection, path: Path) -> str:
    """Return the log's UUID. Raises LogUnavailable if the file is not a log or is from a newer version, and
    LogDamaged."""
    try:
        _refuse_foreign(db, path)
        row = db.execute("SELECT value FROM meta WHERE name = 'id'").fetchone()
    except apsw.Error as error:
        raise unreadable(error, path) from error
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


def ends(db: apsw.Connection, jurisdictions: Collection[str]) -> dict[str, Head | LogDamaged]:
    """Return the table's heads, unchecked, or why one cannot be read.

    All at once: each step of a statement lets go of the interpreter, and waits until it is free again.
    """
    try:
        ((packed,),) = db.execute(_ENDS, (msgspec.json.encode(list(jurisdictions)).decode(),))
        found = {row[0]: Head(row[1], row[2]) for row in _ends.decode(packed) if row}
    except (*_BROKEN, msgspec.DecodeError):
        return {code: _end_or_damage(db, code) for code in jurisdictions}
    return {code: found.get(code, Head()) for code in jurisdictions}


def _end_or_damage(db: apsw.Connection, jurisdiction: str) -> Head | LogDamaged:
    try:
        return end(db, jurisdiction)
    except LogDamaged as error:
        return error


def insert(db: apsw.Connection, rows: Sequence[Row]) -> None:
    """Insert rows of (jurisdiction, first, last, hash, data), by as few statements as can be."""
    begin = 0
    for count in _TOGETHER:
        while len(rows) - begin >= count:
            db.execute(_INSERTS[count], tuple(chain.from_iterable(rows[begin : begin + count])))
            begin += count


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


def behind(db: apsw.Connection, jurisdiction: str, head: Head) -> list[tuple[int, bytes]]:
    """Return (last position, bytes) of the rows behind an intact head.

    Raises LogDamaged if bytes changed since they were stored: they may have been acknowledged.
    """
    rows: list[Row] = db.execute(_BEHIND, (jurisdiction, head.position)).fetchall()
    for last, hashed, data in rows:
        if not isinstance(data, bytes) or digest(data) != hashed:
            raise LogDamaged(jurisdiction, head.position + 1, f"the bytes stored at {last} were changed")
    return [(last, data) for last, _, data in rows]


def set_aside(db: apsw.Connection, jurisdiction: str, head: Head) -> None:
    """Move the rows behind a head out of the chain's table. They are kept."""
    db.execute(_DEAD)
    db.execute(_MOVE, (jurisdiction, head.position))
    db.execute("DELETE FROM commits WHERE jurisdiction = ? AND last > ?", (jurisdiction, head.position))


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
