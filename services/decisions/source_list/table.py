"""Descriptors of source lists, their entries, and verdicts."""

from datetime import datetime
from typing import Final

import msgspec

from events.source_list import Listing, Said
from services.decisions.table import Table

MOST_EDITIONS: Final = 200
"""Editions of a list."""
MOST_VERDICTS: Final = 200
"""Verdicts on an entry, those taken back included."""


class Edition(msgspec.Struct, frozen=True, gc=False):
    """An issue of a list."""

    edition: datetime
    title: str


class SourceList(msgspec.Struct, frozen=True):
    """A list of enterprises kept by somebody else."""

    kind: str
    areas: tuple[str, ...]
    issues: tuple[Edition, ...] = ()
    """Oldest first."""

    @property
    def editions(self) -> tuple[datetime, ...]:
        """The sources' own dates, oldest first."""
        return tuple(one.edition for one in self.issues)


class Entry(msgspec.Struct, frozen=True):
    """An enterprise as a list names it."""

    source_list: str
    listings: tuple[Listing, ...] = ()
    """Oldest first."""
    said: tuple[Said, ...] = ()

    @property
    def area(self) -> str | None:
        """Where it lies by the newest edition that names it."""
        return self.listings[-1].area if self.listings else None


class Match(msgspec.Struct, frozen=True, gc=False):
    """A verdict: the entry that keeps it."""

    entry: str


SOURCE_LISTS = Table(
    "source_lists",
    SourceList,
    kind="source_list",
    areas=lambda state, key, row: row.areas,
    spans=True,
)
ENTRIES = Table(
    "entries",
    Entry,
    kind="entry",
    areas=lambda state, key, row: (row.area,) if row.area else (),
)
MATCHES = Table(
    "matches",
    Match,
    kind="match",
    areas=lambda state, key, row: ENTRIES.areas(state, row.entry),
)
