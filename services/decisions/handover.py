"""Handover notes: written by one shift, acknowledged by the next, resolved when settled."""

from collections.abc import Iterable

import msgspec

from events.base import Event, Happened
from events.handover import HandoverAcknowledged, HandoverErased, HandoverResolved, HandoverWritten
from services.decisions import common
from services.decisions.base import Ask, Command, Refused, command, decides, evolves
from services.decisions.fields import AreaCode, HandoverId, PersonalText, Priority
from services.decisions.state import Handover, State
from services.decisions.table import Table

HANDOVERS = Table(
    "handovers",
    Handover,
    kind="handover",
    areas=lambda state, key, row: (row.area,),
    erasure=HandoverErased,
)


@command("handover.write")
class Write(Command):
    """Leave a note for the next shift. Without an area it concerns the whole jurisdiction."""

    note: HandoverId | None = None
    area: AreaCode | None = None
    priority: Priority = 3
    text: PersonalText


@command("handover.acknowledge")
class Acknowledge(Command):
    """Say that you have read a note and take it on. Each may say so once."""

    note: HandoverId


@command("handover.resolve")
class Resolve(Command):
    """What the note was about is settled."""

    note: HandoverId


@command("handover.erase", by="admin")
class Erase(Command):
    """Destroy the note's key: its text can never be read again. An open note is resolved too."""

    note: HandoverId


def _known(state: State, key: str) -> Handover:
    known = state.handovers.get(key)
    if known is None:
        raise Refused("handover.unknown", note=key)
    return known


# -- decide ------------------------------------------------------------------------------------------------


@decides(Write)
def _write(state: State, c: Write, ask: Ask) -> Iterable[Event]:
    key, area = c.note or ask.id, c.area or state.jurisdiction
    known = state.handovers.get(key)
    if known and ask.observed and (known.area, known.priority) == (area, c.priority):
        return
    common.fresh(known, "handover.exists", note=key)
    common.open_area(state, area, ask)
    yield HandoverWritten(note=key, area=area, priority=c.priority, text=c.text)


@decides(Acknowledge)
def _acknowledge(state: State, c: Acknowledge, ask: Ask) -> Iterable[Event]:
    known = _known(state, c.note)
    if ask.actor in known.acknowledged:
        return
    ask.rule(not known.resolved, "handover.resolved", note=c.note)
    yield HandoverAcknowledged(note=c.note, area=known.area)


@decides(Resolve)
def _resolve(state: State, c: Resolve, ask: Ask) -> Iterable[Event]:
    known = _known(state, c.note)
    if not known.resolved:
        yield HandoverResolved(note=c.note, area=known.area)


@decides(Erase)
def _erase(state: State, c: Erase, ask: Ask) -> Iterable[Event]:
    known = _known(state, c.note)
    if not known.erased:
        yield HandoverErased(note=c.note, area=known.area)


# -- evolve ------------------------------------------------------------------------------------------------


def _replace(state: State, key: str, /, **fields: object) -> None:
    state.put(state.handovers, key, msgspec.structs.replace(state.handovers[key], **fields))


@evolves(HandoverWritten)
def _written(state: State, e: HandoverWritten, h: Happened) -> None:
    state.put(state.handovers, e.note, Handover(e.area, e.priority))


@evolves(HandoverAcknowledged)
def _acknowledged(state: State, e: HandoverAcknowledged, h: Happened) -> None:
    _replace(state, e.note, acknowledged=(*state.handovers[e.note].acknowledged, h.actor))


@evolves(HandoverResolved)
def _resolved(state: State, e: HandoverResolved, h: Happened) -> None:
    _replace(state, e.note, resolved=True)


@evolves(HandoverErased)
def _erased(state: State, e: HandoverErased, h: Happened) -> None:
    _replace(state, e.note, resolved=True, erased=True)
