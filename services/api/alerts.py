"""Alerts: what needs action now, for the pages and for programs."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from projections.alerts import Alert, things
from services.api.context import Answer, answer, heavy, muster, reader
from services.api.parameters import Areas, At, Parameters, in_range, read
from services.api.problems import Problem
from services.api.reading import as_problems
from services.api.routing import operation
from services.application.alerting import READ, Watched, summary
from services.history.history import History

MOST: Final = 1000


class AlertParameters(Parameters):
    """Whose alerts, and how many."""

    at: Annotated[At | None, Field(description="As they were at this instant, by what was known then")] = None
    area: Annotated[Areas, Field(description="Code of an area that holds them")] = ()
    limit: Annotated[int, in_range(1, MOST), Field(description="Most alerts listed")] = 500


class Alerts(Struct, kw_only=True):
    """The alerts of some areas, the worst first, and what the areas look like otherwise."""

    items: list[Alert]
    more: Annotated[bool, Meta(description="More than the limit; the numbers have them all")]
    counts: Annotated[dict[str, int], Meta(description="Alerts by kind; one request may have several kinds")]
    things: Annotated[dict[str, int], Meta(description="Requests, teams, people and calls by worst kind")]
    requests: Annotated[int, Meta(description="Distinct requests with an alert", ge=0)]
    worst: Annotated[int | None, Meta(description="Level of the worst, 1 to 4; null = no alerts")]
    on_duty: Annotated[int, Meta(description="People on duty in these areas", ge=0)]
    waiting: Annotated[int, Meta(description="Unfinished requests with nobody on the way", ge=0)]
    all_clear: Annotated[bool, Meta(description="Nothing needs anybody now, and somebody is there")]
    now: datetime
    position: int


@operation(id="alerts", tag="views", query=AlertParameters, problems=(429, 503))
async def alerts(request: Request) -> Answer[Alerts]:
    """Read what needs action now, computed at most once a second.

    With `at`, what needed action then, by what had been recorded by that instant.
    """
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="alerts")
    asked = read(request, AlertParameters, "alerts")
    watched = await _watched(request, jurisdiction, asker.id, asked.at)
    found = summary(watched, asked.area, asker.areas)
    body = Alerts(
        items=list(found.alerts[: asked.limit]),
        more=len(found.alerts) > asked.limit,
        counts=dict(Counter(one.kind for one in found.alerts)),
        things=dict(Counter(one.kind for one in things(found.alerts))),
        requests=len({one.request for one in found.alerts if one.request}),
        worst=found.alerts[0].level if found.alerts else None,
        on_duty=found.on_duty,
        waiting=found.waiting,
        all_clear=found.all_clear,
        now=watched.now,
        position=watched.position,
    )
    return answer(body, headers={"Cache-Control": "no-store"})


async def _watched(request: Request, jurisdiction: str, asker: str, at: datetime | None) -> Watched:
    """Return the alerts of now, or of an instant. Raises Problem 400, 429 or 503."""
    service = muster(request)
    if at is None:
        if set(READ) & set(await service.views.degraded(jurisdiction)):
            raise Problem(503, "view.degraded", variant="alerts")
        return await service.alerting.watched(jurisdiction)
    history: History = request.app.state.history
    with as_problems():
        return await heavy(request).run(
            asker, (jurisdiction, "alerts", at), lambda: history.alerts(jurisdiction, at)
        )
