"""Whom to send on a request: the best of those within reach, and why they stand where they stand."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from events.assignment import UNENDED
from events.presence import AVAILABLE, ON_DUTY
from events.team import ACTIVE, STANDING
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.teams import TeamRow
from services.access import Principal
from services.api.context import answer, muster, reader
from services.api.parameters import given, whole
from services.api.problems import Problem
from services.api.rows import Opener
from services.application.muster import Muster
from services.base.clock import Clock
from services.dispatch.abilities import Abilities
from services.dispatch.board import VIEWS, Board, Kind, Point, assemble, searched, takes, team_phones
from services.dispatch.ranking import Candidate, chain, place_of, rank
from services.locations.duty import expired
from services.locations.port import Locations
from services.views.port import Query

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST: Final = 200
MOST_TEXT: Final = 100
_IDLE: Final[dict[str, Any]] = {"presence": [AVAILABLE], "team": [None]}
"""Of the roster: on duty, without any live assignment, and in no active team."""
_ON_THREAD: Final = 500
"""Units from which on ranking leaves the loop to others meanwhile."""


class CandidateQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for, checked."""

    request: str
    kinds: tuple[str, ...]
    q: str | None
    limit: int


class Shortlist(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked through, as of one position, and the best of it."""

    position: int
    within: str
    """The area that was looked through."""
    board: Board
    best: list[Candidate]


async def candidates(request: Request) -> Response:
    """Who is free, able and near, in that order."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="candidates")
    wanted, service = _query(request), muster(request)
    if set(VIEWS) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="candidates")
    shortlist = await _look(service, jurisdiction, wanted, asker)
    items = await _items(Opener(service.vault, jurisdiction), shortlist, exact=asker.may("exact_positions"))
    return answer(
        _about(shortlist, service.abilities) | {"items": items}, headers={"Cache-Control": "no-store"}
    )


def _about(shortlist: Shortlist, abilities: Abilities) -> dict[str, Any]:
    """What holds for all of them."""
    request = shortlist.board.request
    ability = abilities.categories.get(request.category)
    where = place_of(request, shortlist.board.areas)
    own = request.lon is not None and request.lat is not None
    return {
        "request": request.request,
        "position": shortlist.position,
        "takes": takes(request),
        "needs": None if ability is None else msgspec.to_builtins(ability),
        "placed": None if where is None else "request" if own else "area",
        "within": shortlist.within,
    }


def _query(request: Request) -> CandidateQuery:
    """Raises 400."""
    found = given(request, "candidates", once=("request", "q", "limit"), many=("kind",))
    kinds = found.get("kind", list(KINDS))
    if not set(kinds) <= set(KINDS):
        raise Problem(400, "parameter.invalid", name="kind", choices=list(KINDS))
    for name in ("request", "q"):
        if len(found.get(name, [""])[0]) > MOST_TEXT:
            raise Problem(400, "parameter.invalid", variant="long", name=name, most=MOST_TEXT)
    if not found.get("request", [""])[0]:
        raise Problem(400, "parameter.invalid", variant="request")
    return CandidateQuery(
        request=found["request"][0],
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        q=found.get("q", [""])[0].strip().casefold() or None,
        limit=whole("limit", found.get("limit", ["50"])[0], 1, MOST),
    )


async def _look(service: Muster, jurisdiction: str, wanted: CandidateQuery, asker: Principal) -> Shortlist:
    """The best, of one position. Who is looked for by a text is looked for everywhere at once.

    To read few rows of many, first only who has nothing to do, from the request's area up; all who are on
    duty only where not enough are found so. Raises 404 where there is no such request, or none that they see.
    """
    ways = (
        [] if wanted.q or "worker" not in wanted.kinds else await _ways(service, jurisdiction, wanted, asker)
    )
    for within in ways:
        shortlist = await _seen(service, jurisdiction, wanted, asker, within, idle=True)
        if len(shortlist.best) == wanted.limit and shortlist.best[-1].ready:
            return shortlist
    return await _seen(service, jurisdiction, wanted, asker, jurisdiction)


async def _ways(service: Muster, jurisdiction: str, wanted: CandidateQuery, asker: Principal) -> list[str]:
    """Areas to look through, each wider than the one before: those that may hold enough idle workers."""
    begin = {
        "requests": Query(filters={"key": [wanted.request]}),
        "areas": Query(),
        "headcount": Query(filters=_IDLE, within=asker.areas),
    }
    rows, _ = await service.views.snapshot(jurisdiction, begin)
    found: Any = rows
    request, areas = _request(found, wanted, asker), dict(found["areas"])
    ability = service.abilities.categories.get(request.category)
    idle: dict[str, int] = {}
    for _, row in found["headcount"]:
        if ability is None or ability.may(row.role):
            idle[row.area] = idle.get(row.area, 0) + row.count
    counts: dict[str, int] = {}
    for area, count in idle.items():
        for outer in chain(area, areas):
            counts[outer] = counts.get(outer, 0) + count
    return [area for area in chain(request.area, areas) if counts.get(area, 0) >= wanted.limit]


def _request(found: Mapping[str, Any], wanted: CandidateQuery, asker: Principal) -> RequestRow:
    rows = [row for _, row in found["requests"] if asker.sees(row)]
    if not rows:
        raise Problem(404, "row.unknown", view="requests", key=wanted.request)
    return rows[0]


async def _seen(
    service: Muster,
    jurisdiction: str,
    wanted: CandidateQuery,
    asker: Principal,
    within: str,
    *,
    idle: bool = False,
) -> Shortlist:
    """The best of the units in one area; of the workers perhaps only those with nothing to do."""
    rows, head = await service.views.snapshot(jurisdiction, _queries(wanted, asker, within, idle=idle))
    found: Any = rows
    board = assemble(_request(found, wanted, asker), found)
    if wanted.q is not None:
        board = searched(board, wanted.q)
    if "team" not in wanted.kinds:
        board = msgspec.structs.replace(board, teams=())
    if place_of(board.request, board.areas) is not None:
        board = msgspec.structs.replace(
            board, places=await _places(service.locations, service.clock, jurisdiction, board, asker)
        )
    if len(board.workers) + len(board.teams) < _ON_THREAD:
        best = rank(board, service.abilities, wanted.limit)
    else:
        best = await asyncio.to_thread(rank, board, service.abilities, wanted.limit)
    return Shortlist(position=head.position, within=within, board=board, best=best)


def _queries(wanted: CandidateQuery, asker: Principal, within: str, *, idle: bool) -> dict[str, Query]:
    """Each kind only where it is asked for. Areas are no secret, nor how many of a team are on duty."""
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


async def _places(
    locations: Locations, clock: Clock, jurisdiction: str, board: Board, asker: Principal
) -> dict[str, Point]:
    """Last known places that are not too old, as exactly as the asker may know them."""
    phones = {row.worker for row in board.workers if row.presence in ON_DUTY}
    phones.update(one for row in board.teams for one in team_phones(row))
    known = await locations.last(jurisdiction, phones) if phones else {}
    now, digits = clock.now(), 6 if asker.may("exact_positions") else 3
    return {
        worker: (round(fix.lon, digits), round(fix.lat, digits))
        for worker, fix in known.items()
        if not expired(fix, now)
    }


async def _items(opener: Opener, shortlist: Shortlist, *, exact: bool) -> list[dict[str, Any]]:
    """As they are shown: names masked."""
    workers = [(one.row.worker, one.row) for one in shortlist.best if one.kind == "worker"]
    named = {
        key: row["name"] for (key, _), row in zip(workers, await opener.rows("roster", workers), strict=True)
    }
    return [_item(one, shortlist.board, named, exact=exact) for one in shortlist.best]


def _item(one: Candidate, board: Board, named: Mapping[str, str | None], *, exact: bool) -> dict[str, Any]:
    area = board.areas.get(one.row.area)
    distance = one.distance
    shown: dict[str, Any] = {
        "kind": one.kind,
        "area": one.row.area,
        "area_name": area.name if area else None,
        "organisation": one.row.organisation,
        "free": one.free,
        "able": one.able,
        "matched": list(one.matched),
        "asked": one.asked,
        "steps": one.steps,
        "distance": None if distance is None else round(distance) if exact else round(distance, -2),
        "placed": one.placed,
        "live": one.live,
        "capacity": one.row.capacity,
    }
    return shown | (_worker(one, named) if one.kind == "worker" else _team(one, board))


def _worker(one: Candidate, named: Mapping[str, str | None]) -> dict[str, Any]:
    row: RosterRow = one.row
    return {
        "unit": row.worker,
        "name": named[row.worker],
        "role": row.role,
        "presence": row.presence,
        "skills": list(row.skills),
        "vehicle": row.vehicle,
        "in_team": one.in_team,
    }


def _team(one: Candidate, board: Board) -> dict[str, Any]:
    row: TeamRow = one.row
    return {
        "unit": row.team,
        "name": row.name,
        "team_kind": row.kind,
        "state": row.state,
        "leader": row.leader,
        "members": row.member_count,
        "members_on_duty": board.manned.get(row.team, 0),
    }
