"""Leaders of chapters over HTTP: who leads which chapter, and which has none, since when."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from projections.leaders import LeaderRow, leaders
from projections.where import lies_in
from services.access import Principal
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.institutions.holders import POSTS, shown
from services.api.parameters import Areas, At, Parameters, Reveal, in_range, read
from services.api.problems import Problem
from services.api.routing import operation
from services.base.threads import beside
from services.views.port import Query

READ: Final = ("chapters", "leads", "posts")
MOST: Final = 20_000


class LeaderParameters(Parameters):
    """What is listed, and when."""

    area: Annotated[Areas, Field(description="Code of an area that holds the chapters")] = ()
    at: Annotated[At | None, Field(description="As it was at this instant; default: now")] = None
    gaps: Annotated[bool, Field(description="Only chapters without a leader")] = False
    limit: Annotated[int, in_range(1, MOST), Field(description="Most chapters listed")] = 1_000
    reveal: Reveal = False


class Leaders(Struct, kw_only=True):
    """Living chapters at an instant, those without a leader first, the longest gap at the top."""

    at: datetime
    chapters: Annotated[int, Meta(description="All that live then")]
    led: Annotated[int, Meta(description="Of these, how many have a leader")]
    items: list[LeaderRow]
    position: Annotated[int, Meta(description="Of the log, that the answer is based on")]


@operation(id="leaders", tag="views", query=LeaderParameters, problems=(429, 503))
async def leading(request: Request) -> Answer[Leaders]:
    """Read who leads which chapter, and since when a chapter has no leader."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="leaders")
    params, service = read(request, LeaderParameters, "leaders"), muster(request)
    if params.reveal and not asker.may("reveal"):
        raise Problem(403, "forbidden", variant="reveal", view="leaders")
    if set(READ) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="leaders")
    instant = instant_of(request, params.at)

    async def done() -> Leaders:
        queries = {name: Query() for name in READ} | {
            "chapters": Query(areas=params.area, within=asker.areas)
        }
        rows, head = await service.views.snapshot(jurisdiction, queries)
        tables: dict[str, dict[str, Any]] = {name: dict(some) for name, some in rows.items()}
        found = await beside(
            leaders, list(tables["chapters"].values()), tables["leads"], tables[POSTS], instant
        )
        found = [_seen(one, tables[POSTS], asker) for one in found]
        shown = [one for one in found if one.gap_since] if params.gaps else found
        return Leaders(
            at=instant,
            chapters=len(found),
            led=sum(one.gap_since is None for one in found),
            items=shown[: params.limit],
            position=head.position,
        )

    position = service.progress.positions.get(jurisdiction, 0)
    same = (request.url.path, position, str(params), asker.areas)
    whole = await heavy(request).run(asker.id, same, done)
    items = await shown(request, jurisdiction, asker, whole.items, reveal=params.reveal)
    return answer(msgspec.structs.replace(whole, items=items), headers={"Cache-Control": "no-store"})


def _seen(one: LeaderRow, posts: dict[str, Any], asker: Principal) -> LeaderRow:
    """Return the row without a post that lies outside the caller's areas: only that somebody leads."""
    if one.post is None or one.post not in posts or lies_in(posts[one.post], asker.areas):
        return one
    return msgspec.structs.replace(
        one, post=None, post_name=None, holder=None, holder_name=None, since=None, until=None
    )
