"""The path of three reviews: where an enterprise stands in it, by one rule from the verdicts given.

screen 初审 by the trade department, verify 核验 by the market regulator, then the joint check 联审 by city
and county, which needs both.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

import msgspec

from events.enterprise import DETAILS
from events.review import Opinion, ReviewDeadlinesSet, Stage

Place = Literal["unreviewed", "screen", "verify", "check", "disagreement", "sent_back", "rejected", "passed"]
"""unreviewed: not sent on the path yet. screen, verify, check: a verdict is awaited. disagreement: city and
county do not agree; the post that answers for the enterprise owns it. sent_back: with the person who
entered it. rejected: does not belong into the ledger. passed: the joint check is passed."""
PLACES: Final[tuple[Place, ...]] = get_args(Place)
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
JOINT: Final[tuple[Stage, ...]] = ("check_city", "check_county")
PASSED: Final = "passed"
RUNNING: Final[tuple[Place, ...]] = ("screen", "verify", "check", "disagreement")
"""Places at which a verdict is awaited."""
REOPENS: Final[tuple[Place, ...]] = ("sent_back", "rejected")
"""Places from which the path can begin again."""
APPROVE: Final = "approve"
BEFORE: Final[Mapping[Stage, tuple[Stage, ...]]] = {
    "screen": (),
    "verify": ("screen",),
    "check_city": ("screen", "verify"),
    "check_county": ("screen", "verify"),
}
"""Stages that must have approved before."""


class Verdict(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A verdict as it was given."""

    stage: Stage
    verdict: Opinion
    at: datetime
    by: str
    fields: tuple[str, ...] = ()
    """Details that are approved; empty = all."""
    reason: str | None = None
    note: str | None = None
    post: str | None = None

    @property
    def approves(self) -> bool:
        """Whether it approves everything."""
        return self.verdict == APPROVE and not self.fields


class Review(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The present round on the path: all verdicts given in it, and what they amount to."""

    opened_at: datetime
    place: Place
    since: datetime
    """Since when it is at this place."""
    verdicts: tuple[Verdict, ...] = ()
    """In order of their time; none is replaced by a later one."""
    sent_back: bool = False
    delegated: dict[str, str] = {}
    """Stage -> post that may judge as well."""
    level: int = 0
    """How often it went up at this place."""
    raised_at: datetime | None = None
    raised_to: tuple[str, ...] = ()
    """Posts that it went up to."""
    changed: tuple[str, ...] = ()
    """Details changed since the last approval."""


def counting(verdicts: Iterable[Verdict]) -> dict[Stage, Verdict]:
    """Return each stage's verdict as it counts: its last one, where approvals of some details add up."""
    found: dict[Stage, Verdict] = {}
    for one in verdicts:
        before = found.get(one.stage)
        if one.fields and before and before.fields:
            named = tuple(field for field in DETAILS if field in {*before.fields, *one.fields})
            one = msgspec.structs.replace(one, fields=() if named == DETAILS else named)
        found[one.stage] = one
    return found


def place_of(verdicts: Iterable[Verdict]) -> Place:
    """Return the place in the path, from the verdicts alone: the first stage that has not approved."""
    last = counting(verdicts)
    for stage in ("screen", "verify"):
        given = last.get(stage)
        if given is None or not given.approves:
            return "rejected" if given and given.verdict != APPROVE else stage
    city, county = (last.get(stage) for stage in JOINT)
    if city is None or county is None or city.fields or county.fields:
        return "check"
    if city.verdict != county.verdict:
        return "disagreement"
    return "passed" if city.verdict == APPROVE else "rejected"


def ready(verdicts: Iterable[Verdict], stage: Stage) -> bool:
    """Whether the earlier stages have approved, so that this one may judge."""
    last = counting(verdicts)
    return all((given := last.get(one)) is not None and given.approves for one in BEFORE[stage])


def contradicted(verdicts: Iterable[Verdict]) -> tuple[Stage, ...]:
    """Return the stages whose verdict another one contradicts: a later stage, or the other half of the joint
    check, or the same stage before."""
    found: set[Stage] = set()
    given: dict[Stage, Opinion] = {}
    for one in verdicts:
        others: set[Stage] = {one.stage, *BEFORE[one.stage]}
        if one.stage in JOINT:
            others.update(JOINT)
        found.update(stage for stage in others if given.get(stage, one.verdict) != one.verdict)
        given[one.stage] = one.verdict
    return tuple(stage for stage in STAGES if stage in found)


def awaited(review: Review) -> tuple[Stage, ...]:
    """Return the stages whose verdict is awaited; none if it is no stage's turn."""
    match review.place:
        case "screen" | "verify":
            return (review.place,)
        case "check":
            last = counting(review.verdicts)
            return tuple(one for one in JOINT if (given := last.get(one)) is None or given.fields)
        case _:
            return ()


def moved_on(review: Review, verdicts: tuple[Verdict, ...], at: datetime, *, sent_back: bool) -> Review:
    """Return the round after a verdict: another place begins its own time, delegations and escalations."""
    place: Place = "sent_back" if sent_back else place_of(verdicts)
    after = msgspec.structs.replace(review, verdicts=verdicts, sent_back=sent_back, place=place)
    if place == review.place:
        return after
    return msgspec.structs.replace(after, since=at, level=0, raised_at=None, raised_to=())


# -- deadlines ---------------------------------------------------------------------------------------------

DEFAULTS: Final[Mapping[str, int]] = {"screen": 5, "verify": 5, "check": 5, "disagreement": 5}
"""Days that each place has until its silence goes up."""


class Deadlines(msgspec.Struct, frozen=True, gc=False):
    """Days that each place has, from an instant on."""

    at: datetime
    position: int
    days: dict[str, int | None]


def days_of(e: ReviewDeadlinesSet) -> dict[str, int | None]:
    """Return the days by place."""
    return {place: getattr(e, place) for place in DEFAULTS}


def allowed(settings: Iterable[Deadlines], place: str, since: datetime) -> int | None:
    """Return the days that a place has that began then; None if there is no deadline."""
    known = [one for one in settings if one.at <= since]
    chosen = max(known, key=lambda one: (one.at, one.position), default=None)
    return chosen.days.get(place) if chosen else DEFAULTS.get(place)


def due(review: Review | None, settings: Iterable[Deadlines]) -> datetime | None:
    """Return when the silence at the present place goes up, again if it went up before."""
    if review is None:
        return None
    days = allowed(settings, review.place, review.since)
    if days is None or (review.raised_at and not review.raised_to):  # nobody is left above
        return None
    return (review.raised_at or review.since) + timedelta(days=days)
