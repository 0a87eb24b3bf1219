"""What a law is: a check of all folded rows, and the code of its findings."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

Rows = Mapping[str, Mapping[str, Any]]
"""View name -> key -> row, folded straight from the log."""


class Law(msgspec.Struct, frozen=True):
    """A law. `broken` yields a sentence for each violation, from the jurisdiction and all rows. Pure."""

    code: str
    """Code of its findings."""
    meaning: str
    """Of the code, for docs/catalogue/codes.md."""
    broken: Callable[[str, Rows], Iterable[str]]


def excused(rows: Rows) -> set[int]:
    """Return the positions of what was recorded against a rule because it had been observed."""
    return {row.position for row in rows["anomalies"].values()}
