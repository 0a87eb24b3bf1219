"""The history of an enterprise, and how it stood at an instant: one pure fold for rules, views and laws.

Facts are in order of their own time, so that what is entered late takes its place among the others.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec

from events import review_path
from events.base import Event, EventEnvelope
from events.dated import stands_with, stood
from events.enterprise import (
    DETAILS,
    EnterpriseAmended,
    EnterpriseClosed,
    EnterpriseMerged,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseReopened,
)
from events.review import (
    ReviewConfirmed,
    ReviewDelegated,
    ReviewEscalated,
    ReviewJudged,
    ReviewOpened,
    ReviewSentBack,
    Turn,
)
from events.review_path import PASSED, REOPENS, RUNNING, Place, Review, Verdict

EnterpriseEvent = (
    EnterpriseRegistered
    | EnterpriseAmended
    | EnterpriseMoved
    | EnterpriseMerged
    | EnterpriseClosed
    | EnterpriseReopened
    | ReviewOpened
    | ReviewJudged
    | ReviewSentBack
    | ReviewConfirmed
    | ReviewDelegated
    | ReviewEscalated
)
"""A fact of an enterprise's history: what it is, and how it was reviewed."""
FACTS: Final = get_args(EnterpriseEvent)
EnterpriseState = Literal["open", "closed", "merged", "away"]
OPEN: Final = "open"
ENDS: Final[dict[type[Event], EnterpriseState]] = {EnterpriseClosed: "closed", EnterpriseMerged: "merged"}
"""Events after which it is no enterprise of this ledger any more; moving away is another."""


ENTRIES: Final = (EnterpriseRegistered.NAME, EnterpriseAmended.NAME, EnterpriseMoved.NAME)
"""Facts by which somebody says what an enterprise is."""


class EnterpriseFact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of the history: when it was so, what happened, and who recorded it."""

    at: datetime
    position: int
    what: str
    """Name of the event."""
    by: str
    details: dict[str, Any] = {}
    """Details given, by field."""
    reason: str | None = None
    to: str | None = None
    """Enterprise merged into, where it went, or who may judge instead."""
    stage: Turn | None = None
    verdict: str | None = None
    fields: tuple[str, ...] = ()
    """Details approved, or wrong."""
    note: str | None = None
    post: str | None = None
    """Post in whose name it was done."""
    place: str | None = None
    """Place in the path that stood silent."""
    posts: tuple[str, ...] = ()
    """Posts that it went up to."""
    given: int | None = None
    """Position of the verdict or return that is confirmed."""


class Standing(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An enterprise as it stood at an instant."""

    name: str
    area: str
    code: str | None = None
    trade: str | None = None
    size: str | None = None
    employees: int | None = None
    members: int | None = None
    platform: str | None = None
    brand: str | None = None
    state: EnterpriseState = OPEN
    closed_at: datetime | None = None
    """When it closed, merged or moved away; None while open."""
    review: Review | None = None
    """The present round of reviews; None if it was never opened."""
    facts: tuple[EnterpriseFact, ...] = ()
    """All facts up to that instant, in order of their time."""


def recorded(envelope: EventEnvelope) -> EnterpriseFact | None:
    """Return the fact that an event adds to the history; None if it is no such event."""
    e = envelope.data
    if not isinstance(e, EnterpriseEvent):
        return None
    return fact_of(e, envelope.at, envelope.position, envelope.actor)


def fact_of(e: EnterpriseEvent, at: datetime, position: int, by: str) -> EnterpriseFact:
    """Return the fact that an event of this time and position adds."""
    fact = EnterpriseFact(at, position, e.NAME, by)
    match e:
        case EnterpriseRegistered():
            given = {name: getattr(e, name) for name in DETAILS}
            return _with(fact, details={name: value for name, value in given.items() if value is not None})
        case EnterpriseAmended():
            given = {name: getattr(e, name) for name in DETAILS if name != "area"}
            return _with(fact, details={k: v for k, v in given.items() if v is not msgspec.UNSET})
        case EnterpriseMoved():
            return _with(fact, details={"area": e.area} if e.to is None else {}, to=e.to)
        case EnterpriseMerged():
            return _with(fact, to=e.into)
        case EnterpriseClosed() | EnterpriseReopened():
            return _with(fact, reason=e.reason)
        case ReviewOpened():
            return fact
        case _:
            return _of_review(fact, e)


def _of_review(
    fact: EnterpriseFact,
    e: ReviewJudged | ReviewSentBack | ReviewConfirmed | ReviewDelegated | ReviewEscalated,
) -> EnterpriseFact:
    if isinstance(e, ReviewEscalated):
        return _with(fact, place=e.place, posts=e.to)
    said = _with(fact, stage=e.stage, note=e.note, post=e.post)
    match e:
        case ReviewJudged():
            return _with(said, verdict=e.verdict, fields=e.fields, reason=e.reason)
        case ReviewSentBack():
            return _with(said, fields=e.fields, reason=e.reason)
        case ReviewConfirmed():
            return _with(said, given=e.given)
        case ReviewDelegated():
            return _with(said, to=e.to)


_with = msgspec.structs.replace


def step(before: Standing | None, fact: EnterpriseFact) -> Standing | None:
    """Return how the enterprise stands after one more fact; None before it is registered."""
    if before is None:
        if fact.what != EnterpriseRegistered.NAME:
            return None
        return Standing(**fact.details, facts=(fact,))
    changed: dict[str, Any] = {**fact.details, "facts": (*before.facts, fact)}
    state = _leads_to(fact)
    if state == OPEN:
        changed |= {"state": OPEN, "closed_at": None}
    elif state is not None and before.state == OPEN:  # of several ends the first one counts
        changed |= {"state": state, "closed_at": fact.at}
    return _with(before, **changed, review=_reviewed(before.review, fact))


def _leads_to(fact: EnterpriseFact) -> EnterpriseState | None:
    """Return the state that a fact brings about; None if it changes none."""
    if fact.what == EnterpriseMoved.NAME and fact.to is not None:
        return "away"
    return _STATES.get(fact.what)


def ends(fact: EnterpriseFact) -> bool:
    """Whether it is no enterprise of this ledger after a fact."""
    return _leads_to(fact) not in (None, OPEN)


def _reviewed(before: Review | None, fact: EnterpriseFact) -> Review | None:
    """Return the round of reviews after one more fact. What does not fit the round changes nothing."""
    if fact.what == ReviewOpened.NAME:
        return Review(opened_at=fact.at, place="screen", since=fact.at)
    if before is None or before.sent_back:
        return before
    match fact.what:
        case ReviewJudged.NAME:
            return _judged(before, fact)
        case ReviewSentBack.NAME:
            return review_path.moved_on(before, before.verdicts, fact.at, sent_back=True)
        case ReviewDelegated.NAME:
            return _with(before, delegated={**before.delegated, str(fact.stage): str(fact.to)})
        case ReviewEscalated.NAME if fact.place == before.place:
            return _with(before, level=before.level + 1, raised_at=fact.at, raised_to=fact.posts)
        case _ if fact.details:
            changed = {*before.changed, *fact.details}
            return _with(before, changed=tuple(field for field in DETAILS if field in changed))
        case _:
            return before


def _judged(before: Review, fact: EnterpriseFact) -> Review:
    given: dict[str, Any] = {name: getattr(fact, name) for name in Verdict.__struct_fields__}
    verdict = Verdict(**given)
    after = review_path.moved_on(before, (*before.verdicts, verdict), fact.at, sent_back=False)
    return _with(after, changed=()) if verdict.approves else after


def misfit(facts: Iterable[EnterpriseFact]) -> EnterpriseFact | None:
    """Return the first verdict, return or opening that came when it was not its turn; None if all fit."""
    now: Standing | None = None
    for fact in facts:
        if not _fits(now.review if now else None, fact):
            return fact
        now = step(now, fact)
    return None


def _fits(review: Review | None, fact: EnterpriseFact) -> bool:
    if fact.what == ReviewOpened.NAME:
        return review is None or review.place in REOPENS
    if fact.what not in (ReviewJudged.NAME, ReviewSentBack.NAME):
        return True
    if review is None or review.sent_back:
        return False
    return fact.stage is None or fact.stage == "answer" or review_path.ready(review.verdicts, fact.stage)


def after_end(facts: Iterable[EnterpriseFact]) -> EnterpriseFact | None:
    """Return the first fact of an enterprise that had closed, merged or moved away; None if there is none.

    A repeated end contradicts nothing; neither do facts that the service records itself.
    """
    now: Standing | None = None
    for fact in facts:
        if now is not None and now.state != OPEN and fact.what not in _OF_THE_ENDED:
            return fact
        now = step(now, fact)
    return None


def own_entry(facts: Iterable[EnterpriseFact]) -> EnterpriseFact | None:
    """Return the first verdict on what its sender had entered, or the first change by somebody whose verdict
    the running round holds; None if there is neither."""
    now, entered = None, set[str]()
    for fact in facts:
        if fact.what == ReviewJudged.NAME and fact.by in entered:
            return fact
        if fact.what in ENTRIES:
            if any(one.by == fact.by for one in judging(now)):
                return fact
            entered.add(fact.by)
        now = step(now, fact)
    return None


def judging(now: Standing | None) -> tuple[Verdict, ...]:
    """Return the verdicts of a round that still runs."""
    running = now is not None and now.review is not None and now.review.place in RUNNING
    return now.review.verdicts if now and now.review and running else ()


def place_of(now: Standing) -> Place:
    """Return its place in the path."""
    return now.review.place if now.review else "unreviewed"


def in_ledger(now: Standing | None) -> bool:
    """Whether it is in the ledger: the joint check is passed, and it has not closed, merged, moved away or
    been sent back."""
    return now is not None and now.state == OPEN and place_of(now) == PASSED


def standing(facts: Iterable[EnterpriseFact], instant: datetime | None = None) -> Standing | None:
    """Return how it stood at an instant, or after all facts; None if it was not known yet."""
    return stood(step, facts, instant)


def with_fact(before: Standing | None, fact: EnterpriseFact) -> Standing | None:
    """Return the standing after all facts, one of which is new and may be a late one."""
    return stands_with(step, before, fact)


_STATES: Final[dict[str, EnterpriseState]] = {
    **{event.NAME: state for event, state in ENDS.items()},
    EnterpriseReopened.NAME: OPEN,
}
_OF_THE_ENDED: Final = (
    EnterpriseClosed.NAME,
    EnterpriseReopened.NAME,
    ReviewConfirmed.NAME,
    ReviewEscalated.NAME,
)
