"""One data folder's key store: SQLite, overwriting erased keys in place."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import apsw
import msgspec

from services.adapters.sqlite.data_file import (
    FileDamaged,
    explained,
    open_reader,
    open_store,
)
from services.vault.errors import VaultUnavailable
from services.vault.vault import KEEP, Vault, open_vault
from services.vault.wrapping import KeyWrapper

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS own (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS keys (
    jurisdiction TEXT NOT NULL,
    subject TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    phone BLOB NOT NULL DEFAULT (zeroblob(32)),
    erased INTEGER NOT NULL DEFAULT 0,
    UNIQUE (jurisdiction, subject)
) STRICT;
"""  # rows keep their length and are never deleted, since page splits would leave copies of secrets
_OWN: Final = "SELECT wrapped FROM own WHERE name = ?"
_ERASED: Final = "SELECT erased FROM keys WHERE jurisdiction = ? AND subject = ?"
_KEYS: Final = (
    "SELECT subject, wrapped, erased FROM keys"
    " WHERE jurisdiction = ? AND subject IN (SELECT value FROM json_each(?))"
)
_ADD: Final = "INSERT OR IGNORE INTO keys (jurisdiction, subject, wrapped) VALUES (?, ?, ?)"
_ERASE: Final = (
    "INSERT INTO keys (jurisdiction, subject, wrapped, erased) VALUES (?, ?, zeroblob(60), 1) ON CONFLICT DO"
    " UPDATE SET wrapped = zeroblob(60), phone = zeroblob(32), erased = 1"
)
_PHONE: Final = (
    "UPDATE keys SET phone = ifnull(?, zeroblob(32)) WHERE jurisdiction = ? AND subject = ? AND NOT erased"
)
_FIND: Final = (
    "SELECT subject FROM keys"
    " WHERE (substr(phone, 1, 16) IN (SELECT unhex(value) FROM json_each(?1))"
    " OR substr(phone, 17, 16) IN (SELECT unhex(value) FROM json_each(?1)))"
    " AND jurisdiction = ?2 ORDER BY subject"
)

_REMEDY: Final = (
    "restore it from a backup together with master.key, or move it away and load an export of the keys"
)
_encoder = msgspec.json.Encoder()
T = TypeVar("T")


class SqliteKeyStore(KeyWrapper):
    """See services.vault.port. Serves one server; command-line tools open it only briefly.

    Blocking calls run on threads, one each at a time for writing, reading keys and finding phones.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        """Blocking. `reading`: also on a full disk. Raises VaultUnavailable."""
        super().__init__(str(path))
        self._path = path
        self._writing, self._reading, self._finding = threading.Lock(), threading.Lock(), threading.Lock()
        with self._translated():
            self._db = open_store(path, _SCHEMA, reading=reading)
            if not self._db.readonly("main"):
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # after a crash it may hold erased bytes
            self._reader, self._finder = open_reader(path), open_reader(path)

    @classmethod
    async def open(cls, path: Path, *, reading: bool = False) -> "SqliteKeyStore":
        """Open the store, creating it on first use; see `open_store`. Raises VaultUnavailable."""
        return await asyncio.to_thread(partial(cls, path, reading=reading))

    @property
    def notice_window(self) -> tuple[float, float]:
        """Unbounded: no other process erases."""
        return (float("-inf"), float("inf"))

    def watch(self, erased: Callable[[str, str], None], lost: Callable[[], None]) -> None:
        """Do nothing: no other process erases."""

    async def empty(self) -> bool:
        return await self._write(lambda db: db.execute("SELECT 1 FROM own LIMIT 1").fetchone() is None)

    async def _first(self, name: str, wrapped: bytes) -> bytes:
        def work(db: apsw.Connection) -> bytes:
            found = db.execute(_OWN, (name,)).fetchone()
            if found is None:
                db.execute("INSERT OR IGNORE INTO own VALUES (?, ?)", (name, wrapped))
                found = next(db.execute(_OWN, (name,)))
            return found[0]

        return await self._write(work)

    async def keys(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        return await asyncio.to_thread(self._keys, jurisdiction, list(subjects))

    def _keys(self, jurisdiction: str, subjects: list[str]) -> dict[str, bytes | None]:
        with self._reading, self._translated():
            rows = self._rows(self._reader, jurisdiction, subjects)
        return self.readable(
            ((s, None if erased else key) for s, (key, erased) in rows.items()), jurisdiction
        )

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        asked = sorted(set(subjects))

        def work(db: apsw.Connection) -> dict[str, bytes | None]:
            rows = self._rows(db, jurisdiction, asked)
            missing = [subject for subject in asked if subject not in rows]
            if missing:
                with db:
                    db.executemany(_ADD, [(jurisdiction, s, self.new_key(jurisdiction, s)) for s in missing])
                rows |= self._rows(db, jurisdiction, missing)
            return self._opened(jurisdiction, rows)

        return await self._write(work)

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes]) -> None:
        def work(db: apsw.Connection) -> None:
            rows = [(jurisdiction, s, self.wrap(key, jurisdiction, s)) for s, key in sorted(keys.items())]
            with db:
                db.executemany(_ADD, rows)

        await self._write(work)

    async def erase(self, jurisdiction: str, subject: str) -> bool:
        def work(db: apsw.Connection) -> bool:
            row = db.execute(_ERASED, (jurisdiction, subject)).fetchone()
            if row and row[0]:
                return False
            db.execute(_ERASE, (jurisdiction, subject))
            return True

        return await self._write(work)

    async def scrub(self) -> bool:
        """Empty the WAL, which may hold erased bytes; False while there are readers."""

        def work(db: apsw.Connection) -> bool:
            (busy, _, _) = next(db.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
            return not busy

        return await self._write(work)

    async def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        rows = [(hash_, jurisdiction, s) for s, hash_ in hashes.items()]

        def work(db: apsw.Connection) -> None:
            with db:
                db.executemany(_PHONE, rows)

        await self._write(work)

    async def find_phone(self, jurisdiction: str, hashes: Collection[bytes]) -> list[str]:
        """Scan the table: an index would keep copies of deleted values."""
        return await asyncio.to_thread(self._find_phone, jurisdiction, hashes)

    def _find_phone(self, jurisdiction: str, hashes: Collection[bytes]) -> list[str]:
        listed = _encoder.encode([hash_.hex() for hash_ in hashes]).decode()
        with self._finding, self._translated():
            return [row[0] for row in self._finder.execute(_FIND, (listed, jurisdiction))]

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._writing, self._reading, self._finding:
            self._finder.close()
            self._reader.close()
            self._db.close()

    @staticmethod
    def _rows(db: apsw.Connection, jurisdiction: str, subjects: list[str]) -> dict[str, tuple[bytes, int]]:
        listed = _encoder.encode(subjects).decode()
        return {row[0]: (row[1], row[2]) for row in db.execute(_KEYS, (jurisdiction, listed))}

    def _opened(self, jurisdiction: str, rows: dict[str, tuple[bytes, int]]) -> dict[str, bytes | None]:
        return {s: None if erased else self.stored(key, jurisdiction, s) for s, (key, erased) in rows.items()}

    async def _write(self, work: Callable[[apsw.Connection], T]) -> T:
        return await asyncio.to_thread(self._exclusive, work)

    def _exclusive(self, work: Callable[[apsw.Connection], T]) -> T:
        with self._writing, self._translated():
            return work(self._db)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (FileDamaged, apsw.Error, OSError, UnicodeDecodeError) as error:
            what = f"the key store {self._where} cannot be used"
            raise VaultUnavailable(explained(error, self._path, what, _REMEDY)) from error


async def local_vault(
    folder: Path | str, master: bytes | None = None, *, keep: int = KEEP, reading: bool = False
) -> Vault:
    """Open the vault whose keys are in `keys.sqlite` in a folder. `reading`: also on a full disk. See
    `open_vault`."""
    store = await SqliteKeyStore.open(Path(folder) / "keys.sqlite", reading=reading)
    return await open_vault(folder, store, master, keep=keep)
