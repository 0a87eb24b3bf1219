"""Descriptor of training sessions."""

from datetime import datetime
from typing import Final

import msgspec

from events.course import Mode
from events.session_facts import SessionFact
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.worker.table import lives_within


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A session with its facts in the order in which they were decided."""

    area: str
    course: str
    title: str
    mode: Mode
    begins: datetime
    ends: datetime
    halves: tuple[str, ...]
    hours: int
    facts: tuple[SessionFact, ...] = ()


def _theirs(state: State, key: str, worker: str) -> bool:
    """Whether a session is of the area in which a worker lives, or of a larger one."""
    row = state[SESSIONS].get(key)
    return row is not None and lives_within(state, worker, row.area)


SESSIONS: Final = Table(
    "sessions",
    Session,
    kind="session",
    areas=lambda state, key, row: (row.area,),
    spans=True,
    own=_theirs,
)
