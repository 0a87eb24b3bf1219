"""Candidates for a request: the best workers and teams within reach, and why each has its rank."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType
from pydantic import Field
from starlette.requests import Request

from projections.roster import RosterRow
from projections.teams import TeamRow
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import Parameters, in_range, one_of, read, text_up_to
from services.api.problems import Problem
from services.api.routing import operation
from services.api.rows import Opener
from services.api.shortlist import CandidateQuery, Search, Shortlist
from services.api.sight import sight
from services.dispatch.abilities import Abilities, Ability
from services.dispatch.board import VIEWS, Board, Kind, takes
from services.dispatch.ranking import Candidate, place_of

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Why = Literal["off_duty", "not_active", "nobody_on_duty", "asked", "full", "in_team"]
MOST: Final = 200
MOST_TEXT: Final = 100


class CandidateParameters(Parameters):
    """The request, and the kind of candidates to search for."""

    request: Annotated[str, text_up_to(MOST_TEXT, least=1), Field(description="Id of the request")]
    kind: Annotated[tuple[Annotated[Kind, one_of(KINDS)], ...], Field(max_length=100)] = KINDS
    q: Annotated[
        str,
        text_up_to(MOST_TEXT),
        Field(description="Search id, organisation and team, workers off duty included"),
    ] = ""
    limit: Annotated[int, in_range(1, MOST), Field(description="Most candidates")] = 50


class CandidateItem(Struct, kw_only=True):
    """A worker or team, and the reasons for its rank."""

    kind: Kind
    unit: str
    name: Annotated[str | None, Meta(description="A worker's, as the caller sees it")]
    call_sign: str | None
    role: Annotated[str | UnsetType, Meta(description="Only of a worker")] = UNSET
    presence: Annotated[str | UnsetType, Meta(description="Only of a worker")] = UNSET
    skills: Annotated[list[str] | UnsetType, Meta(description="Only of a worker")] = UNSET
    vehicle: Annotated[str | UnsetType | None, Meta(description="Only of a worker")] = UNSET
    in_team: Annotated[str | UnsetType | None, Meta(description="Active team that the worker belongs to")] = (
        UNSET
    )
    team_kind: Annotated[str | UnsetType, Meta(description="Only of a team")] = UNSET
    state: Annotated[str | UnsetType, Meta(description="Only of a team")] = UNSET
    leader: Annotated[str | UnsetType | None, Meta(description="Only of a team")] = UNSET
    members: Annotated[int | UnsetType, Meta(description="Only of a team; 0 = members are not listed")] = (
        UNSET
    )
    members_on_duty: Annotated[int | UnsetType, Meta(description="Only of a team")] = UNSET
    organisation: str | None
    area: str
    area_name: str | None
    free: Annotated[bool, Meta(description="Can be sent now without a refusal")]
    can_go: Annotated[bool, Meta(description="Somebody is there to go, if need be with a reason")]
    why: Annotated[Why | None, Meta(description="Why it is not free; null = it is")]
    able: Annotated[bool, Meta(description="Fits the request's category")]
    matched: Annotated[list[str], Meta(description="What makes it able, such as role:courier")]
    asked: Annotated[bool, Meta(description="Was asked before, or is on the request")]
    steps: Annotated[int, Meta(description="Levels up from the request's area; 0 = inside it", ge=0)]
    distance: Annotated[float | None, Meta(description="Metres; rounded to hundreds for viewers")]
    placed: Literal["phone", "area"] | None
    live: Annotated[int, Meta(ge=0)]
    capacity: int | None


class Candidates(Struct, kw_only=True):
    """The best candidates within reach, and the values they share."""

    request: str
    position: int
    takes: Annotated[int | None, Meta(description="How many more; null = open-ended")]
    needs: Annotated[Ability | None, Meta(description="Who can serve the category; null = everybody")]
    placed: Literal["request", "area"] | None
    within: Annotated[str, Meta(description="Area that was searched")]
    items: list[CandidateItem]


@operation(id="candidates", tag="views", query=CandidateParameters, problems=(503,))
async def candidates(request: Request) -> Answer[Candidates]:
    """Rank the candidates for a request: free first, then able, then nearest."""
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
    seen = await sight(request, jurisdiction, asker)
    opener = Opener(service.vault, jurisdiction, seen, opens=asker.opens, areas=asker.areas)
    items = await _items(opener, shortlist, exact=asker.may("exact_positions"))
    found = _candidates(shortlist, service.abilities, items)
    return answer(found, headers={"Cache-Control": "no-store"})


def _candidates(shortlist: Shortlist, abilities: Abilities, items: list[CandidateItem]) -> Candidates:
    request = shortlist.board.request
    ability = abilities.categories.get(request.category)
    where = place_of(request, shortlist.board.areas)
    own = request.lon is not None and request.lat is not None
    return Candidates(
        request=request.request,
        position=shortlist.position,
        takes=takes(request),
        needs=ability,
        placed=None if where is None else "request" if own else "area",
        within=shortlist.within,
        items=items,
    )


def _query(request: Request) -> CandidateQuery:
    """Parse the query parameters. Raises 400."""
    asked = read(request, CandidateParameters, "candidates")
    return CandidateQuery(
        request=asked.request,
        kinds=tuple(kind for kind in KINDS if kind in asked.kind),
        q=asked.q.strip().casefold() or None,
        limit=asked.limit,
    )


async def _items(opener: Opener, shortlist: Shortlist, *, exact: bool) -> list[CandidateItem]:
    """Return the candidates as they are shown to the caller."""
    workers = [(one.row.worker, one.row) for one in shortlist.best if one.kind == "worker"]
    named = {
        key: row["name"] for (key, _), row in zip(workers, await opener.rows("roster", workers), strict=True)
    }
    return [_item(one, shortlist.board, named, exact=exact) for one in shortlist.best]


def _item(one: Candidate, board: Board, named: Mapping[str, str | None], *, exact: bool) -> CandidateItem:
    area = board.areas.get(one.row.area)
    distance = one.distance
    shown: dict[str, Any] = {
        "kind": one.kind,
        "area": one.row.area,
        "area_name": area.name if area else None,
        "organisation": one.row.organisation,
        "call_sign": one.row.call_sign,
        "free": one.free,
        "can_go": one.can_go,
        "why": one.why,
        "able": one.able,
        "matched": list(one.matched),
        "asked": one.asked,
        "steps": one.steps,
        "distance": None if distance is None else round(distance) if exact else round(distance, -2),
        "placed": one.placed,
        "live": one.live,
        "capacity": one.row.capacity,
    }
    return CandidateItem(**shown, **(_worker(one, named) if one.kind == "worker" else _team(one, board)))


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
