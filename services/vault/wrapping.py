"""Shared by all key stores: each key is wrapped with the master key and bound to its owner."""

import secrets
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.vault.errors import WrongMasterKey

SERVICE: Final = "service"
"""Pseudo-subject under which a jurisdiction keeps the service key it was imported with."""
_KNOWN: Final = b"muster"
_NONCE: Final = 12

_encoder = msgspec.json.Encoder()


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
                f"this master key does not open {self._where}: supply the one it was created with"
            ) from None

    async def service_key(self, name: str, first: bytes | None = None) -> bytes:
        """Return one of the service's own keys, created on first use."""
        fresh = self.wrap(first or secrets.token_bytes(32), "own", name)
        return self.unwrap(await self._first(name, fresh), "own", name)

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

    @property
    def _unlocked(self) -> AESGCM:
        if self._master is None:
            raise RuntimeError(f"{self._where} was used before being unlocked")
        return self._master
