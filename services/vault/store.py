"""The key store: one wrapped key for each subject, tombstones, the service's own keys, phone hashes."""

import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.private import connect
from services.vault.errors import VaultUnavailable, WrongMasterKey

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
"""  # rows are only added, and overwritten by others as long: a page that splits would keep copies of secrets
_KEY: Final = "SELECT wrapped, erased FROM keys WHERE jurisdiction = ? AND subject = ?"
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
_FIND: Final = "SELECT subject FROM keys WHERE phone = ? AND jurisdiction = ? ORDER BY subject"
_KNOWN: Final = b"muster"
_NONCE: Final = 12

_encoder = msgspec.json.Encoder()


def bound(*parts: str) -> bytes:
    """Associated data: the parts, told apart whatever they hold."""
    return _encoder.encode(parts)


class KeyStore:
    """Blocking; may be called from any thread."""

    def __init__(self, path: Path) -> None:
        """Raises VaultUnavailable."""
        self._path = path
        self._gate, self._reading, self._finding = threading.Lock(), threading.Lock(), threading.Lock()
        with self._told():
            self._db = connect(path, _SCHEMA)
            self._reader, self._finder = connect(path, ""), connect(path, "")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a crash may have kept erased bytes there
        self._master = AESGCM(bytes(32))

    @property
    def empty(self) -> bool:
        """Whether nothing was ever wrapped here."""
        with self._using() as db:
            return db.execute("SELECT 1 FROM own LIMIT 1").fetchone() is None

    def unlock(self, master: bytes) -> None:
        """Take the master key; the first one given stays the right one. Raises WrongMasterKey."""
        self._master = AESGCM(master)
        try:
            self.own("check", _KNOWN)
        except InvalidTag:
            raise WrongMasterKey(
                f"this master key does not open {self._path}: give the one it was made with"
            ) from None

    def own(self, name: str, first: bytes | None = None) -> bytes:
        """One of the service's own keys, made at first use."""
        with self._using() as db:
            fresh = self._wrap(first or secrets.token_bytes(32), "own", name)
            db.execute("INSERT OR IGNORE INTO own VALUES (?, ?)", (name, fresh))
            (wrapped,) = next(db.execute("SELECT wrapped FROM own WHERE name = ?", (name,)))
        return self._unwrap(wrapped, "own", name)

    def key(self, jurisdiction: str, subject: str) -> bytes | bool:
        """The subject's key; True = erased, False = there never was one. Does not wait for writers."""
        with self._reading, self._told():
            row = self._reader.execute(_KEY, (jurisdiction, subject)).fetchone()
        if row is None or row[1]:
            return row is not None
        return self._unwrap(row[0], jurisdiction, subject)

    def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys of all these subjects, made where there is none and durable; None = erased."""
        asked = sorted(set(subjects))
        with self._using() as db:
            rows = self._rows(db, jurisdiction, asked)
            missing = [subject for subject in asked if subject not in rows]
            if missing:
                fresh = [(jurisdiction, s, self._fresh(jurisdiction, s)) for s in missing]
                with db:
                    db.executemany(_ADD, fresh)
                rows |= self._rows(db, jurisdiction, missing)
        return {
            subject: None if erased else self._unwrap(wrapped, jurisdiction, subject)
            for subject, (wrapped, erased) in rows.items()
        }

    def erase(self, jurisdiction: str, subject: str) -> bool:
        """Destroy a key and the phone hash; False where that was done before. `truncate` next."""
        with self._using() as db:
            row = db.execute(_KEY, (jurisdiction, subject)).fetchone()
            if row and row[1]:
                return False
            db.execute(_ERASE, (jurisdiction, subject))
        return True

    def truncate(self) -> bool:
        """Empty the WAL, which may hold erased bytes; False while somebody reads."""
        with self._using() as db:
            (busy, _, _) = next(db.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
        return not busy

    def set_phones(self, jurisdiction: str, hashes: Mapping[str, bytes | None]) -> None:
        """Replace the subjects' phone hashes; None = no phone. Who has no key, or no more, stays without."""
        with self._using() as db, db:
            db.executemany(_PHONE, [(hash_, jurisdiction, s) for s, hash_ in hashes.items()])

    def by_phone(self, jurisdiction: str, hash_: bytes) -> list[str]:
        """Subjects with this phone hash, sorted. Looks at all: an index would keep copies of what it held."""
        with self._finding, self._told():
            return [row[0] for row in self._finder.execute(_FIND, (hash_, jurisdiction))]

    def close(self) -> None:
        with self._gate, self._reading, self._finding:
            self._finder.close()
            self._reader.close()
            self._db.close()

    @staticmethod
    def _rows(db: apsw.Connection, jurisdiction: str, subjects: list[str]) -> dict[str, tuple[bytes, int]]:
        listed = _encoder.encode(subjects).decode()
        return {row[0]: (row[1], row[2]) for row in db.execute(_KEYS, (jurisdiction, listed))}

    def _fresh(self, jurisdiction: str, subject: str) -> bytes:
        return self._wrap(secrets.token_bytes(32), jurisdiction, subject)

    def _wrap(self, key: bytes, *owner: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._master.encrypt(nonce, key, bound(*owner))

    def _unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        return self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound(*owner))

    @contextmanager
    def _using(self) -> Iterator[apsw.Connection]:
        with self._gate, self._told():
            yield self._db

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (apsw.Error, OSError) as error:
            raise VaultUnavailable(f"the key store {self._path} cannot be used: {error}") from error
