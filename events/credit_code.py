"""Unified social credit codes 统一社会信用代码 (GB 32100-2015): what is wrong with one, if anything.

A code is 18 characters: registering body, kind, six digits of the region, nine of the organisation, and a
check character modulo 31. Registration numbers of before 2015 have 15 digits.
"""

from typing import Final, Literal
from unicodedata import normalize

CodeState = Literal["good", "missing", "old", "failing"]
"""good: 18 characters that agree. missing: none was given. old: a registration number of 15 digits.
failing: anything else, such as a mistyped code."""
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and letters without I, O, S, V and Z, which look like others."""
_LENGTH: Final = 18
_OLD_LENGTH: Final = 15
_REGION: Final = slice(2, 8)


def plain_code(given: str | None) -> str:
    """Return a code as it is compared: half width, upper case, without spaces and hyphens."""
    return "".join(c for c in normalize("NFKC", given or "").upper() if not c.isspace() and c != "-")


def check_character(first: str) -> str:
    """Return the last character that belongs to the first 17. Raises ValueError for other characters."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first))
    return ALPHABET[-total % 31]


def code_state(given: str | None) -> CodeState:
    """Return what a code is worth, as it was given."""
    code = plain_code(given)
    if not code:
        return "missing"
    if len(code) == _OLD_LENGTH and code.isdecimal():
        return "old"
    if len(code) != _LENGTH or not set(code) <= set(ALPHABET) or not code[_REGION].isdecimal():
        return "failing"
    return "good" if check_character(code[:-1]) == code[-1] else "failing"
