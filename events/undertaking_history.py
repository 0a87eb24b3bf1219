"""What an undertaking was at an instant: from its dated facts, in whatever order they were recorded.

Each fact knows its place in the log, so that one can also ask what was known of that instant at another time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from events.base import Event, EventEnvelope
from events.undertaking import (
    Due,
    StepDue,
    UndertakingDaysConfirmed,
    UndertakingDone,
    UndertakingEscalated,
    UndertakingEvidenced,
    UndertakingHandedOver,
    UndertakingReminded,
    UndertakingReopened,
    UndertakingRescheduled,
    UndertakingReworded,
    UndertakingSetUp,
    UndertakingStepDone,
    UndertakingStepDropped,
    UndertakingStepPlanned,
    UndertakingWaitsSet,
    UndertakingWithdrawn,
)
from events.workdays import calendar_of, midnight, moved

STATES: Final = ("open", "done", "withdrawn")
MOST_STEPS: Final = 60
_MOMENT: Final = timedelta(microseconds=1)
FACTS: Final[tuple[type[Event], ...]] = (
    UndertakingSetUp,
    UndertakingReworded,
    UndertakingHandedOver,
    UndertakingRescheduled,
    UndertakingStepPlanned,
    UndertakingStepDone,
    UndertakingStepDropped,
    UndertakingEvidenced,
    UndertakingDone,
    UndertakingWithdrawn,
    UndertakingReopened,
    UndertakingDaysConfirmed,
    UndertakingReminded,
    UndertakingEscalated,
)
"""Events that are facts of an undertaking's history."""


class UndertakingFact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One dated fact, and where in the log it stands."""

    at: datetime
    position: int
    kind: str
    """The verb of its event."""
    by: str = ""
    title: str | None = None
    goal: str | None = None
    measures: tuple[str, ...] = ()
    leader: str | None = None
    unit: str | None = None
    due: Due | None = None
    step: str | None = None
    steps: tuple[StepDue, ...] = ()
    reason: str | None = None
    note: str | None = None
    evidence: str | None = None
    digest: str | None = None
    file: str | None = None
    post: str | None = None
    """Post that was reminded, or asked when it went up."""
    ends: datetime | None = None
    """Of a reminder or an escalation: the deadline that it is about."""
    level: int = 0
    top: bool = False


class UndertakingStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step 节点 at an instant."""

    step: str
    due: Due
    state: str = "open"
    """`open`, `done` or `dropped`."""
    ended_at: datetime | None = None
    late: bool = False
    """Done after its deadline."""


class UndertakingThen(msgspec.Struct, frozen=True, kw_only=True):
    """An undertaking at an instant."""

    state: str
    title: str
    leader: str
    unit: str
    goal: str | None = None
    measures: tuple[str, ...] = ()
    due: Due | None = None
    steps: tuple[UndertakingStep, ...] = ()
    raised_at: datetime
    since: datetime
    """Since when it is in this state."""
    ended_at: datetime | None = None
    reason: str | None = None
    evidence: int = 0
    reminded: datetime | None = None
    """Deadline that the leader was reminded of last."""
    escalated: datetime | None = None
    """Deadline because of which it went up last."""
    escalated_at: datetime | None = None
    asked: str | None = None
    """Post that was asked when it went up last."""
    level: int = 0
    top: bool = False

    @property
    def next_due(self) -> Due | None:
        """Return the deadline that is over first, of itself or of an open step; None once it has ended."""
        if self.state != "open":
            return None
        steps = (one.due for one in self.steps if one.state == "open")
        return min((*((self.due,) if self.due else ()), *steps), key=lambda due: due.ends, default=None)

    def overdue(self, instant: datetime) -> bool:
        """Whether a deadline of it, or of an open step, is over and it is still open."""
        due = self.next_due
        return due is not None and due.ends <= instant

    @property
    def late(self) -> bool:
        """Whether it was done after its deadline."""
        return bool(self.state == "done" and self.due and self.ended_at and self.ended_at > self.due.ends)


_as = msgspec.structs.replace
Apply = Callable[[UndertakingThen, UndertakingFact], UndertakingThen]


def fact_of(envelope: EventEnvelope) -> tuple[str, UndertakingFact]:
    """Return (id, fact) of an event of an undertaking."""
    e = envelope.data
    given = {
        name: value
        for name in ("title", "goal", "measures", "leader", "unit", "due", "step", "steps", "reason", "note")
        if (value := getattr(e, name, None)) is not None
    }
    said = {
        name: value
        for name in ("evidence", "digest", "file", "post", "ends", "level", "top")
        if (value := getattr(e, name, None)) is not None
    }
    key: str = getattr(e, "undertaking")  # noqa: B009
    kind = envelope.name.partition(".")[2]
    fact = UndertakingFact(at=envelope.at, position=envelope.position, kind=kind, by=envelope.actor)
    return key, _as(fact, **given, **said)


def standing(
    facts: Sequence[UndertakingFact], instant: datetime | None = None, known: int | None = None
) -> UndertakingThen | None:
    """Return it at an instant, or after all its facts; None before it was set up.

    `known`: only what stood in the log before this position.
    """
    then: UndertakingThen | None = None
    for fact in facts:
        if instant is not None and fact.at > instant:
            break
        if known is None or fact.position < known:
            then = _after(then, fact)
    return then


def fits(then: UndertakingThen | None, kind: str) -> bool:
    """Whether a fact of this kind has an effect on it in this state."""
    if then is None:
        return kind == "set_up"
    return kind in _APPLY and then.state in _APPLY[kind][0]


def _after(then: UndertakingThen | None, fact: UndertakingFact) -> UndertakingThen | None:
    if then is None:
        if fact.kind != "set_up" or not (fact.leader and fact.unit and fact.title):
            return None
        return UndertakingThen(
            state="open",
            title=fact.title,
            leader=fact.leader,
            unit=fact.unit,
            goal=fact.goal,
            measures=fact.measures,
            due=fact.due,
            raised_at=fact.at,
            since=fact.at,
        )
    return _APPLY[fact.kind][1](then, fact) if fits(then, fact.kind) else then


def _reworded(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, title=fact.title or then.title, goal=fact.goal, measures=fact.measures)


def _handed_over(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, leader=fact.leader or then.leader, unit=fact.unit or then.unit)


def _rescheduled(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, due=fact.due)


def _step_planned(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    if fact.step is None or fact.due is None:
        return then
    known = next((one for one in then.steps if one.step == fact.step), None)
    new = _as(known, due=fact.due) if known else UndertakingStep(step=fact.step, due=fact.due)
    if known and known.state == "dropped":
        new = UndertakingStep(step=fact.step, due=fact.due)
    others = (one for one in then.steps if one.step != fact.step)
    return _as(then, steps=tuple(sorted((*others, new), key=lambda one: (one.due.ends, one.step))))


def _step_ended(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    done = fact.kind == "step_done"
    return _as(
        then,
        steps=tuple(
            _as(
                one,
                state="done" if done else "dropped",
                ended_at=fact.at,
                late=done and fact.at > one.due.ends,
            )
            if one.step == fact.step and one.state == "open"
            else one
            for one in then.steps
        ),
    )


def _evidenced(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, evidence=then.evidence + 1)


def _ended(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, state=fact.kind, since=fact.at, ended_at=fact.at, reason=fact.reason)


def _reopened(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, state="open", since=fact.at, ended_at=None, reason=None)


def _days_confirmed(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    """Take over what is still the day that was confirmed: it may have been moved meanwhile."""
    steps = {one.step: one.due for one in fact.steps}

    def confirmed(known: Due | None, new: Due | None) -> Due | None:
        return new if known and new and known.day == new.day else known

    return _as(
        then,
        due=confirmed(then.due, fact.due),
        steps=tuple(_as(one, due=confirmed(one.due, steps.get(one.step))) for one in then.steps),
    )


def _reminded(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(then, reminded=fact.ends)


def _escalated(then: UndertakingThen, fact: UndertakingFact) -> UndertakingThen:
    return _as(
        then,
        escalated=fact.ends,
        escalated_at=fact.at,
        asked=fact.post,
        level=max(then.level, fact.level),
        top=fact.top,
    )


_OPEN: Final = ("open",)
_APPLY: Final[Mapping[str, tuple[tuple[str, ...], Apply]]] = {
    "reworded": (STATES, _reworded),
    "handed_over": (_OPEN, _handed_over),
    "rescheduled": (_OPEN, _rescheduled),
    "step_planned": (_OPEN, _step_planned),
    "step_done": (_OPEN, _step_ended),
    "step_dropped": (_OPEN, _step_ended),
    "evidenced": (("open", "done"), _evidenced),
    "done": (_OPEN, _ended),
    "withdrawn": (_OPEN, _ended),
    "reopened": (("done", "withdrawn"), _reopened),
    "days_confirmed": (STATES, _days_confirmed),
    "reminded": (_OPEN, _reminded),
    "escalated": (_OPEN, _escalated),
}
"""Kind of fact -> the states in which it has an effect, and what that is."""


# -- what the service does with time -----------------------------------------------------------------------

DEFAULTS: Final[Mapping[str, int | None]] = {"remind": 3, "escalate": 3, "finding": 10}
"""Working days before a deadline, after it, and to mend what an inspection found."""


class Waits(msgspec.Struct, frozen=True, gc=False):
    """Working days of each wait, from an instant on."""

    at: datetime
    position: int
    days: dict[str, int | None]


def days_of(e: UndertakingWaitsSet) -> dict[str, int | None]:
    """Return the days by wait."""
    return {wait: getattr(e, wait) for wait in DEFAULTS}


def allowed(settings: Iterable[Waits]) -> Mapping[str, int | None]:
    """Return the days that count now."""
    last = max(settings, key=lambda one: (one.at, one.position), default=None)
    return last.days if last else DEFAULTS


def acts_at(then: UndertakingThen | None, waits: Mapping[str, int | None], zone: ZoneInfo) -> datetime | None:
    """Return when the service next reminds or escalates; None = never, or unknown."""
    due = then.next_due if then else None
    if then is None or due is None:
        return None
    remind, escalate = waits["remind"], waits["escalate"]
    if remind is not None and then.reminded != due.ends:
        begins = _begin(due, -remind, zone)
        if begins is not None:
            return begins
    if escalate is None:
        return None
    if then.escalated != due.ends or then.escalated_at is None:
        return moved(_last_day(due, zone), escalate, zone)
    return None if then.top else moved(_local(then.escalated_at, zone), escalate, zone)


def _begin(due: Due, days: int, zone: ZoneInfo) -> datetime | None:
    calendar = calendar_of(zone.key)
    day = calendar.later(_last_day(due, zone), days) if calendar else None
    return midnight(day, zone) if day else None


def _last_day(due: Due, zone: ZoneInfo) -> date:
    """Return the local day at the end of which a deadline is over."""
    return _local(due.ends - _MOMENT, zone)


def _local(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def unconfirmed(then: UndertakingThen | None) -> int | None:
    """Return the earliest year that an open one waits for because it was not published."""
    if then is None or then.state != "open":
        return None
    dues = [one.due for one in then.steps if one.state == "open"] + ([then.due] if then.due else [])
    return min((int(due.day[:4]) for due in dues if not due.confirmed and due.calendar), default=None)
