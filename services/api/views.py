"""Views over HTTP: filtered pages, single rows, past states as then known, and the board at an instant."""

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from starlette.requests import Request

from projections.base import EVERYBODY, Row, View
from projections.catalog import views as catalog
from projections.presence import INTERVALS, keyed
from services.access import Principal
from services.adapters.memory.views import page_of
from services.api.context import Answer, NotModified, answer, muster, reader
from services.api.parameters import read
from services.api.problems import Problem
from services.api.routing import operation
from services.api.rows import Opener, personal_of, subjects_of
from services.api.view_parameters import listing_parameters
from services.decisions.jurisdiction.commands import Reveal
from services.history.history import INSTANT_VIEWS, Beyond, History
from services.recorder.envelope import CommandEnvelope
from services.views.port import BadQuery, Page, Query

WAIT_SECONDS = 2.0
_PROBLEMS = (409, 503, 504)
Rows = Answer[dict[str, Any]] | NotModified
"""Rows of a view. Their schema comes from the view's declaration."""


class ViewQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A read with validated parameters."""

    query: Query
    after: int | None = None
    as_of: int | datetime | None = None
    at: datetime | None = None
    reveal: bool = False


def parameters(request: Request, view: View[Any], asker: Principal, team: str | None = None) -> ViewQuery:
    """Parse and validate the query string. `team` = result of `own_team`. Raises Problem 400 or 403."""
    asked = read(request, listing_parameters(view), view.name)
    filters: dict[str, Sequence[Any]] = {
        name: [value or None for value in getattr(asked, name)]
        for name in view.filters
        if name != "area" and name in asked.model_fields_set
    }
    wanted = ViewQuery(
        query=Query(
            filters=own(view, asker, filters, team),
            areas=asked.area,
            within=asker.areas,
            sort=asked.sort,
            limit=asked.limit,
            cursor=asked.cursor,
        ),
        after=asked.after,
        as_of=asked.as_of,
        at=asked.at,
        reveal=asked.reveal,
    )
    return _consistent(view, wanted, asker)


def _consistent(view: View[Any], wanted: ViewQuery, asker: Principal) -> ViewQuery:
    if wanted.at and view.name not in INSTANT_VIEWS:
        raise Problem(400, "parameter.unknown", variant="at", views=list(INSTANT_VIEWS))
    if wanted.at and wanted.as_of is not None:
        raise Problem(400, "parameter.invalid", variant="at_or_as_of")
    if wanted.reveal and not (asker.may("reveal") and personal_of(view.name)):
        raise Problem(403, "forbidden", variant="reveal", view=view.name)
    return wanted


async def own_team(request: Request, jurisdiction: str, asker: Principal) -> str | None:
    """Return the active team that a worker's token also sees; None = no team, or not a worker's token."""
    if asker.worker is None:
        return None
    found = await muster(request).views.load(jurisdiction, {"roster": [asker.worker]})
    return getattr(found["roster"].get(asker.worker), "team", None)


def own(
    view: View[Any], asker: Principal, filters: dict[str, Sequence[Any]], team: str | None
) -> dict[str, Sequence[Any]]:
    """Narrow the filters to the rows that a worker's token may see. Raises 403."""
    if asker.worker is None or view.own == EVERYBODY:
        return filters
    if view.own is None:
        raise Problem(403, "forbidden", variant="view", view=view.name)
    seen = [asker.worker] if view.own.worker else []
    if view.own.team and team:
        seen.append(team)
    wanted = filters.get(view.own.field)
    return {**filters, view.own.field: seen if wanted is None else [one for one in seen if one in wanted]}


async def _caught_up_query(
    request: Request, jurisdiction: str, view: View[Any], asker: Principal
) -> ViewQuery:
    """Do as `parameters`, after waiting for the requested position. Raises 400, 403, 504."""
    wanted = parameters(request, view, asker)
    await _caught_up(request, jurisdiction, wanted.after)
    if asker.worker is None:
        return wanted
    return parameters(request, view, asker, await own_team(request, jurisdiction, asker))


@operation(id="view", tag="views", problems=_PROBLEMS)
async def listing(request: Request) -> Rows:
    """Read a page of a view."""
    view = catalog[request.path_params["view"]]
    jurisdiction, asker = await reader(request)
    wanted = await _caught_up_query(request, jurisdiction, view, asker)
    page = await _page(request, jurisdiction, view, wanted)
    return await _answer(request, jurisdiction, view, wanted, page, asker)


async def _answer(
    request: Request,
    jurisdiction: str,
    view: View[Any],
    wanted: ViewQuery,
    page: Page,
    asker: Principal,
    *,
    one: bool = False,
) -> Rows:
    tag = _tag(request, page, asker)
    if not wanted.reveal and tag in request.headers.get("if-none-match", ""):
        return NotModified({"ETag": tag})
    if wanted.reveal:
        opened = (row for _, row in page.items if asker.opens(row))
        await record_reveal(request, jurisdiction, view.name, opened, asker)
    opener = Opener(
        muster(request).vault, jurisdiction, reveals=lambda row: wanted.reveal and asker.opens(row)
    )
    items = await opener.rows(view.name, page.items)
    body: dict[str, Any] = dict(items[0]) if one else {"items": items, "next": page.next}
    body["position"] = page.head.position
    if page.degraded is not None:
        body["degraded"] = page.degraded
    caching = "no-store" if wanted.reveal else "private, no-cache"
    return answer(body, headers={"ETag": tag, "Cache-Control": caching, "Vary": "Authorization, Cookie"})


def _tag(request: Request, page: Page, asker: Principal) -> str:
    """Return an ETag that changes with the view, its head, the filters and the caller (masking)."""
    parts = (request.url.path, request.url.query, str(page.head), str(page.degraded), asker.id)
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


async def _caught_up(request: Request, jurisdiction: str, after: int | None) -> None:
    """Wait until the views reach `after`, so that clients read their own writes. Raises 504."""
    if after is None:
        return
    if not await muster(request).progress.reached(jurisdiction, after, WAIT_SECONDS):
        now = muster(request).progress.positions.get(jurisdiction, 0)
        raise Problem(504, "view.behind", more={"position": now}, now=now, after=after)


async def _page(request: Request, jurisdiction: str, view: View[Any], wanted: ViewQuery) -> Page:
    history: History = request.app.state.history
    try:
        if wanted.at:
            return await history.at(jurisdiction, view.name, wanted.at, wanted.query)
        if wanted.as_of is not None:
            return await history.as_of(jurisdiction, view.name, wanted.as_of, wanted.query)
        return await muster(request).views.query(jurisdiction, view.name, wanted.query)
    except Beyond as error:
        raise Problem(404, "position.unknown", **error.values) from error
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error


async def record_reveal(
    request: Request, jurisdiction: str, view: str, rows: Iterable[Row], asker: Principal
) -> None:
    """Record the reveal of these rows in the log before the response is sent. Raises 409, 503."""
    subjects = subjects_of(view, rows)
    if not subjects:
        return
    service = muster(request)
    envelope = CommandEnvelope(
        id=str(uuid4()),
        command=Reveal(view=view, subjects=subjects),
        actor=asker.actor,
        received=service.clock.now(),
    )
    outcome = (await service.commands.submit(jurisdiction, [envelope]))[0]
    if outcome.outcome == "refused":
        raise Problem(409, str(outcome.code), **outcome.values)
    if outcome.outcome != "accepted":
        raise Problem(503, "pending", variant="reveal")


@operation(id="intervals", tag="views", problems=_PROBLEMS)
async def intervals(request: Request) -> Rows:
    """Read person-times (人次).

    Each is one duty of one worker in one area, derived on request.
    """
    jurisdiction, asker = await reader(request)
    if {"at", "as_of", "reveal"} & set(request.query_params):
        raise Problem(400, "parameter.unknown", variant="person_times")
    wanted = await _caught_up_query(request, jurisdiction, INTERVALS, asker)
    workers = wanted.query.filters.get("worker")
    facts = Query(filters={"worker": workers} if workers else {})
    found, head = await muster(request).views.snapshot(jurisdiction, {"presence": facts})
    rows = await asyncio.to_thread(_person_times, found["presence"])
    try:
        page = await page_of(INTERVALS, rows, head, wanted.query, jurisdiction)
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error
    return await _answer(request, jurisdiction, INTERVALS, wanted, page, asker)


def _person_times(items: Sequence[tuple[str, Any]]) -> dict[str, Row]:
    return dict(keyed(row for _, row in items))


@operation(id="row", tag="views", problems=_PROBLEMS)
async def single(request: Request) -> Rows:
    """Read one row of a view by its key."""
    view = catalog[request.path_params["view"]]
    jurisdiction, asker = await reader(request)
    key = request.path_params["key"]
    wanted = await _caught_up_query(request, jurisdiction, view, asker)
    query = msgspec.structs.replace(wanted.query, filters={**wanted.query.filters, "key": [key]})
    wanted = msgspec.structs.replace(wanted, query=query)
    page = await _page(request, jurisdiction, view, wanted)
    if not page.items:
        raise Problem(404, "row.unknown", view=view.name, key=key[:100])
    return await _answer(request, jurisdiction, view, wanted, page, asker, one=True)
