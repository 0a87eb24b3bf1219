"""Server-sent events: a snapshot, then patches that keep it equal to a fresh one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import StreamingResponse

from projections.catalog import views as catalog
from services.access import Principal
from services.api.context import muster, reader
from services.api.hub import Client, Hub, Wanted, frame
from services.api.problems import Problem
from services.api.rows import Opener
from services.api.views import own
from services.runtime import public_views
from services.views.port import Query

PING_SECONDS: Final = 15.0
MOST_CLIENTS: Final = 1_000


def _wanted(request: Request, asker: Principal) -> Wanted:
    """Views and filters asked for. Raises 400, 403."""
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        given.setdefault(name, []).append(value)
    names = [name for value in given.pop("views", []) for name in value.split(",") if name]
    unknown = [name for name in names if name not in public_views()]
    if unknown or not names:
        raise Problem(400, "parameter.invalid", f"views must be some of {', '.join(public_views())}.")
    areas = given.pop("area", [])
    return {name: (catalog[name], _query(name, names, given, areas, asker)) for name in dict.fromkeys(names)}


def _query(
    name: str, names: list[str], given: dict[str, list[str]], areas: list[str], asker: Principal
) -> Query:
    for field in given:
        if not any(field in catalog[other].filters for other in names):
            raise Problem(400, "parameter.unknown", f"None of these views has a parameter {field[:64]!r}.")
    filters: dict[str, Any] = {
        field: [value or None for value in values]
        for field, values in given.items()
        if field in catalog[name].filters
    }
    return Query(filters=own(catalog[name], asker, filters), areas=areas, within=asker.areas)


def _resume(request: Request) -> int | None:
    text = request.headers.get("last-event-id", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def stream(request: Request) -> StreamingResponse:
    """Open a stream; `Last-Event-ID` resumes where it broke off."""
    jurisdiction, asker = await reader(request)
    wanted = _wanted(request, asker)
    hub: Hub = request.app.state.hub
    if hub.clients >= MOST_CLIENTS:
        raise Problem(503, "overloaded", "Too many streams are open.", {"Retry-After": "5"})
    return StreamingResponse(
        _frames(request, hub, jurisdiction, asker, wanted),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _frames(
    request: Request, hub: Hub, jurisdiction: str, asker: Principal, wanted: Wanted
) -> AsyncIterator[bytes]:
    key = (jurisdiction, asker.areas, asker.worker, tuple(request.query_params.multi_items()))
    resume = _resume(request)
    while not hub.stopping:
        position = await _resumable(request, jurisdiction, resume)
        if position is None:
            data, position = await _snapshot(request, jurisdiction, wanted)
            yield data
        else:
            yield b": resumed\n\n"
        _, client = hub.join(key, jurisdiction, wanted, position)
        try:
            async for data in _patches(hub, client):
                yield data
        finally:
            hub.leave(key, client)
        yield frame("reset", {})
        resume = None


async def _resumable(request: Request, jurisdiction: str, position: int | None) -> int | None:
    """The position to go on from, if the outbox still reaches back beyond it."""
    if position is None:
        return None
    oldest = await muster(request).views.oldest(jurisdiction)
    if oldest is None or oldest >= position:  # views may have been folded anew just there
        return None
    steps = await muster(request).projector.steps(jurisdiction, position, 1)
    head = await muster(request).views.head(jurisdiction)
    if steps is None or position > head.position or (steps and steps[0].after != position):
        return None
    return position


async def _snapshot(request: Request, jurisdiction: str, wanted: Wanted) -> tuple[bytes, int]:
    """All rows asked for, and the one position they are of."""
    service = muster(request)
    queries = {name: query for name, (_, query) in wanted.items()}
    found, head = await service.views.snapshot(jurisdiction, queries)
    opener = Opener(service.vault, jurisdiction)
    rows: list[dict[str, Any]] = []
    for view, items in found.items():
        shown = await opener.rows(view, items)
        rows += [{"view": view, "key": key, "row": row} for (key, _), row in zip(items, shown, strict=True)]
    body = {"position": head.position, "rows": rows, "degraded": await service.views.degraded(jurisdiction)}
    return await asyncio.to_thread(frame, "snapshot", body, head.position), head.position


async def _patches(hub: Hub, client: Client) -> AsyncIterator[bytes]:
    """Frames until the client must start over; a ping when nothing happens."""
    while not hub.stopping:
        try:
            async with asyncio.timeout(PING_SECONDS):
                data = await client.frames.get()
        except TimeoutError:
            yield b": ping\n\n"
            continue
        if data is None:
            return
        yield data
