"""Whom to send on a request: who is free, able and near, in that order. Pure.

A unit is a worker or a team. Of each is said, and shown as fields:

free    It can be sent, or take over from another, and would not be refused, as long as the request takes
        anybody (`takes`). A worker is on duty, has capacity left and is in no active team; a team is active,
        has capacity left and, where it has listed members, one is on duty. Whom the request was offered to
        already, or who is on it, is not free for it. A member of an active team goes with the team: they are
        listed behind, with `in_team`.
able    The table of abilities names the unit for the request's category; of a category that it does not have
        everybody is able.
near    Metres between the request and the unit where both have a place: the request's own or its area's, the
        unit's last known one or its area's. Else `steps`: levels to go up from the request's area until one
        holds the unit's area too; for the order alone each counts as so many metres (STEP_METRES).

The order: free first, then able; among equals who has nothing to do, then who has but with capacity left,
then who is on a break; then the nearest, the least loaded, workers before teams, and by id. It is total: no
two units are equal in it.
"""

from collections.abc import Mapping
from heapq import nsmallest
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final, Literal

import msgspec

from events.presence import OFF_DUTY, ON_BREAK
from events.team import ACTIVE
from projections.areas import AreaRow
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.teams import TeamRow
from services.dispatch.abilities import Abilities
from services.dispatch.board import Board, Kind, Point, Unit, id_of, kind_of, team_phones

STEP_METRES: Final = (500, 2_000, 10_000, 40_000)
"""What 0, 1, 2 and more steps count as among distances; no measurement. Further ones 40 km each."""
EARTH_METRES: Final = 6_371_008.8
"""Mean radius (IUGG)."""
IDLE, BUSY, BREAK = 0, 1, 2


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A unit, and why it stands where it stands."""

    kind: Kind
    row: Any
    """Of roster or teams."""
    free: bool
    able: bool
    matched: tuple[str, ...]
    """What made it able; empty where the category is not in the table."""
    asked: bool
    in_team: str | None
    live: int
    readiness: int
    """IDLE, BUSY with capacity left, or on a BREAK."""
    steps: int
    distance: float | None
    """Metres."""
    placed: Literal["phone", "area"] | None
    """What the unit's end of the distance is."""

    @property
    def ready(self) -> bool:
        """Nobody can stand before it but for being nearer or less loaded."""
        return self.free and self.able and self.readiness == IDLE


def rank(board: Board, abilities: Abilities, most: int) -> list[Candidate]:
    """The first `most` in order."""
    judge = _Judge(board, abilities)
    return [judge.candidate(row) for row in nsmallest(most, [*board.workers, *board.teams], key=judge.order)]


def chain(area: str, areas: Mapping[str, AreaRow]) -> list[str]:
    """An area and those that hold it, up to the root."""
    found: list[str] = []
    here: str | None = area
    while here is not None and here not in found:
        found.append(here)
        here = areas[here].parent if here in areas else None
    return found


def step_metres(steps: int) -> float:
    """What so many steps count as."""
    beyond = max(steps - len(STEP_METRES) + 1, 0)
    return STEP_METRES[min(steps, len(STEP_METRES) - 1)] + beyond * STEP_METRES[-1]


def metres(one: Point, other: Point) -> float:
    """Great-circle distance (haversine)."""
    (lon1, lat1), (lon2, lat2) = (map(radians, point) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))


def place_of(request: RequestRow, areas: Mapping[str, AreaRow]) -> Point | None:
    """The request's own place, else its area's."""
    if request.lon is not None and request.lat is not None:
        return request.lon, request.lat
    return _middle(areas.get(request.area))


def _middle(area: AreaRow | None) -> Point | None:
    if area is None or area.lon is None or area.lat is None:
        return None
    return area.lon, area.lat


class _Judge:
    """Says of each unit how it stands; what many units share is worked out once."""

    def __init__(self, board: Board, abilities: Abilities) -> None:
        self._board = board
        self._ability = abilities.categories.get(board.request.category)
        self._place = place_of(board.request, board.areas)
        self._rank = {code: n for n, code in enumerate(chain(board.request.area, board.areas))}
        self._steps: dict[str, int] = {}
        self._far: dict[str, float] = {}
        self._matched: dict[Any, tuple[str, ...]] = {}

    def order(self, row: Unit) -> tuple[Any, ...]:
        """By what units are sorted: less is before more."""
        live, phone = self.live(row), self._phone(row)
        return (
            not self.free(row, live),
            not self.able(row),
            self.readiness(row, live),
            metres(self._place, phone) if self._place and phone else self._area_far(row.area),
            live,
            isinstance(row, TeamRow),
            id_of(row),
        )

    def candidate(self, row: Unit) -> Candidate:
        """All of it, to be shown."""
        live, phone = self.live(row), self._phone(row)
        there = phone or _middle(self._board.areas.get(row.area))
        measured = there is not None and self._place is not None
        return Candidate(
            kind=kind_of(row),
            row=row,
            free=self.free(row, live),
            able=self.able(row),
            matched=self.matched(row),
            asked=self._already_asked(row),
            in_team=row.team if isinstance(row, RosterRow) else None,
            live=live,
            readiness=self.readiness(row, live),
            steps=self.steps(row.area),
            distance=metres(self._place, there) if self._place and there else None,
            placed=None if not measured else "phone" if phone else "area",
        )

    def live(self, row: Unit) -> int:
        """Assignments of its own."""
        return self._board.load.get(row.worker, 0) if isinstance(row, RosterRow) else row.live_count

    def free(self, row: Unit, live: int) -> bool:
        """Apart from whether the request takes anybody."""
        if (row.capacity is not None and live >= row.capacity) or self._already_asked(row):
            return False
        if isinstance(row, RosterRow):
            return row.presence != OFF_DUTY and row.team is None
        return row.state == ACTIVE and (not row.members or self._board.manned.get(row.team, 0) > 0)

    def able(self, row: Unit) -> bool:
        """By the table of abilities."""
        return self._ability is None or bool(self.matched(row))

    def matched(self, row: Unit) -> tuple[str, ...]:
        """What of the table it fits."""
        if self._ability is None:
            return ()
        if isinstance(row, TeamRow):
            return self._ability.of_team(row.kind)
        key = row.role, row.skills, row.vehicle
        if key not in self._matched:
            self._matched[key] = self._ability.of_worker(*key)
        return self._matched[key]

    def readiness(self, row: Unit, live: int) -> int:
        """IDLE, BUSY or BREAK."""
        if isinstance(row, RosterRow) and row.presence == ON_BREAK:
            return BREAK
        return BUSY if live else IDLE

    def steps(self, area: str) -> int:
        """Up from the request's area; an area that shares nothing counts as beyond the root."""
        if area not in self._steps:
            up = (self._rank[code] for code in chain(area, self._board.areas) if code in self._rank)
            self._steps[area] = next(up, len(self._rank))
        return self._steps[area]

    def _already_asked(self, row: Unit) -> bool:
        return (kind_of(row), id_of(row)) in self._board.asked

    def _phone(self, row: Unit) -> Point | None:
        """Where its phone is, if that can be measured; of a team the leader's, else the first one's."""
        places = self._board.places
        if self._place is None or not places:
            return None
        if isinstance(row, RosterRow):
            return places.get(row.worker)
        return next((places[one] for one in team_phones(row) if one in places), None)

    def _area_far(self, area: str) -> float:
        """Metres to an area, or what its steps count as."""
        if area not in self._far:
            there = _middle(self._board.areas.get(area))
            far = step_metres(self.steps(area))
            self._far[area] = metres(self._place, there) if self._place and there else far
        return self._far[area]
