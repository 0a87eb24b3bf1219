"""Shared by all key stores: each key is wrapped with the master key and bound to its owner."""

import logging
import secrets
from collections.abc import Iterable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.vault.errors import VaultUnavailable, WrongMasterKey

SERVICE: Final = "service"
"""Pseudo-subject under which a jurisdiction keeps the service key it was imported with."""
_KNOWN: Final = b"muster"
_NONCE: Final = 12

_encoder = msgspec.json.Encoder()
log_of = logging.getLogger("muster.vault")


def associated_data(*parts: str) -> bytes:
    """Encode the parts unambiguously as associated data."""
    return _encoder.encode(parts)


class KeyWrapper:
    """Base class of the key stores. Call `unlock` before wrapping."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._master: AESGCM | None = None

    async def unlock(self, master: bytes) -> None:
        """Set the master key; it must be the first one ever used here. Raises WrongMasterKey."""
        self._master = AESGCM(master)
        try:
            await self.service_key("check", _KNOWN)
        except InvalidTag:
            self._master = None
            raise WrongMasterKey(
                f"this master key does not open {self._where}: supply the one it was created with, or restore"
                " both from one backup"
            ) from None

    async def service_key(self, name: str, first: bytes | None = None) -> bytes:
        """Return one of the service's own keys, created on first use."""
        fresh = self.wrap(first or secrets.token_bytes(32), "own", name)
        stored = await self._first(name, fresh)
        return self.unwrap(stored, "own", name) if first else self.stored(stored, "own", name)

    async def _first(self, name: str, wrapped: bytes) -> bytes:
        """Store it unless the name is taken; return what is stored, durably."""
        raise NotImplementedError

    def new_key(self, jurisdiction: str, subject: str) -> bytes:
        """Return a new wrapped key for a subject."""
        return self.wrap(secrets.token_bytes(32), jurisdiction, subject)

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """Return a 12-byte nonce and the key sealed for this owner: 60 bytes for a 32-byte key."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._unlocked.encrypt(nonce, key, associated_data(*owner))

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Unwrap a key. Raises InvalidTag for another master key or owner."""
        return self._unlocked.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], associated_data(*owner))

    def stored(self, wrapped: bytes, *owner: str) -> bytes:
        """Unwrap a key of this store. Raises VaultUnavailable if it is damaged."""
        try:
            return self.unwrap(wrapped, *owner)
        except (InvalidTag, ValueError) as error:
            what = f"the key of {' '.join(owner)} in {self._where} is damaged"
            raise VaultUnavailable(f"{what}; restore the keys from a backup") from error

    def readable(
        self, rows: Iterable[tuple[str, bytes | None]], jurisdiction: str
    ) -> dict[str, bytes | None]:
        """Unwrap keys to read with: None if erased. Damaged ones are left out, as if they were lost."""
        found: dict[str, bytes | None] = {}
        for subject, wrapped in rows:
            try:
                found[subject] = None if wrapped is None else self.stored(wrapped, jurisdiction, subject)
            except VaultUnavailable as error:
                log_of.error("%s", error)
        return found

    @property
    def _unlocked(self) -> AESGCM:
        if self._master is None:
            raise RuntimeError(f"{self._where} was used before being unlocked")
        return self._master
