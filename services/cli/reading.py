"""`muster show`: read a data folder, whether or not its server is running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from projections.alerts import Alert, things
from projections.catalog import public_views
from projections.catalog import views as catalog
from services import wiring
from services.api.rows import Opener
from services.api.server.serve import running
from services.application.alerting import read_alerts, summary
from services.base.clock import SystemClock
from services.cli.common import (
    DATA,
    Data,
    Fail,
    Format,
    Jurisdiction,
    err,
    existing,
    local,
    only,
    out,
    print_rows,
    run,
)
from services.cli.when import Moment, When, moment, zone_of
from services.history.history import History
from services.history.past_alerts import PastAlerts
from services.log.port import Log
from services.vault import Vault
from services.views.loop import Projector
from services.views.port import Page, Query, Views


def show(
    view: Annotated[str, typer.Argument(help="One of: alerts, " + ", ".join(public_views()) + ".")],
    data: Data = DATA,
    jurisdiction: Jurisdiction = None,
    area: Annotated[list[str] | None, typer.Option(help="Only rows in this area.")] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="field=value; may be repeated, all must match.")
    ] = None,
    at: When = None,
    as_of: Annotated[
        str | None, typer.Option(help="Log position, day (its end) or time: show what was known then.")
    ] = None,
    sort: Annotated[str | None, typer.Option(help="Field to sort by; prefix with - for descending.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000)] = 1000,
    format_: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """Print rows of a view."""
    if view == "alerts":
        if where or as_of or sort:
            raise Fail("alerts come the worst first: give only --area, --at and --limit.", 2)
        run(_alerts(existing(data), jurisdiction, area or [], at, limit, format_))
        return
    if view not in public_views():
        raise Fail(f"no view named {view}; choose from alerts, {', '.join(public_views())}.", 2)
    filters = _filters(view, where or [])
    query = Query(filters=filters, areas=area or (), sort=sort, limit=min(limit, 1000))
    run(_show(existing(data), jurisdiction, view, query, limit, at, as_of, format_))


def _filters(view: str, where: list[str]) -> dict[str, list[str | None]]:
    filters: dict[str, list[str | None]] = {}
    for one in where:
        field, equals, value = one.partition("=")
        if not equals or field not in catalog[view].filters:
            raise Fail(
                f"--where {one}: use field=value, with field one of {', '.join(catalog[view].filters)}.", 2
            )
        filters.setdefault(field, []).append(value or None)
    return filters


@asynccontextmanager
async def reading(data: Path) -> AsyncIterator[tuple[Log, Views, Vault]]:
    """Open a data folder for reading. Bring its views up to date if no server is running."""
    log, views, vault = await wiring.readonly(data)
    try:
        if not wiring.settings().clustered and not running(data) and await _behind(log, views):
            if wiring.fixed(data):
                err.print(
                    f"note: the views are behind the log, and nothing can be written to {data}.", markup=False
                )
            else:
                await _catch_up(data)
        yield log, views, vault
    finally:
        await views.close()
        await log.close()
        await vault.close()


async def _behind(log: Log, views: Views) -> bool:
    for jurisdiction in await log.jurisdictions():
        if (await log.end(jurisdiction)).position > (await views.head(jurisdiction)).position:
            return True
    return False


async def _catch_up(data: Path) -> None:
    muster = await wiring.embedded(data)
    try:
        projector = Projector(muster.log, muster.views, lambda jurisdiction, position: None)
        for jurisdiction in await muster.log.jurisdictions():
            await projector.catch_up(jurisdiction)
    finally:
        await muster.close()


async def _show(
    data: Path,
    wanted: str | None,
    view: str,
    query: Query,
    limit: int,
    at: str | None,
    as_of: str | None,
    form: Format,
) -> None:
    async with reading(data) as (log, views, vault):
        jurisdiction = only(await log.jurisdictions(), wanted)
        history = History(log, views, SystemClock())
        zone = await zone_of(views, jurisdiction)
        then = moment("--at", at, zone) if at else None
        known = int(as_of) if as_of and as_of.isdigit() else moment("--as-of", as_of, zone) if as_of else None
        items: list[dict[str, Any]] = []
        page: Page | None = None
        while page is None or (page.next and len(items) < limit):
            query = msgspec.structs.replace(query, cursor=page.next if page else None)
            page = await _page(views, history, jurisdiction, view, query, then, known)
            items += await Opener(vault, jurisdiction).rows(view, page.items)
        columns = [f.name for f in msgspec.structs.fields(catalog[view].row)]
        print_rows(local(items[:limit], zone), columns, form)
        if form is Format.table:
            more = " (more rows: raise --limit)" if page.next else ""
            when = "".join(f", {one.said}" for one in (then, known) if isinstance(one, Moment))
            counts = f"{min(len(items), limit)} rows at position {page.head.position}"
            out.print(f"{counts}{when}{more}", markup=False)


async def _alerts(
    data: Path, wanted: str | None, areas: list[str], at: str | None, limit: int, form: Format
) -> None:
    """Print the alerts of now, or of an instant."""
    async with reading(data) as (log, views, _):
        jurisdiction = only(await log.jurisdictions(), wanted)
        zone = await zone_of(views, jurisdiction)
        then = moment("--at", at, zone) if at else None
        if then:
            watched = await PastAlerts(log).at(jurisdiction, then.at)
        else:
            watched = await read_alerts(views, jurisdiction, SystemClock().now())
    found = summary(watched, areas, ())
    rows = local(found.alerts[:limit], zone)
    print_rows(rows, [field.name for field in msgspec.structs.fields(Alert)], form)
    if form is Format.table:
        clear = "all clear" if found.all_clear else f"{found.waiting} requests with nobody on the way"
        more = " (more alerts: raise --limit)" if len(found.alerts) > limit else ""
        about = f"about {len(things(found.alerts))} requests, teams, people and calls"
        counts = f"{len(found.alerts)} alerts {about}, {found.on_duty} people on duty, {clear}"
        when = f", {then.said}" if then else ""
        out.print(f"{counts}, at position {watched.position}{when}{more}", markup=False)


async def _page(
    views: Views,
    history: History,
    jurisdiction: str,
    view: str,
    query: Query,
    at: Moment | None,
    as_of: Moment | int | None,
) -> Page:
    if at:
        return await history.at(jurisdiction, view, at.at, query)
    if as_of is not None:
        when = as_of if isinstance(as_of, int) else as_of.at
        return await history.as_of(jurisdiction, view, when, query)
    return await views.query(jurisdiction, view, query)
