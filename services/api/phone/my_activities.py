"""Activities for a worker's own page: those of their home area, and those that they signed up for."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from starlette.requests import Request

from events.area import inside
from projections.activities import AllianceActivityRow
from services.api.context import Answer, answer, muster
from services.api.parameters import NoParameters, read
from services.api.phone.me import own_worker
from services.api.problems import Problem
from services.api.routing import operation
from services.views.port import Query

MOST: Final = 50
PAST: Final = timedelta(days=90)
"""How long those that are over stay on the page of who was there or signed up."""


class MyActivity(Struct, kw_only=True):
    """An activity as one worker may see it, without other participants."""

    activity: str
    title: str
    area: str
    area_name: str | None
    begins: datetime
    ends: datetime | None
    state: Annotated[str, Meta(description="`announced` or `called_off`")]
    serves: Annotated[bool, Meta(description="Whether taking part counts as service")]
    room: Annotated[int | None, Meta(description="Places left; null = no limit")]
    signed_up: Annotated[bool, Meta(description="Whether this worker did")]
    came: Annotated[bool, Meta(description="Whether this worker was there")]


class MyActivities(Struct, kw_only=True):
    """What a worker can sign up for or did, the next ones first."""

    items: list[MyActivity]
    position: int


@operation(id="my-activities", tag="phone", query=NoParameters, problems=(503,))
async def my_activities(request: Request) -> Answer[MyActivities]:
    """Read the activities of the home area or a larger one, and those signed up for or attended."""
    jurisdiction, _, worker = await own_worker(request)
    read(request, NoParameters, "me")
    service = muster(request)
    rows, head = await service.views.snapshot(
        jurisdiction,
        {"activities": Query(), "roster": Query(filters={"worker": [worker]}), "areas": Query()},
    )
    known: Any = dict(rows["roster"]).get(worker)
    if known is None:
        raise Problem(404, "worker.unknown", worker=worker)
    home, now = known.home_area or jurisdiction, service.clock.now()
    names: dict[str, Any] = dict(rows["areas"])
    activities: list[AllianceActivityRow] = [row for _, row in rows["activities"]]  # type: ignore[misc]
    found = sorted(
        (row for row in activities if _theirs(row, worker, home, now)),
        key=lambda row: (row.begins < now, abs(row.begins - now), row.activity),
    )
    items = [_shown(row, worker, names) for row in found[:MOST]]
    return answer(MyActivities(items=items, position=head.position), headers={"Cache-Control": "no-store"})


def _theirs(row: AllianceActivityRow, worker: str, home: str, now: datetime) -> bool:
    if worker in row.workers or worker in row.came:
        return row.begins > now - PAST
    return row.begins > now and row.state == "announced" and inside(home, row.area)


def _shown(row: AllianceActivityRow, worker: str, names: dict[str, Any]) -> MyActivity:
    area = names.get(row.area)
    return MyActivity(
        activity=row.activity,
        title=row.title,
        area=row.area,
        area_name=area.name if area else None,
        begins=row.begins,
        ends=row.ends,
        state=row.state,
        serves=row.serves,
        room=row.room,
        signed_up=worker in row.workers,
        came=worker in row.came,
    )
