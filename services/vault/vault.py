"""The vault: personal data is sealed on its way in, opened on its way out, and erased with its key."""

import asyncio
import hmac
import logging
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from services.vault.errors import Erased, NoKey, VaultUnavailable, WrongMasterKey
from services.vault.keyring import MOST_AGE, KeyCache, Keyring
from services.vault.mask import mask
from services.vault.master import checked, master_key
from services.vault.phones import normalised
from services.vault.port import KeyStore
from services.vault.sealing import Key, parse
from services.vault.wrapping import SERVICE

KEEP: Final = 30_000
"""Unwrapped keys in memory, some 400 bytes each."""
_AT_ONCE: Final = 5_000

log_of = logging.getLogger("muster.vault")


async def open_vault(
    folder: Path | str, store: KeyStore, master: bytes | None = None, *, keep: int = KEEP
) -> "Vault":
    """Open a vault, or make it at first start. Raises MasterKeyMissing, WrongMasterKey, VaultUnavailable.

    Without a master key it is in `master.key` in the folder. The vault takes the store over.
    """
    folder = Path(folder)
    try:
        if master is None:
            needed = not await store.empty()
            master = await asyncio.to_thread(master_key, folder / "master.key", needed=needed)
        await store.unlock(checked(master, "the caller"))
        service, phone, import_ = [await store.service_key(name) for name in ("service", "phone", "import")]
    except BaseException:
        await store.close()
        raise
    return Vault(store, service, phone, import_, keep=keep)


class Vault:
    """Keys of all subjects, under one master key. A subject is `worker/ID`, `request/ID` or `handover/ID`.

    `seal` and `body_hash` ask nobody: `ensure` brings what they need into memory. All else raises
    VaultUnavailable. To open many values, take a `keyring`.

    Several processes may share a store. A key that one of them erased leaves the memory of the others at
    once, by a notice; where notices do not arrive, nothing is used that was read more than MOST_AGE ago.
    """

    def __init__(
        self, store: KeyStore, service: bytes, phone: bytes, import_: bytes, *, keep: int = KEEP
    ) -> None:
        """See `open_vault`."""
        self._store, self._keep = store, keep
        self._service, self._service_raw, self._phone, self._import = Key(service), service, phone, import_
        self._keys = KeyCache(keep, lambda: store.notice_window)
        self._services: dict[str, Key] = {}
        """The service's key of each jurisdiction: its own, or the one that the jurisdiction came with."""
        self._service_read: dict[str, float] = {}
        """When each was read, and when another was last taken over, as we were told; monotonic instants."""
        self._service_changed: dict[str, float] = {}
        store.watch(self._mark_erased, self._forget)

    mask = staticmethod(mask)

    def import_key(self) -> bytes:
        """32 bytes from which ids of imported things are made; the same for the life of the keys."""
        return self._import

    # -- keys ----------------------------------------------------------------------------------------------

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bool]:
        """Give each subject a key, durable before this returns. False = erased: never again a key.

        Until the caller next awaits something, `seal` and `body_hash` work for all of them.
        """
        asked = set(subjects)
        await self._load_service_key(jurisdiction)
        alive = {subject: True for subject in asked if self._keys.get(jurisdiction, subject)}
        missing = asked - alive.keys()
        if missing:
            started_at = time.monotonic()
            made = await self._store.ensure(jurisdiction, missing)
            kept = self._keys.keep(jurisdiction, made.items(), started_at, len(asked))
            alive |= {subject: key is not None for subject, key in kept.items()}
        return alive

    async def keyring(self, jurisdiction: str, subjects: Iterable[str]) -> Keyring:
        """The keys of these subjects, with one look into the store for those that are not in memory."""
        return Keyring(jurisdiction, await self._load(jurisdiction, subjects))

    async def _load(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, Key | None]:
        asked = dict.fromkeys(subjects)
        found: dict[str, Key | None] = {s: key for s in asked if (key := self._keys.get(jurisdiction, s))}
        missing = [subject for subject in asked if subject not in found]
        for begin in range(0, len(missing), _AT_ONCE):
            started_at = time.monotonic()
            read = await self._store.keys(jurisdiction, missing[begin : begin + _AT_ONCE])
            found |= self._keys.keep(jurisdiction, read.items(), started_at)
        return found

    async def erase(self, jurisdiction: str, subject: str) -> None:
        """Destroy a subject's key and phone hash; a tombstone stays. Repeating it changes nothing."""
        await self._erase(jurisdiction, subject)

    async def erase_all(self, jurisdiction: str, subjects: Iterable[str]) -> None:
        """`erase` each; those that are erased already cost one look together."""
        asked = list(dict.fromkeys(subjects))
        for begin in range(0, len(asked), _AT_ONCE):
            await self._erase(jurisdiction, *asked[begin : begin + _AT_ONCE])

    async def _erase(self, jurisdiction: str, *subjects: str) -> None:
        known = await self._store.keys(jurisdiction, subjects) if len(subjects) > 1 else {}
        gone = [s for s in subjects if s not in known or known[s] is not None]
        erased = [await self._store.erase(jurisdiction, subject) for subject in gone]
        for subject in subjects:
            self._mark_erased(jurisdiction, subject)
        if any(erased) and not await self._store.scrub():
            log_of.warning("somebody reads the keys; the bytes of an erased one go with the next write")

    def _mark_erased(self, jurisdiction: str, subject: str) -> None:
        if subject == SERVICE:
            self._service_changed[jurisdiction] = time.monotonic()
        else:
            self._keys.erase(jurisdiction, subject)

    def _forget(self) -> None:
        self._keys.clear()

    # -- values --------------------------------------------------------------------------------------------

    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str:
        """The value as a token for the log; another one each time. Raises NoKey before `ensure`, Erased."""
        return self._key(jurisdiction, subject).seal(jurisdiction, subject, command, field, plain)

    async def open(self, jurisdiction: str, token: str) -> str | None:
        """The value of a token; None = erased. Raises BadToken, NoKey."""
        return (await self.keyring(jurisdiction, [parse(token).subject])).open(token)

    def body_hash(
        self, jurisdiction: str, subject: str | None, name: str, claimed_at: datetime | None, data: Any
    ) -> str:
        """Keyed hash (64 hex digits) of a command in plain: under the subject's key, else the service's.

        Raises NoKey before `ensure`, Erased.
        """
        key = self._services.get(jurisdiction) if subject is None else self._key(jurisdiction, subject)
        if key is None:
            raise NoKey(f"the service's key of {jurisdiction} was not looked up")
        return key.body(name, claimed_at, data)

    def _key(self, jurisdiction: str, subject: str) -> Key:
        key = self._keys.get(jurisdiction, subject)
        if key is not None:
            return key
        if not self._keys.known(jurisdiction, subject):
            raise NoKey(f"there is no key of {subject} in {jurisdiction} here")
        if self._keys.erased(jurisdiction, subject):
            raise Erased(f"{subject} in {jurisdiction} was erased")
        raise VaultUnavailable(f"the key of {subject} in {jurisdiction} was read too long ago")

    async def _load_service_key(self, jurisdiction: str) -> None:
        """Who goes on with commands recorded elsewhere must know their repeats.

        Looked up once, and again where a notice of another key may have been missed: as before listening
        began.
        """
        since, until = self._store.notice_window
        read, changed = (one.get(jurisdiction, 0.0) for one in (self._service_read, self._service_changed))
        missed = until > time.monotonic() - MOST_AGE and read < since
        if jurisdiction in self._services and read >= changed and not missed:
            return
        started_at = time.monotonic()
        found = (await self._store.keys(jurisdiction, [SERVICE])).get(SERVICE)
        self._services[jurisdiction] = Key(found) if found else self._service
        self._service_read[jurisdiction] = started_at

    # -- moving ----------------------------------------------------------------------------------------------

    async def keys_of(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bytes | None]:
        """Keys in plain, to be sealed for a journey; None = erased; who never had one is left out.

        With them goes SERVICE, the key under which repeats of the jurisdiction's commands are recognised.
        """
        asked, found = list(dict.fromkeys(subjects)), dict[str, bytes | None]()
        for begin in range(0, len(asked), _AT_ONCE):
            some = asked[begin : begin + _AT_ONCE]
            found |= await self._store.keys(jurisdiction, some)
        own = await self._store.keys(jurisdiction, [SERVICE])
        return found | {SERVICE: own.get(SERVICE) or self._service_raw}

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes | None]) -> list[str]:
        """Take over keys from elsewhere; None = erased there, so here too. What is erased here stays so.

        Subjects that have another key here keep it: they are the answer.
        """
        await self.erase_all(jurisdiction, [s for s, key in keys.items() if key is None])
        whole = {s: key for s, key in keys.items() if key is not None}
        await self._store.adopt(jurisdiction, whole)
        kept = await self._store.keys(jurisdiction, list(whole))
        self._mark_erased(jurisdiction, SERVICE)
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
        await self._store.set_phones(jurisdiction, hashes)

    async def find_phone(self, jurisdiction: str, phone: str) -> list[str]:
        """Subjects with exactly this number, however it is written (100 ms among half a million)."""
        hashed = self._hash(jurisdiction, phone)
        return await self._store.find_phone(jurisdiction, hashed) if hashed else []

    def _hash(self, jurisdiction: str, phone: str) -> bytes | None:
        number = normalised(phone)
        if not number:
            return None
        return hmac.digest(self._phone, f"{jurisdiction}\0{number}".encode(), "sha256")

    async def close(self) -> None:
        """Keys leave memory."""
        self._keys.clear()
        await self._store.close()
