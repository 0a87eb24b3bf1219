"""The log over HTTP, as stored: NDJSON of CloudEvents 1.0. Personal data stays sealed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from pydantic import Field
from starlette.requests import Request
from starlette.responses import StreamingResponse

from events.commit import Commit, decode
from services.api.context import heavy, muster, reader, still
from services.api.heavy import HeavyReads
from services.api.parameters import Flag, Parameters, Position, read
from services.api.problems import Problem
from services.api.routing import operation
from services.log.port import Log, Stored

AT_ONCE: Final = 20
"""Commits written at the same time."""
_encoder = msgspec.json.Encoder()


def cloud_events(commit: Commit) -> bytes:
    """Return each event of a commit as one line; id = jurisdiction/position."""
    lines: list[bytes] = []
    for offset, event in enumerate(commit.events):
        body: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"{commit.jurisdiction}/{commit.first + offset}",
            "source": f"/muster/{commit.jurisdiction}",
            "type": event.name,
            "time": event.at,
            "datacontenttype": "application/json",
            "dataschema": f"/muster/events/{event.name}/{event.schema}",
            "position": commit.first + offset,
            "recordedat": commit.recorded_at,
            "commit": commit.id,
            "command": event.command,
            "actor": event.actor,
            "observed": event.observed,
            "data": event.data,
        }
        if event.claimed:
            body["claimed"] = event.claimed
        lines.append(_encoder.encode(body))
    return b"\n".join(lines) + b"\n"


class JournalParameters(Parameters):
    """Where to begin, and whether to follow the log."""

    after: Annotated[Position, Field(description="Events beyond this position")] = 0
    follow: Annotated[Flag, Field(description="Stay open and send new events")] = False


@operation(id="log", tag="log", query=JournalParameters, media="application/x-ndjson")
async def journal(request: Request) -> StreamingResponse:
    """Read events as NDJSON of CloudEvents 1.0, one event per line."""
    jurisdiction, asker = await reader(request)
    if not asker.may("read_log"):
        raise Problem(403, "forbidden", variant="log")
    asked = read(request, JournalParameters, "The log")
    return StreamingResponse(
        _lines(
            muster(request).log,
            heavy(request),
            partial(still, request, asker),
            jurisdiction,
            asked.after,
            asked.follow,
        ),
        media_type="application/x-ndjson",
        headers={"Cache-Control": "no-store"},
    )


def _written(batch: Sequence[Stored], after: int) -> bytes:
    """Return the events of these commits beyond `after`."""
    lines: list[bytes] = []
    for stored in batch:
        commit = decode(stored.data)
        skip = max(0, after - commit.first + 1)
        if skip < len(commit.events):
            rest = msgspec.structs.replace(commit, first=commit.first + skip, events=commit.events[skip:])
            lines.append(cloud_events(rest))
    return b"".join(lines)


async def _lines(
    log: Log,
    turns: HeavyReads,
    goes_on: Callable[[], Awaitable[bool]],
    jurisdiction: str,
    after: int,
    follow: bool,
) -> AsyncIterator[bytes]:
    """Yield lines after `after`, reading from the start of the commit that contains it.

    Without `follow`, the whole rest is sent: a client could not tell that some is missing.
    """
    position = after
    while True:
        async for batch in log.read(jurisdiction, position):
            if follow and not await goes_on():
                return
            for begin in range(0, len(batch), AT_ONCE):
                part = batch[begin : begin + AT_ONCE]
                yield await turns.part(_written, part, after)
            position = batch[-1].head.position
        if not follow or not await goes_on():
            return
        while not await log.wait(jurisdiction, position, 1.0):
            if not await goes_on():
                return
