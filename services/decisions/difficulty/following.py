"""Difficulties follow their posts: into another area, up during a vacancy, on when a post ends."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from events.answering import chain, risen
from events.base import Event
from events.difficulty import DifficultyEvent, DifficultyFollowed
from events.post_history import EVENTS, standing
from services.decisions.difficulty.rules import heir
from services.decisions.difficulty.table import DIFFICULTIES, DIFFICULTIES_OPEN, Whose, then_of
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State

OF_POSTS: Final = EVENTS
"""Events of one post may move what it has, and what rises through it."""


class Placed(msgspec.Struct, frozen=True):
    """What became of a post that was given something."""

    heir: str
    """The post itself, or if it is abolished the next one above it."""
    answers: str
    works: tuple[str, ...]
    """Where the two work."""


def followed(state: State, told: Iterable[Event], now: datetime) -> Iterator[DifficultyFollowed]:
    """Yield what these events change about which post has an open difficulty, which answers, and where."""
    if not state[DIFFICULTIES_OPEN]:
        return
    places: dict[str, Placed] = {}
    for key in _touched(state, told):
        known = state[DIFFICULTIES_OPEN][key]
        for post in (known.owner, known.offered_to):
            if post and post not in places:
                places[post] = _placed(state, post, now)
        own, asked = places[known.owner], places.get(known.offered_to or "")
        to_works = asked.works if asked else ()
        whose = Whose(own.heir, known.offered_to, own.answers, own.works, to_works)
        if whose != known:
            yield DifficultyFollowed(
                difficulty=key,
                area=state[DIFFICULTIES][key].area,
                owner=whose.owner,
                post=whose.post,
                areas=whose.works,
                to_areas=to_works,
                automatic=True,
            )


def _touched(state: State, told: Iterable[Event]) -> list[str]:
    keys = dict[str, None]()
    for event in told:
        if isinstance(event, OF_POSTS):
            return list(state[DIFFICULTIES_OPEN])
        if isinstance(event, DifficultyEvent) and event.difficulty in state[DIFFICULTIES_OPEN]:
            keys[event.difficulty] = None
    return list(keys)


def _placed(state: State, post: str, now: datetime) -> Placed:
    answers = risen(state[POSTS], state[CHARGES], post, now)
    owner = heir(state, post, now)
    stand = (standing(state[POSTS][key].changes, now) for key in (owner, answers))
    return Placed(owner, answers, tuple(dict.fromkeys(one.place.area for one in stand if one)))


def stranded(state: State, post: str, instant: datetime) -> tuple[str, ...]:
    """Return the open difficulties that would be with no post if this one were abolished."""
    alone = {
        owner: [key for key, _ in chain(state[POSTS], state[CHARGES], owner, instant)] == [post]
        for owner in {one.owner for one in state[DIFFICULTIES_OPEN].values()}
    }
    return tuple(sorted(key for key, one in state[DIFFICULTIES_OPEN].items() if alone[one.owner]))


def got_later(state: State, post: str, instant: datetime) -> datetime | None:
    """Return when a post got the first of the open difficulties that it had not got at an instant."""
    later: list[datetime] = []
    for key, one in state[DIFFICULTIES_OPEN].items():
        row = state[DIFFICULTIES][key]
        then = then_of(row, instant) if one.owner == post else None
        if one.owner == post and (then is None or then.owner != post):
            later += [fact.at for fact in row.facts if fact.at > instant and fact.owner == post]
    return min(later, default=None)
