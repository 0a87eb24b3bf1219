"""Figures of training over HTTP: person-times and people of a year, and who has the hours of the target."""

from datetime import datetime
from typing import Annotated, Any, Final

from msgspec import Meta
from pydantic import Field
from starlette.requests import Request

from projections.training_figures import TrainingFigures, figures, year_of
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.parameters import Areas, At, Parameters, in_range, read
from services.api.problems import Problem
from services.api.routing import operation
from services.api.zones import zone_of
from services.base.threads import beside
from services.views.port import Query

READ: Final = ("training", "training_targets", "jurisdictions")
MOST: Final = 1_000


class TrainingParameters(Parameters):
    """What is counted, and when."""

    year: Annotated[int | None, Field(ge=1900, le=2200, description="Default: that of `at`")] = None
    area: Annotated[Areas, Field(description="Code of an area that holds the sessions")] = ()
    at: Annotated[At | None, Field(description="As it was at this instant; default: now")] = None
    limit: Annotated[int, in_range(1, MOST), Field(description="Most people listed")] = 200


class Trained(TrainingFigures, frozen=True, kw_only=True):
    """Training in a year, as of an instant."""

    at: datetime
    position: Annotated[int, Meta(description="Of the log, that the answer is based on")]


@operation(id="training-figures", tag="views", query=TrainingParameters, problems=(429, 503))
async def training_figures(request: Request) -> Answer[Trained]:
    """Count the person-times and the distinct people of a year, with hours against the target.

    A person-time is one participant in one session. Those with the fewest hours are listed first.
    """
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="training")
    params, service = read(request, TrainingParameters, "training"), muster(request)
    if set(READ) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="training")
    instant = instant_of(request, params.at)

    async def done() -> Trained:
        queries = {name: Query() for name in READ} | {
            "training": Query(areas=params.area, within=asker.areas)
        }
        rows, head = await service.views.snapshot(jurisdiction, queries)
        tables: dict[str, dict[str, Any]] = {name: dict(some) for name, some in rows.items()}
        here = tables["jurisdictions"].get(jurisdiction)
        zone = zone_of(service, here)
        targets = [one for row in tables["training_targets"].values() for one in row.settings]
        year = params.year or year_of(instant, zone)
        found = await beside(
            figures, list(tables["training"].values()), targets, year, instant, zone, params.limit
        )
        whole = {name: getattr(found, name) for name in TrainingFigures.__struct_fields__}
        return Trained(**whole, at=instant, position=head.position)

    position = service.progress.positions.get(jurisdiction, 0)
    same = (request.url.path, position, str(params), asker.areas)
    return answer(await heavy(request).run(asker.id, same, done))
