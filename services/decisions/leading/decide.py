"""Decisions about who leads a chapter."""

from collections.abc import Iterable

from events.base import Event
from events.leading import ChapterLed, lead_at
from services.decisions.base import Context, decides
from services.decisions.chapter.rules import living
from services.decisions.leading.commands import LeadChapter
from services.decisions.leading.table import LEADS
from services.decisions.post.rules import standing_post
from services.decisions.state import State


@decides(LeadChapter)
def _lead(state: State, c: LeadChapter, ctx: Context) -> Iterable[Event]:
    chapter, _ = living(state, c.chapter, ctx)
    if c.post:
        standing_post(state, c.post, ctx)
    leads = state[LEADS].get(c.chapter, ())
    then = lead_at(leads, ctx.at)
    said = then is not None and then.at == ctx.at
    if (then.post if then else None) != c.post or (ctx.late and leads and not said):
        yield ChapterLed(chapter=c.chapter, area=chapter.area, post=c.post)
