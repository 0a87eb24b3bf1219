"""Rank the candidates for a request: free, able and near, in that order. Pure.

A unit is a worker or a team. Each is described by these fields:

free    The unit can be dispatched or take over without being refused, as long as the request needs anyone
        (`takes`). A worker must be on duty, have capacity left and not be in an active team. A team must be
        active, have capacity left and, if it lists members, have one on duty. Units already offered or
        assigned to the request are not free. Members of an active team are dispatched with it: they rank
        lower and have `in_team` set. `why` says why a unit is not free.
can_go  Somebody is there to go, and was not asked yet. A unit that is not free can still go: past its
        capacity, with a reason, or without its team. Nobody off duty can go, no team that is not active, and
        no team that lists members of whom none is on duty.
able    The table of abilities lists the unit for the request's category. Everyone is able to serve a
        category that is not in the table.
near    Metres between the request and the unit, if both have a place: the request's own or its area's, the
        unit's last known one or its area's. Otherwise `steps`, the levels to go up from the request's area
        to one that contains the unit's; for ordering only, steps are converted to metres (STEP_METRES).

Free units come first, then those that can go; then able ones; then the idle, then the busy with capacity
left, then those on a break; then the nearest, the least loaded, workers before teams, and by id. The order is
total.
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
"""Nominal distances of 0, 1, 2 and 3 steps; each further step adds 40 km."""
EARTH_METRES: Final = 6_371_008.8
"""Mean radius (IUGG)."""
IDLE, BUSY, BREAK = 0, 1, 2
OFF: Final = "off_duty"
NOT_ACTIVE: Final = "not_active"
NOBODY: Final = "nobody_on_duty"
ASKED: Final = "asked"
FULL: Final = "full"
IN_TEAM: Final = "in_team"
WHY: Final = (OFF, NOT_ACTIVE, NOBODY, ASKED, FULL, IN_TEAM)
"""Reasons why a unit is not free; the first that holds is given."""
_CANNOT: Final = (OFF, NOT_ACTIVE, NOBODY, ASKED)
"""Reasons why it cannot go at all."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A unit and the reasons for its rank."""

    kind: Kind
    row: Any
    """Row of the view roster or teams."""
    free: bool
    can_go: bool
    why: str | None
    """Why it is not free (WHY)."""
    able: bool
    matched: tuple[str, ...]
    """Why it is able; empty if the category is not in the table."""
    asked: bool
    in_team: str | None
    live: int
    readiness: int
    """IDLE, BUSY or BREAK."""
    steps: int
    distance: float | None
    """Metres."""
    placed: Literal["phone", "area"] | None
    """What locates the unit for the distance."""

    @property
    def ready(self) -> bool:
        """Only a nearer or less loaded unit can rank higher."""
        return self.free and self.able and self.readiness == IDLE


def rank(board: Board, abilities: Abilities, most: int) -> list[Candidate]:
    """Return the first `most` candidates in order."""
    judge = _Judge(board, abilities)
    return [judge.candidate(row) for row in nsmallest(most, [*board.workers, *board.teams], key=judge.order)]


def chain(area: str, areas: Mapping[str, AreaRow]) -> list[str]:
    """Return an area and its ancestors, up to the root."""
    found: list[str] = []
    here: str | None = area
    while here is not None and here not in found:
        found.append(here)
        here = areas[here].parent if here in areas else None
    return found


def step_metres(steps: int) -> float:
    """Return the nominal distance of a number of steps."""
    beyond = max(steps - len(STEP_METRES) + 1, 0)
    return STEP_METRES[min(steps, len(STEP_METRES) - 1)] + beyond * STEP_METRES[-1]


def metres(one: Point, other: Point) -> float:
    """Return the great-circle distance (haversine)."""
    (lon1, lat1), (lon2, lat2) = (map(radians, point) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(half)))


def place_of(request: RequestRow, areas: Mapping[str, AreaRow]) -> Point | None:
    """Return the request's place, or its area's."""
    if request.lon is not None and request.lat is not None:
        return request.lon, request.lat
    return _middle(areas.get(request.area))


def _middle(area: AreaRow | None) -> Point | None:
    if area is None or area.lon is None or area.lat is None:
        return None
    return area.lon, area.lat


class _Judge:
    """Evaluates units, caching what they share."""

    def __init__(self, board: Board, abilities: Abilities) -> None:
        self._board = board
        self._ability = abilities.categories.get(board.request.category)
        self._place = place_of(board.request, board.areas)
        self._rank = {code: n for n, code in enumerate(chain(board.request.area, board.areas))}
        self._steps: dict[str, int] = {}
        self._far: dict[str, float] = {}
        self._matched: dict[Any, tuple[str, ...]] = {}

    def order(self, row: Unit) -> tuple[Any, ...]:
        """Return the sort key of a unit."""
        live, phone = self.live(row), self._phone(row)
        why = self.why_not(row, live)
        return (
            why is not None,
            why in _CANNOT,
            not self.able(row),
            self.readiness(row, live),
            metres(self._place, phone) if self._place and phone else self._area_far(row.area),
            live,
            isinstance(row, TeamRow),
            id_of(row),
        )

    def candidate(self, row: Unit) -> Candidate:
        """Return the unit with all fields."""
        live, phone = self.live(row), self._phone(row)
        why = self.why_not(row, live)
        there = phone or _middle(self._board.areas.get(row.area))
        measured = there is not None and self._place is not None
        return Candidate(
            kind=kind_of(row),
            row=row,
            free=why is None,
            can_go=why not in _CANNOT,
            why=why,
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
        """Return the number of the unit's live assignments."""
        return self._board.load.get(row.worker, 0) if isinstance(row, RosterRow) else row.live_count

    def why_not(self, row: Unit, live: int) -> str | None:
        """Return why the unit is not free; None = it is, regardless of whether the request needs anyone."""
        missing = self._missing(row)
        if missing:
            return missing
        if self._already_asked(row):
            return ASKED
        if row.capacity is not None and live >= row.capacity:
            return FULL
        return IN_TEAM if isinstance(row, RosterRow) and row.team is not None else None

    def _missing(self, row: Unit) -> str | None:
        """Return why nobody can go. A team that lists no members is not empty."""
        if isinstance(row, RosterRow):
            return OFF if row.presence == OFF_DUTY else None
        if row.state != ACTIVE:
            return NOT_ACTIVE
        return NOBODY if row.members and not self._board.manned.get(row.team, 0) else None

    def able(self, row: Unit) -> bool:
        """Return whether the unit can serve the category."""
        return self._ability is None or bool(self.matched(row))

    def matched(self, row: Unit) -> tuple[str, ...]:
        """Return the entries of the table that match the unit."""
        if self._ability is None:
            return ()
        if isinstance(row, TeamRow):
            return self._ability.of_team(row.kind)
        key = row.role, row.skills, row.vehicle
        if key not in self._matched:
            self._matched[key] = self._ability.of_worker(*key)
        return self._matched[key]

    def readiness(self, row: Unit, live: int) -> int:
        """Return IDLE, BUSY or BREAK."""
        if isinstance(row, RosterRow) and row.presence == ON_BREAK:
            return BREAK
        return BUSY if live else IDLE

    def steps(self, area: str) -> int:
        """Return the steps to an area; one without a common ancestor counts as beyond the root."""
        if area not in self._steps:
            up = (self._rank[code] for code in chain(area, self._board.areas) if code in self._rank)
            self._steps[area] = next(up, len(self._rank))
        return self._steps[area]

    def _already_asked(self, row: Unit) -> bool:
        return (kind_of(row), id_of(row)) in self._board.asked

    def _phone(self, row: Unit) -> Point | None:
        """Return the unit's phone position, if needed; a team's is its leader's or first located member's."""
        places = self._board.places
        if self._place is None or not places:
            return None
        if isinstance(row, RosterRow):
            return places.get(row.worker)
        return next((places[one] for one in team_phones(row) if one in places), None)

    def _area_far(self, area: str) -> float:
        """Return the metres to an area, or the nominal distance of its steps."""
        if area not in self._far:
            there = _middle(self._board.areas.get(area))
            far = step_metres(self.steps(area))
            self._far[area] = metres(self._place, there) if self._place and there else far
        return self._far[area]
