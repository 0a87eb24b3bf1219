"""Source lists 比对名单: their editions, by the sources' own dates."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.source_list import EntryListed, EntryStruck, SourceListDeclared, SourceListWithdrawn, edition_at
from projections.base import Row, View


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One issue of a list."""

    edition: datetime
    """The source's own date."""
    title: str
    entries: int = 0
    withdrawn: bool = False


class SourceListRow(Row, frozen=True, kw_only=True):
    """One list, with its newest edition."""

    source_list: str
    kind: str
    title: str
    areas: tuple[str, ...]
    """Areas that it covers."""
    edition: datetime | None
    """The source's own date of the newest edition; None if all were withdrawn."""
    entries: int = 0
    """Entries of that edition."""
    editions: tuple[Edition, ...] = ()
    """Oldest first, withdrawn ones included."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, SourceListDeclared | SourceListWithdrawn | EntryListed):
        return (e.source_list,)
    return (e.source_list,) if isinstance(e, EntryStruck) else ()


def evolve(row: SourceListRow | None, envelope: EventEnvelope, key: str) -> SourceListRow | None:
    e = envelope.data
    if isinstance(e, SourceListDeclared):
        known = {one.edition: one for one in row.editions} if row else {}
        before = known.get(e.edition)
        entries = before.entries if before else 0
        known[e.edition] = Edition(edition=e.edition, title=e.title, entries=entries)
        return row_of(key, e.kind, e.areas, known.values())
    if row is None:
        return None
    match e:
        case SourceListWithdrawn():
            changed = (_withdrawn(one, e.edition) for one in row.editions)
        case EntryListed():
            changed = (_counted(one, e.edition, 1) for one in row.editions)
        case EntryStruck():
            changed = (_counted(one, e.edition, -1) for one in row.editions)
        case _:
            return row
    return row_of(key, row.kind, row.areas, changed)


def _withdrawn(one: Edition, edition: datetime) -> Edition:
    return msgspec.structs.replace(one, withdrawn=True) if one.edition == edition else one


def _counted(one: Edition, edition: datetime, more: int) -> Edition:
    return msgspec.structs.replace(one, entries=one.entries + more) if one.edition == edition else one


def row_of(key: str, kind: str, areas: tuple[str, ...], editions: Iterable[Edition]) -> SourceListRow:
    """Return the row of a list with these editions."""
    ordered = sorted(editions, key=lambda one: one.edition)
    valid = [one for one in ordered if not one.withdrawn]
    newest = valid[-1] if valid else None
    return SourceListRow(
        source_list=key,
        kind=kind,
        areas=areas,
        title=(newest or ordered[-1]).title,
        edition=newest.edition if newest else None,
        entries=newest.entries if newest else 0,
        editions=tuple(ordered),
    )


def at(row: SourceListRow, instant: datetime) -> SourceListRow | None:
    """Return the list with the editions that its source had issued by then; None if there was none."""
    issued = [one for one in row.editions if one.edition <= instant]
    valid = edition_at((one.edition for one in issued if not one.withdrawn), instant)
    return row_of(row.source_list, row.kind, row.areas, issued) if valid else None


VIEW = View(
    name="source_lists",
    row=SourceListRow,
    keys=keys,
    evolve=evolve,
    events=(SourceListDeclared, SourceListWithdrawn, EntryListed, EntryStruck),
    filters=("source_list", "kind", "edition"),
    at=at,
)
