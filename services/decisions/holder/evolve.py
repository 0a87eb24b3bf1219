"""Apply events to holders. Appointments are applied with the posts."""

import msgspec

from events.base import EventEnvelope
from events.holder import HolderErased
from services.decisions.base import evolves
from services.decisions.holder.table import HOLDERS
from services.decisions.state import State


@evolves(HolderErased)
def _erased(state: State, e: HolderErased, envelope: EventEnvelope) -> None:
    known = state[HOLDERS][e.holder]
    state.put(state[HOLDERS], e.holder, msgspec.structs.replace(known, erased=True))
