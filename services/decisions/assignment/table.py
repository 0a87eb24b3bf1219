"""Descriptor of assignments."""

from datetime import datetime
from typing import Final

import msgspec

from events.assignment import UNENDED
from events.standing import active_team
from services.decisions.request.table import REQUESTS
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS


class Assignment(msgspec.Struct, frozen=True):
    """One worker or team on one request."""

    request: str
    worker: str | None
    team: str | None
    state: str
    expires_at: datetime | None = None
    begun_at: datetime | None = None
    """When it became live (accepted or dispatched)."""
    ended_at: datetime | None = None
    stages: tuple[tuple[str, datetime], ...] = ()
    dispatched: bool = False


def _theirs(state: State, key: str, worker: str) -> bool:
    """Whether it is the worker's own, or their active team's."""
    given, known = state[ASSIGNMENTS].get(key), state[WORKERS].get(worker)
    if given is None or known is None:
        return False
    mine = active_team(known.teams, state[TEAMS])
    return given.worker == worker or (given.team is not None and given.team == mine)


ASSIGNMENTS = Table(
    "assignments",
    Assignment,
    kind="assignment",
    areas=lambda state, key, row: (state[REQUESTS][row.request].area,),
    own=_theirs,
    idle=lambda row: row.state not in UNENDED,
)
OFFERS: Final = Table("offers", datetime)
"""Open offers and when they expire."""
