"""Source lists 比对名单, their entries, and what people say about which enterprise an entry is.

A list keeps its id; each issue of it is an edition, dated by the source. An entry is in an edition that named
it, so what a newer edition leaves out is no longer listed. Nothing here changes an enterprise.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, get_args

import msgspec

from events.base import Event, EventEnvelope, event
from events.enterprise import EnterpriseRef
from events.refs import AreaRef, Ref

SourceListRef = Annotated[str, Ref("source_list")]
EntryRef = Annotated[str, Ref("entry")]
MatchRef = Annotated[str, Ref("match")]
Verdict = Literal["same", "different", "undecided"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
SAME: Final = "same"
DIFFERENT: Final = "different"
UNDECIDED: Final = "undecided"


@event("source_list.declared")
class SourceListDeclared(Event, frozen=True):
    """An edition of a list was declared, dated by the source."""

    source_list: SourceListRef
    kind: str
    """A term of the list `source_kind`, such as registry, platform or tax."""
    title: str
    edition: datetime
    """The source's own date."""
    areas: tuple[AreaRef, ...]
    """Areas that it covers."""


@event("source_list.withdrawn")
class SourceListWithdrawn(Event, frozen=True):
    """An edition was withdrawn as a mistake: as of any date it does not count."""

    source_list: SourceListRef
    edition: datetime


@event("entry.listed")
class EntryListed(Event, frozen=True):
    """An edition names an enterprise."""

    entry: EntryRef
    source_list: SourceListRef
    edition: datetime
    area: AreaRef
    name: str
    code: str | None = None
    """Unified social credit code as the source gives it, perhaps wrong."""
    trade: str | None = None


@event("entry.struck")
class EntryStruck(Event, frozen=True):
    """An entry was struck out of an edition as a mistake."""

    entry: EntryRef
    source_list: SourceListRef
    edition: datetime
    area: AreaRef


@event("match.judged")
class MatchJudged(Event, frozen=True):
    """Somebody said whether an entry is an enterprise of the ledger."""

    match: MatchRef
    entry: EntryRef
    enterprise: EnterpriseRef
    verdict: str
    """same, different or undecided."""
    reason: str
    """A term of the list `match`."""
    area: AreaRef
    """Where the entry lies."""


@event("match.undone")
class MatchUndone(Event, frozen=True):
    """A verdict was taken back; the candidates are as they were without it."""

    match: MatchRef
    entry: EntryRef
    area: AreaRef


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict on an entry and an enterprise."""

    match: str
    enterprise: str
    verdict: str
    reason: str
    by: str
    at: datetime
    position: int
    undone_at: datetime | None = None
    undone_by: str | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an edition says about an entry."""

    edition: datetime
    area: str
    name: str
    code: str | None = None
    trade: str | None = None


def listed(listings: Iterable[Listing], e: EntryListed) -> tuple[Listing, ...]:
    """Return an entry's listings, oldest first, with that of one more edition."""
    new = Listing(edition=e.edition, area=e.area, name=e.name, code=e.code, trade=e.trade)
    return tuple(sorted((*listings, new), key=lambda one: one.edition))


def struck(listings: Iterable[Listing], e: EntryStruck) -> tuple[Listing, ...]:
    """Return an entry's listings without that of an edition."""
    return tuple(one for one in listings if one.edition != e.edition)


def judged(said: Sequence[Said], e: MatchJudged, envelope: EventEnvelope) -> tuple[Said, ...]:
    """Return an entry's verdicts with one more."""
    new = Said(
        match=e.match,
        enterprise=e.enterprise,
        verdict=e.verdict,
        reason=e.reason,
        by=envelope.actor,
        at=envelope.at,
        position=envelope.position,
    )
    return (*said, new)


def undone(said: Sequence[Said], e: MatchUndone, envelope: EventEnvelope) -> tuple[Said, ...]:
    """Return an entry's verdicts after one was taken back."""
    back = {"undone_at": envelope.at, "undone_by": envelope.actor}
    return tuple(msgspec.structs.replace(one, **back) if one.match == e.match else one for one in said)


def said_by(said: Iterable[Said], when: datetime) -> tuple[Said, ...]:
    """Return the verdicts as they were at an instant, those taken back until then included."""
    known = (one for one in said if one.at <= when)
    return tuple(
        msgspec.structs.replace(one, undone_at=None, undone_by=None)
        if one.undone_at and one.undone_at > when
        else one
        for one in known
    )


def edition_at(editions: Iterable[datetime], when: datetime) -> datetime | None:
    """Return the newest edition that the source had issued by then."""
    return max((one for one in editions if one <= when), default=None)


def standing(said: Sequence[Said], when: datetime) -> dict[str, Said]:
    """Return enterprise -> the verdict that stood at an instant: the latest one not taken back by then."""
    found: dict[str, Said] = {}
    for one in sorted(said, key=lambda one: (one.at, one.position)):
        if one.at <= when and (one.undone_at is None or one.undone_at > when):
            found[one.enterprise] = one
    return found
