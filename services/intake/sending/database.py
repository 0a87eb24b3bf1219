"""The temporary database of one table: its drafts, and the outcome of its lines."""

from typing import Final

import apsw

_SCHEMA: Final = """
CREATE TABLE drafts (seq INTEGER PRIMARY KEY, phase INTEGER, sort INTEGER, thing TEXT, step INTEGER,
  follows INTEGER, entity TEXT, rank INTEGER, row INTEGER, line INTEGER, gid INTEGER, name TEXT, at INTEGER,
  observed INTEGER, data BLOB, saying TEXT, after TEXT);
CREATE TABLE people (worker TEXT, line INTEGER, weak INTEGER, data BLOB, columns BLOB);
CREATE TABLE changes (line INTEGER, row TEXT, told BLOB);
CREATE TABLE begun (entity TEXT PRIMARY KEY, sort INTEGER) WITHOUT ROWID;
CREATE TABLE members (gid INTEGER, line INTEGER);
CREATE TABLE outcomes (gid INTEGER PRIMARY KEY, outcome TEXT, nth INTEGER, code TEXT, told BLOB);
CREATE TABLE lines (line INTEGER PRIMARY KEY, applied INTEGER NOT NULL DEFAULT 0,
  nth INTEGER NOT NULL DEFAULT 0, code TEXT, told BLOB, skipped INTEGER NOT NULL DEFAULT 0);
CREATE TABLE dropped (line INTEGER PRIMARY KEY);
"""


def temporary() -> apsw.Connection:
    """Open an anonymous database, removed when it is closed."""
    db = apsw.Connection("")
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "temp_store=FILE", "cache_size=-8000"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    db.execute(_SCHEMA)
    db.execute("BEGIN")
    return db
