"""What a figure of the report counts, and what it is divided into."""

from datetime import datetime

import msgspec


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a figure counts."""

    view: str
    """The view that has its row."""
    key: str
    name: str = ""
    term: str | None = None
    """The list in which its name is a code, such as `difficulty`."""
    area: str | None = None
    areas: tuple[str, ...] = ()
    """Where it lies, if that is more than one area. Who is limited to areas counts only what lies there."""
    at: datetime | None = None
    """Since when it counts."""
    amount: float = 1
    due: datetime | None = None
    """Of what is late: when it should have been done."""
    owner: str | None = None
    """Post that has it to do."""
    person: str | None = None
    """Who it is about, as `worker/ID` or `holder/ID`: their name is told as the reader may see it."""
    part: str | None = None
    """Key of the part of the figure that counts it."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a figure, such as one source list."""

    key: str
    name: str
    edition: datetime
    """The source's own date."""
    areas: tuple[str, ...] = ()
