"""Sealed tokens `sealed:1:<kind>/<id>:<command>:<field>:<nonce>:<box>`: AES-256-GCM, key of the subject."""

import binascii
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.vault.errors import BadToken
from services.vault.wrapping import associated_data

PREFIX: Final = "sealed:1:"
_NONCE: Final = 12
_encoder = msgspec.json.Encoder(order="sorted")


class Token(NamedTuple):
    """The parts of a sealed token."""

    subject: str
    command: str
    field: str
    nonce: bytes
    box: bytes


class Key:
    """One subject's key. OpenSSL's object is made for each use: it is quick to make, and 2.5 KB to keep."""

    __slots__ = ("_bodies", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._bodies: bytes | None = None

    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str:
        """A token; another one each time."""
        nonce = secrets.token_bytes(_NONCE)
        box = AESGCM(self._key).encrypt(nonce, plain.encode(), associated_data(jurisdiction, command, field))
        return f"{PREFIX}{subject}:{command}:{field}:{_text(nonce)}:{_text(box)}"

    def open(self, jurisdiction: str, token: Token) -> str:
        """Raises BadToken where it was sealed for something else or changed since."""
        try:
            context = associated_data(jurisdiction, token.command, token.field)
            plain = AESGCM(self._key).decrypt(token.nonce, token.box, context)
        except (InvalidTag, ValueError):
            raise BadToken(
                f"the sealed {token.field} of {token.subject}, from command {token.command}, "
                f"was changed or is not of {jurisdiction}"
            ) from None
        return plain.decode()

    def body(self, name: str, claimed_at: datetime | None, data: Any) -> str:
        """Keyed hash of a command as it was asked: 64 hex digits, the same for the same content."""
        claimed = claimed_at.astimezone(UTC).isoformat() if claimed_at else None
        if self._bodies is None:  # not the one that seals
            self._bodies = hmac.digest(self._key, b"muster: body of a command", "sha256")
        return hmac.digest(self._bodies, _encoder.encode((name, claimed, data)), "sha256").hex()


def parse(token: str) -> Token:
    """Raises BadToken where this is no sealed token."""
    parts = token.split(":")
    if len(parts) != 7 or not token.startswith(PREFIX) or "/" not in parts[2]:
        raise BadToken("this is not a sealed token")
    try:
        return Token(parts[2], parts[3], parts[4], _bytes(parts[5]), _bytes(parts[6]))
    except (binascii.Error, ValueError):
        raise BadToken(f"the sealed {parts[4][:64]} of {parts[2][:80]} is not base64") from None


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
