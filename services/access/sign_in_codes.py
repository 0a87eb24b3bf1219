"""One-time sign-in codes: Crockford base32, 50 random bits."""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford base32: no I, L, O and U."""
_LENGTH: Final = 10
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """Return ten random characters in groups, such as 7KQ2-M9XT-3F."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def normalise(text: str) -> str | None:
    """Return the ten characters of a typed code; None if it cannot be one. Ignores case, spaces and dashes;
    reads O as 0, and I or L as 1."""
    if not text.isascii():
        return None
    code = "".join(text.split()).replace("-", "").upper().translate(_LOOKALIKES)
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else None
