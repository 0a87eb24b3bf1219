"""Entries 名单条目: what source lists name, edition by edition, and the verdicts on each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.source_list import (
    EntryListed,
    EntryStruck,
    Listing,
    MatchJudged,
    MatchUndone,
    Said,
    judged,
    listed,
    said_by,
    struck,
    undone,
)
from projections.base import Row, View


class EntryRow(Row, frozen=True, kw_only=True):
    """One entry, as the newest edition that names it says."""

    entry: str
    source_list: str
    edition: datetime | None
    """The source's own date of the newest edition that names it; None if it was struck out of all."""
    area: str
    name: str
    code: str | None = None
    trade: str | None = None
    listings: tuple[Listing, ...] = ()
    """Oldest first."""
    said: tuple[Said, ...] = ()
    """Verdicts in the order in which they were recorded, those taken back included."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.entry,) if isinstance(e, EntryListed | EntryStruck | MatchJudged | MatchUndone) else ()


def evolve(row: EntryRow | None, envelope: EventEnvelope, key: str) -> EntryRow | None:
    e = envelope.data
    if isinstance(e, EntryListed):
        return row_of(key, e.source_list, listed(row.listings if row else (), e), row.said if row else ())
    if row is None:
        return None
    match e:
        case EntryStruck():
            left = struck(row.listings, e)
            if not left:
                return msgspec.structs.replace(row, edition=None, listings=())
            return row_of(key, row.source_list, left, row.said)
        case MatchJudged():
            return msgspec.structs.replace(row, said=judged(row.said, e, envelope))
        case MatchUndone():
            return msgspec.structs.replace(row, said=undone(row.said, e, envelope))
        case _:
            return row


def row_of(key: str, source_list: str, listings: Sequence[Listing], said: tuple[Said, ...]) -> EntryRow:
    """Return the row of an entry with these listings, oldest first."""
    newest = listings[-1]
    return EntryRow(
        entry=key,
        source_list=source_list,
        edition=newest.edition,
        area=newest.area,
        name=newest.name,
        code=newest.code,
        trade=newest.trade,
        listings=tuple(listings),
        said=said,
    )


def at(row: EntryRow, instant: datetime) -> EntryRow | None:
    """Return the entry by the editions that its source had issued by then; None if none named it."""
    issued = [one for one in row.listings if one.edition <= instant]
    return row_of(row.entry, row.source_list, issued, said_by(row.said, instant)) if issued else None


VIEW = View(
    name="entries",
    row=EntryRow,
    keys=keys,
    evolve=evolve,
    events=(EntryListed, EntryStruck, MatchJudged, MatchUndone),
    filters=("entry", "source_list", "edition", "area", "name", "code", "trade"),
    at=at,
)
