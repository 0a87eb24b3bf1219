"""The board of difficulties over HTTP, and the figures that anybody may read."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from msgspec.structs import replace
from pydantic import Field
from starlette.requests import Request

from events.area import inside
from projections.difficulty_figures import Figure, figures, public_figures
from projections.naming import ELSEWHERE
from projections.waiting import Waiting, waiting
from projections.where import lies_in
from services.access import Principal
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.parameters import Areas, At, NoParameters, Parameters, in_range, read
from services.api.problems import Problem
from services.api.routing import operation
from services.base.threads import beside
from services.views.port import Query

READ: Final = ("difficulties", "posts")
MOST: Final = 1_000


class BoardParameters(Parameters):
    """What is shown, and when."""

    area: Annotated[Areas, Field(description="Code of an area that holds the difficulties")] = ()
    at: Annotated[At | None, Field(description="As it was at this instant; default: now")] = None
    limit: Annotated[int, in_range(1, MOST), Field(description="Most open ones listed")] = 200


class Board(Struct, kw_only=True):
    """Difficulties at an instant."""

    at: datetime
    figures: Annotated[list[Figure], Meta(description="By category; the last one is all")]
    items: Annotated[list[Waiting], Meta(description="Open ones, the overdue and oldest first")]
    more: Annotated[bool, Meta(description="More than the limit")]
    position: int


class PublicFigures(Struct, kw_only=True):
    """Difficulties by category, without small counts."""

    at: datetime
    items: list[Figure]


@operation(id="difficulty-board", tag="views", query=BoardParameters, problems=(429, 503))
async def board(request: Request) -> Answer[Board]:
    """Read which difficulties are open, with which post and for how long, and the figures by category.

    `post` is the post that a difficulty is with: its owner, or the one that the owner's duties rose to.
    """
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="difficulties")
    params, service = read(request, BoardParameters, "difficulties"), muster(request)
    await _whole(request, jurisdiction)
    instant = instant_of(request, params.at)

    async def done() -> Board:
        rows, head = await service.views.snapshot(jurisdiction, {name: Query() for name in READ})
        all_: list[tuple[str, Any]] = list(rows["difficulties"])
        here = [(key, row) for key, row in all_ if _lies(row.area, (params.area,)) and asker.sees(row)]
        posts: dict[str, Any] = dict(rows["posts"])

        def work() -> Board:
            whole = _board(here, posts, instant, params.limit, head.position)
            return replace(whole, items=[_seen(one, posts, asker) for one in whole.items])

        return await beside(work)

    same = (request.url.path, service.progress.positions.get(jurisdiction, 0), str(params), asker.areas)
    return answer(await heavy(request).run(asker.id, same, done))


def _board(
    rows: list[tuple[str, Any]], posts: dict[str, Any], instant: datetime, limit: int, position: int
) -> Board:
    open_ = waiting(rows, posts, instant)
    return Board(
        at=instant,
        figures=figures([row for _, row in rows], instant),
        items=open_[:limit],
        more=len(open_) > limit,
        position=position,
    )


def _seen(one: Waiting, posts: dict[str, Any], asker: Principal) -> Waiting:
    """Return the line without posts that lie outside the caller's areas: only that there are some."""

    def known(post: str) -> bool:
        return post not in posts or lies_in(posts[post], asker.areas)

    if not known(one.post):
        one = replace(one, post=ELSEWHERE, post_name=ELSEWHERE)
    owner = one.owner if known(one.owner) else ELSEWHERE
    return replace(one, owner=owner, path=tuple(step for step in one.path if known(step.post)))


def _lies(area: str, outers: tuple[tuple[str, ...], ...]) -> bool:
    return all(not some or any(inside(area, outer) for outer in some) for some in outers)


async def _whole(request: Request, jurisdiction: str) -> None:
    if set(READ) & set(await muster(request).views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="difficulties")


@operation(id="difficulty-figures", tag="views", query=NoParameters, problems=(404, 429, 503), public=True)
async def public(request: Request) -> Answer[PublicFigures]:
    """Read how many difficulties were raised, are open and were solved, by category. No token is needed.

    Categories with fewer than five are added to `other`, and a median needs five solved ones.
    """
    jurisdiction, service = request.path_params["jurisdiction"], muster(request)
    read(request, NoParameters, "difficulties")
    if not await service.commands.found(jurisdiction):
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction[:64])
    await _whole(request, jurisdiction)
    now = service.clock.now()

    async def done() -> PublicFigures:
        rows, _ = await service.views.snapshot(jurisdiction, {"difficulties": Query()})
        some: list[Any] = [row for _, row in rows["difficulties"]]
        return PublicFigures(at=now, items=await beside(lambda: public_figures(some, now)))

    same = (request.url.path, service.progress.positions.get(jurisdiction, 0))
    return answer(await heavy(request).run("public", same, done))
