"""The vault seals personal data on the way in, opens it on the way out, and erases it by destroying keys."""

import asyncio
import hmac
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from services.vault.errors import Erased, NoKey, VaultUnavailable, WrongMasterKey
from services.vault.keyring import MOST_AGE, KeyCache, Keyring
from services.vault.mask import mask
from services.vault.master import checked, master_key
from services.vault.phones import HOME, normalised, numbers, spellings
from services.vault.port import KeyStore
from services.vault.sealing import Key, parse
from services.vault.wrapping import SERVICE

HALF: Final = 16
"""Bytes of a phone hash that are compared; its row has room for two."""
KEEP: Final = 30_000
"""Unwrapped keys kept in memory, about 500 bytes each."""
KEEP_MADE: Final = 2_000
"""Of keys that were made and not asked for again."""
_AT_ONCE: Final = 5_000

log_of = logging.getLogger("muster.vault")


async def open_vault(
    folder: Path | str, store: KeyStore, master: bytes | None = None, *, keep: int = KEEP
) -> "Vault":
    """Open or create a vault. Raises MasterKeyMissing, WrongMasterKey, VaultUnavailable.

    If no master key is given, `master.key` in the folder is used. The vault takes ownership of the store.
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
    """All subjects' keys, under one master key. A subject is `worker/ID`, `request/ID` or `handover/ID`.

    `seal` and `body_hash` do no I/O: call `ensure` first. All other methods raise VaultUnavailable.
    To open many values, use a `keyring`.

    Several processes may share a store. When one of them erases a key, a notice removes it from the others'
    memory at once; if notices stop arriving, no key read more than MOST_AGE seconds ago is used.
    """

    def __init__(
        self, store: KeyStore, service: bytes, phone: bytes, import_: bytes, *, keep: int = KEEP
    ) -> None:
        """See `open_vault`."""
        self._store, self._keep = store, keep
        self._service, self._service_raw, self._phone, self._import = Key(service), service, phone, import_
        self._keys = KeyCache(keep, min(keep, KEEP_MADE), lambda: store.notice_window)
        self._services: dict[str, Key] = {}
        """Each jurisdiction's service key: this installation's own, or the imported one."""
        self._service_read: dict[str, float] = {}
        """When each was read, and when a change was last reported; monotonic instants."""
        self._service_changed: dict[str, float] = {}
        self._on_erased: list[Callable[[str, str], None]] = []
        store.watch(self._mark_erased, self._forget)

    mask = staticmethod(mask)

    def import_key(self) -> bytes:
        """Return the 32-byte secret from which ids of imported records are derived; it never changes."""
        return self._import

    # -- keys ----------------------------------------------------------------------------------------------

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bool]:
        """Give each subject a key, durable on return. False means erased: never given a key again.

        Until the caller's next await, `seal` and `body_hash` work for all of these subjects.
        """
        asked = set(subjects)
        await self._load_service_key(jurisdiction)
        alive = {subject: True for subject in asked if self._keys.ask(jurisdiction, subject)}
        missing = asked - alive.keys()
        if missing:
            started_at = time.monotonic()
            made = await self._store.ensure(jurisdiction, missing)
            kept = self._keys.keep(jurisdiction, made.items(), started_at, len(asked), made=True)
            alive |= {subject: key is not None for subject, key in kept.items()}
        return alive

    async def keyring(self, jurisdiction: str, subjects: Iterable[str]) -> Keyring:
        """Return these subjects' keys, reading those not in memory from the store."""
        return Keyring(jurisdiction, await self._load(jurisdiction, subjects))

    async def _load(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, Key | None]:
        asked = dict.fromkeys(subjects)
        found: dict[str, Key | None] = {s: key for s in asked if (key := self._keys.ask(jurisdiction, s))}
        missing = [subject for subject in asked if subject not in found]
        for begin in range(0, len(missing), _AT_ONCE):
            started_at = time.monotonic()
            read = await self._store.keys(jurisdiction, missing[begin : begin + _AT_ONCE])
            found |= self._keys.keep(jurisdiction, read.items(), started_at)
        return found

    async def erase(self, jurisdiction: str, subject: str) -> None:
        """Destroy a subject's key and phone hash, leaving a tombstone. Idempotent."""
        await self._erase(jurisdiction, subject)

    async def erase_all(self, jurisdiction: str, subjects: Iterable[str]) -> None:
        """Erase each subject; already erased ones cost a single read together."""
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
            log_of.warning("the keys are being read; an erased key's bytes will be removed on the next write")

    def _mark_erased(self, jurisdiction: str, subject: str) -> None:
        if subject == SERVICE:
            self._service_changed[jurisdiction] = time.monotonic()
        else:
            self._keys.erase(jurisdiction, subject)
            for listener in self._on_erased:
                listener(jurisdiction, subject)

    def on_erased(self, listener: Callable[[str, str], None]) -> None:
        """Call `listener(jurisdiction, subject)` on the loop when a key was destroyed, here or elsewhere; a
        notice from elsewhere may be lost."""
        self._on_erased.append(listener)

    def _forget(self) -> None:
        self._keys.clear()

    # -- values --------------------------------------------------------------------------------------------

    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str:
        """Return the value as a log token, different each time. Raises NoKey before `ensure`, Erased."""
        return self._key(jurisdiction, subject).seal(jurisdiction, subject, command, field, plain)

    async def erased(self, jurisdiction: str, subjects: Iterable[str]) -> list[str]:
        """Return those of the subjects whose key was destroyed."""
        return [subject for subject, key in (await self._load(jurisdiction, subjects)).items() if key is None]

    async def seal_file(self, jurisdiction: str, subject: str, media: str, plain: bytes) -> bytes | None:
        """Seal a file under its subject's key; None if the subject was erased."""
        if not (await self.ensure(jurisdiction, [subject]))[subject]:
            return None
        key = self._key(jurisdiction, subject)
        return await asyncio.to_thread(key.seal_file, jurisdiction, subject, media, plain)

    async def open_file(self, jurisdiction: str, subject: str, media: str, box: bytes) -> bytes | None:
        """Return the plain file; None if the subject was erased. Raises BadToken, NoKey."""
        keys = await self._load(jurisdiction, [subject])
        if subject not in keys:
            raise NoKey(f"no key for {subject} in {jurisdiction}")
        key = keys[subject]
        if key is None:
            return None
        return await asyncio.to_thread(key.open_file, jurisdiction, subject, media, box)

    async def open(self, jurisdiction: str, token: str) -> str | None:
        """Return the value of a token; None if erased. Raises BadToken, NoKey."""
        return (await self.keyring(jurisdiction, [parse(token).subject])).open(token)

    def body_hash(
        self, jurisdiction: str, subject: str | None, name: str, claimed_at: datetime | None, data: Any
    ) -> str:
        """Return a keyed hash (64 hex digits) of a plain command, under the subject's or the service's key.

        Raises NoKey before `ensure`, Erased.
        """
        key = self._services.get(jurisdiction) if subject is None else self._key(jurisdiction, subject)
        if key is None:
            raise NoKey(f"the service key of {jurisdiction} was not loaded")
        return key.body(name, claimed_at, data)

    def _key(self, jurisdiction: str, subject: str) -> Key:
        key = self._keys.get(jurisdiction, subject)
        if key is not None:
            return key
        if not self._keys.known(jurisdiction, subject):
            raise NoKey(f"no key for {subject} in {jurisdiction}")
        if self._keys.erased(jurisdiction, subject):
            raise Erased(f"{subject} in {jurisdiction} was erased")
        raise VaultUnavailable(f"the key of {subject} in {jurisdiction} was read too long ago")

    async def _load_service_key(self, jurisdiction: str) -> None:
        """Load the key that recognises repeats of commands, including commands recorded elsewhere.

        It is read once, and again if a change notice may have been missed, such as before listening began.
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
        """Return unwrapped keys, to be sealed for export: None if erased, left out if never made.

        Includes SERVICE, the key that recognises repeats of the jurisdiction's commands.
        """
        asked, found = list(dict.fromkeys(subjects)), dict[str, bytes | None]()
        for begin in range(0, len(asked), _AT_ONCE):
            some = asked[begin : begin + _AT_ONCE]
            found |= await self._store.keys(jurisdiction, some)
        own = await self._store.keys(jurisdiction, [SERVICE])
        return found | {SERVICE: own.get(SERVICE) or self._service_raw}

    async def adopt(self, jurisdiction: str, keys: Mapping[str, bytes | None]) -> list[str]:
        """Import keys; None means erased there, and so erased here. What is already erased here stays erased.

        Subjects with a different key here keep it; they are returned.
        """
        await self.erase_all(jurisdiction, [s for s, key in keys.items() if key is None])
        whole = {s: key for s, key in keys.items() if key is not None}
        await self._store.adopt(jurisdiction, whole)
        kept = await self._store.keys(jurisdiction, list(whole))
        self._mark_erased(jurisdiction, SERVICE)
        return sorted(s for s, key in kept.items() if key not in (None, whole[s]))

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """Wrap a key so that only this master key opens it, and only for this owner."""
        return self._store.wrap(key, *owner)

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Unwrap a key. Raises WrongMasterKey for another master key or owner."""
        try:
            return self._store.unwrap(wrapped, *owner)
        except InvalidTag as error:
            raise WrongMasterKey("wrapped with another master key: supply that key") from error

    # -- phones --------------------------------------------------------------------------------------------

    async def index_phone(self, jurisdiction: str, subject: str, phone: str | None) -> None:
        """Make a subject findable by this number only; None removes it."""
        await self.index_phones(jurisdiction, {subject: phone})

    async def index_phones(self, jurisdiction: str, phones: Mapping[str, str | None]) -> None:
        """Index the numbers of subjects that have a key, replacing their previous ones: up to two of each."""
        hashes = {subject: self._hashes(jurisdiction, phone or "") for subject, phone in phones.items()}
        await self._store.set_phones(jurisdiction, hashes)

    async def find_phone(self, jurisdiction: str, phone: str, region: str = HOME) -> list[str]:
        """Return the subjects with exactly this number, in any notation (100 ms among half a million).

        `region` is that of numbers without a country code.
        """
        asked = {form for one in numbers(phone) for form in spellings(one, region)}
        halves = [self._hash(jurisdiction, form)[:HALF] for form in sorted(asked)]
        return await self._store.find_phone(jurisdiction, halves) if halves else []

    def _hashes(self, jurisdiction: str, phone: str) -> bytes | None:
        """Return the hash of a number, the first halves of the hashes of two, or None."""
        found = [self._hash(jurisdiction, form) for one in numbers(phone) if (form := normalised(one))]
        if len(found) > 1:
            return found[0][:HALF] + found[1][:HALF]
        return found[0] if found else None

    def _hash(self, jurisdiction: str, number: str) -> bytes:
        return hmac.digest(self._phone, f"{jurisdiction}\0{number}".encode(), "sha256")

    async def close(self) -> None:
        """Clear the keys from memory and close the store."""
        self._keys.clear()
        await self._store.close()
