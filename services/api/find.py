"""Search for people by name or phone, or for anything by any text; sent in the body, never in a URL.

Names and phones are searched only for those who may see personal data. A worker's own token sees only what is
theirs, so it may not search.
"""

from typing import Annotated, Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from projections.base import Row
from services.access import Principal, searches
from services.api.context import Answer, answer, model, muster, reader
from services.api.problems import Problem
from services.api.routing import operation
from services.api.rows import Opener
from services.api.searching import Finder, Found
from services.api.sight import sight
from services.application.lookup import region_in
from services.decisions.fields import WHOLE, PersonalLine, omitted
from services.search.index import Building
from services.search.searches import Searches
from services.vault import Vault
from services.views.port import Views

MOST_FOUND = 100


class Find(BaseModel):
    """A name (or part of one), a whole phone number, or text: a number, call sign, name, place or phone."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"oneOf": [{"required": [one]} for one in ("name", "phone", "text")]},
    )

    name: PersonalLine = omitted()
    phone: PersonalLine = omitted()
    text: PersonalLine = omitted()
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND), WHOLE] = 20


class Finds(Struct):
    """Matching rows, as the caller sees them: of the roster and of requests; for `text` of every kind."""

    workers: list[dict[str, Any]]
    requests: list[dict[str, Any]]
    position: int
    items: list[Found] = []
    """For `text`: the finds of every kind, best first."""
    more: bool = False
    """Whether more matched than were asked for."""
    building: Building | None = None
    """What of the search is still being built: finds may be missing until it is null."""


@operation(id="find", tag="views", body=Find)
async def find(request: Request) -> Answer[Finds]:
    """Find workers and requests by name or phone, or anything by any text."""
    jurisdiction, asker = await reader(request)
    asked = await model(request, Find)
    seen = await sight(request, jurisdiction, asker)
    searched = {name for name in ("name", "phone") if searches(asker, seen, name)}
    allowed = asked.text or (asker.may("reveal") and _given(asked) <= searched)
    if asker.worker is not None or not allowed:
        raise Problem(403, "forbidden", variant="find")
    if len(_given(asked)) != 1:
        raise Problem(422, "invalid", variant="name_or_phone")
    service = muster(request)
    opener = Opener(service.vault, jurisdiction, seen, opens=asker.opens, areas=asker.areas)
    kept: Searches = request.app.state.searches
    finder = Finder(
        kept.index(jurisdiction),
        service.views,
        service.vault,
        jurisdiction,
        asker,
        opener,
        names="name" in searched,
        phones="phone" in searched,
    )
    finds = Finds([], [], 0)
    if asked.text:
        finds.items, finds.more, finds.building = await finder.find(asked.text, asked.limit)
    else:
        if asked.phone:
            found = await _by_phone(service.vault, service.views, jurisdiction, asked.phone, asker)
        else:
            found, finds.building = await finder.named(asked.name or "", asked.limit)
        finds.workers = await opener.rows("roster", found["roster"][: asked.limit])
        finds.requests = await opener.rows("requests", found["requests"][: asked.limit])
    finds.position = service.progress.positions.get(jurisdiction, 0)
    return answer(finds, headers={"Cache-Control": "no-store"})


def _given(asked: Find) -> set[str]:
    return {name for name in ("name", "phone", "text") if getattr(asked, name)}


Rows = dict[str, list[tuple[str, Row]]]


async def _by_phone(vault: Vault, views: Views, jurisdiction: str, phone: str, asker: Principal) -> Rows:
    subjects = await vault.find_phone(jurisdiction, phone, await region_in(views, jurisdiction))
    keys: dict[str, list[str]] = {"roster": [], "requests": []}
    for subject in subjects[:MOST_FOUND]:
        kind, _, key = subject.partition("/")
        keys["roster" if kind == "worker" else "requests"].append(key)
    rows = await views.load(jurisdiction, keys)
    return {
        view: [
            (key, row)
            for key, row in rows.get(view, {}).items()
            if row and asker.sees(row) and asker.opens(row)
        ]
        for view in keys
    }
