"""Training 培训: one row for each person in each session, a person-time 人次 if they took part.

A person-time is one person in one session, however many half-days. The distinct people are the distinct
`person` of these rows, and the two are never the same figure.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.course import Mode
from events.session import PARTICIPANT, SessionAttended, SessionPresenceCorrected
from events.session_facts import CORRECTED, SessionFact, fact_of, who_of
from projections.base import Row, View


class HalfDay(msgspec.Struct, frozen=True, gc=False):
    """A half-day on which somebody was there."""

    half: str
    role: str
    via: str
    """`qr` (the code at the door) or `paper` (a printed list)."""
    at: datetime


class TrainingRow(Row, frozen=True, kw_only=True):
    """One person in one session."""

    session: str
    area: str
    course: str
    mode: Mode
    person: str
    """`worker/ID` or `holder/ID`."""
    worker: str | None = None
    holder: str | None = None
    year: int
    """Of the first half-day, in the jurisdiction's time zone."""
    day: str
    """The first day."""
    role: str = PARTICIPANT
    """`participant` if they took part on any half-day."""
    person_times: int = 0
    """1 for a participant, 0 for who only taught or organised."""
    hours: int = 0
    """Hours as a participant."""
    per_half: int
    """Hours that each half-day counts."""
    halves: tuple[HalfDay, ...] = ()
    facts: tuple[SessionFact, ...] = ()
    """In the order in which they were decided."""


def key_of(session: str, person: str) -> str:
    """Return the key of a row."""
    return f"{session}~{person.replace('/', '~')}"


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    if isinstance(e, SessionAttended | SessionPresenceCorrected):
        return (key_of(e.session, who_of(e.worker, e.holder)),)
    return ()


def evolve(row: TrainingRow | None, envelope: EventEnvelope, key: str) -> TrainingRow | None:
    e = envelope.data
    if isinstance(e, SessionAttended) and row is None:
        row = TrainingRow(
            session=e.session,
            area=e.area,
            course=e.course,
            mode=e.mode,
            person=who_of(e.worker, e.holder),
            worker=e.worker,
            holder=e.holder,
            year=int(e.half[:4]),
            day=e.half.partition(".")[0],
            per_half=e.hours,
        )
    if row is None or not isinstance(e, SessionAttended | SessionPresenceCorrected):
        return row
    return _stood(msgspec.structs.replace(row, facts=(*row.facts, fact_of(envelope)[1])), None)


def _stood(row: TrainingRow, instant: datetime | None) -> TrainingRow:
    found = _halves(row.facts, instant)
    took_part = [one for one in found if one.role == PARTICIPANT]
    first = found[0].half if found else f"{row.day}.am"
    return msgspec.structs.replace(
        row,
        year=int(first[:4]),
        day=first.partition(".")[0],
        role=PARTICIPANT if took_part else found[0].role if found else row.role,
        person_times=1 if took_part else 0,
        hours=row.per_half * len(took_part),
        halves=found,
    )


def _halves(facts: Iterable[SessionFact], instant: datetime | None) -> tuple[HalfDay, ...]:
    """Return the half-days in their order. A correction counts whenever it was entered."""
    found: dict[str, HalfDay] = {}
    for fact in facts:
        half = fact.half or ""
        known = found.get(half)
        if fact.kind == CORRECTED:
            if fact.role is None:
                found.pop(half, None)
            elif known:
                found[half] = msgspec.structs.replace(known, role=fact.role)
        elif known is None and (instant is None or fact.at <= instant):
            found[half] = HalfDay(half, fact.role or PARTICIPANT, fact.via or "paper", fact.at)
    return tuple(found[half] for half in sorted(found))


def at(row: TrainingRow, instant: datetime) -> TrainingRow | None:
    """Return the row as it was at an instant; None before anything was seen."""
    known = tuple(one for one in row.facts if one.at <= instant)
    return msgspec.structs.replace(_stood(row, instant), facts=known) if known else None


VIEW = View(
    name="training",
    row=TrainingRow,
    keys=keys,
    evolve=evolve,
    events=(SessionAttended, SessionPresenceCorrected),
    filters=(
        "session",
        "area",
        "course",
        "mode",
        "person",
        "worker",
        "holder",
        "year",
        "day",
        "role",
        "person_times",
        "hours",
    ),
    sort="-day",
    at=at,
)
