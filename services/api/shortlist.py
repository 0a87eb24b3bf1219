"""The best candidates for one request, found while reading few of many rows."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from events.assignment import UNENDED
from events.presence import AVAILABLE, ON_DUTY
from events.team import ACTIVE, STANDING
from projections.requests import RequestRow
from services.access import Principal
from services.api.problems import Problem
from services.base.clock import Clock
from services.dispatch.abilities import Abilities
from services.dispatch.board import Board, Point, assemble, searched, team_phones
from services.dispatch.ranking import Candidate, chain, place_of, rank
from services.locations.duty import expired
from services.locations.port import Locations
from services.views.port import Query, Views

_IDLE: Final[dict[str, Any]] = {"presence": [AVAILABLE], "team": [None]}
"""Filter of the roster: on duty, without a live assignment, and not in an active team."""
_ON_THREAD: Final = 500
"""From this many units on, ranking runs on a thread."""


class CandidateQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A validated query for candidates."""

    request: str
    kinds: tuple[str, ...]
    q: str | None
    limit: int


class Shortlist(msgspec.Struct, frozen=True, kw_only=True):
    """The searched rows as of one position, and the best candidates."""

    position: int
    within: str
    """The area that was searched."""
    board: Board
    best: list[Candidate]


class Search:
    """A search for the best candidates for one request, within the caller's rights."""

    def __init__(
        self,
        views: Views,
        locations: Locations,
        abilities: Abilities,
        clock: Clock,
        *,
        jurisdiction: str,
        wanted: CandidateQuery,
        asker: Principal,
    ) -> None:
        self._views, self._locations, self._abilities, self._clock = views, locations, abilities, clock
        self._jurisdiction, self._wanted, self._asker = jurisdiction, wanted, asker

    async def best(self) -> Shortlist:
        """Return the best candidates as of one position. A text search covers all areas at once.

        To read few rows, search idle units first, from the request's area upwards, and all units on duty only
        if too few are found. Raises 404 if there is no such request, or the caller may not see it.
        """
        ways = [] if self._wanted.q or "worker" not in self._wanted.kinds else await self._ways()
        for within in ways:
            shortlist = await self._within(within, idle=True)
            if len(shortlist.best) == self._wanted.limit and shortlist.best[-1].ready:
                return shortlist
        return await self._within(self._jurisdiction)

    async def _ways(self) -> list[str]:
        """Return the areas to search, each wider than the one before, that may hold enough idle workers."""
        begin = {
            "requests": Query(filters={"key": [self._wanted.request]}),
            "areas": Query(),
            "headcount": Query(filters=_IDLE, within=self._asker.areas),
        }
        rows, _ = await self._views.snapshot(self._jurisdiction, begin)
        found: Any = rows
        request, areas = _request(found, self._wanted, self._asker), dict(found["areas"])
        ability = self._abilities.categories.get(request.category)
        idle: dict[str, int] = {}
        for _, row in found["headcount"]:
            if ability is None or ability.may(row.role):
                idle[row.area] = idle.get(row.area, 0) + row.count
        counts: dict[str, int] = {}
        for area, count in idle.items():
            for outer in chain(area, areas):
                counts[outer] = counts.get(outer, 0) + count
        return [area for area in chain(request.area, areas) if counts.get(area, 0) >= self._wanted.limit]

    async def _within(self, within: str, *, idle: bool = False) -> Shortlist:
        """Return the best units in one area. With `idle`, only workers without a task."""
        rows, head = await self._views.snapshot(
            self._jurisdiction, _queries(self._wanted, self._asker, within, idle=idle)
        )
        found: Any = rows
        board = assemble(_request(found, self._wanted, self._asker), found)
        if self._wanted.q is not None:
            board = searched(board, self._wanted.q)
        if "team" not in self._wanted.kinds:
            board = msgspec.structs.replace(board, teams=())
        if place_of(board.request, board.areas) is not None:
            board = msgspec.structs.replace(board, places=await self._places(board))
        if len(board.workers) + len(board.teams) < _ON_THREAD:
            best = rank(board, self._abilities, self._wanted.limit)
        else:
            best = await asyncio.to_thread(rank, board, self._abilities, self._wanted.limit)
        return Shortlist(position=head.position, within=within, board=board, best=best)

    async def _places(self, board: Board) -> dict[str, Point]:
        """Return recent locations, as exact as the caller may see them."""
        phones = {row.worker for row in board.workers if row.presence in ON_DUTY}
        phones.update(one for row in board.teams for one in team_phones(row))
        known = await self._locations.last(self._jurisdiction, phones) if phones else {}
        now, digits = self._clock.now(), 6 if self._asker.may("exact_positions") else 3
        return {
            worker: (round(fix.lon, digits), round(fix.lat, digits))
            for worker, fix in known.items()
            if not expired(fix, now)
        }


def _request(found: Mapping[str, Any], wanted: CandidateQuery, asker: Principal) -> RequestRow:
    rows = [row for _, row in found["requests"] if asker.sees(row)]
    if not rows:
        raise Problem(404, "row.unknown", view="requests", key=wanted.request)
    return rows[0]


def _queries(wanted: CandidateQuery, asker: Principal, within: str, *, idle: bool) -> dict[str, Query]:
    """Return a query per requested kind. Areas and team headcounts are visible to every caller."""
    found = {
        "requests": Query(filters={"key": [wanted.request]}),
        "assignments": Query(filters={"request": [wanted.request], "state": list(UNENDED)}),
        "areas": Query(),
    }
    if "worker" in wanted.kinds:
        who = _IDLE if idle else {} if wanted.q else {"presence": ON_DUTY}
        found["roster"] = Query(filters=who, areas=[within], within=asker.areas)
    if "worker" in wanted.kinds and not idle:
        found["busy"] = Query(filters={"kind": ["worker"]})
    if "team" in wanted.kinds or wanted.q:
        stand = STANDING if wanted.q else (ACTIVE,)
        found["teams"] = Query(filters={"state": stand}, areas=[within], within=asker.areas)
        found["headcount"] = Query(filters={"presence": ON_DUTY})
    return found
