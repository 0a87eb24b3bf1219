"""Nominations 推荐: who was nominated for which honour, by which deeds, and what the log shows of these."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from events.base import EventEnvelope, Personal
from events.nomination import NominationErased, NominationMade
from events.nomination_history import (
    FACTS,
    Deed,
    NominationFact,
    NominationThen,
    fact_of,
    forgotten,
    standing,
    with_fact,
)
from projections.base import Row, View

_as = msgspec.structs.replace


class NominationRow(Row, frozen=True, kw_only=True):
    """One nomination."""

    nomination: str
    worker: str
    area: str
    honour: str
    post: str | None = None
    """Post that nominates."""
    text: Personal | None = None
    """Why, in words."""
    state: str = "nominated"
    """nominated, approved, rejected, awarded or withdrawn."""
    since: datetime
    made_at: datetime
    made_by: str
    award: str | None = None
    reason: str | None = None
    deeds: tuple[Deed, ...] = ()
    deed_count: int = 0
    shown: int = 0
    """Deeds that the log shows in full."""
    claims: int = 0
    """Deeds that nothing in the log shows."""
    person_times: int = 0
    seconds: int = 0
    hours: float = 0
    """The same, rounded to two decimals."""
    history: tuple[NominationFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e: Any = envelope.data
    return (e.nomination,) if isinstance(e, (*FACTS, NominationErased)) else ()


def evolve(row: NominationRow | None, envelope: EventEnvelope, key: str) -> NominationRow | None:
    e = envelope.data
    if isinstance(e, NominationErased):
        return row and _stood(_as(row, text=None), standing(forgotten(row.history)))
    now = with_fact(standing(row.history) if row else None, fact_of(envelope))
    if isinstance(e, NominationMade):
        row = NominationRow(
            nomination=key,
            worker=e.worker,
            area=e.area,
            honour=e.honour,
            post=e.post,
            text=e.text,
            since=envelope.at,
            made_at=envelope.at,
            made_by=envelope.actor,
        )
    return row and _stood(row, now)


def _stood(row: NominationRow, now: NominationThen | None) -> NominationRow | None:
    if now is None:
        return None
    latest = [deed.latest for deed in now.deeds]
    seconds = sum(one.seconds for one in latest)
    return _as(
        row,
        state=now.state,
        since=now.since,
        award=now.award,
        reason=now.reason,
        deeds=now.deeds,
        deed_count=len(latest),
        shown=sum(one.shown == "shown" for one in latest),
        claims=sum(one.shown == "claim" for one in latest),
        person_times=sum(one.person_times for one in latest),
        seconds=seconds,
        hours=round(seconds / 3600, 2),
        history=now.facts,
    )


def at(row: NominationRow, instant: datetime) -> NominationRow | None:
    """Return the nomination as it stood at an instant; None before it was made."""
    return _stood(row, standing(row.history, instant))


VIEW = View(
    name="nominations",
    row=NominationRow,
    keys=keys,
    evolve=evolve,
    events=(*FACTS, NominationErased),
    filters=("nomination", "worker", "area", "honour", "post", "state", "made_at", "shown", "claims"),
    sort="-made_at",
    detail=("history",),
    at=at,
)
