"""Apply events to duty lists."""

from msgspec.structs import replace

from events.base import EventEnvelope
from events.duty_item import (
    DutyItemErased,
    DutyItemListed,
    DutyItemShown,
    DutyItemStruck,
    DutyItemTakenOver,
)
from services.decisions.base import evolves
from services.decisions.duty_item.table import DUTY_ITEMS, DutyItem
from services.decisions.state import State


@evolves(DutyItemListed)
def _listed(state: State, e: DutyItemListed, envelope: EventEnvelope) -> None:
    row = DutyItem(area=e.area, post=e.post, title=e.title, listed_at=envelope.at, due=e.due)
    state.put(state[DUTY_ITEMS], e.duty_item, row)


@evolves(DutyItemShown)
def _shown(state: State, e: DutyItemShown, envelope: EventEnvelope) -> None:
    known = state[DUTY_ITEMS][e.duty_item]
    state.put(state[DUTY_ITEMS], e.duty_item, replace(known, files=(*known.files, e.file)))


@evolves(DutyItemTakenOver)
def _taken_over(state: State, e: DutyItemTakenOver, envelope: EventEnvelope) -> None:
    state.put(state[DUTY_ITEMS], e.duty_item, replace(state[DUTY_ITEMS][e.duty_item], holder=e.holder))


@evolves(DutyItemStruck)
def _struck(state: State, e: DutyItemStruck, envelope: EventEnvelope) -> None:
    state.put(state[DUTY_ITEMS], e.duty_item, replace(state[DUTY_ITEMS][e.duty_item], struck_at=envelope.at))


@evolves(DutyItemErased)
def _erased(state: State, e: DutyItemErased, envelope: EventEnvelope) -> None:
    state.put(state[DUTY_ITEMS], e.duty_item, replace(state[DUTY_ITEMS][e.duty_item], erased=True))
