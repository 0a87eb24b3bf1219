"""The SQLite file behind the view store: opened, checked, and brought up to the views of this program."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw

from events.commit import Head
from services.views.port import ViewsUnavailable
from services.views.sqlite_table import Table

FORMAT: Final = 1
_SCHEMA: Final = Path(__file__).with_name("sqlite.sql").read_text(encoding="utf-8")
_BUSY_MS: Final = 5_000
_WRITER: Final = {
    "journal_mode": "wal",
    "synchronous": "normal",  # what the last instants lose in a power cut is folded again
    "cache_size": -65_536,
    "temp_store": "memory",
    "wal_autocheckpoint": 10_000,  # 40 MB: hot pages are written back once for many batches
}
_READER: Final = {"cache_size": -16_384, "temp_store": "memory"}


def open_writer(path: Path | None) -> apsw.Connection:
    """Made if missing; None = in memory. Raises ViewsUnavailable."""
    try:
        db = apsw.Connection(str(path) if path else ":memory:")
        db.set_busy_timeout(_BUSY_MS)
        for pragma, value in _WRITER.items():
            db.pragma(pragma, value)
        return db
    except apsw.Error as error:
        raise unavailable(path, error) from error


def open_reader(path: Path) -> apsw.Connection:
    """Beside a process that writes, or without one. Raises ViewsUnavailable."""
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        db.set_busy_timeout(_BUSY_MS)
        for pragma, value in _READER.items():
            db.pragma(pragma, value)
        return db
    except apsw.Error as error:
        raise unavailable(path, error) from error


def unavailable(path: Path | None, error: Exception) -> ViewsUnavailable:
    """The same in our words, with what to do."""
    damaged = isinstance(error, apsw.NotADBError | apsw.CorruptError)
    remedy = "; it can be deleted: views are folded from the log again" if damaged else ""
    return ViewsUnavailable(f"the views in {path or 'memory'} cannot be used: {error}{remedy}")


@contextmanager
def transaction(db: apsw.Connection, kind: str = "DEFERRED") -> Iterator[None]:
    """All of it or nothing."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def migrate(db: apsw.Connection, tables: Mapping[str, Table]) -> None:
    """Make the tables of all views as this program declares them; drop those of other versions.

    A view that is new or changed is stale in every jurisdiction that has a head already.
    """
    with transaction(db, "IMMEDIATE"):
        if db.pragma("user_version") != FORMAT:
            _drop_everything(db)
            db.execute(_SCHEMA)
            db.pragma("user_version", FORMAT)
        have = {name: (table, mark) for name, table, mark in db.execute("SELECT * FROM view_versions")}
        want = {name: (table.name, table.signature) for name, table in tables.items()}
        for name in have.keys() - want.keys():
            _drop(db, name, have[name][0])
        for name, declared in want.items():
            if have.get(name) != declared:
                if name in have:
                    _drop(db, name, have[name][0])
                _make(db, tables[name])


def _drop_everything(db: apsw.Connection) -> None:
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for name in names:
        db.execute(f'DROP TABLE "{name}"')


def _drop(db: apsw.Connection, view: str, table: str) -> None:
    db.execute(f'DROP TABLE IF EXISTS "{table}"')
    for sql in ("DELETE FROM view_versions WHERE view = ?", "DELETE FROM degraded WHERE view = ?"):
        db.execute(sql, (view,))


def _make(db: apsw.Connection, table: Table) -> None:
    db.execute(table.ddl())
    view = table.view.name
    db.execute("INSERT INTO view_versions VALUES (?, ?, ?)", (view, table.name, table.signature))
    db.execute("INSERT INTO degraded SELECT jurisdiction, ?, 0 FROM heads WHERE position > 0", (view,))
    db.execute("DELETE FROM steps")  # they may hold rows of the old shape: streams start over


def analyse(db: apsw.Connection) -> None:
    """Tell the planner how selective each index is; some milliseconds, whatever the size of the tables."""
    db.pragma("analysis_limit", 400)
    db.execute("ANALYZE")


def head(db: apsw.Connection, jurisdiction: str) -> Head:
    """(0, zeros) where nothing was projected yet."""
    found: Any = db.execute(
        "SELECT position, hash FROM heads WHERE jurisdiction = ?", (jurisdiction,)
    ).fetchone()
    return Head(*found) if found else Head()


def degraded(db: apsw.Connection, jurisdiction: str) -> dict[str, int]:
    """Views set aside, and since which position; 0 = never folded by this version."""
    sql = "SELECT view, since FROM degraded WHERE jurisdiction = ? ORDER BY view"
    found: Any = db.execute(sql, (jurisdiction,))
    return dict(found.fetchall())
