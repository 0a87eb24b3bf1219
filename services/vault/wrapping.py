"""What all key stores share: each key is wrapped by the master key, and bound to whose it is."""

import secrets
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.vault.errors import WrongMasterKey

SERVICE: Final = "service"
"""Not a person: under this name a jurisdiction keeps the service's key with which it came from elsewhere."""
_KNOWN: Final = b"muster"
_NONCE: Final = 12

_encoder = msgspec.json.Encoder()


def associated_data(*parts: str) -> bytes:
    """Associated data: the parts, told apart whatever they hold."""
    return _encoder.encode(parts)


class KeyWrapper:
    """Base of the key stores. Wraps nothing before `unlock`."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._master: AESGCM | None = None

    async def unlock(self, master: bytes) -> None:
        """Take the master key; the first one given stays the right one. Raises WrongMasterKey."""
        self._master = AESGCM(master)
        try:
            await self.service_key("check", _KNOWN)
        except InvalidTag:
            self._master = None
            raise WrongMasterKey(
                f"this master key does not open {self._where}: give the one it was made with"
            ) from None

    async def service_key(self, name: str, first: bytes | None = None) -> bytes:
        """One of the service's own keys, made at first use."""
        fresh = self.wrap(first or secrets.token_bytes(32), "own", name)
        return self.unwrap(await self._first(name, fresh), "own", name)

    async def _first(self, name: str, wrapped: bytes) -> bytes:
        """Keep it where there is none of this name; what is kept then, durable."""
        raise NotImplementedError

    def new_key(self, jurisdiction: str, subject: str) -> bytes:
        """A new key of a subject, wrapped."""
        return self.wrap(secrets.token_bytes(32), jurisdiction, subject)

    def wrap(self, key: bytes, *owner: str) -> bytes:
        """12 bytes of nonce, then the key sealed for this owner: 60 bytes for a key of 32."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._unlocked.encrypt(nonce, key, associated_data(*owner))

    def unwrap(self, wrapped: bytes, *owner: str) -> bytes:
        """Raises InvalidTag where another master key wrapped it, or for another owner."""
        return self._unlocked.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], associated_data(*owner))

    @property
    def _unlocked(self) -> AESGCM:
        if self._master is None:
            raise RuntimeError(f"{self._where} is used before it was unlocked")
        return self._master
