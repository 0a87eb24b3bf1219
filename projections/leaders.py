"""Leaders 领头雁 of chapters at an instant, and which chapter has none, since when.

Pure: computed from the rows of chapters, of the posts that lead them, and of posts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from events.base import Personal
from events.chapter_history import ALIVE, standing
from events.leading import Lead, lead_at
from events.post_history import PostThen, post_at, terms
from projections.chapters import ChapterRow
from projections.leads import LeadRow
from projections.posts import PostRow

State = Literal["led", "vacant", "no_post"]
LED: Final[State] = "led"
VACANT: Final[State] = "vacant"
NO_POST: Final[State] = "no_post"


class LeaderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One living chapter, and who leads it."""

    chapter: str
    name: str
    area: str
    route: str
    trade: str | None
    state: State
    """`led`; `vacant`: nobody holds the post; `no_post`: no post leads it."""
    gap_since: datetime | None = None
    """Since when it has no leader; None while it has one."""
    post: str | None = None
    post_name: str | None = None
    holder: str | None = None
    holder_name: Personal | None = None
    """Sealed; shown as the caller may see it."""
    since: datetime | None = None
    """Begin of the leader's term."""
    until: datetime | None = None
    """Its planned end."""


Posts = Mapping[str, PostRow]


def leaders(
    chapters: Iterable[ChapterRow], leads: Mapping[str, LeadRow], posts: Posts, instant: datetime
) -> list[LeaderRow]:
    """Return every chapter that lived at the instant: first those without a leader, the longest gap first."""
    found = [
        one
        for row in chapters
        if (one := _leader(row, leads[row.chapter].history if row.chapter in leads else (), posts, instant))
    ]
    return sorted(found, key=lambda one: (one.gap_since is None, one.gap_since or instant, one.chapter))


def _leader(row: ChapterRow, said: tuple[Lead, ...], posts: Posts, instant: datetime) -> LeaderRow | None:
    then = standing(row.history, instant)
    if then is None or then.state != ALIVE:
        return None
    lead = lead_at(said, instant)
    post = posts.get(lead.post) if lead and lead.post else None
    stood = post_at(post.changes, instant) if post else None
    held = stood.term if stood else None
    state = NO_POST if stood is None else VACANT if held is None else LED
    return LeaderRow(
        chapter=row.chapter,
        name=row.name,
        area=row.area,
        route=row.route,
        trade=row.trade,
        state=state,
        gap_since=None if held else _gap(row, said, posts, instant),
        post=lead.post if lead else None,
        post_name=stood.name if stood else None,
        holder=held.holder if held else None,
        holder_name=held.holder_name if held else None,
        since=held.since if held else None,
        until=held.until if held else None,
    )


def _gap(row: ChapterRow, said: tuple[Lead, ...], posts: Posts, instant: datetime) -> datetime:
    """Return since when a chapter that has no leader at an instant has none: the last one left, or it was
    formed."""
    formed = row.formed_at or row.history[0].at
    moments = {formed, *(one.at for one in said), *_changes(said, posts)}
    found = instant
    for moment in sorted((one for one in moments if formed <= one <= instant), reverse=True):
        if _led(said, posts, moment):
            return found
        found = moment
    return found


def _changes(said: tuple[Lead, ...], posts: Posts) -> Iterator[datetime]:
    """Yield when anything changes at the posts that ever led it: also when a term runs out by itself."""
    for key in {one.post for one in said if one.post in posts}:
        changes = posts[key or ""].changes
        yield from (one.at for one in changes)
        yield from (term.until for term in terms(changes) if term.until)


def _led(said: tuple[Lead, ...], posts: Posts, instant: datetime) -> bool:
    lead = lead_at(said, instant)
    post = posts.get(lead.post) if lead and lead.post else None
    then: PostThen | None = post_at(post.changes, instant) if post else None
    return then is not None and then.term is not None
