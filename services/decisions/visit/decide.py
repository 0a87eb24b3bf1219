"""Decisions about visits."""

from collections.abc import Iterable

from events.base import Event
from events.visit import VisitErased, VisitRecorded
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides, sealed_words
from services.decisions.enterprise.decide import known_at
from services.decisions.post.rules import standing_post
from services.decisions.state import State
from services.decisions.visit.commands import EraseVisit, RecordVisit
from services.decisions.visit.table import VISITS


@decides(RecordVisit)
def _record(state: State, c: RecordVisit, ctx: Context) -> Iterable[Event]:
    key = c.visit or ctx.id
    if c.enterprise is None and c.group is None:
        raise Refused("visit.nobody", visit=key)
    firm = known_at(state, c.enterprise, ctx) if c.enterprise else None
    area = c.area or (firm.area if firm else state.jurisdiction)
    known = state[VISITS].get(key)
    said = (area, ctx.at, c.enterprise, c.group, c.post)
    same = known and (known.area, known.at, known.enterprise, known.group, known.post) == said
    if same and ctx.observed and not sealed_words(c):
        return
    lookups.fresh(known, "visit.exists", visit=key)
    lookups.open_area(state, area, ctx)
    if c.post:
        standing_post(state, c.post, ctx)
    yield VisitRecorded(
        visit=key, area=area, enterprise=c.enterprise, group=c.group, post=c.post, heard=c.heard
    )


@decides(EraseVisit)
def _erase(state: State, c: EraseVisit, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, VISITS, c.visit)
    if not known.erased:
        yield VisitErased(visit=c.visit, area=known.area)
