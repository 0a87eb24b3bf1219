"""Apply events to posts."""

import msgspec

from events.answering import index_keys
from events.base import EventEnvelope
from events.dated import dated
from events.post import (
    PostAbolished,
    PostAppointed,
    PostCharged,
    PostCreated,
    PostMoved,
    PostRelieved,
    PostRenamed,
    PostVacated,
)
from events.post_history import PostChange, change_of, post_at, unrecorded_end
from services.decisions.base import evolves
from services.decisions.holder.table import HOLDERS, Holder
from services.decisions.post.table import CHARGES, POSTS, TERMS_DUE, Post
from services.decisions.state import State

PostEvent = PostCreated | PostRenamed | PostMoved | PostCharged | PostRelieved | PostVacated | PostAbolished


@evolves(PostCreated, PostRenamed, PostMoved, PostCharged, PostRelieved, PostVacated, PostAbolished)
def _changed(state: State, e: PostEvent, envelope: EventEnvelope) -> None:
    if change := change_of(envelope):
        _apply(state, e.post, change, e.area)


@evolves(PostAppointed)
def _appointed(state: State, e: PostAppointed, envelope: EventEnvelope) -> None:
    change = change_of(envelope)
    if change and change.term:
        nameless = msgspec.structs.replace(change.term, holder_name=None)
        _apply(state, e.post, msgspec.structs.replace(change, term=nameless), e.area)
    known = state[HOLDERS].get(e.holder) or Holder()
    posts = known.posts if e.post in known.posts else (*known.posts, e.post)
    state.put(state[HOLDERS], e.holder, msgspec.structs.replace(known, posts=posts, area=e.area))


def _apply(state: State, key: str, change: PostChange, area: str) -> None:
    known = state[POSTS].get(key) or Post(area)
    changes = dated(known.changes, change)
    then = post_at(changes, changes[-1].at)
    state.put(state[POSTS], key, Post(then.place.area if then else known.area, changes))
    term = unrecorded_end(changes)
    state.put(state[TERMS_DUE], key, term.until if term else None)
    for entry in index_keys(change):
        posts = state[CHARGES].get(entry, ())
        if key not in posts:
            state.put(state[CHARGES], entry, (*posts, key))
