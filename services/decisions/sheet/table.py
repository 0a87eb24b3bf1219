"""Descriptor of what the rows of sheets said last time."""

from typing import Final

import msgspec

from services.decisions.table import Table


class Saying(msgspec.Struct, frozen=True):
    """What a row said last time."""

    stated: dict[str, str]
    personal: dict[str, str] = {}
    """Keyed hashes of its personal data."""


SAYINGS: Final = Table("sayings", Saying)
"""`sheet row` -> what it said last time."""


def saying_id(sheet: str, row: str) -> str:
    """Return the key of a row's saying."""
    return f"{sheet} {row}"
