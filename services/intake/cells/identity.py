"""Deterministic ids: UUIDv8 (RFC 9562) from a hash keyed with the import key."""

import hmac
import re
import unicodedata
from datetime import datetime
from typing import Any, Final

import msgspec

from services.vault.phones import HOME, canonical, numbers

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_PHONE: Final = re.compile(r"\+?[\d\s().\-]{5,}")


def _uuid8(key: bytes, said: list[Any]) -> str:
    raw = bytearray(hmac.digest(key, _encode(said), "sha256")[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def command_id(
    key: bytes,
    jurisdiction: str,
    name: str,
    at: datetime | None,
    data: dict[str, Any],
    file_hash: str,
    nth: int = 0,
) -> str:
    """Derive a command's id from its content and time or, if it has no time, its file.

    `nth` tells apart what is said again at the same instant.
    """
    entity = data.get(name.partition(".")[0])
    said = [jurisdiction, name, entity, at.isoformat() if at else file_hash, data]
    return _uuid8(key, [*said, nth] if nth else said)


def person_id(key: bytes, jurisdiction: str, cells: list[str], region: str = HOME) -> str:
    """Derive a person's id from personal data; empty if all cells are empty. `region` is that of phones."""
    said = [_said(cell, region) for cell in cells]
    return _uuid8(key, [jurisdiction, "person", said]) if any(said) else ""


def _said(cell: str, region: str) -> str:
    """Normalize spaces, case, width and the notation of phones, which do not tell people apart."""
    plain = unicodedata.normalize("NFKC", cell).strip().removesuffix(".0")
    found = numbers(plain)
    if found and all(_PHONE.fullmatch(one) for one in found):
        return " ".join(sorted(canonical(one, region) for one in found))
    return " ".join(plain.split()).casefold()
