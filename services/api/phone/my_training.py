"""Training for a worker's own page: sessions that they may sign up for, their presence, and their hours."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request

from events.area import inside
from events.course import Mode, target_at
from events.session_facts import PLANNED, who_of
from projections.sessions import SessionRow
from projections.training import TrainingRow
from projections.training_figures import year_of
from services.api.context import Answer, answer, muster
from services.api.parameters import NoParameters, read
from services.api.phone.me import own_worker
from services.api.problems import Problem
from services.api.routing import operation
from services.api.zones import zone_of
from services.decisions.session.rules import LONGEST
from services.views.port import Query, Views

MOST: Final = 50
AT_ONCE: Final = 300
"""Sessions that are read at once, those that begin last first."""


class MySession(Struct, kw_only=True):
    """A session as one worker may see it, without other participants."""

    session: str
    title: str
    mode: Mode
    area: str
    area_name: str | None
    begins: datetime
    ends: datetime
    halves: Annotated[tuple[str, ...], Meta(description="Its half-days, such as `2022-03-05.am`")]
    hours: Annotated[int, Meta(description="That each half-day counts")]
    state: Annotated[str, Meta(description="`planned` or `called_off`")]
    room: Annotated[int | None, Meta(description="Places left; null = no limit")]
    waits: Annotated[int, Meta(description="How many wait for a place")]
    signed_up: Annotated[bool, Meta(description="Whether this worker has a place")]
    turn: Annotated[
        int | None, Meta(description="Of this worker on the waiting list, from 1; null = not there")
    ]


class MyPresence(Struct, kw_only=True):
    """A half-day on which this worker was there."""

    session: str
    title: str | None
    half: str
    role: str
    via: str


class MyTraining(Struct, kw_only=True):
    """A worker's training, and what they can sign up for, the next ones first."""

    year: Annotated[int, Meta(description="Local year, to which hours and person-times belong")]
    hours: int
    person_times: int
    target: Annotated[int | None, Meta(description="Hours that each person should have in the year")]
    sessions: list[MySession]
    presence: Annotated[list[MyPresence], Meta(description="Of all years, the last one first")]
    position: int


@operation(id="my-training", tag="phone", query=NoParameters, problems=(503,))
async def my_training(request: Request) -> Answer[MyTraining]:
    """Read the caller's hours and presence, and the sessions of the home area or a larger one."""
    jurisdiction, _, worker = await own_worker(request)
    read(request, NoParameters, "me")
    service = muster(request)
    rows, head = await service.views.snapshot(
        jurisdiction,
        {
            "roster": Query(filters={"key": [worker]}),
            "training": Query(filters={"worker": [worker]}),
            "training_targets": Query(),
            "jurisdictions": Query(filters={"key": [jurisdiction]}),
        },
    )
    tables: dict[str, dict[str, Any]] = {name: dict(some) for name, some in rows.items()}
    known = tables["roster"].get(worker)
    if known is None:
        raise Problem(404, "worker.unknown", worker=worker)
    now, zone = service.clock.now(), zone_of(service, tables["jurisdictions"].get(jurisdiction))
    year = year_of(now, zone)
    seen: list[TrainingRow] = list(tables["training"].values())
    this_year = [row for row in seen if row.year == year]
    ahead = await _ahead(service.views, jurisdiction, now)
    open_ = _open(ahead, known.home_area or jurisdiction, worker, now)
    presence = _presence(seen)
    names = await service.views.load(
        jurisdiction,
        {"areas": [row.area for row in open_], "sessions": sorted({one.session for one in presence})},
    )
    found = MyTraining(
        year=year,
        hours=sum(row.hours for row in this_year),
        person_times=sum(row.person_times for row in this_year),
        target=target_at([one for row in tables["training_targets"].values() for one in row.settings], now),
        sessions=[_shown(row, worker, names["areas"]) for row in open_],
        presence=[_titled(one, names["sessions"]) for one in presence],
        position=head.position,
    )
    return answer(found, headers={"Cache-Control": "no-store"})


async def _ahead(views: Views, jurisdiction: str, now: datetime) -> list[SessionRow]:
    """Return all sessions that have not ended."""
    found: list[SessionRow] = []
    query, more = Query(sort="-begins", limit=AT_ONCE), True
    while more:
        page = await views.query(jurisdiction, "sessions", query)
        some: list[Any] = [row for _, row in page.items]
        found += [row for row in some if row.ends > now]
        more = page.next is not None and some[-1].begins > now - LONGEST
        query = msgspec.structs.replace(query, cursor=page.next)
    return found


def _open(rows: list[SessionRow], home: str, worker: str, now: datetime) -> list[SessionRow]:
    """Return those of these sessions that are signed up for, or that may be signed up for."""
    person = who_of(worker, None)

    def theirs(row: SessionRow) -> bool:
        if person in row.signed or person in row.waiting:
            return True
        return row.state == PLANNED and row.begins > now and inside(home, row.area)

    return sorted(filter(theirs, rows), key=lambda row: (row.begins, row.session))[:MOST]


def _shown(row: SessionRow, worker: str, names: dict[str, Any]) -> MySession:
    area, person = names.get(row.area), who_of(worker, None)
    return MySession(
        session=row.session,
        title=row.title,
        mode=row.mode,
        area=row.area,
        area_name=area.name if area else None,
        begins=row.begins,
        ends=row.ends,
        halves=row.halves,
        hours=row.hours,
        state=row.state,
        room=row.room,
        waits=row.waits,
        signed_up=person in row.signed,
        turn=row.waiting.index(person) + 1 if person in row.waiting else None,
    )


def _presence(seen: list[TrainingRow]) -> list[MyPresence]:
    found = [
        MyPresence(session=row.session, title=None, half=one.half, role=one.role, via=one.via)
        for row in seen
        for one in row.halves
    ]
    return sorted(found, key=lambda one: (one.half, one.session), reverse=True)[:MOST]


def _titled(one: MyPresence, sessions: dict[str, Any]) -> MyPresence:
    known = sessions.get(one.session)
    return msgspec.structs.replace(one, title=known.title if known else None)
