"""The descriptor of teams."""

import msgspec

from events.team import FORMING
from services.decisions.table import Table


class Team(msgspec.Struct, frozen=True):
    """A team; members in the order they joined."""

    name: str
    kind: str
    area: str
    organisation: str | None = None
    capacity: int | None = None
    state: str = FORMING
    leader: str | None = None
    members: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


TEAMS = Table("teams", Team, kind="team", areas=lambda state, key, row: (row.area,))
