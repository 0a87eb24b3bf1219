"""How events change notices."""

import msgspec
from events.notice import NoticeConfirmed, NoticeErased, NoticePosted, NoticeWithdrawn
from services.decisions.notice.table import NOTICES, Notice

from events.base import EventEnvelope
from services.decisions.base import evolves
from services.decisions.state import State


def _replace(state: State, key: str, /, **fields: object) -> None:
    state.put(state[NOTICES], key, msgspec.structs.replace(state[NOTICES][key], **fields))


@evolves(NoticePosted)
def _posted(state: State, e: NoticePosted, envelope: EventEnvelope) -> None:
    state.put(state[NOTICES], e.notice, Notice(e.area, e.title))


@evolves(NoticeConfirmed)
def _confirmed(state: State, e: NoticeConfirmed, envelope: EventEnvelope) -> None:
    _replace(state, e.notice, confirmed=(*state[NOTICES][e.notice].confirmed, e.worker))


@evolves(NoticeWithdrawn)
def _withdrawn(state: State, e: NoticeWithdrawn, envelope: EventEnvelope) -> None:
    _replace(state, e.notice, withdrawn=True)


@evolves(NoticeErased)
def _erased(state: State, e: NoticeErased, envelope: EventEnvelope) -> None:
    _replace(state, e.notice, erased=True)
