"""Difficulties 困难诉求: each with its dated history, so that it can be read as of any instant.

Nothing in a row tells who asked: not the receipt, and the contact only in sealed form.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope, Personal
from events.dated import dated, until
from events.difficulty import Channel, DifficultyErased, DifficultyRaised
from events.difficulty_history import FACTS, Attached, DifficultyFact, facts_of, standing
from projections.base import Row, View


class DifficultyRow(Row, frozen=True, kw_only=True):
    """One difficulty as it stands."""

    difficulty: str
    area: str
    category: str
    channel: Channel
    """visit, office or below: how it was raised."""
    enterprise: str | None = None
    group: str | None = None
    trade: str | None = None
    visit: str | None = None
    state: str = "open"
    """open, offered, answered; solved, declined, withdrawn, closed (not solved); merged."""
    owner: str = ""
    """Post that has it to solve."""
    post: str = ""
    """Post that answers for it: the owner, or the one that its duties rose to while it is vacant."""
    offered_to: str | None = None
    raised_at: datetime
    since: datetime
    """Since when it is in this state, or with this owner."""
    due: datetime | None = None
    """When the present wait is over."""
    level: int = 0
    """How often it went up."""
    reopened: int = 0
    askers: int = 1
    """Those who ask, including those of difficulties merged into it."""
    confirmed: int = 0
    into: str | None = None
    reason: str | None = None
    ended_at: datetime | None = None
    text: Personal | None = None
    contact: Personal | None = None
    files: tuple[Attached, ...] = ()
    """Photos and recordings of the asker, without place, time and device."""
    passed: tuple[str, ...] = ()
    """Areas of the posts that have it or are asked to take it on: who covers one of them sees it."""
    history: tuple[DifficultyFact, ...] = ()
    """All facts in order of their time."""


EVENTS = (*FACTS, DifficultyErased)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.difficulty,) if isinstance(e, DifficultyErased) else facts_of(envelope)


def evolve(row: DifficultyRow | None, envelope: EventEnvelope, key: str) -> DifficultyRow | None:
    e = envelope.data
    if isinstance(e, DifficultyErased):
        return row and _erased(row)
    if isinstance(e, DifficultyRaised):
        row = DifficultyRow(
            difficulty=key,
            area=e.area,
            category=e.category,
            channel=e.channel,
            enterprise=e.enterprise,
            group=e.group,
            trade=e.trade,
            visit=e.visit,
            raised_at=envelope.at,
            since=envelope.at,
            text=e.text,
            contact=e.contact,
        )
    fact = facts_of(envelope).get(key)
    return row and fact and _stood(row, dated(row.history, fact))


def _stood(row: DifficultyRow, facts: tuple[DifficultyFact, ...]) -> DifficultyRow | None:
    """Return the row after these facts; None before it was raised."""
    now = standing(facts)
    if now is None:
        return None
    return msgspec.structs.replace(
        row,
        state=now.state,
        owner=now.owner,
        post=now.post,
        offered_to=now.offered_to,
        raised_at=now.raised_at,
        since=now.since,
        due=now.due,
        level=now.level,
        reopened=now.reopened,
        askers=len(now.askers),
        confirmed=len(now.confirmed),
        into=now.into,
        reason=now.reason,
        ended_at=now.ended_at,
        files=now.files,
        passed=now.passed,
        history=facts,
    )


def _erased(row: DifficultyRow) -> DifficultyRow:
    history = tuple(msgspec.structs.replace(fact, text=None) for fact in row.history)
    return msgspec.structs.replace(row, text=None, contact=None, history=history)


def at(row: DifficultyRow, instant: datetime) -> DifficultyRow | None:
    """Return the row as it stood at an instant; None before it was raised."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="difficulties",
    row=DifficultyRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=(
        "difficulty",
        "area",
        "category",
        "channel",
        "enterprise",
        "trade",
        "visit",
        "state",
        "owner",
        "post",
        "offered_to",
        "raised_at",
        "since",
        "due",
        "level",
        "into",
        "ended_at",
    ),
    sort="-raised_at",
    at=at,
)
