"""The vault: personal data is sealed on its way in, opened on its way out, and erased with its key."""

import asyncio
import hmac
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from cryptography.exceptions import InvalidTag

from services.vault.errors import Erased, NoKey, WrongMasterKey
from services.vault.mask import mask
from services.vault.master import checked, master_key
from services.vault.phones import normalised
from services.vault.port import Keys
from services.vault.sealing import Key, parse
from services.vault.store import KeyStore
from services.vault.wrapping import SERVICE

KEEP: Final = 30_000
"""Unwrapped keys in memory, some 400 bytes each."""
MOST_AGE: Final = 5.0
"""Seconds after which an erased key is used by no process any more, whatever became of the notice of it."""
_AT_ONCE: Final = 5_000

P = ParamSpec("P")
T = TypeVar("T")
log_of = logging.getLogger("muster.vault")


class Vault:
    """Keys of all subjects, under one master key. A subject is `worker/ID`, `request/ID` or `handover/ID`.

    `seal`, `open` and `body_hash` may be called from any thread; a key not in memory costs them one look
    into the store (20 microseconds in a file, a round trip in a database: `warm` many at once). What writes
    does so on a thread of its own.

    Several processes may share a store. A key that one of them erased leaves the memory of the others at
    once, by a notice; where notices do not arrive, nothing is used that was read more than MOST_AGE ago.
    """

    def __init__(
        self,
        folder: Path | str,
        master: bytes | None = None,
        *,
        keep: int = KEEP,
        store: Keys | None = None,
    ) -> None:
        """Open, or make at first start. Raises MasterKeyMissing, WrongMasterKey, VaultUnavailable.

        Without a store the keys are in `keys.sqlite` in the folder; without a master key it is in
        `master.key` there. The vault closes its store.
        """
        folder = Path(folder)
        self._store: Keys = store or KeyStore(folder / "keys.sqlite")
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
        self._keys: OrderedDict[tuple[str, str], tuple[Key | None, float]] = OrderedDict()
        """Key, or None = erased; and since when it is known."""
        self._services: dict[str, Key] = {}
        """The service's key of each jurisdiction: its own, or the one that the jurisdiction came with."""
        self._doubted: set[str] = set()
        """Jurisdictions for which another one may have been taken over since, unheard."""
        self._gate = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "muster-vault")
        self._store.watch(self._bury, self._forget)

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
            asking = time.monotonic()
            made = await self._call(self._store.ensure, jurisdiction, missing)
            for subject, raw in made.items():
                alive[subject] = self._remember(jurisdiction, subject, raw, asking) is not None
        return alive

    async def warm(self, jurisdiction: str, subjects: Iterable[str]) -> None:
        """Bring these subjects' keys into memory with one look, before many of their values are opened."""
        missing = [s for s in dict.fromkeys(subjects) if not self._remembered(jurisdiction, s)]
        if missing:
            await asyncio.to_thread(self._read, jurisdiction, missing[: self._keep])

    async def erase(self, jurisdiction: str, subject: str) -> None:
        """Destroy a subject's key and phone hash; a tombstone stays. Repeating it changes nothing."""
        await self._call(self._erase, jurisdiction, subject)

    async def erase_all(self, jurisdiction: str, subjects: Iterable[str]) -> None:
        """`erase` each; those that are erased already cost one look together."""
        asked = list(dict.fromkeys(subjects))
        for begin in range(0, len(asked), _AT_ONCE):
            await self._call(self._erase, jurisdiction, *asked[begin : begin + _AT_ONCE])

    def _erase(self, jurisdiction: str, *subjects: str) -> None:
        known = self._store.keys(jurisdiction, subjects) if len(subjects) > 1 else {}
        gone = [s for s in subjects if s not in known or known[s] is not None]
        erased = [self._store.erase(jurisdiction, subject) for subject in gone]
        for subject in subjects:
            self._bury(jurisdiction, subject)
        if any(erased) and not self._store.scrub():
            log_of.warning("somebody reads the keys; the bytes of an erased one go with the next write")

    def _bury(self, jurisdiction: str, subject: str) -> None:
        with self._gate:
            if subject == SERVICE:
                self._services.pop(jurisdiction, None)
            else:
                self._keys[jurisdiction, subject] = None, 0.0

    def _forget(self) -> None:
        with self._gate:
            self._keys.clear()
            self._doubted = set(self._services)

    def _remembered(self, jurisdiction: str, subject: str) -> Key | None:
        with self._gate:
            key, known = self._keys.get((jurisdiction, subject), (None, 0.0))
            if key is None or not self._current(known):
                return None
            self._keys.move_to_end((jurisdiction, subject))
            return key

    def _current(self, known: float) -> bool:
        """Whether an erasure since then would have been heard of."""
        oldest = time.monotonic() - MOST_AGE
        since, until = self._store.heard
        return known >= oldest or (known >= since and until >= oldest)

    def _remember(self, jurisdiction: str, subject: str, raw: bytes | None, known: float) -> Key | None:
        with self._gate:
            before = self._keys.get((jurisdiction, subject))
            if before and before[0] is None:
                return None  # erased while it was being read
            key = Key(raw) if raw else None
            self._keys[jurisdiction, subject] = key, known
            while len(self._keys) > self._keep:
                self._keys.popitem(last=False)
            return key

    def _key(self, jurisdiction: str, subject: str) -> Key | None:
        """None = erased. Raises NoKey."""
        key = self._remembered(jurisdiction, subject)
        if key:
            return key
        found = self._read(jurisdiction, [subject])
        if subject not in found:
            raise NoKey(f"there is no key of {subject} in {jurisdiction} here")
        return found[subject]

    def _read(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, Key | None]:
        asking = time.monotonic()
        found = self._store.keys(jurisdiction, subjects)
        return {s: self._remember(jurisdiction, s, raw, asking) for s, raw in found.items()}

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
        key = self._service_of(jurisdiction) if subject is None else self._key(jurisdiction, subject)
        if key is None:
            raise Erased(f"{subject} in {jurisdiction} was erased")
        return key.body(name, claimed_at, data)

    def _service_of(self, jurisdiction: str) -> Key:
        """Looked up once: who goes on with commands recorded elsewhere must know their repeats."""
        known = self._services.get(jurisdiction)
        answers = self._store.heard[1] > time.monotonic() - MOST_AGE
        if known and not (answers and jurisdiction in self._doubted):
            return known
        found = self._store.keys(jurisdiction, [SERVICE]).get(SERVICE)
        key = Key(found) if found else self._service
        with self._gate:
            self._services[jurisdiction] = key
            self._doubted.discard(jurisdiction)
        return key

    # -- moving ----------------------------------------------------------------------------------------------

    async def keys_of(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys in plain, to be sealed for a journey; None = erased; who never had one is left out.

        With them goes SERVICE, the key under which repeats of the jurisdiction's commands are recognised.
        """
        asked, found = list(dict.fromkeys(subjects)), dict[str, bytes | None]()
        for begin in range(0, len(asked), _AT_ONCE):
            some = asked[begin : begin + _AT_ONCE]
            found |= await asyncio.to_thread(self._store.keys, jurisdiction, some)
        own = await asyncio.to_thread(self._store.keys, jurisdiction, [SERVICE])
        return found | {SERVICE: own.get(SERVICE) or self._store.own("service")}

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes | None]) -> list[str]:
        """Take over keys from elsewhere; None = erased there, so here too. What is erased here stays so.

        Subjects that have another key here keep it: they are the answer.
        """
        await self.erase_all(jurisdiction, [s for s, key in keys.items() if key is None])
        whole = {s: key for s, key in keys.items() if key is not None}
        await self._call(self._store.adopt, jurisdiction, whole)
        kept = await asyncio.to_thread(self._store.keys, jurisdiction, list(whole))
        self._bury(jurisdiction, SERVICE)
        return sorted(s for s, key in kept.items() if key not in (None, whole[s]))

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """A key that only the same master key opens, and only for this owner."""
        return self._store.wrap(key, *owner)

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Raises WrongMasterKey where another one wrapped it, or for another owner."""
        try:
            return self._store.unwrap(wrapped, *owner)
        except InvalidTag as error:
            raise WrongMasterKey("another master key wrapped this; give the one it was made with") from error

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
