"""Whom to send on a request: the best of those within reach, and why they stand where they stand."""

from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from projections.roster import RosterRow
from projections.teams import TeamRow
from services.api.context import answer, muster, reader
from services.api.parameters import read_parameters, whole
from services.api.problems import Problem
from services.api.rows import Opener
from services.api.shortlist import CandidateQuery, Search, Shortlist
from services.dispatch.abilities import Abilities
from services.dispatch.board import VIEWS, Board, Kind, takes
from services.dispatch.ranking import Candidate, place_of

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MOST: Final = 200
MOST_TEXT: Final = 100


async def candidates(request: Request) -> Response:
    """Who is free, able and near, in that order."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="candidates")
    wanted, service = _query(request), muster(request)
    if set(VIEWS) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="candidates")
    search = Search(
        service.views,
        service.locations,
        service.abilities,
        service.clock,
        jurisdiction=jurisdiction,
        wanted=wanted,
        asker=asker,
    )
    shortlist = await search.best()
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
    found = read_parameters(request, "candidates", once=("request", "q", "limit"), many=("kind",))
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
