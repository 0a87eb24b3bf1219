"""Views over HTTP: filtered pages, single rows, past states as then known, and the board at an instant."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import msgspec
from starlette.requests import Request

from events.disclosure import CLEAR, Shown
from projections.base import Row, View
from projections.catalog import views as catalog
from projections.comparison import COMPARISON, COMPLETENESS
from projections.hours import HOURS
from projections.presence import INTERVALS
from projections.serving import REPORTING, SERVICE, SERVICE_SUMS
from projections.verdicts import VERDICTS
from services.access import Principal
from services.api.context import Answer, NotModified, answer, muster, reader
from services.api.problems import Problem
from services.api.reading import ViewQuery, caught_up_query, page
from services.api.routing import operation
from services.api.rows import Opener, personal_of, subjects_of
from services.api.sight import sight
from services.api.view_parameters import SERVED, listing_parameters
from services.decisions.jurisdiction.commands import Reveal
from services.recorder.envelope import CommandEnvelope
from services.views.port import Page

_PROBLEMS = (409, 429, 503, 504)
Rows = Answer[dict[str, Any]] | NotModified
"""Rows of a view. Their schema comes from the view's declaration."""


@operation(id="view", tag="views", problems=_PROBLEMS)
async def listing(request: Request) -> Rows:
    """Read a page of a view."""
    view = catalog[request.path_params["view"]]
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, view, asker)


async def _listed(request: Request, jurisdiction: str, view: View[Any], asker: Principal) -> Rows:
    wanted = await caught_up_query(request, jurisdiction, view, listing_parameters(view), asker)
    found = await page(request, jurisdiction, view, wanted, asker)
    return await _answer(request, jurisdiction, view, wanted, found, asker)


async def _answer(
    request: Request,
    jurisdiction: str,
    view: View[Any],
    wanted: ViewQuery,
    found: Page,
    asker: Principal,
    *,
    one: bool = False,
) -> Rows:
    seen = await sight(request, jurisdiction, asker)
    tag = _tag(request, found, asker, seen)
    if not wanted.reveal and tag in request.headers.get("if-none-match", ""):
        return NotModified({"ETag": tag})
    if wanted.reveal:
        opened = (row for _, row in found.items if asker.opens(row))
        await record_reveal(request, jurisdiction, view.name, opened, asker)
    vault = muster(request).vault
    opener = Opener(
        vault,
        jurisdiction,
        seen,
        opens=asker.opens,
        areas=asker.areas,
        reveals=wanted.reveal,
        lean=wanted.lean,
        beyond=await muster(request).offices.beyond(jurisdiction, (view.name,), asker.areas),
    )
    items = await opener.rows(view.name, found.items)
    body: dict[str, Any] = dict(items[0]) if one else {"items": items, "next": found.next}
    body["position"] = found.head.position
    if found.degraded is not None:
        body["degraded"] = found.degraded
    clear = bool(personal_of(view.name)) and CLEAR in msgspec.structs.astuple(seen)
    caching = "no-store" if wanted.reveal or clear else "private, no-cache"  # nothing readable on a disk
    return answer(body, headers={"ETag": tag, "Cache-Control": caching, "Vary": "Authorization, Cookie"})


def _tag(request: Request, found: Page, asker: Principal, seen: Shown) -> str:
    """Return an ETag that changes with the view, its head, the filters, the caller and their sight. Hours and
    service of who is on duty change with each second."""
    name = request.url.path.rpartition("/")[2]
    now = str(muster(request).clock.now()) if name in (HOURS.name, *SERVED) else ""
    read = (now, request.url.path, request.url.query, str(found.head), str(found.degraded))
    parts = (*read, asker.id, asker.scope, *asker.areas, str(seen))
    return f'"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'


async def record_reveal(
    request: Request, jurisdiction: str, view: str, rows: Iterable[Row], asker: Principal
) -> None:
    """Record the reveal of these rows in the log before the response is sent. Raises 409, 503."""
    if subjects := subjects_of(view, rows):
        await record_shown(request, jurisdiction, view, subjects, asker)


async def record_shown(
    request: Request, jurisdiction: str, view: str, subjects: tuple[str, ...], asker: Principal
) -> None:
    """Record that these subjects' personal data is shown, before it is. Raises 409, 503."""
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
    return await _listed(request, jurisdiction, INTERVALS, asker)


@operation(id="hours", tag="views", problems=_PROBLEMS)
async def hours(request: Request) -> Rows:
    """Read hours per person and period.

    Summed on request from person-times, by the jurisdiction's calendar.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, HOURS, asker)


@operation(id="comparison", tag="views", problems=_PROBLEMS)
async def comparison(request: Request) -> Rows:
    """Read what each entry of the source lists is in the ledger.

    Computed on request, by code and then by name. Each entry of an edition in force has one state.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, COMPARISON, asker)


@operation(id="completeness", tag="views", problems=_PROBLEMS)
async def completeness(request: Request) -> Rows:
    """Read how complete the ledger is by each source list, county and trade.

    Computed on request. With `since` each row also has the numbers of that earlier instant.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, COMPLETENESS, asker)


@operation(id="verdicts-without-right", tag="views", problems=_PROBLEMS)
async def verdicts_without_right(request: Request) -> Rows:
    """Read the verdicts and returns that were given without right, by what is known now of posts.

    Computed on request: each with its enterprise, why, and the post that has to confirm it or give another.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, VERDICTS, asker)


@operation(id="service", tag="views", problems=_PROBLEMS)
async def service(request: Request) -> Rows:
    """Read what people served at home, from duty, activities and tasks.

    Computed on request. One person's intervals never overlap; what overlaps counts once.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, SERVICE, asker)


@operation(id="service-sums", tag="views", problems=_PROBLEMS)
async def service_sums(request: Request) -> Rows:
    """Read person-times and hours of service by area and period.

    Computed on request, by the jurisdiction's calendar. A person-time counts where it begins.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, SERVICE_SUMS, asker)


@operation(id="reporting", tag="views", problems=_PROBLEMS)
async def reporting(request: Request) -> Rows:
    """Read who reported to which home community, what they served, and who could be asked.

    Computed on request.
    """
    jurisdiction, asker = await reader(request)
    return await _listed(request, jurisdiction, REPORTING, asker)


@operation(id="row", tag="views", problems=_PROBLEMS)
async def single(request: Request) -> Rows:
    """Read one row of a view by its key."""
    view = catalog[request.path_params["view"]]
    jurisdiction, asker = await reader(request)
    key = request.path_params["key"]
    wanted = await caught_up_query(request, jurisdiction, view, listing_parameters(view), asker)
    query = msgspec.structs.replace(wanted.query, filters={**wanted.query.filters, "key": [key]})
    wanted = msgspec.structs.replace(wanted, query=query)
    found = await page(request, jurisdiction, view, wanted, asker)
    if not found.items:
        raise Problem(404, "row.unknown", view=view.name, key=key[:100])
    return await _answer(request, jurisdiction, view, wanted, found, asker, one=True)
