"""The courier's page in one response (worker, team, tasks, hours), and a task with its contact revealed."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request

from events.assignment import LIVE, UNENDED
from projections.assignments import AssignmentRow
from projections.base import Row
from projections.requests import RequestRow
from services.access import Principal
from services.api.context import Answer, NotModified, answer, edge, muster, reader
from services.api.hours import hours
from services.api.parameters import NoParameters, Parameters, Reveal, read
from services.api.phone.my_page import Member, MyPage, MySos, MyTask, MyTeam, MyWorker, Shown, TaskRequest
from services.api.phone.worker_rows import WorkerReader, WorkerRows
from services.api.problems import Problem
from services.api.reading import own_team
from services.api.routing import operation
from services.api.rows import Opener, personal_of
from services.api.views import record_reveal

_PERSONAL: Final = tuple(field for field in personal_of("requests") if field != "note")
"""Personal fields of a request, without the closing note, which is for the desk only."""
_REQUEST: Final = (
    "request",
    "number",
    "category",
    "priority",
    "area",
    "quantity",
    "state",
    "due_at",
    "opened_at",
)
_TASK: Final = (
    "assignment",
    "state",
    "unit",
    "team",
    "offered_at",
    "expires_at",
    "accepted_at",
    "dispatched_at",
    "en_route_at",
    "on_scene_at",
    "ended_at",
    "reason",
    "proofs",
)
_WORKER: Final = (
    "worker",
    "call_sign",
    "area",
    "role",
    "presence",
    "team",
    "since",
    "home_area",
    "organisation",
)
_SOS: Final = ("sos", "state", "raised_at", "acknowledged_at")
_TEAM: Final = ("team", "name", "kind", "area", "state", "leader")
_encoder = msgspec.json.Encoder()


async def own_worker(request: Request) -> tuple[str, Principal, str]:
    """Return (jurisdiction, caller, worker). Raises 401, 403, 404."""
    jurisdiction, asker = await reader(request)
    if asker.worker is None:
        raise Problem(403, "forbidden", variant="me")
    return jurisdiction, asker, asker.worker


class TaskParameters(Parameters):
    """Whether to reveal the contact."""

    reveal: Reveal = False


@operation(id="me", tag="phone", query=NoParameters, problems=(503,))
async def me(request: Request) -> Answer[MyPage] | NotModified:
    """Read a worker's own page: place, team, tasks and hours, as of one position.

    The worker's own name is in clear; other personal data is masked. The ETag does not change with each
    second: if on_since is not null, add the time since `now` to the seconds.
    """
    jurisdiction, asker, worker = await own_worker(request)
    read(request, NoParameters, "me")
    worker_reader: WorkerReader = request.app.state.worker_reader
    rows = await worker_reader.read(jurisdiction, worker)
    if rows is None:
        raise Problem(404, "worker.unknown", worker=worker)
    service = muster(request)
    now, opener = service.clock.now(), Opener(service.vault, jurisdiction)
    shown = await _shown(rows, opener)
    zone = ZoneInfo(rows.jurisdiction.timezone if rows.jurisdiction else service.timezone)
    tag = _tag(asker, shown, rows, now.astimezone(zone))
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    if tag in request.headers.get("if-none-match", ""):
        return NotModified(headers)
    page = MyPage(
        worker=shown.worker,
        team=shown.team,
        tasks=shown.tasks,
        recent=shown.recent,
        sos=shown.sos,
        desk_phone=edge(request).desk_phone,
        hours=hours(rows.intervals, now, zone),
        now=now,
        position=rows.position,
    )
    return answer(page, headers=headers)


def _tag(asker: Principal, shown: Shown, rows: WorkerRows, local: datetime) -> str:
    """Return an ETag that changes with the content and the local day, but not with each second."""
    parts = _encoder.encode((asker.id, shown, rows.intervals, local.date()))
    return f'"{hashlib.sha256(parts).hexdigest()[:32]}"'


async def _shown(rows: WorkerRows, opener: Opener) -> Shown:
    await opener.warm(roster=(rows.worker, *rows.members), requests=rows.requests.values())
    return Shown(
        worker=_me(rows, opener),
        team=_team(rows, opener),
        tasks=[_task(rows, task, opener) for task in rows.tasks],
        recent=[_task(rows, task, None) for task in rows.recent],
        sos=MySos(**_fields(rows.sos, _SOS)) if rows.sos else None,
    )


def _named(rows: WorkerRows, area: str | None) -> str | None:
    row = rows.areas.get(area or "")
    return row.name if row else None


def _me(rows: WorkerRows, opener: Opener) -> MyWorker:
    row = rows.worker
    return MyWorker(
        **_fields(row, _WORKER),
        name=opener.plain(row.name) if row.name else None,
        phone=opener.row("roster", row.worker, row)["phone"],
        area_name=_named(rows, row.area),
        home_area_name=_named(rows, row.home_area),
    )


def _team(rows: WorkerRows, opener: Opener) -> MyTeam | None:
    if rows.team is None:
        return None
    return MyTeam(
        **_fields(rows.team, _TEAM),
        area_name=_named(rows, rows.team.area),
        members=[
            Member(row.worker, row.call_sign, opener.row("roster", row.worker, row)["name"], row.presence)
            for row in rows.members
        ],
    )


def _fields(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _task(rows: WorkerRows, task: AssignmentRow, opener: Opener | None) -> MyTask:
    """Describe a task. Without an opener, the request's contact and address are omitted."""
    row = rows.requests.get(task.request)
    request = _request(row, _named(rows, row.area), opener) if row else None
    return MyTask(**_fields(task, _TASK), request=request)


def _request(row: RequestRow, area_name: str | None, opener: Opener | None) -> TaskRequest:
    found = TaskRequest(**_fields(row, _REQUEST), area_name=area_name)
    if opener is not None:
        found.lon, found.lat = row.lon, row.lat
        opened = opener.row("requests", row.request, row)
        for field in _PERSONAL:
            setattr(found, field, opened[field])
    return found


@operation(id="task", tag="phone", query=TaskParameters, problems=(409, 503))
async def task(request: Request) -> Answer[MyTask]:
    """Read one task of the worker or their active team.

    `reveal=true` reveals the contact of a live task. Every reveal is recorded.
    """
    jurisdiction, asker, worker = await own_worker(request)
    reveal = read(request, TaskParameters, "A task").reveal
    row, requested, area_name = await _of_theirs(request, jurisdiction, asker, worker)
    if reveal and row.state not in LIVE:
        raise Problem(403, "forbidden", variant="contact")
    if reveal:
        await record_reveal(request, jurisdiction, "requests", [requested], asker)
    opener = Opener(muster(request).vault, jurisdiction, reveals=reveal)
    await opener.warm(requests=[requested])
    shown = _request(requested, area_name, opener if row.state in UNENDED else None)
    return answer(MyTask(**_fields(row, _TASK), request=shown), headers={"Cache-Control": "no-store"})


async def _of_theirs(
    request: Request, jurisdiction: str, asker: Principal, worker: str
) -> tuple[AssignmentRow, RequestRow, str | None]:
    """Return the task, its request, and the name of the request's area. Raises 403, 404."""
    views, key = muster(request).views, request.path_params["assignment"]
    units = (worker, await own_team(request, jurisdiction, asker))
    row: Any = None
    if "\0" not in key:  # no view store accepts it
        row = (await views.load(jurisdiction, {"assignments": [key]}))["assignments"].get(key)
    if row is None or row.unit not in units:
        raise Problem(404, "row.unknown", task=key[:100])
    found: Any = (await views.load(jurisdiction, {"requests": [row.request]}))["requests"].get(row.request)
    if found is None:
        raise Problem(404, "row.unknown", view="requests", key=row.request)
    area: Any = (await views.load(jurisdiction, {"areas": [found.area]}))["areas"].get(found.area)
    return row, found, area.name if area else None
