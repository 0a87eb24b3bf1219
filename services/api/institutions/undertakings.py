"""The quarterly comparison of units, and what a monthly review fixed beside what is known since."""

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from events.area import inside
from events.undertaking_counts import UndertakingCounts, counted
from projections.monthly_reviews import Corrected, review_figures
from projections.naming import ELSEWHERE
from projections.undertaking_board import OverdueUndertaking, UnitLine, board, overdue, quarter, stood
from projections.where import lies_in
from services.access import Principal
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.parameters import Areas, At, Parameters, in_range, read, text_up_to
from services.api.problems import Problem
from services.api.routing import operation
from services.api.zones import zone_in
from services.base.threads import beside
from services.views.port import Query

READ: Final = ("undertakings", "posts")
MOST: Final = 1_000
_PROBLEMS: Final = (404, 429, 503)


class BoardParameters(Parameters):
    """What is compared, and when."""

    area: Annotated[Areas, Field(description="Code of an area that holds the undertakings")] = ()
    at: Annotated[
        At | None, Field(description="In the quarter of this instant, until then; default: now")
    ] = None
    before: Annotated[At | None, Field(description="Another instant to compare with")] = None
    limit: Annotated[int, in_range(1, MOST), Field(description="Most overdue ones listed")] = 200


class ReviewParameters(Parameters):
    """Which review."""

    review: Annotated[str, text_up_to(64, 1), Field(description="Id of the monthly review")]


class UnitBoard(Struct, kw_only=True):
    """Units at an instant."""

    at: datetime
    quarter: Annotated[date, Meta(description="First local day of the quarter")]
    before: datetime | None
    counts: Annotated[UndertakingCounts, Meta(description="Of all units together")]
    units: Annotated[list[UnitLine], Meta(description="Ranked ones first, then small ones, then no data")]
    overdue: Annotated[list[OverdueUndertaking], Meta(description="The longest overdue first")]
    more: Annotated[bool, Meta(description="More overdue ones than the limit")]
    position: int


class ReviewBoard(Struct, kw_only=True):
    """A monthly review: two figures of the same day."""

    monthly_review: str
    month: str
    area: str
    held_at: datetime
    known_then: Annotated[UndertakingCounts, Meta(description="As known on the day of the review")]
    known_since: Annotated[UndertakingCounts, Meta(description="Of the same instant, as corrected since")]
    corrected: Annotated[
        list[Corrected], Meta(description="Undertakings of which something has been corrected")
    ]
    more: bool
    position: int


async def _reader(request: Request) -> tuple[str, Principal]:
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="undertakings")
    return jurisdiction, asker


async def _whole(request: Request, jurisdiction: str) -> None:
    if set(READ) & set(await muster(request).views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="undertakings")


def _lies(area: str, outers: tuple[tuple[str, ...], ...]) -> bool:
    return all(not some or any(inside(area, outer) for outer in some) for some in outers)


@operation(id="undertaking-board", tag="views", query=BoardParameters, problems=(429, 503))
async def unit_board(request: Request) -> Answer[UnitBoard]:
    """Compare units: what fell due in the quarter until an instant, and what of it was done in time.

    Units with fewer than five due are marked and not ranked; units with none have no share. `done_in_time`
    and `not_in_time` are the rows behind both numbers. `overdue` names what is open past a deadline.
    """
    return answer(await board_at(request, read(request, BoardParameters, "undertakings")))


async def board_at(request: Request, params: BoardParameters) -> UnitBoard:
    """Return the board as the caller may see it. Raises Problem."""
    jurisdiction, asker = await _reader(request)
    service = muster(request)
    await _whole(request, jurisdiction)
    instant, outers = instant_of(request, params.at), (params.area, asker.areas)
    instant_of(request, params.before)  # refused too if it lies in the future
    zone = await zone_in(service, jurisdiction)

    async def done() -> UnitBoard:
        rows, head = await service.views.snapshot(jurisdiction, {name: Query() for name in READ})
        all_: list[tuple[str, Any]] = list(rows["undertakings"])
        here = [row for _, row in all_ if _lies(row.area, outers)]
        posts: dict[str, Any] = dict(rows["posts"])

        def work() -> UnitBoard:
            late = [_seen(one, posts, asker) for one in overdue(here, posts, instant)]
            return UnitBoard(
                at=instant,
                quarter=quarter(instant, zone).astimezone(zone).date(),
                before=params.before,
                counts=counted([one.then for one in stood(here, instant)], instant),
                units=board(here, instant, zone, params.before),
                overdue=late[: params.limit],
                more=len(late) > params.limit,
                position=head.position,
            )

        return await beside(work)

    same = (request.url.path, service.progress.positions.get(jurisdiction, 0), str(params), asker.areas)
    return await heavy(request).run(asker.id, same, done)


def _seen(one: OverdueUndertaking, posts: dict[str, Any], asker: Principal) -> OverdueUndertaking:
    """Return the line without posts that lie outside the caller's areas: only that there are some."""
    if not _known(one.leader, posts, asker):
        one = msgspec.structs.replace(one, leader=ELSEWHERE)
    if _known(one.post, posts, asker):
        return one
    return msgspec.structs.replace(one, post=ELSEWHERE, post_name=ELSEWHERE, vacant=None)


def _known(post: str, posts: dict[str, Any], asker: Principal) -> bool:
    return post not in posts or lies_in(posts[post], asker.areas)


@operation(id="monthly-review-figures", tag="views", query=ReviewParameters, problems=_PROBLEMS)
async def figures(request: Request) -> Answer[ReviewBoard]:
    """Read what a monthly review fixed, and the same instant by what is known now.

    `known_then` uses only what stood in the log before the review, so that later entries leave it as it was.
    `corrected` are the undertakings that make the difference.
    """
    jurisdiction, asker = await _reader(request)
    params, service = read(request, ReviewParameters, "monthly_reviews"), muster(request)
    await _whole(request, jurisdiction)
    loaded = await service.views.load(jurisdiction, {"monthly_reviews": [params.review]})
    review: Any = loaded["monthly_reviews"].get(params.review)
    if review is None or not asker.sees(review):
        raise Problem(404, "row.unknown", view="monthly_reviews", key=params.review)

    async def done() -> ReviewBoard:
        rows, head = await service.views.snapshot(jurisdiction, {"undertakings": Query()})
        some: Any = dict(rows["undertakings"])
        found = await beside(lambda: review_figures(review, some))
        return ReviewBoard(
            monthly_review=review.monthly_review,
            month=review.month,
            area=review.area,
            held_at=review.held_at,
            known_then=found.then,
            known_since=found.since,
            corrected=list(found.corrected[:MOST]),
            more=len(found.corrected) > MOST,
            position=head.position,
        )

    same = (request.url.path, service.progress.positions.get(jurisdiction, 0), params.review)
    return answer(await heavy(request).run(asker.id, same, done))
