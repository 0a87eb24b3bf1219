"""Descriptor of teams."""

from datetime import datetime

import msgspec

from events.team import FORMING
from services.decisions.table import Table


class Team(msgspec.Struct, frozen=True):
    """A team, with members in joining order."""

    name: str
    kind: str
    area: str
    organisation: str | None = None
    incident: str | None = None
    capacity: int | None = None
    state: str = FORMING
    leader: str | None = None
    members: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    call_sign: str | None = None
    formed_at: datetime | None = None


TEAMS = Table("teams", Team, kind="team", areas=lambda state, key, row: (row.area,))
