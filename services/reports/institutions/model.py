"""How the report is described: sections of figures. A figure is the sum of its items, which open to rows."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from events.terms import Names
from services.reports.institutions.item import Item, Part
from services.reports.institutions.past import Past

Unit = Literal["count", "hours", "days"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure."""

    key: str
    names: Names
    definition: Names
    items: Callable[[Past], Iterable[Item]]
    unit: Unit = "count"
    of: str | None = None
    """The figure of which it is a share, such as `R2.ledger`."""
    late: bool = False
    """Whether its items are overdue, and are listed by name."""
    parts: Callable[[Past], Iterable[Part]] | None = None
    """What it is divided into; each of its items names one of these."""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One section of the report."""

    code: str
    """R1 to R10."""
    names: Names
    reads: tuple[str, ...]
    """The views that its figures follow from."""
    figures: tuple[Figure, ...]


def both(en: str, zh: str) -> Names:
    """Return a text in both languages."""
    return Names(en=en, zh=zh)
