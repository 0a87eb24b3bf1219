"""Who answered for an area or a trade on a day: one read, up and down the tree."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from pydantic import Field
from starlette.requests import Request

from events.area import inside
from events.post import ANSWER, TASKS
from events.terms import term_id
from projections.answerable import AREA, TRADE
from projections.responsibility import Asked, Responsibility
from services.access import Principal
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.institutions.holders import shown
from services.api.parameters import AreaText, At, Parameters, Reveal, in_range, one_of, read, text_up_to
from services.api.problems import Problem
from services.api.routing import operation
from services.application.answering import READ, NotThere


class ResponsibilityParameters(Parameters):
    """What is asked for, and when."""

    area: Annotated[AreaText | None, Field(description="Default: all that the token covers")] = None
    trade: Annotated[str | None, text_up_to(64, least=1), Field(description="Code of a trade")] = None
    task: Annotated[str, one_of(TASKS)] = ANSWER
    at: Annotated[At | None, Field(description="As it was at this instant; default: now")] = None
    limit: Annotated[int, in_range(1, 1000), Field(description="Most gaps listed")] = 100
    reveal: Reveal = False


class Responsible(Responsibility, frozen=True, kw_only=True):
    """Who answers for something at an instant, up and down the tree."""

    position: Annotated[int, Meta(description="Of the log, that the answer is based on")]


@operation(id="responsibility", tag="views", query=ResponsibilityParameters, problems=(404, 409, 429, 503))
async def responsibility(request: Request) -> Answer[Responsible]:
    """Read who answers for an area or a trade, with names and parents of that time, and the gaps."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="responsibility")
    params, service = read(request, ResponsibilityParameters, "responsibility"), muster(request)
    if params.reveal and not asker.may("reveal"):
        raise Problem(403, "forbidden", variant="reveal", view="responsibility")
    if set(READ) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="responsibility")
    instant = instant_of(request, params.at)
    asked = _asked(params, jurisdiction, asker)
    position = service.progress.positions.get(jurisdiction, 0)
    same = (request.url.path, position, str(asked), str(params.at))
    try:
        found = await heavy(request).run(
            asker.id, same, lambda: service.offices.answered(jurisdiction, asked, instant)
        )
    except NotThere as missing:
        raise not_there(missing) from None
    posts = await shown(request, jurisdiction, asker, found.responsibility.posts, reveal=params.reveal)
    fields: dict[str, Any] = {**msgspec.structs.asdict(found.responsibility), "posts": posts}
    return answer(Responsible(**fields, position=found.position), headers={"Cache-Control": "no-store"})


def not_there(missing: NotThere) -> Problem:
    """Return the answer to a question about an area or a trade that is not there."""
    if missing.kind == AREA:
        return Problem(404, "row.unknown", view="areas", key=missing.code)
    return Problem(404, "row.unknown", view="terms", key=term_id(TRADE, missing.code))


async def require_known(
    request: Request, jurisdiction: str, asker: Principal, areas: Sequence[str], trade: str | None
) -> None:
    """Require that the areas and the trade asked for are defined: sums of nothing look like an answer.

    Raises Problem 404, also for areas outside the token's, whether they are there or not.
    """
    for area in areas:
        _require_within(area, asker)
    try:
        await muster(request).offices.require(jurisdiction, areas, trade)
    except NotThere as missing:
        raise not_there(missing) from None


def _asked(params: ResponsibilityParameters, jurisdiction: str, asker: Principal) -> Asked:
    """Return what is asked for. Raises 404 for areas outside the token's."""
    area = params.area or (asker.areas[0] if asker.areas else jurisdiction)
    _require_within(area, asker)
    return Asked(task=params.task, area=area, trade=params.trade, within=asker.areas, most=params.limit)


def _require_within(area: str, asker: Principal) -> None:
    if asker.areas and not any(inside(area, one) for one in asker.areas):
        raise not_there(NotThere(AREA, area))
