"""The view store's SQLite file: opening, checking, and migrating it to this program's views."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec

from events.commit import Head
from services.adapters.sqlite import data_file
from services.adapters.sqlite.data_file import FileDamaged, connect, create, explained, refuse_damaged
from services.adapters.sqlite.views_table import Table
from services.views.port import Standing, ViewsUnavailable

FORMAT: Final = 1
_SCHEMA: Final = Path(__file__).with_name("views.sql").read_text(encoding="utf-8")
_ANALYSED: Final = "CREATE TABLE IF NOT EXISTS analysed (position INTEGER NOT NULL) STRICT"
_REMEDY: Final = "stop the service and delete it: the views are folded again from the log"
_LIMIT: Final = 400
"""Most entries per index sampled for planner statistics, and most distinct values per column."""
_WRITER: Final = {
    "journal_mode": "wal",
    "synchronous": "normal",  # writes lost in a power cut are folded again
    "temp_store": "memory",
}
CHECKPOINT: Final = 10_000
"""Pages of the write-ahead log, 40 MB: hot ones are written back once for many batches."""
WRITER_MB: Final = 64
READER_MB: Final = 16


def open_writer(path: Path | None, cache_mb: int = WRITER_MB) -> apsw.Connection:
    """Open for writing, creating the file if missing; None means in memory. Raises ViewsUnavailable.

    `cache_mb`: pages that the connection keeps in memory; the system keeps others.
    """
    try:
        if path is None:
            db = apsw.Connection(":memory:")
        else:
            create(path, f"{_SCHEMA}; PRAGMA user_version = {FORMAT}")
            db = connect(path)
            refuse_damaged(db, path)
        for pragma, value in (_WRITER | {"cache_size": -1024 * cache_mb}).items():
            db.pragma(pragma, value)
        return db
    except (FileDamaged, apsw.Error, OSError) as error:
        raise unavailable(path, error) from error


def open_reader(path: Path, cache_mb: int = READER_MB) -> apsw.Connection:
    """Open for reading, with or without a process writing. Raises ViewsUnavailable."""
    try:
        db = data_file.open_reader(path)
        db.pragma("cache_size", -1024 * cache_mb)
        db.pragma("temp_store", "memory")
        return db
    except (FileDamaged, apsw.Error) as error:
        raise unavailable(path, error) from error


def unavailable(path: Path | None, error: Exception) -> ViewsUnavailable:
    """Return the port's error, saying what to do."""
    what = f"the views in {path or 'memory'} cannot be used"
    return ViewsUnavailable(explained(error, path, what, _REMEDY))


@contextmanager
def transaction(db: apsw.Connection, kind: str = "DEFERRED") -> Iterator[None]:
    """Run a transaction; roll back on any exception."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def migrate(db: apsw.Connection, tables: Mapping[str, Table]) -> None:
    """Create the tables of this program's views and drop those of other versions.

    A new or changed view is stale in every jurisdiction that already has a head.
    """
    with transaction(db, "IMMEDIATE"):
        if db.pragma("user_version") != FORMAT:
            _drop_everything(db)
            db.execute(_SCHEMA)
            db.pragma("user_version", FORMAT)
        db.execute(_ANALYSED)  # files of earlier versions lack it
        have = versions(db)
        want = {name: (table.name, table.signature) for name, table in tables.items()}
        for name in have.keys() - want.keys():
            _drop(db, name, have[name][0])
        for name, declared in want.items():
            if have.get(name) != declared:
                if name in have:
                    _drop(db, name, have[name][0])
                _make(db, tables[name])


def versions(db: apsw.Connection) -> dict[str, tuple[str, str]]:
    """Return the table and signature of each view in the file; none if the file is of another format."""
    if db.pragma("user_version") != FORMAT:
        return {}
    return {name: (table, mark) for name, table, mark in db.execute("SELECT * FROM view_versions")}


def _drop_everything(db: apsw.Connection) -> None:
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for name in names:
        db.execute(f'DROP TABLE "{name}"')


def _drop(db: apsw.Connection, view: str, table: str) -> None:
    db.execute(f'DROP TABLE IF EXISTS "{table}"')
    for sql in ("DELETE FROM view_versions WHERE view = ?", "DELETE FROM degraded WHERE view = ?"):
        db.execute(sql, (view,))


def remake(db: apsw.Connection, table: Table) -> None:
    """Replace a damaged table by an empty one. The view is stale in every jurisdiction."""
    with transaction(db, "IMMEDIATE"):
        _drop(db, table.view.name, table.name)
        _make(db, table)


def _make(db: apsw.Connection, table: Table) -> None:
    db.execute(table.ddl())
    view = table.view.name
    db.execute("INSERT INTO view_versions VALUES (?, ?, ?)", (view, table.name, table.signature))
    db.execute("INSERT INTO degraded SELECT jurisdiction, ?, 0 FROM heads WHERE position > 0", (view,))
    db.execute("DELETE FROM steps")  # they may hold rows of the old shape, so streams start over


def analysed(db: apsw.Connection) -> int:
    """Return the position at which planner statistics were last computed; 0 = never."""
    found: Any = db.execute("SELECT coalesce(max(position), 0) FROM analysed").get
    return found


def newest(db: apsw.Connection) -> int:
    """Return the position of the longest log that was folded."""
    found: Any = db.execute("SELECT coalesce(max(position), 0) FROM heads").get
    return found


def analyse(db: apsw.Connection, only: Table | None = None) -> None:
    """Compute index statistics for the planner, of all tables or one: a second for gigabytes.

    ANALYZE counts no further than its limit, so that a value shared by all rows looks as rare as one shared
    by 400, and the planner reads a whole jurisdiction where an index would do. Correct those averages.
    """
    db.pragma("analysis_limit", _LIMIT)
    db.execute(f"ANALYZE {only.name}" if only else "ANALYZE")
    found: Any = db.execute("SELECT jurisdiction FROM heads ORDER BY position DESC").fetchall()
    jurisdictions = [code for (code,) in found]
    if not jurisdictions:
        return
    stats: Any = db.execute(
        "SELECT tbl, idx, stat FROM sqlite_stat1 WHERE tbl GLOB ?", (only.name if only else "view_*_v*",)
    ).fetchall()
    for table, index, stat in stats:
        averages = _averages(db, table, index, [int(n) for n in stat.split()], jurisdictions)
        text = " ".join(map(str, averages))
        db.execute("UPDATE sqlite_stat1 SET stat = ? WHERE tbl = ? AND idx = ?", (text, table, index))
    db.execute("ANALYZE sqlite_schema")  # only loads the edited statistics
    if only is None:
        db.execute("DELETE FROM analysed")
        db.execute("INSERT INTO analysed VALUES (?)", (newest(db),))


def _averages(
    db: apsw.Connection, table: str, index: str, stat: list[int], jurisdictions: list[str]
) -> list[int]:
    """Return the index's rows, then average rows per jurisdiction and per value."""
    rows, *averages = stat
    averages[0] = max(averages[0], rows // len(jurisdictions))
    if len(averages) == 3 and averages[1] > _LIMIT:
        values = _values(db, table, index, jurisdictions[0])
        averages[1] = max(averages[1], averages[0] // max(values, 1))
    return [rows, *averages]


def _values(db: apsw.Connection, table: str, index: str, jurisdiction: str) -> int:
    """Count distinct values in a column's index by skipping from one to the next, up to a limit."""
    column = index.removeprefix(f"{table}_")
    above = f"SELECT {column} FROM {table} INDEXED BY {index} WHERE jurisdiction = ? AND {column} > ? LIMIT 1"  # noqa: S608
    for least in ("", -(2**63)):  # below all texts, then below all numbers
        count, last = 0, least
        while count <= _LIMIT and (found := db.execute(above, (jurisdiction, last)).fetchall()):
            count, last = count + 1, found[0][0]
        if count:
            return count
    return 0


def head(db: apsw.Connection, jurisdiction: str) -> Head:
    """Return the head; (0, zeros) if nothing was projected yet."""
    found: Any = db.execute(
        "SELECT position, hash FROM heads WHERE jurisdiction = ?", (jurisdiction,)
    ).fetchone()
    return Head(*found) if found else Head()


def standing(db: apsw.Connection, jurisdictions: Sequence[str]) -> dict[str, Standing]:
    """Return how the views of each jurisdiction stand."""
    aside: dict[str, set[str]] = {}
    set_aside: Any = db.execute("SELECT jurisdiction, view FROM degraded").fetchall()  # few, mostly none
    for code, view in set_aside:
        aside.setdefault(code, set()).add(view)
    sql = "SELECT * FROM heads WHERE jurisdiction IN (SELECT value FROM json_each(?))"
    found: Any = db.execute(sql, (msgspec.json.encode(jurisdictions).decode(),)).fetchall()
    heads = {code: Head(position, hash_) for code, position, hash_ in found}
    return {code: Standing(heads.get(code, Head()), frozenset(aside.get(code, ()))) for code in jurisdictions}


def degraded(db: apsw.Connection, jurisdiction: str) -> dict[str, int]:
    """Return views set aside and the position since which; 0 means never folded by this version."""
    sql = "SELECT view, since FROM degraded WHERE jurisdiction = ? ORDER BY view"
    found: Any = db.execute(sql, (jurisdiction,))
    return dict(found.fetchall())
