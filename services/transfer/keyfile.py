"""The file of a jurisdiction's keys, sealed under a key of its own, and that one under another.

{"muster": "keys", ...}     header: whose keys, how many, and the file's key, wrapped
base64                      keys, sealed; bound to the header, to their place, and to being the last or not
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
"""Characters of a passphrase."""
_NONCE: Final = 12
_COST: Final = (2**17, 8, 1)
"""scrypt's n, r, p: 128 MiB, half a second."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    muster: Literal["keys"] = "keys"
    format: int = FORMAT
    jurisdiction: str
    log: str
    """UUID of the log that they belong to."""
    subjects: int
    erased: int
    """Of those: tombstones."""
    under: Literal["master", "passphrase"]
    salt: str = ""
    """base64; of a passphrase."""
    key: str
    """base64; the file's key, wrapped."""


class Part(msgspec.Struct, frozen=True):
    """Keys in plain, as one line holds them; None = erased."""

    keys: dict[str, bytes | None]


def under_passphrase(passphrase: str, salt: bytes) -> AESGCM:
    """What wraps a file's key. Raises TransferFailed where the passphrase is too short."""
    if len(passphrase) < SHORTEST:
        raise TransferFailed("keys.short_passphrase", least=SHORTEST)
    n, r, p = _COST
    key = hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=32)
    return AESGCM(key)


def seal_key(wrapper: AESGCM, key: bytes, jurisdiction: str) -> bytes:
    """Nonce and box."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + wrapper.encrypt(nonce, key, jurisdiction.encode())


def open_key(wrapper: AESGCM, sealed: bytes, jurisdiction: str) -> bytes:
    """Raises TransferFailed where it is another passphrase, or the header was changed."""
    try:
        return wrapper.decrypt(sealed[:_NONCE], sealed[_NONCE:], jurisdiction.encode())
    except (InvalidTag, ValueError) as error:
        raise TransferFailed("keys.wrong_passphrase") from error


def write(file: IO[bytes], header: Header, key: bytes, keys: Mapping[str, bytes | None]) -> None:
    """Header and parts; at least one part, so that the end is always marked."""
    first, items, box = msgspec.json.encode(header), sorted(keys.items()), AESGCM(key)
    file.write(first + b"\n")
    starts = range(0, max(len(items), 1), AT_ONCE)
    for number, start in enumerate(starts):
        plain = msgspec.msgpack.encode(Part(dict(items[start : start + AT_ONCE])))
        nonce = secrets.token_bytes(_NONCE)
        bound = _bound(first, number, last=number == len(starts) - 1)
        file.write(b64encode(nonce + box.encrypt(nonce, plain, bound)) + b"\n")


def read_header(file: IO[bytes]) -> tuple[Header, bytes]:
    """The header and its line. Raises TransferFailed."""
    first = file.readline(MOST_LINE).rstrip(b"\n")
    try:
        header = msgspec.json.decode(first, type=Header)
    except msgspec.DecodeError as error:
        raise TransferFailed("keys.no_header", why=str(error)) from error
    if header.format != FORMAT:
        raise TransferFailed("keys.format", given=header.format, known=FORMAT)
    return header, first


def read(file: IO[bytes], first: bytes, key: bytes) -> Iterator[dict[str, bytes | None]]:
    """The parts after the header. Raises TransferFailed where one was changed, or is missing."""
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
    """What a part holds only together with."""
    return b"%s\n%d\n%d" % (first, number, last)


def count(parts: Sequence[Mapping[str, bytes | None]]) -> tuple[int, int]:
    """(subjects, erased)."""
    erased = sum(key is None for part in parts for key in part.values())
    return sum(len(part) for part in parts), erased


def encoded(raw: bytes) -> str:
    """As a header holds bytes."""
    return b64encode(raw).decode()


def decoded(text: str) -> bytes:
    """Raises TransferFailed."""
    try:
        return b64decode(text, validate=True)
    except binascii.Error as error:
        raise TransferFailed("keys.no_header") from error
