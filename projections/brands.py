"""Brands 品牌 of trades, with mark, colour, and the contrast between them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from events.base import EventEnvelope
from events.brand import contrast
from events.brand_facts import FACTS, BrandEvent, BrandFact, BrandThen, fact_of, standing, with_fact
from projections.base import Row, View

IN_USE: Final = "in_use"
RETIRED: Final = "retired"


class BrandRow(Row, frozen=True, kw_only=True):
    """One brand."""

    brand: str
    area: str
    areas: tuple[str, ...]
    """The same, as a list: a caller who covers a part of it sees the brand."""
    trade: str
    name: str
    slogan: str | None = None
    mark: str
    """Outline on a field of 24 by 24, as the `d` of an SVG path."""
    colour: str
    ink: str
    """Of the mark and the name, on the colour."""
    contrast: float
    """Ratio of the two, 1 to 21, rounded to two decimals."""
    state: str = IN_USE
    """in_use or retired."""
    since: datetime
    retired_at: datetime | None = None
    reason: str | None = None
    changed: int
    """Position of the last change."""
    history: tuple[BrandFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.brand,) if isinstance(e, BrandEvent) else ()


def evolve(row: BrandRow | None, envelope: EventEnvelope, key: str) -> BrandRow | None:
    e = envelope.data
    if not isinstance(e, BrandEvent):
        return row
    return row_of(key, with_fact(standing(row.history) if row else None, fact_of(e, envelope)))


def row_of(key: str, now: BrandThen | None) -> BrandRow | None:
    """Return the row of a brand as it stands."""
    if now is None:
        return None
    return BrandRow(
        brand=key,
        area=now.area,
        areas=(now.area,),
        trade=now.trade,
        name=now.name,
        slogan=now.slogan,
        mark=now.mark,
        colour=now.colour,
        ink=now.ink,
        contrast=round(contrast(now.colour, now.ink), 2),
        state=RETIRED if now.retired_at else IN_USE,
        since=now.since,
        retired_at=now.retired_at,
        reason=now.reason,
        changed=max(fact.position for fact in now.facts),
        history=now.facts,
    )


def at(row: BrandRow, instant: datetime) -> BrandRow | None:
    """Return the brand as it was at an instant; None before it was registered."""
    return row_of(row.brand, standing(row.history, instant))


VIEW = View(
    name="brands",
    row=BrandRow,
    keys=keys,
    evolve=evolve,
    events=FACTS,
    filters=("brand", "area", "trade", "name", "state", "since", "retired_at", "colour"),
    sort="trade",
    at=at,
)
