"""Server-sent events: a snapshot, then patches that keep it current."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import cache, partial
from math import ceil
from typing import Annotated, Any, Final, cast

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Send

from projections.catalog import public_views
from projections.catalog import views as catalog
from services.access import Principal, opens_in, sight_of
from services.api.context import muster, reader, still
from services.api.frames import GZIP_HEADER, Frame
from services.api.hub import Client, Hub, Sight, Snapshot, Wanted, Write
from services.api.lag import Lag
from services.api.parameters import Areas, Lean, Parameters, any_text, read
from services.api.problems import Problem
from services.api.reading import own, own_team
from services.api.routing import operation
from services.api.rows import Opener
from services.api.sight import RULES, sight
from services.base.accepts import takes_gzip
from services.base.at_once import begun
from services.views.port import BadQuery, Query
from services.views.query import check
from services.views.table import Table

PING_SECONDS: Final = 5.0
FIRST_PING_SECONDS: Final = 1.0
"""Delay of the first ping after a snapshot. By then the log's end is known."""
TICK_SECONDS: Final = 0.1
"""Pings are due at multiples of it, because many sockets written to in a row cost less than one by one."""
TEAM_SECONDS: Final = 4.0
"""Interval of checks whether a worker's team, and so their rows, has changed. Less than a ping."""


class StreamParameters(Parameters):
    """The views and areas to follow. Filters are as for GET."""

    model_config = ConfigDict(extra="allow")

    views: Annotated[
        tuple[Annotated[str, any_text({"type": "string"})], ...], Field(description="Comma-separated")
    ]
    area: Annotated[Areas, Field(description="Code of an area that holds the rows")] = ()
    lean: Lean = False


def _wanted(request: Request, asker: Principal, team: str | None) -> Wanted:
    """Parse the requested views and filters. Raises 400, 403."""
    asked = read(request, StreamParameters, "stream")
    given: dict[str, list[str]] = asked.model_extra or {}
    names = [name for value in asked.views for name in value.split(",") if name]
    unknown = [name for name in names if name not in public_views()]
    if unknown or not names:
        raise Problem(400, "parameter.invalid", name="views", choices=list(public_views()))
    wanted = {
        name: (catalog[name], _query(name, names, given, asked.area, asker, team))
        for name in dict.fromkeys(names)
    }
    try:
        for name, (_, query) in wanted.items():
            check(_table(name), query)
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error
    return wanted


def _lean(request: Request) -> bool:
    return read(request, StreamParameters, "stream").lean


@cache
def _table(name: str) -> Table:
    return Table(catalog[name])


def _query(
    name: str,
    names: list[str],
    given: dict[str, list[str]],
    areas: Sequence[str],
    asker: Principal,
    team: str | None,
) -> Query:
    for field in given:
        if not any(field in catalog[other].filters for other in names):
            raise Problem(400, "parameter.unknown", name=field[:64])
    filters: dict[str, Any] = {
        field: [value or None for value in values]
        for field, values in given.items()
        if field in catalog[name].filters
    }
    return Query(filters=own(catalog[name], asker, filters, team), areas=areas, within=asker.areas)


def _resume(request: Request) -> int | None:
    text = request.headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@operation(
    id="stream",
    tag="views",
    query=StreamParameters,
    media="text/event-stream",
    problems=(503,),
    words={200: "An open stream"},
)
async def stream(request: Request) -> StreamingResponse:
    """Follow views by server-sent events: a snapshot, then patches.

    snapshot {position, now, rows, degraded}, patch {after, upto, now, rows}, reset {}, ping {now, position,
    behind, degraded?}. Filters are as for GET; rows are as the caller sees
    them, never revealed. Ignore a patch if upto <= your
    position, apply it whole if after equals it, else reopen the stream. Last-Event-ID resumes. A ping comes
    every 5 seconds; behind = seconds the log has been ahead of the stream. Supports gzip.
    """
    jurisdiction, asker = await reader(request)
    _wanted(request, asker, None)  # refuse before the stream begins
    if asker.worker is None and asker.may("reveal"):  # who may search soon will
        request.app.state.searches.index(jurisdiction).begin()
    hub: Hub = request.app.state.hub
    if hub.clients >= hub.most:
        raise Problem(503, "overloaded", headers={"Retry-After": "5"}, variant="streams")
    packed = takes_gzip(request.headers.get("accept-encoding", ""))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Vary": "Accept-Encoding"}
    return EventStream(
        partial(_frames, request, hub, jurisdiction, asker, packed=packed),
        headers | ({"Content-Encoding": "gzip"} if packed else {}),
        packed=packed,
    )


class EventStream(StreamingResponse):
    """A response of frames. Some are yielded; others are written while the next one is waited for."""

    def __init__(
        self, frames: Callable[[Write], AsyncGenerator[Frame]], headers: dict[str, str], *, packed: bool
    ) -> None:
        super().__init__((), media_type="text/event-stream", headers=headers)
        self._frames, self._packed = frames, packed

    async def stream_response(self, send: Send) -> None:
        def write(frame: Frame) -> Awaitable[None] | None:
            body = frame.packed if self._packed else frame.plain
            return begun(send({"type": "http.response.body", "body": body, "more_body": True}))

        self.body_iterator = _bytes(self._frames(write), packed=self._packed)
        await super().stream_response(send)


async def _bytes(frames: AsyncGenerator[Frame], *, packed: bool) -> AsyncIterator[bytes]:
    async with aclosing(frames):
        if packed:
            yield GZIP_HEADER
        async for frame in frames:
            yield frame.packed if packed else frame.plain


async def _frames(
    request: Request, hub: Hub, jurisdiction: str, asker: Principal, write: Write, *, packed: bool
) -> AsyncGenerator[Frame]:
    resume = None if asker.worker else _resume(request)  # their team may have changed since
    goes_on = partial(still, request, asker)
    asked = tuple(request.query_params.multi_items())
    while await goes_on():
        team = await own_team(request, jurisdiction, asker)
        wanted = _wanted(request, asker, team)
        position = await _resumable(request, jurisdiction, resume)
        if position is None:
            snapshot, position, seen = await hub.snapshots.get(
                (jurisdiction, asker.areas, asker.worker, asker.scope, team, asked, packed),
                partial(_snapshot, request, jurisdiction, wanted, asker, packed=packed),
            )
            if await own_team(request, jurisdiction, asker) != team:
                continue
            yield snapshot
        else:  # read after the position is known: a later change of the rules is among the steps
            seen = await sight(request, jurisdiction, asker)
        key = (jurisdiction, asker.areas, asker.worker, team, seen, asked)
        told = Sight(seen, asker.areas, _lean(request))
        _, client = hub.join(
            key,
            jurisdiction,
            wanted,
            position,
            sight=told,
            packed=packed,
            write=None if asker.worker else write,  # after some frames their team is looked up
        )
        try:
            due = time.monotonic() + TEAM_SECONDS
            async for frame in patches(request, hub, jurisdiction, client, goes_on):
                yield frame
                if asker.worker and time.monotonic() >= due:
                    due = time.monotonic() + TEAM_SECONDS
                    if await own_team(request, jurisdiction, asker) != team:
                        break
        finally:
            hub.leave(key, client)
        yield Frame("reset", {})
        resume = None


async def _resumable(request: Request, jurisdiction: str, position: int | None) -> int | None:
    """Return the position to resume from, if the outbox still reaches back that far."""
    if position is None:
        return None
    oldest = await muster(request).views.oldest_step(jurisdiction)
    if oldest is None or oldest >= position:  # views may have been rebuilt at that position
        return None
    steps = await muster(request).progress.steps(jurisdiction, position, 1)
    head = await muster(request).views.head(jurisdiction)
    if steps is None or position > head.position or (steps and steps[0].after != position):
        return None
    return position


async def _snapshot(
    request: Request, jurisdiction: str, wanted: Wanted, asker: Principal, *, packed: bool
) -> Snapshot:
    """Return all requested rows as of one position."""
    service = muster(request)
    queries = {name: query for name, (_, query) in wanted.items()}
    found, head = await service.views.snapshot(jurisdiction, {**queries, RULES: Query()})
    degraded = await service.views.degraded(jurisdiction)
    here: Any = None if RULES in degraded else dict(found[RULES]).get(jurisdiction)
    seen = sight_of(asker, here.disclosure if here else None)
    opener = Opener(
        service.vault,
        jurisdiction,
        seen,
        opens=opens_in(asker.areas),
        areas=asker.areas,
        lean=_lean(request),
        beyond=await service.offices.beyond(jurisdiction, wanted, asker.areas),
    )
    rows: list[dict[str, Any]] = []
    for view in wanted:
        items = found[view]
        shown = await opener.rows(view, items)
        rows += [{"view": view, "key": key, "row": row} for (key, _), row in zip(items, shown, strict=True)]
    body = {
        "position": head.position,
        "now": service.clock.now(),
        "rows": rows,
        "degraded": degraded,
    }

    def made() -> Frame:
        frame = Frame("snapshot", body, head.position)
        if packed:
            _ = frame.packed
        return frame

    return await asyncio.to_thread(made), head.position, seen


def _lag(request: Request) -> Lag:
    return cast("Lag", request.app.state.lag)


async def patches(
    request: Request, hub: Hub, jurisdiction: str, client: Client, goes_on: Callable[[], Awaitable[bool]]
) -> AsyncIterator[Frame]:
    """Yield frames and pings until the client must start over or loses its rights.

    Pings are made when they can be sent and never queued.
    """
    loop = asyncio.get_running_loop()
    _lag(request).behind(jurisdiction, client.sent)  # start polling the log's end
    due = loop.time() + FIRST_PING_SECONDS
    while not hub.stopping:
        if loop.time() >= due:
            due = ceil((loop.time() + PING_SECONDS) / TICK_SECONDS) * TICK_SECONDS
            if not await goes_on():
                return
            yield _ping(request, jurisdiction, client.sent)
        try:
            async with asyncio.timeout_at(due):
                frame = await client.next()
        except TimeoutError:
            continue
        if frame is None:
            return
        yield frame


def _ping(request: Request, jurisdiction: str, position: int) -> Frame:
    lag = _lag(request)
    told: dict[str, Any] = {
        "now": muster(request).clock.now(),
        "position": position,
        "behind": lag.behind(jurisdiction, position),
    }
    degraded = lag.degraded(jurisdiction)
    return Frame("ping", told if degraded is None else told | {"degraded": degraded})
