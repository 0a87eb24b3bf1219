"""Rules about an enterprise at the time that a command speaks of, and about what is known to follow."""

from collections.abc import Iterator
from typing import Any

from events.dated import order
from events.enterprise import EnterpriseClosed, EnterpriseMerged, EnterpriseMoved
from events.enterprise_facts import (
    OPEN,
    EnterpriseEvent,
    EnterpriseFact,
    Standing,
    after_end,
    fact_of,
    standing,
)
from events.review import ReviewJudged, ReviewSentBack
from services.decisions import lookups
from services.decisions.base import Context
from services.decisions.enterprise.table import (
    ENTERPRISES,
    NAMED,
    Named,
    enterprise_at,
)
from services.decisions.late import is_news
from services.decisions.state import State


def known_at(state: State, key: str, ctx: Context) -> Standing:
    """Return an enterprise as it stood at the command's time. Raises Refused if it was not known then."""
    now = lookups.known(state, ENTERPRISES, key)
    then = enterprise_at(state, key, ctx.at)
    if then is None:
        ctx.rule(False, "enterprise.later", enterprise=key, since=now.facts[0].at)
    return then or now


def open_at(state: State, key: str, ctx: Context) -> Standing:
    """Return an enterprise that was open at the command's time."""
    then = known_at(state, key, ctx)
    _open(key, then, ctx)
    return then


def _open(key: str, then: Standing, ctx: Context) -> None:
    ctx.rule(then.state == OPEN, "enterprise.ended", enterprise=key, state=then.state, since=then.closed_at)


def tells(then: Standing, field: str, value: Any, ctx: Context) -> bool:
    """Whether a value is recorded: it is another one, or late."""
    return is_news(getattr(then, field) == value, then.facts, lambda fact: field in fact.details, ctx)


def with_late(state: State, key: str, event: EnterpriseEvent, ctx: Context) -> list[EnterpriseFact]:
    """Return the history with what a command says in its place; empty if nothing is later."""
    facts = state[ENTERPRISES][key].facts
    if facts[-1].at <= ctx.at:
        return []
    return sorted((*facts, fact_of(event, ctx.at, state.head.position + 1, ctx.actor)), key=order)


def ends_then(
    state: State, event: EnterpriseClosed | EnterpriseMerged | EnterpriseMoved, ctx: Context
) -> None:
    """Require of an end told late that nothing later says that the enterprise was still there."""
    key = event.enterprise
    wrong = after_end(with_late(state, key, event, ctx))
    ctx.rule(wrong is None, "enterprise.goes_on", enterprise=key, since=wrong and wrong.at)
    for one in _named_later(state, key, event, ctx):
        ctx.rule(False, "enterprise.named", enterprise=key, since=one.at, **{one.kind: one.key})


def _named_later(state: State, key: str, event: EnterpriseEvent, ctx: Context) -> Iterator[Named]:
    """Yield what names the enterprise at a later time, at which it had ended by this event."""
    late = [one for one in state[NAMED].get(key, ()) if one.at > ctx.at]
    if late:
        new = fact_of(event, ctx.at, state.head.position + 1, ctx.actor)
        facts = sorted((*state[ENTERPRISES][key].facts, new), key=order)
        for one in late:
            then = standing(facts, one.at)
            if then is not None and then.state != OPEN:
                yield one


def not_ended(state: State, key: str, ctx: Context) -> None:
    """Require of an enterprise that a command names that it had not ended by then; it may be known later."""
    lookups.known(state, ENTERPRISES, key)
    then = enterprise_at(state, key, ctx.at)
    if then is not None:
        _open(key, then, ctx)


def note_verdicts_since(state: State, key: str, field: str, ctx: Context) -> None:
    """Note if later verdicts were given for another area or trade than the one that is told late."""
    for fact in state[ENTERPRISES][key].facts:
        if fact.at <= ctx.at:
            continue
        if field in fact.details:
            return
        if fact.what in (ReviewJudged.NAME, ReviewSentBack.NAME):
            ctx.note("review.judged_elsewhere")
