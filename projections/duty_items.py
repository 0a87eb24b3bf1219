"""Duty lists 职责清单 of posts: each duty with the files that show that it was done, and who took it over."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from events.base import EventEnvelope
from events.dated import dated, until
from events.duty_item import DutyItemEvent, DutyItemListed, DutyItemShown, DutyItemStruck, DutyItemTakenOver
from projections.base import Row, View

LISTED, STRUCK = "listed", "struck"
EVENTS = (DutyItemListed, DutyItemShown, DutyItemTakenOver, DutyItemStruck)


class DutyFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One dated fact about a duty."""

    at: datetime
    position: int
    kind: str
    """The verb of its event."""
    by: str = ""
    file: str | None = None
    holder: str | None = None
    note: str | None = None
    """What the file shows, or why the duty was struck off."""


class DutyItemRow(Row, frozen=True, kw_only=True):
    """One duty."""

    duty_item: str
    area: str
    post: str
    title: str
    due: datetime | None = None
    state: str = LISTED
    """`listed` or `struck`."""
    listed_at: datetime
    shown: int = 0
    """How many files show that it was done."""
    shown_at: datetime | None = None
    """When the last of them did."""
    holder: str | None = None
    """Holder who took it over last."""
    taken_over_at: datetime | None = None
    reason: str | None = None
    files: tuple[DutyFact, ...] = ()
    """Evidence; read a file at `/files/NAME`."""
    history: tuple[DutyFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.duty_item,) if isinstance(e, DutyItemEvent) and isinstance(e, EVENTS) else ()


def evolve(row: DutyItemRow | None, envelope: EventEnvelope, key: str) -> DutyItemRow | None:
    e = envelope.data
    if isinstance(e, DutyItemListed):
        row = DutyItemRow(
            duty_item=key, area=e.area, post=e.post, title=e.title, due=e.due, listed_at=envelope.at
        )
    if row is None or not isinstance(e, DutyItemEvent):
        return row
    fact = DutyFact(
        at=envelope.at,
        position=envelope.position,
        kind=envelope.name.partition(".")[2],
        by=envelope.actor,
        file=getattr(e, "file", None),
        holder=getattr(e, "holder", None),
        note=getattr(e, "note", None) or getattr(e, "reason", None),
    )
    return _stood(row, dated(row.history, fact))


def _stood(row: DutyItemRow, facts: Sequence[DutyFact]) -> DutyItemRow | None:
    """Return the row after these facts; None before it was listed."""
    if all(one.kind != LISTED for one in facts):
        return None
    files = tuple(one for one in facts if one.file)
    taken = [one for one in facts if one.holder]
    struck = next((one for one in facts if one.kind == STRUCK), None)
    return replace(
        row,
        state=STRUCK if struck else LISTED,
        shown=len(files),
        shown_at=files[-1].at if files else None,
        holder=taken[-1].holder if taken else None,
        taken_over_at=taken[-1].at if taken else None,
        reason=struck.note if struck else None,
        files=files,
        history=tuple(facts),
    )


def at(row: DutyItemRow, instant: datetime) -> DutyItemRow | None:
    """Return the duty as it was at an instant; None before it was listed."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="duty_items",
    row=DutyItemRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("duty_item", "area", "post", "title", "due", "state", "listed_at", "shown", "holder"),
    sort="title",
    at=at,
)
