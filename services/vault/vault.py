"""The vault: personal data is sealed on its way in, opened on its way out, and erased with its key."""

import asyncio
import hmac
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from services.vault.errors import Erased, NoKey
from services.vault.mask import mask
from services.vault.master import checked, master_key
from services.vault.phones import normalised
from services.vault.sealing import Key, parse
from services.vault.store import KeyStore

KEEP: Final = 30_000
"""Unwrapped keys in memory, some 400 bytes each."""

P = ParamSpec("P")
T = TypeVar("T")
log_of = logging.getLogger("muster.vault")


class Vault:
    """Keys of all subjects, in `keys.sqlite` under `master.key`. A subject is `worker/ID` or `request/ID`.

    `seal`, `open` and `body_hash` may be called from any thread; a key not in memory costs them one look
    into the store (20 microseconds). What writes does so on a thread of its own.
    """

    def __init__(self, folder: Path | str, master: bytes | None = None, *, keep: int = KEEP) -> None:
        """Open, or make at first start. Raises MasterKeyMissing, WrongMasterKey, VaultUnavailable."""
        folder = Path(folder)
        self._store = KeyStore(folder / "keys.sqlite")
        try:
            if master is None:
                master = master_key(folder / "master.key", needed=not self._store.empty)
            self._store.unlock(checked(master, "the caller"))
            self._service = Key(self._store.own("service"))
            self._phone = self._store.own("phone")
            self._import = self._store.own("import")
        except BaseException:
            self._store.close()
            raise
        self._keep = keep
        self._keys: OrderedDict[tuple[str, str], Key | None] = OrderedDict()
        self._gate = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "muster-vault")

    mask = staticmethod(mask)

    def import_key(self) -> bytes:
        """32 bytes from which ids of imported things are made; the same for the life of the keys."""
        return self._import

    # -- keys ----------------------------------------------------------------------------------------------

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bool]:
        """Give each subject a key, durable before this returns. False = erased: never again a key."""
        asked = set(subjects)
        alive = {subject: True for subject in asked if self._remembered(jurisdiction, subject)}
        missing = asked - alive.keys()
        if missing:
            made = await self._call(self._store.ensure, jurisdiction, missing)
            for subject, raw in made.items():
                self._remember(jurisdiction, subject, raw)
                alive[subject] = raw is not None
        return alive

    async def erase(self, jurisdiction: str, subject: str) -> None:
        """Destroy a subject's key and phone hash; a tombstone stays. Repeating it changes nothing."""
        await self._call(self._erase, jurisdiction, subject)

    def _erase(self, jurisdiction: str, subject: str) -> None:
        erased = self._store.erase(jurisdiction, subject)
        with self._gate:
            self._keys[jurisdiction, subject] = None
        if erased and not self._store.truncate():
            log_of.warning(
                "another process reads the keys; the bytes of an erased one go with the next write"
            )

    def _remembered(self, jurisdiction: str, subject: str) -> Key | None:
        with self._gate:
            key = self._keys.get((jurisdiction, subject))
            if key:
                self._keys.move_to_end((jurisdiction, subject))
            return key

    def _remember(self, jurisdiction: str, subject: str, raw: bytes | None) -> Key | None:
        with self._gate:  # an erasure that came in between stays
            key = self._keys.setdefault((jurisdiction, subject), Key(raw) if raw else None)
            while len(self._keys) > self._keep:
                self._keys.popitem(last=False)
            return key

    def _key(self, jurisdiction: str, subject: str) -> Key | None:
        """None = erased. Raises NoKey."""
        key = self._remembered(jurisdiction, subject)
        if key:
            return key
        raw = self._store.key(jurisdiction, subject)
        if raw is False:
            raise NoKey(f"there is no key of {subject} in {jurisdiction} here")
        return self._remember(jurisdiction, subject, None if raw is True else raw)

    # -- values --------------------------------------------------------------------------------------------

    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str:
        """The value as a token for the log; another one each time. Raises NoKey before `ensure`, Erased."""
        key = self._key(jurisdiction, subject)
        if key is None:
            raise Erased(f"{subject} in {jurisdiction} was erased")
        return key.seal(jurisdiction, subject, command, field, plain)

    def open(self, jurisdiction: str, token: str) -> str | None:
        """The value of a token; None = erased. Raises BadToken, NoKey."""
        sealed = parse(token)
        key = self._key(jurisdiction, sealed.subject)
        return None if key is None else key.open(jurisdiction, sealed)

    def body_hash(
        self, jurisdiction: str, subject: str | None, name: str, claimed_at: datetime | None, data: Any
    ) -> str:
        """Keyed hash (64 hex digits) of a command in plain: under the subject's key, else the service's.

        Raises NoKey before `ensure`, Erased.
        """
        key = self._service if subject is None else self._key(jurisdiction, subject)
        if key is None:
            raise Erased(f"{subject} in {jurisdiction} was erased")
        return key.body(name, claimed_at, data)

    # -- phones --------------------------------------------------------------------------------------------

    async def index_phone(self, jurisdiction: str, subject: str, phone: str | None) -> None:
        """Make a subject findable by this number alone; None = by none."""
        await self.index_phones(jurisdiction, {subject: phone})

    async def index_phones(self, jurisdiction: str, phones: Mapping[str, str | None]) -> None:
        """Make subjects that have a key findable by their numbers, each replacing the subject's last one."""
        hashes = {s: self._hash(jurisdiction, phone) if phone else None for s, phone in phones.items()}
        await self._call(self._store.set_phones, jurisdiction, hashes)

    async def find_phone(self, jurisdiction: str, phone: str) -> list[str]:
        """Subjects with exactly this number, however it is written (100 ms among half a million)."""
        hashed = self._hash(jurisdiction, phone)
        return await asyncio.to_thread(self._store.by_phone, jurisdiction, hashed) if hashed else []

    def _hash(self, jurisdiction: str, phone: str) -> bytes | None:
        number = normalised(phone)
        if not number:
            return None
        return hmac.digest(self._phone, f"{jurisdiction}\0{number}".encode(), "sha256")

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._thread.submit(function, *args, **kwargs))

    async def close(self) -> None:
        """Keys leave memory."""
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        with self._gate:
            self._keys.clear()
        self._store.close()
