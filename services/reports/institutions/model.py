"""How the report is described: sections of figures. A figure is the sum of its items, which open to rows."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from events.terms import Names

if TYPE_CHECKING:
    from services.reports.institutions.past import Past

Unit = Literal["count", "hours", "days"]


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


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure."""

    key: str
    names: Names
    definition: Names
    items: "Callable[[Past], Iterable[Item]]"
    unit: Unit = "count"
    of: str | None = None
    """The figure of which it is a share, such as `R2.ledger`."""
    late: bool = False
    """Whether its items are overdue, and are listed by name."""
    parts: "Callable[[Past], Iterable[Part]] | None" = None
    """What it is divided into; each of its items names one of these."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the founding case."""

    code: str
    """R1 to R10."""
    names: Names
    reads: tuple[str, ...]
    """The views that its figures follow from."""
    figures: tuple[Figure, ...]


def both(en: str, zh: str) -> Names:
    """Return a text in both languages."""
    return Names(en=en, zh=zh)
