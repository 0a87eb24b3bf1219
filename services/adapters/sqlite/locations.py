"""Locations in a small SQLite file, next to the log and the views."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

import apsw
import msgspec

from services.adapters.sqlite.data_file import FileDamaged, explained, open_store
from services.locations.port import Fix, LocationsUnavailable, later, newest

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS places (
    jurisdiction TEXT NOT NULL, worker TEXT NOT NULL, fix BLOB NOT NULL,
    PRIMARY KEY (jurisdiction, worker)
) STRICT, WITHOUT ROWID;
"""
_READ: Final = (
    "SELECT worker, fix FROM places WHERE jurisdiction = ? AND worker IN (SELECT value FROM json_each(?))"
)
_KEEP: Final = "INSERT OR REPLACE INTO places VALUES (?, ?, ?)"
_REMEDY: Final = "move it away: phones report their positions again"
_FORGET: Final = "DELETE FROM places WHERE jurisdiction = ? AND worker = ?"

T = TypeVar("T")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Fix)


class SqliteLocations:
    """Location store on SQLite; all work is done on one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, creating it if missing. Raises LocationsUnavailable."""
        self._thread = ThreadPoolExecutor(1, "muster-places")
        self._path = path
        try:
            self._db = open_store(path, _SCHEMA)
            self._db.execute("PRAGMA synchronous = NORMAL")
        except (FileDamaged, apsw.Error, OSError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> LocationsUnavailable:
        what = f"locations cannot be read from or written to {self._path}"
        return LocationsUnavailable(explained(error, self._path, what, _REMEDY))

    async def record(self, jurisdiction: str, fixes: Sequence[Fix]) -> int:
        return await self._on(lambda: self._record(jurisdiction, newest(fixes)))

    async def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        asked = list(workers)
        return await self._on(lambda: self._last(jurisdiction, asked))

    async def workers(self, jurisdiction: str) -> list[str]:
        sql = "SELECT worker FROM places WHERE jurisdiction = ? ORDER BY worker"
        return await self._on(lambda: [str(row[0]) for row in self._db.execute(sql, (jurisdiction,))])

    async def jurisdictions(self) -> list[str]:
        sql = "SELECT DISTINCT jurisdiction FROM places ORDER BY jurisdiction"
        return await self._on(lambda: [str(row[0]) for row in self._db.execute(sql)])

    async def forget(self, jurisdiction: str, workers: Iterable[str]) -> None:
        gone = [(jurisdiction, worker) for worker in workers]
        await self._on(lambda: self._forget(gone))

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        self._db.close()

    def _record(self, jurisdiction: str, fixes: dict[str, Fix]) -> int:
        known = self._last(jurisdiction, list(fixes))
        kept = [fix for fix in fixes.values() if fix.worker not in known or later(fix, known[fix.worker])]
        with self._db:
            rows = [(jurisdiction, fix.worker, _encoder.encode(fix)) for fix in kept]
            self._db.executemany(_KEEP, rows)
        return len(kept)

    def _last(self, jurisdiction: str, workers: list[str]) -> dict[str, Fix]:
        rows = self._db.execute(_READ, (jurisdiction, _encoder.encode(workers).decode()))
        try:
            return {str(worker): _decoder.decode(bytes(fix)) for worker, fix in rows}  # type: ignore[arg-type]
        except msgspec.DecodeError as error:
            raise FileDamaged(self._path, f"a row is none of ours: {error}") from error

    def _forget(self, gone: list[tuple[str, str]]) -> None:
        """Delete the rows, and truncate the write-ahead log, which would keep their content."""
        with self._db:
            self._db.executemany(_FORGET, gone)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    async def _on(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.wrap_future(self._thread.submit(work))
        except (FileDamaged, apsw.Error, OSError, RuntimeError, UnicodeDecodeError) as error:
            raise self._unavailable(error) from error
