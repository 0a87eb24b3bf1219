"""The SQLite file behind the view store: opened, checked, and brought up to the views of this program."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw

from events.commit import Head
from services.adapters.sqlite.views_table import Table
from services.views.port import ViewsUnavailable

FORMAT: Final = 1
_SCHEMA: Final = Path(__file__).with_name("views.sql").read_text(encoding="utf-8")
_BUSY_MS: Final = 5_000
_LIMIT: Final = 400
"""Of what the planner's figures are made from: entries of each index, and different values of each column."""
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
    """Tell the planner how selective each index is; some milliseconds, whatever the size of the tables.

    ANALYZE counts no further than its limit: a value that all rows share seems as rare as one that 400 share,
    and a whole jurisdiction is read where an index would give a few rows. Those averages are put right.
    """
    db.pragma("analysis_limit", _LIMIT)
    db.execute("ANALYZE")
    found: Any = db.execute("SELECT jurisdiction FROM heads ORDER BY position DESC").fetchall()
    jurisdictions = [code for (code,) in found]
    if not jurisdictions:
        return
    stats: Any = db.execute("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE tbl GLOB 'view_*_v*'").fetchall()
    for table, index, stat in stats:
        averages = _averages(db, table, index, [int(n) for n in stat.split()], jurisdictions)
        text = " ".join(map(str, averages))
        db.execute("UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ? AND idx = ?", (text, table, index))
    db.execute("ANALYZE sqlite_schema")  # analyses nothing: it takes over what was written


def _averages(
    db: apsw.Connection, table: str, index: str, stat: list[int], jurisdictions: list[str]
) -> list[int]:
    """Rows of the index; then of each jurisdiction, and of each value in it, on average."""
    rows, *averages = stat
    averages[0] = max(averages[0], rows // len(jurisdictions))
    if len(averages) == 3 and averages[1] > _LIMIT:
        values = _values(db, table, index, jurisdictions[0])
        averages[1] = max(averages[1], averages[0] // max(values, 1))
    return [rows, *averages]


def _values(db: apsw.Connection, table: str, index: str, jurisdiction: str) -> int:
    """Different ones in a column's index, counted by leaps from one to the next, up to a limit."""
    column = index.removeprefix(f"{table}_")
    above = f"SELECT {column} FROM {table} INDEXED BY {index} WHERE jurisdiction = ? AND {column} > ? LIMIT 1"  # noqa: S608
    for least in ("", -(2**63)):  # below all texts; below all numbers
        count, last = 0, least
        while count <= _LIMIT and (found := db.execute(above, (jurisdiction, last)).fetchall()):
            count, last = count + 1, found[0][0]
        if count:
            return count
    return 0


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
