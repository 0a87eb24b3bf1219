"""Decisions about handover notes."""

from collections.abc import Iterable

from events.base import Event
from events.handover import HandoverAcknowledged, HandoverErased, HandoverResolved, HandoverWritten
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.handover.commands import Acknowledge, Erase, Resolve, Write
from services.decisions.handover.table import HANDOVERS
from services.decisions.state import State


@decides(Write)
def _write(state: State, c: Write, ctx: Context) -> Iterable[Event]:
    key, area = c.note or ctx.id, c.area or state.jurisdiction
    known = state[HANDOVERS].get(key)
    lookups.fresh(known, "handover.exists", handover=key)
    lookups.open_area(state, area, ctx)
    yield HandoverWritten(note=key, area=area, priority=c.priority, text=c.text)


@decides(Acknowledge)
def _acknowledge(state: State, c: Acknowledge, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, HANDOVERS, c.note)
    if ctx.actor in known.acknowledged:
        return
    ctx.rule(not known.resolved, "handover.resolved", note=c.note)
    yield HandoverAcknowledged(note=c.note, area=known.area)


@decides(Resolve)
def _resolve(state: State, c: Resolve, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, HANDOVERS, c.note)
    if not known.resolved:
        yield HandoverResolved(note=c.note, area=known.area)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, HANDOVERS, c.note)
    if not known.erased:
        yield HandoverErased(note=c.note, area=known.area)
