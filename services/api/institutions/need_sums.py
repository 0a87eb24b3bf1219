"""Sums of needs over HTTP: what stations are short of, and what they have too much of."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from projections.need_sums import NeedSum, NeedTotals, sums
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.parameters import Areas, At, Parameters, Texts, in_range, read
from services.api.problems import Problem
from services.api.routing import operation
from services.base.threads import beside
from services.views.port import Query

MOST: Final = 2_000


class SumsParameters(Parameters):
    """Which needs, and when."""

    area: Annotated[Areas, Field(description="Code of an area that holds the stations")] = ()
    station: Annotated[Texts, Field(description="Of these stations")] = ()
    at: Annotated[At | None, Field(description="As it was at this instant; default: now")] = None
    limit: Annotated[int, in_range(1, MOST), Field(description="Most items listed")] = 200


class NeedSums(Struct, kw_only=True):
    """Needs at an instant."""

    at: datetime
    totals: NeedTotals
    items: Annotated[list[NeedSum], Meta(description="What is short, then surplus, the most urgent first")]
    more: Annotated[bool, Meta(description="More than the limit")]
    position: int


@operation(id="need-sums", tag="views", query=SumsParameters, problems=(429, 503))
async def need_sums(request: Request) -> Answer[NeedSums]:
    """Read what stations are short of and have too much of, by item, with the most urgent priority."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="needs")
    params, service = read(request, SumsParameters, "needs"), muster(request)
    if "needs" in await service.views.degraded(jurisdiction):
        raise Problem(503, "view.degraded", variant="needs")
    instant = instant_of(request, params.at)
    filters = {"station": params.station} if params.station else {}

    async def done() -> NeedSums:
        query = Query(filters=filters, areas=params.area, within=asker.areas)
        rows, head = await service.views.snapshot(jurisdiction, {"needs": query})
        some: list[Any] = [row for _, row in rows["needs"]]
        items, totals = await beside(lambda: sums(some, instant))
        more = len(items) > params.limit
        return NeedSums(
            at=instant, totals=totals, items=items[: params.limit], more=more, position=head.position
        )

    same = (request.url.path, service.progress.positions.get(jurisdiction, 0), str(params), asker.areas)
    return answer(await heavy(request).run(asker.id, same, done))
