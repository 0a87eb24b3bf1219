"""Sealed tokens `sealed:1:<kind>/<id>:<command>:<field>:<nonce>:<box>`: AES-256-GCM, one key per subject."""

import binascii
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from services.vault.errors import BadToken
from services.vault.wrapping import associated_data

PREFIX: Final = "sealed:1:"
_NONCE: Final = 12
_NONCE_TEXT: Final = 16
"""Characters of a nonce, which need no padding: the box follows as if both were one text."""
_encoder = msgspec.json.Encoder(order="sorted")


class Token(NamedTuple):
    """The parts of a sealed token."""

    subject: str
    command: str
    field: str
    nonce: bytes
    box: bytes


class Key:
    """One subject's key. The OpenSSL object is built per use: 2.5 KB are too many to keep."""

    __slots__ = ("_bodies", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._bodies: bytes | None = None

    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str:
        """Return a token; each call gives a different one."""
        nonce = secrets.token_bytes(_NONCE)
        box = AESGCM(self._key).encrypt(nonce, plain.encode(), associated_data(jurisdiction, command, field))
        return f"{PREFIX}{subject}:{command}:{field}:{_text(nonce)}:{_text(box)}"

    def cipher(self) -> AESGCM:
        """Return what opens this subject's tokens."""
        return AESGCM(self._key)

    def seal_file(self, jurisdiction: str, subject: str, media: str, plain: bytes) -> bytes:
        """Seal a file. Equal files of one subject give equal bytes, so that sending one again is harmless."""
        return self._files().encrypt(plain, [associated_data(jurisdiction, subject, media)])

    def open_file(self, jurisdiction: str, subject: str, media: str, box: bytes) -> bytes:
        """Return the plain file. Raises BadToken if it was sealed for something else or was modified."""
        try:
            return self._files().decrypt(box, [associated_data(jurisdiction, subject, media)])
        except (InvalidTag, ValueError):
            raise BadToken(f"a file of {subject} was modified or does not belong to {jurisdiction}") from None

    def _files(self) -> AESSIV:
        return AESSIV(hmac.digest(self._key, b"muster: files", "sha512"))  # separate from the sealing key

    def body(self, name: str, claimed_at: datetime | None, data: Any) -> str:
        """Return a keyed hash of the command as submitted: 64 hex digits, equal for equal content."""
        claimed = claimed_at.astimezone(UTC).isoformat() if claimed_at else None
        if self._bodies is None:  # separate from the sealing key
            self._bodies = hmac.digest(self._key, b"muster: body of a command", "sha256")
        # hmac.digest lets go of the interpreter, and waits until it is free again
        return hmac.new(self._bodies, _encoder.encode((name, claimed, data)), "sha256").hexdigest()


def opened(cipher: AESGCM, jurisdiction: str, token: Token) -> str:
    """Return the value. Raises BadToken if it was sealed for something else or was modified."""
    try:
        context = associated_data(jurisdiction, token.command, token.field)
        return cipher.decrypt(token.nonce, token.box, context).decode()
    except (InvalidTag, ValueError):
        raise BadToken(
            f"the sealed {token.field} of {token.subject}, from command {token.command}, "
            f"was modified or does not belong to {jurisdiction}"
        ) from None


def subject_of(token: str) -> str:
    """Return whose data a sealed value is."""
    return token.split(":")[2]


def parse(token: str) -> Token:
    """Split a token into its parts. Raises BadToken."""
    parts = token.split(":")
    if len(parts) != 7 or not token.startswith(PREFIX) or "/" not in parts[2] or len(parts[5]) != _NONCE_TEXT:
        raise BadToken("not a sealed token")
    _, _, subject, command, field, nonce, box = parts
    try:
        raw = _bytes(nonce + box)
    except (binascii.Error, ValueError):
        raise BadToken(f"the sealed {field[:64]} of {subject[:80]} is not valid base64") from None
    return Token(subject, command, field, raw[:_NONCE], raw[_NONCE:])


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    # a page opens hundreds, and base64's own function takes four times as long
    return binascii.a2b_base64(text.replace("-", "+").replace("_", "/") + "==")
