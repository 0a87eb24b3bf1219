"""Remember what a row of a sheet said."""

from events.base import EventEnvelope
from events.sheet import SheetSaid
from services.decisions.base import evolves
from services.decisions.sheet.table import SAYINGS, Saying, saying_id
from services.decisions.state import State


@evolves(SheetSaid)
def _said(state: State, e: SheetSaid, envelope: EventEnvelope) -> None:
    stated, personal = ({one.field: one.value for one in part} for part in (e.stated, e.personal))
    new = Saying(stated, personal)
    state.put(state[SAYINGS], saying_id(e.sheet, e.row), new)
