"""Who may give a verdict: the post that answers for the stage, one it was given to, or one it went up to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from events import review_right
from events.answering import Answer, acts, chain
from events.enterprise_facts import ENTRIES, EnterpriseFact, Standing, judging
from events.post_history import Term, standing, terms
from events.review import ReviewConfirmed, ReviewJudged, Turn
from events.review_path import Verdict
from services.decisions.base import Context
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.holder.table import HOLDERS
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State

_VERDICTS: Final = (ReviewJudged.NAME, ReviewConfirmed.NAME)


def answers_for(state: State, then: Standing, turn: Turn, instant: datetime) -> Answer | None:
    """Return who answers for a stage, or for the enterprise itself, at an instant."""
    return review_right.answer_for(state[POSTS], state[CHARGES], then, turn, instant)


def acting_post(state: State, key: str, then: Standing, turn: Turn, ctx: Context) -> str | None:
    """Return the post in whose name the sender acts at this turn. Raises Refused if there is none."""
    posts, charges = state[POSTS], state[CHARGES]
    post = review_right.acting_for(posts, charges, then, turn, ctx.actor, ctx.at)
    if post is not None:
        return post
    answer = answers_for(state, then, turn, ctx.at)
    if answer is None:
        ctx.rule(False, "review.nobody", enterprise=key, stage=turn, area=then.area, trade=then.trade or "-")
    else:
        ctx.rule(False, "review.not_yours", enterprise=key, stage=turn, post=answer.post or answer.charged)
    return None


def not_own_entry(state: State, key: str, post: str | None, ctx: Context) -> None:
    """Require that the sender did not enter the enterprise or change what is known of it, at any time."""
    entries = (fact.by for fact in state[ENTERPRISES][key].facts if fact.what in ENTRIES)
    own = next((by for by in entries if same_person(state, by, post, ctx)), None)
    ctx.rule(own is None, "review.own_entry", enterprise=key, actor=own or ctx.actor)


def not_judged(state: State, key: str, then: Standing, ctx: Context) -> None:
    """Require of whoever changes an entry that no verdict of theirs is part of the round that runs then, nor
    of a later time: it would be on their own entry."""
    facts = state[ENTERPRISES][key].facts
    later = (fact for fact in facts if fact.what in _VERDICTS and fact.at > ctx.at)
    own = next((one for one in (*judging(then), *_confirmed(then), *later) if _gave(state, one, ctx)), None)
    since = own.at if own else None
    ctx.rule(own is None, "review.judged_by_you", enterprise=key, actor=ctx.actor, since=since)


def _confirmed(then: Standing) -> Iterator[EnterpriseFact]:
    """Yield what was confirmed in a round that still runs: the confirming post stands for the verdict."""
    begun = then.review.opened_at if then.review and judging(then) else None
    for fact in then.facts if begun else ():
        if fact.what == ReviewConfirmed.NAME and begun and fact.at >= begun:
            yield fact


def _gave(state: State, verdict: Verdict | EnterpriseFact, ctx: Context) -> bool:
    """Whether the sender gave a verdict, with this token or with another one that its holder acts with."""
    return verdict.by == ctx.actor or any(
        acts(term, ctx.actor) for term in _terms_of_holder(state, verdict.post, verdict.at)
    )


def same_person(state: State, by: str, post: str | None, ctx: Context) -> bool:
    """Whether an actor is the sender, or acted for the holder of the sender's post, in any post."""
    if by == ctx.actor:
        return True
    return any(acts(term, by) for term in _terms_of_holder(state, post, ctx.at))


def _terms_of_holder(state: State, post: str | None, instant: datetime) -> list[Term]:
    """Return all terms, in any post, of the person who holds a post at an instant."""
    known = state[POSTS].get(post) if post else None
    then = standing(known.changes, instant) if known else None
    if then is None or then.term is None:
        return []
    who = then.term.holder
    holder = state[HOLDERS].get(who)
    posts = (state[POSTS][key] for key in (holder.posts if holder else ()))
    return [term for row in posts for term in terms(row.changes) if term.holder == who]


def goes_up(
    state: State, now: Standing, turns: tuple[Turn, ...], instant: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the posts that are silent, and the next ones above them that have a holder.

    If no post is charged with the stage, it goes to the one that answers for the enterprise.
    """
    if now.review is not None and now.review.raised_to:
        posts = now.review.raised_to
    else:
        answers = (answers_for(state, now, turn, instant) for turn in turns)
        posts = tuple(dict.fromkeys(one.post or one.charged for one in answers if one))
    if posts:
        higher = (_above(state, post, instant) for post in posts)
        return posts, tuple(dict.fromkeys(one for one in higher if one))
    owner = answers_for(state, now, "answer", instant)
    return (), (owner.post,) if owner and owner.post else ()


def _above(state: State, post: str, instant: datetime) -> str | None:
    """Return the next post above one that has a holder; None at the top."""
    higher = (key for key, then in chain(state[POSTS], state[CHARGES], post, instant) if then.term)
    return next((key for key in higher if key != post), None)
