"""The funnel of three reviews: counts by place with ages, and what is overdue, by name and post."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta
from pydantic import Field
from starlette.requests import Request

from events.enterprise import EnterpriseMoved
from events.post_history import post_at
from projections.funnel import Asked, Funnel, funnel, settings_of
from projections.office_index import OfficeIndex
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.institutions.responsibility import require_known
from services.api.parameters import Areas, At, Parameters, in_range, read, text_up_to
from services.api.problems import Problem
from services.api.routing import operation
from services.views.port import Query, Views

READ: Final = ("enterprises", "review_deadlines", "posts")
"""The views that the answer follows from."""
MOST: Final = 1_000


class FunnelParameters(Parameters):
    """What is counted, and when."""

    area: Annotated[Areas, Field(description="Code of an area that holds the enterprises")] = ()
    trade: Annotated[str | None, text_up_to(64, least=1), Field(description="Code of a trade")] = None
    at: Annotated[At | None, Field(description="As it was at this instant; default: now")] = None
    limit: Annotated[int, in_range(1, MOST), Field(description="Most overdue ones listed")] = 100


class ReviewFunnel(Funnel, frozen=True, kw_only=True):
    """The three reviews at an instant."""

    at: datetime
    names: Annotated[dict[str, str], Meta(description="Names of the posts at that time, by id")]
    position: Annotated[int, Meta(description="Of the log, that the answer is based on")]


@operation(id="funnel", tag="views", query=FunnelParameters, problems=(404, 429, 503))
async def review_funnel(request: Request) -> Answer[ReviewFunnel]:
    """Count the enterprises at each place of the three reviews, and list what is overdue with its posts."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="reviews")
    params, service = read(request, FunnelParameters, "reviews"), muster(request)
    if set(READ) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="funnel")
    instant = instant_of(request, params.at)
    await require_known(request, jurisdiction, asker, params.area, params.trade)
    asked = Asked(
        instant=instant,
        within=params.area,
        reach=asker.areas,
        trade=params.trade,
        most=params.limit,
    )

    async def done() -> ReviewFunnel:
        queries = {name: Query() for name in READ if name != "posts"}
        queries["enterprises"] = Query(areas=asked.within, within=asked.reach)
        if params.at and (asked.within or asked.reach):
            queries["activity"] = Query(filters={"name": [EnterpriseMoved.NAME]})
        rows, head = await service.views.snapshot(jurisdiction, queries)
        tables: dict[str, dict[str, Any]] = {name: dict(some) for name, some in rows.items()}
        tables["enterprises"] |= await _moved(service.views, jurisdiction, tables.get("activity", {}))
        (found, names), _ = await service.offices.read(
            jurisdiction, lambda index: _work(tables, index, asked)
        )
        whole = {name: getattr(found, name) for name in Funnel.__struct_fields__}
        return ReviewFunnel(**whole, at=asked.instant, names=names, position=head.position)

    position = service.progress.positions.get(jurisdiction, 0)
    same = (request.url.path, position, str(params), asker.areas)
    return answer(await heavy(request).run(asker.id, same, done))


async def _moved(views: Views, jurisdiction: str, told: dict[str, Any]) -> dict[str, Any]:
    """Return the enterprises that ever moved: these may have lain there then and lie elsewhere now."""
    keys = sorted({row.subject.partition("/")[2] for row in told.values() if row.subject})
    found = (await views.load(jurisdiction, {"enterprises": keys}))["enterprises"] if keys else {}
    return {key: row for key, row in found.items() if row is not None}


def _work(
    tables: dict[str, dict[str, Any]], index: OfficeIndex, asked: Asked
) -> tuple[Funnel, dict[str, str]]:
    """Return the funnel, and the names of the posts in it."""
    settings, posts = settings_of(tables["review_deadlines"]), index.posts
    found = funnel(tables["enterprises"].values(), settings, posts, index.charges, asked)
    named = {post for one in found.overdue for post in one.posts if post in posts}
    then = ((post, post_at(posts[post].changes, asked.instant)) for post in sorted(named))
    return found, {post: one.name for post, one in then if one}
