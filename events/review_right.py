"""Who has the right to a verdict, and which verdicts were given without it, by what is known now.

A post may lose a charge, or its holder the post, on a day that is recorded only after verdicts were given; an
enterprise may turn out to have lain in another area. Such verdicts count until somebody with the right
confirms them or gives others.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

from events.answering import Answer, Index, acts, answering
from events.enterprise_facts import EnterpriseFact, Standing, step
from events.post import ANSWER
from events.post_history import Posts, standing
from events.review import (
    ReviewConfirmed,
    ReviewDelegated,
    ReviewEscalated,
    ReviewJudged,
    ReviewOpened,
    ReviewSentBack,
    Turn,
)
from events.review_path import JOINT, awaited

Why = Literal["unnamed", "charge", "holder", "delegation"]
"""unnamed: recorded without a post, as from an old sheet. charge: the post was not charged with the stage
there. holder: its author did not act for the post's holder. delegation: the turn was delegated by
somebody without the right."""
DoubtState = Literal["open", "confirmed", "replaced", "over"]
"""open: it waits for somebody with the right. confirmed: they confirmed it, or gave the same verdict.
replaced: they gave another one. over: the round of reviews is over."""
STATES: Final[tuple[DoubtState, ...]] = get_args(DoubtState)
QUESTIONED: Final = (ReviewJudged.NAME, ReviewSentBack.NAME)
"""What counts without right until somebody with the right has looked at it."""
_ACTS: Final = (*QUESTIONED, ReviewDelegated.NAME, ReviewConfirmed.NAME)


class Doubt(msgspec.Struct, frozen=True, gc=False):
    """A verdict or return that was given without right."""

    fact: EnterpriseFact
    why: Why
    state: DoubtState = "open"
    settled_at: datetime | None = None


def answer_for(posts: Posts, index: Index, then: Standing, turn: Turn, instant: datetime) -> Answer | None:
    """Return who answers for a stage, or for the enterprise itself, at an instant."""
    return answering(posts, index, turn, then.area, then.trade, instant)


def acting_for(
    posts: Posts, index: Index, then: Standing, turn: Turn, actor: str, instant: datetime
) -> str | None:
    """Return the post in whose name an actor may act at this turn; None if there is none."""
    answer = answer_for(posts, index, then, turn, instant)
    if answer is not None and acts(answer.term, actor):
        return answer.post
    return next((post for post in _further(then, turn) if _holds(posts, actor, post, instant)), None)


def _further(then: Standing, turn: Turn) -> Iterator[str]:
    """Yield the posts that a turn was given to, or went up to. What did not stand silent did not go up."""
    if then.review is None:
        return
    if turn in then.review.delegated:
        yield then.review.delegated[turn]
    silent = awaited(then.review) or (*JOINT, "answer")
    for fact in then.facts if turn in silent else ():
        here = fact.place == then.review.place and fact.at >= then.review.since
        if fact.what == ReviewEscalated.NAME and here:
            yield from fact.posts


def _holds(posts: Posts, actor: str, post: str, instant: datetime) -> bool:
    known = posts.get(post)
    then = standing(known.changes, instant) if known else None
    return then is not None and acts(then.term, actor)


def owner(
    posts: Posts, index: Index, now: Standing, turn: Turn, instant: datetime
) -> tuple[Turn, str | None]:
    """Return the turn at which a doubt is settled, and the post that owns it: the one charged with the
    stage, otherwise the one that answers for the enterprise."""
    for one in dict.fromkeys((turn, ANSWER)):
        found = answer_for(posts, index, now, one, instant)
        if found is not None:
            return one, found.post or found.charged
    return turn, None


def doubts(
    posts: Posts, index: Index, facts: Iterable[EnterpriseFact], instant: datetime | None = None
) -> list[Doubt]:
    """Return what was given without right up to an instant, in order of its time."""
    return _Doubts(posts, index).told(facts, instant)


class _Doubts:
    """What was given without right in the facts so far."""

    def __init__(self, posts: Posts, index: Index) -> None:
        self._posts, self._index = posts, index
        self._found: dict[int, Doubt] = {}
        self._borrowed: set[str | None] = set()
        """Stages whose turn somebody without the right delegated, in the present round."""

    def told(self, facts: Iterable[EnterpriseFact], instant: datetime | None) -> list[Doubt]:
        now: Standing | None = None
        for fact in facts:
            if instant is not None and fact.at > instant:
                break
            if now is not None:
                self._next(now, fact)
            now = step(now, fact)
        return list(self._found.values())

    def _next(self, now: Standing, fact: EnterpriseFact) -> None:
        if fact.what == ReviewOpened.NAME:
            self._borrowed.clear()
            self._settle("over", fact, [*self._found])
        if fact.what not in _ACTS:
            return
        why = self._lacks(now, fact)
        if fact.what == ReviewDelegated.NAME:
            (self._borrowed.add if why else self._borrowed.discard)(fact.stage)
        elif why is None:
            self._rightful(fact)
        elif fact.what in QUESTIONED:
            self._found[fact.position] = Doubt(fact, why)

    def _rightful(self, fact: EnterpriseFact) -> None:
        """Settle what somebody with the right confirms, gives again or ends."""
        if fact.what == ReviewConfirmed.NAME:
            self._settle("confirmed", fact, [one for one in self._found if one == fact.given])
        elif fact.what == ReviewSentBack.NAME:
            self._settle("over", fact, [*self._found])
        else:
            for position, one in self._found.items():
                if one.fact.what == ReviewJudged.NAME and one.fact.stage == fact.stage:
                    if one.fact.verdict != fact.verdict:
                        self._settle("replaced", fact, [position])
                    elif not fact.fields or (one.fact.fields and {*one.fact.fields} <= {*fact.fields}):
                        self._settle("confirmed", fact, [position])

    def _settle(self, state: DoubtState, fact: EnterpriseFact, some: Iterable[int]) -> None:
        for position in some:
            if self._found[position].state == "open":
                doubt = msgspec.structs.replace(self._found[position], state=state, settled_at=fact.at)
                self._found[position] = doubt

    def _lacks(self, now: Standing, fact: EnterpriseFact) -> Why | None:
        """Return what was lacking for the right; None if nothing was."""
        turn, post = fact.stage, fact.post
        if turn is None or post is None:
            return "unnamed"
        if fact.what == ReviewConfirmed.NAME:
            turn, _ = owner(self._posts, self._index, now, turn, fact.at)
        answer = answer_for(self._posts, self._index, now, turn, fact.at)
        if answer is not None and answer.post == post and acts(answer.term, fact.by):
            return None
        lent = now.review.delegated.get(turn) if now.review else None
        if post in _further(now, turn):
            if not _holds(self._posts, fact.by, post, fact.at):
                return "holder"
            return "delegation" if post == lent and turn in self._borrowed else None
        return "holder" if answer and post in (answer.post, answer.charged, *answer.passed) else "charge"
