"""Decisions about reviews."""

from collections.abc import Iterable

from events.base import Event
from events.enterprise import DETAILS
from events.enterprise_facts import Standing, misfit, place_of
from events.review import (
    ReviewConfirmed,
    ReviewDeadlinesSet,
    ReviewDelegated,
    ReviewEscalated,
    ReviewJudged,
    ReviewOpened,
    ReviewSentBack,
    Turn,
)
from events.review_path import BEFORE, JOINT, REOPENS, awaited, counting, days_of
from events.review_right import QUESTIONED, doubts, owner
from services.decisions.base import Context, Refused, decides
from services.decisions.enterprise.rules import known_at, open_at, with_late
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.post.rules import standing_post
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.review.commands import (
    Confirm,
    Delegate,
    Escalate,
    Judge,
    OpenReview,
    SendBack,
    SetDeadlines,
)
from services.decisions.review.table import REVIEWS_DUE, deadlines
from services.decisions.review.who import acting_post, goes_up, not_own_entry, same_person
from services.decisions.state import State


@decides(OpenReview)
def _open(state: State, c: OpenReview, ctx: Context) -> Iterable[Event]:
    then = open_at(state, c.enterprise, ctx)
    place = place_of(then)
    if place in ("unreviewed", *REOPENS):
        yield from _entered(state, ReviewOpened(enterprise=c.enterprise, area=then.area), ctx)
    elif not ctx.observed:
        raise Refused("review.open", enterprise=c.enterprise, place=place)


@decides(Judge)
def _judge(state: State, c: Judge, ctx: Context) -> Iterable[Event]:
    then = open_at(state, c.enterprise, ctx)
    if c.verdict == "reject" and c.reason is None:
        raise Refused("review.no_reason", enterprise=c.enterprise, stage=c.stage)
    if c.verdict == "reject" and c.fields:
        raise Refused("review.rejects_all", enterprise=c.enterprise)
    _has_turn(c.enterprise, then, c.stage, ctx)
    post = acting_post(state, c.enterprise, then, c.stage, ctx)
    not_own_entry(state, c.enterprise, post, ctx)
    _not_both_halves(state, c.enterprise, c.stage, then, post, ctx)
    verdict = ReviewJudged(
        enterprise=c.enterprise,
        area=then.area,
        stage=c.stage,
        verdict=c.verdict,
        fields=_some(c.fields),
        reason=c.reason,
        note=c.note,
        post=post,
    )
    yield from _entered(state, verdict, ctx)


@decides(SendBack)
def _send_back(state: State, c: SendBack, ctx: Context) -> Iterable[Event]:
    then = open_at(state, c.enterprise, ctx)
    _has_turn(c.enterprise, then, c.stage, ctx)
    post = acting_post(state, c.enterprise, then, c.stage, ctx)
    not_own_entry(state, c.enterprise, post, ctx)
    returned = ReviewSentBack(
        enterprise=c.enterprise,
        area=then.area,
        stage=c.stage,
        reason=c.reason,
        fields=_some(c.fields),
        note=c.note,
        post=post,
    )
    yield from _entered(state, returned, ctx)


@decides(Confirm)
def _confirm(state: State, c: Confirm, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.enterprise, ctx)
    given = next((fact for fact in then.facts if fact.position == c.given and fact.what in QUESTIONED), None)
    if given is None or given.stage is None:
        raise Refused("review.not_given", enterprise=c.enterprise, given=c.given)
    posts, charges = state[POSTS], state[CHARGES]
    found = doubts(posts, charges, then.facts)
    if not any(one.fact == given and one.state == "open" for one in found):
        return
    turn, _ = owner(posts, charges, then, given.stage, ctx.at)
    post = acting_post(state, c.enterprise, then, turn, ctx)
    not_own_entry(state, c.enterprise, post, ctx)
    _not_both_halves(state, c.enterprise, given.stage, then, post, ctx)
    yield ReviewConfirmed(
        enterprise=c.enterprise, area=then.area, stage=given.stage, given=c.given, note=c.note, post=post
    )


@decides(Delegate)
def _delegate(state: State, c: Delegate, ctx: Context) -> Iterable[Event]:
    then = open_at(state, c.enterprise, ctx)
    _under_review(c.enterprise, then, ctx)
    standing_post(state, c.to, ctx)
    post = acting_post(state, c.enterprise, then, c.stage, ctx)
    if then.review is None or then.review.delegated.get(c.stage) != c.to:
        yield ReviewDelegated(
            enterprise=c.enterprise, area=then.area, stage=c.stage, to=c.to, note=c.note, post=post
        )


@decides(Escalate)
def _escalate(state: State, c: Escalate, ctx: Context) -> Iterable[Event]:
    now = known_at(state, c.enterprise, ctx)
    due = state[REVIEWS_DUE].get(c.enterprise)
    if now.review is None or due is None or ctx.now < due:
        return
    posts, to = goes_up(state, now, awaited(now.review) or ("answer",), ctx.at)
    yield ReviewEscalated(
        enterprise=c.enterprise,
        area=now.area,
        place=now.review.place,
        due=due,
        level=now.review.level + 1,
        posts=posts,
        to=to,
    )


@decides(SetDeadlines)
def _set_deadlines(state: State, c: SetDeadlines, ctx: Context) -> Iterable[Event]:
    new = ReviewDeadlinesSet(screen=c.screen, verify=c.verify, check=c.check, disagreement=c.disagreement)
    known = [one for one in deadlines(state) if one.at <= ctx.at]
    if not known or known[-1].days != days_of(new) or (ctx.late and known[-1].at < ctx.at):
        yield new


def _some(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return the details named, in their order; none if all are."""
    named = tuple(field for field in DETAILS if field in fields)
    return () if named == DETAILS else named


def _under_review(key: str, then: Standing, ctx: Context) -> None:
    """Require that the path has begun and was not broken off."""
    place = place_of(then)
    ctx.rule(place not in ("unreviewed", "sent_back"), "review.not_open", enterprise=key, place=place)


def _has_turn(key: str, then: Standing, turn: Turn, ctx: Context) -> None:
    """Require that the earlier stages have approved."""
    _under_review(key, then, ctx)
    if turn == "answer" or then.review is None:
        return
    last = counting(then.review.verdicts)
    missing = [one for one in BEFORE[turn] if (given := last.get(one)) is None or not given.approves]
    ctx.rule(
        not missing,
        "review.before_its_turn",
        enterprise=key,
        stage=turn,
        before=missing[0] if missing else None,
    )


def _not_both_halves(
    state: State, key: str, stage: Turn, then: Standing, post: str | None, ctx: Context
) -> None:
    """Require that the two halves of the joint check are given by two people, also if one is entered late."""
    now = state[ENTERPRISES][key].review
    if stage not in JOINT or then.review is None or now is None:
        return
    round_ = now if now.opened_at == then.review.opened_at else then.review
    confirmed = (one for one in state[ENTERPRISES][key].facts if one.what == ReviewConfirmed.NAME)
    given = (*round_.verdicts, *(one for one in confirmed if one.at >= round_.opened_at))
    others = (one.by for one in given if one.stage in JOINT and one.stage != stage)
    own = next((by for by in others if same_person(state, by, post, ctx)), None)
    ctx.rule(own is None, "review.same_person", enterprise=key, actor=own or ctx.actor)


def _entered(
    state: State, event: ReviewOpened | ReviewJudged | ReviewSentBack, ctx: Context
) -> Iterable[Event]:
    """Require of what is entered late that the verdicts after it still come at their turn."""
    wrong = misfit(with_late(state, event.enterprise, event, ctx))
    since = wrong.at if wrong else None
    ctx.rule(wrong is None, "review.judged_since", enterprise=event.enterprise, since=since)
    yield event
