"""One-time sign-in codes, as they are shown, typed and kept: Crockford base32, 50 random bits."""

import secrets
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford base32: no I, L, O and U."""
_LENGTH: Final = 10
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """Ten random characters in groups, such as 7KQ2-M9XT-3F."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def normalise(text: str) -> str | None:
    """The ten characters that somebody typed in any case, with any spaces and dashes, O for 0 and I or L for
    1; None where it cannot be a code."""
    if not text.isascii():
        return None
    code = "".join(text.split()).replace("-", "").upper().translate(_LOOKALIKES)
    return code if len(code) == _LENGTH and set(code) <= set(_ALPHABET) else None
