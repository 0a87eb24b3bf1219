"""Format of the key file, encrypted with a file key, which is itself wrapped by another key.

{"muster": "keys", ...}     header: jurisdiction, counts and the wrapped file key
base64                      encrypted keys; authenticated with the header, the line number and an end marker
"""

import binascii
import hashlib
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.transfer.errors import TransferFailed

FORMAT: Final = 1
AT_ONCE: Final = 4_096
MOST_LINE: Final = 2**20
SHORTEST: Final = 12
"""Minimum characters of a passphrase."""
_NONCE: Final = 12
_COST: Final = (2**17, 8, 1)
"""scrypt's n, r, p: 128 MiB, half a second."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of the file."""

    muster: Literal["keys"] = "keys"
    format: int = FORMAT
    jurisdiction: str
    log: str
    """UUID of the log the keys belong to."""
    subjects: int
    erased: int
    """How many of the subjects are erased."""
    under: Literal["master", "passphrase"]
    salt: str = ""
    """Salt of the passphrase, in base64."""
    key: str
    """The wrapped file key, in base64."""


class Part(msgspec.Struct, frozen=True):
    """The decrypted keys of one line; None = erased."""

    keys: dict[str, bytes | None]


def under_passphrase(passphrase: str, salt: bytes) -> AESGCM:
    """Derive the wrapping key from a passphrase. Raise TransferFailed if it is too short."""
    if len(passphrase) < SHORTEST:
        raise TransferFailed("keys.short_passphrase", least=SHORTEST)
    n, r, p = _COST
    key = hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=32)
    return AESGCM(key)


def seal_key(wrapper: AESGCM, key: bytes, jurisdiction: str) -> bytes:
    """Wrap a file key; return the nonce and ciphertext."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + wrapper.encrypt(nonce, key, jurisdiction.encode())


def open_key(wrapper: AESGCM, sealed: bytes, jurisdiction: str) -> bytes:
    """Unwrap a file key. Raise TransferFailed if the passphrase is wrong or the header was altered."""
    try:
        return wrapper.decrypt(sealed[:_NONCE], sealed[_NONCE:], jurisdiction.encode())
    except (InvalidTag, ValueError) as error:
        raise TransferFailed("keys.wrong_passphrase") from error


def write(file: IO[bytes], header: Header, key: bytes, keys: Mapping[str, bytes | None]) -> None:
    """Write the header and at least one part, so that there is always an end marker."""
    first, items, box = msgspec.json.encode(header), sorted(keys.items()), AESGCM(key)
    file.write(first + b"\n")
    starts = range(0, max(len(items), 1), AT_ONCE)
    for number, start in enumerate(starts):
        plain = msgspec.msgpack.encode(Part(dict(items[start : start + AT_ONCE])))
        nonce = secrets.token_bytes(_NONCE)
        bound = _bound(first, number, last=number == len(starts) - 1)
        file.write(b64encode(nonce + box.encrypt(nonce, plain, bound)) + b"\n")


def read_header(file: IO[bytes]) -> tuple[Header, bytes]:
    """Read the header; return it and its line. Raise TransferFailed."""
    first = file.readline(MOST_LINE).rstrip(b"\n")
    try:
        header = msgspec.json.decode(first, type=Header)
    except msgspec.DecodeError as error:
        raise TransferFailed("keys.no_header", why=str(error)) from error
    if header.format != FORMAT:
        raise TransferFailed("keys.format", given=header.format, known=FORMAT)
    return header, first


def read(file: IO[bytes], first: bytes, key: bytes) -> Iterator[dict[str, bytes | None]]:
    """Yield the parts after the header. Raise TransferFailed if one is altered or missing."""
    texts = [text.rstrip(b"\n") for text in file]
    if not texts:
        raise TransferFailed("keys.truncated")
    box = AESGCM(key)
    for number, text in enumerate(texts):
        yield _part(box, text, _bound(first, number, last=number == len(texts) - 1), number)


def _part(box: AESGCM, text: bytes, bound: bytes, number: int) -> dict[str, bytes | None]:
    try:
        raw = b64decode(text, validate=True)
        plain = box.decrypt(raw[:_NONCE], raw[_NONCE:], bound)
        return msgspec.msgpack.decode(plain, type=Part).keys
    except (InvalidTag, ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise TransferFailed("keys.damaged", line=number + 2) from error


def _bound(first: bytes, number: int, *, last: bool) -> bytes:
    """Return the data a part is authenticated with."""
    return b"%s\n%d\n%d" % (first, number, last)


def count(parts: Sequence[Mapping[str, bytes | None]]) -> tuple[int, int]:
    """Return the number of (subjects, erased subjects)."""
    erased = sum(key is None for part in parts for key in part.values())
    return sum(len(part) for part in parts), erased


def encoded(raw: bytes) -> str:
    """Encode bytes for the header."""
    return b64encode(raw).decode()


def decoded(text: str) -> bytes:
    """Decode bytes from the header. Raise TransferFailed."""
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise TransferFailed("keys.no_header") from error
