"""Descriptor of activities."""

from datetime import datetime
from typing import Final

import msgspec

from events.alliance_history import AllianceFact
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.worker.table import lives_within


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """An activity with its dated facts."""

    area: str
    title: str
    begins: datetime
    ends: datetime | None = None
    capacity: int | None = None
    owner: str | None = None
    serves: bool = False
    facts: tuple[AllianceFact, ...] = ()


def _theirs(state: State, key: str, worker: str) -> bool:
    """Whether an activity is of the area in which a worker lives, or of a larger one."""
    row = state[ACTIVITIES].get(key)
    return row is not None and lives_within(state, worker, row.area)


ACTIVITIES: Final = Table(
    "activities",
    Activity,
    kind="activity",
    areas=lambda state, key, row: (row.area,),
    spans=True,
    own=_theirs,
)
