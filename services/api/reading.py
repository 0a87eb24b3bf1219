"""Reads of views: parameters, what the caller may see, and pages of live, past and derived rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import msgspec
from starlette.requests import Request

from projections.base import EVERYBODY, View
from services.access import Principal
from services.adapters.memory.views import ViewFile
from services.api import derived
from services.api.context import heavy, muster
from services.api.derived import Days
from services.api.headings import FIELDS
from services.api.institutions.comparing import Comparisons
from services.api.institutions.doubting import Doubts
from services.api.institutions.serving import Servings
from services.api.parameters import read
from services.api.problems import Problem
from services.api.rows import personal_of
from services.api.view_parameters import (
    COMPARED,
    DATED,
    DERIVED,
    DOUBTED,
    PERSON_TIMES,
    SERVED,
    ListParameters,
)
from services.history.history import Beyond, History
from services.history.person_times import PersonTimes
from services.views.port import BadQuery, Page, Query

WAIT_SECONDS: Final = 2.0


class ViewQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A read with validated parameters."""

    query: Query
    after: int | None = None
    as_of: int | datetime | None = None
    at: datetime | None = None
    reveal: bool = False
    lean: bool = False
    days: Days = Days()
    since: datetime | None = None
    """Of completeness: an earlier instant."""
    headings: str = FIELDS
    """For files: the language of the column headings."""


def parameters(
    request: Request,
    view: View[Any],
    model: type[ListParameters],
    asker: Principal,
    team: str | None = None,
) -> ViewQuery:
    """Parse and validate the query string. `team` = result of `own_team`. Raises Problem 400 or 403."""
    asked = read(request, model, view.name)
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
            limit=getattr(asked, "limit", 100),
            cursor=getattr(asked, "cursor", None),
        ),
        after=asked.after,
        as_of=asked.as_of,
        at=asked.at,
        reveal=asked.reveal,
        lean=getattr(asked, "lean", False),
        days=Days(
            first=getattr(asked, "from", None),
            last=getattr(asked, "to", None),
            by=getattr(asked, "by", "day"),
            level=getattr(asked, "level", 3),
        ),
        since=getattr(asked, "since", None),
        headings=getattr(asked, "headings", FIELDS),
    )
    return consistent(view, wanted, asker)


def consistent(view: View[Any], wanted: ViewQuery, asker: Principal) -> ViewQuery:
    """Return the query, whose parts must fit each other and the caller's rights. Raises 400, 403."""
    if view.name in DERIVED and (wanted.as_of is not None or (wanted.at and view.name in PERSON_TIMES)):
        raise Problem(400, "parameter.unknown", variant="person_times")
    if wanted.at and view.name not in DATED:
        raise Problem(400, "parameter.unknown", variant="at", views=[*DATED])
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


async def caught_up_query(
    request: Request, jurisdiction: str, view: View[Any], model: type[ListParameters], asker: Principal
) -> ViewQuery:
    """Do as `parameters`, after waiting for the requested position. Raises 400, 403, 504."""
    wanted = parameters(request, view, model, asker)
    await _caught_up(request, jurisdiction, wanted.after)
    if asker.worker is None:
        return wanted
    return parameters(request, view, model, asker, await own_team(request, jurisdiction, asker))


async def _caught_up(request: Request, jurisdiction: str, after: int | None) -> None:
    """Wait until the views reach `after`, so that clients read their own writes. Raises 504."""
    if after is None:
        return
    if not await muster(request).progress.reached(jurisdiction, after, WAIT_SECONDS):
        now = muster(request).progress.positions.get(jurisdiction, 0)
        raise Problem(504, "view.behind", more={"position": now}, now=now, after=after)


async def arrived(request: Request, jurisdiction: str) -> None:
    """Wait briefly until the views show what the log holds, for a reference to what was sent a moment ago."""
    service = muster(request)
    end = await service.log.end(jurisdiction)
    await service.progress.reached(jurisdiction, end.position, WAIT_SECONDS)


async def row_of(request: Request, jurisdiction: str, view: str, key: str) -> Any:
    """Return a row, also of what was recorded a moment ago; None if there is none."""
    views = muster(request).views
    row = (await views.load(jurisdiction, {view: [key]}))[view].get(key)
    if row is not None:
        return row
    await arrived(request, jurisdiction)
    return (await views.load(jurisdiction, {view: [key]}))[view].get(key)


@contextmanager
def as_problems() -> Iterator[None]:
    """Turn errors of queries into problems."""
    try:
        yield
    except Beyond as error:
        raise Problem(404, "position.unknown", **error.values) from error
    except BadQuery as error:
        raise Problem(400, error.code, **error.values) from error


async def page(
    request: Request,
    jurisdiction: str,
    view: View[Any],
    wanted: ViewQuery,
    asker: Principal,
    *,
    begun: bool = False,
) -> Page:
    """Return one page of live, past or derived rows. `begun`: the answer has begun with other pages.

    Raises Problem 400, 404, 429 or 503.
    """
    service = muster(request)
    with as_problems():
        if view.name not in DERIVED and wanted.at is None and wanted.as_of is None:
            return await service.views.query(jurisdiction, view.name, wanted.query)
        work = partial(_worked_out, request, jurisdiction, view, wanted)
        if derived.indexed(view, wanted.query) and _times(request).built(jurisdiction):
            return await work()
        if view.name in PERSON_TIMES and {"key", "worker"} & wanted.query.filters.keys():  # a few people's
            return await work()
        if begun:
            return await heavy(request).go_on(work)
        position = service.progress.positions.get(jurisdiction, 0)
        return await heavy(request).run(asker.id, (jurisdiction, view.name, position, repr(wanted)), work)


async def _worked_out(request: Request, jurisdiction: str, view: View[Any], wanted: ViewQuery) -> Page:
    if view.name in COMPARED:
        comparisons: Comparisons = request.app.state.comparisons
        return await comparisons.page(jurisdiction, view, wanted.query, wanted.at, wanted.since)
    if view.name in DOUBTED:
        doubts: Doubts = request.app.state.doubts
        return await doubts.page(jurisdiction, wanted.query, wanted.at)
    if derived.indexed(view, wanted.query):
        return await _times(request).page(jurisdiction, wanted.query)
    if view.name in SERVED:
        servings: Servings = request.app.state.servings
        return await servings.page(jurisdiction, view, wanted.query, wanted.at, wanted.days)
    if view.name in DERIVED:
        return await derived.page(muster(request), jurisdiction, view, wanted.query, wanted.days)
    history: History = request.app.state.history
    if wanted.at:
        return await history.at(jurisdiction, view.name, wanted.at, wanted.query)
    return await history.as_of(jurisdiction, view.name, wanted.as_of or 0, wanted.query)


def _times(request: Request) -> PersonTimes:
    times: PersonTimes = request.app.state.person_times
    return times


class Pages:
    """Reads one page after another of all that matches, in turns with other heavy reads. Enter it first.

    Derived rows in an order of their own are computed once, into a file that is gone afterwards.
    """

    def __init__(
        self, request: Request, jurisdiction: str, view: View[Any], wanted: ViewQuery, asker: Principal
    ) -> None:
        self._request, self._asker = request, asker
        self._jurisdiction, self._view, self._wanted = jurisdiction, view, wanted
        self._store: ViewFile | None = None
        self._folder: TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        """Raises Problem as `page` does."""
        with as_problems():
            if self._view.name in PERSON_TIMES and not derived.in_order(self._view, self._wanted.query):
                self._folder = TemporaryDirectory()
                file = Path(self._folder.name) / "rows.sqlite"
                self._store = await heavy(self._request).run(self._asker.id, file, lambda: self._stored(file))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._store:
            await self._store.close()
        if self._folder:
            self._folder.cleanup()

    async def read(self, query: Query) -> Page:
        """Return one page. Raises Problem as `page` does."""
        turns, live = heavy(self._request), muster(self._request).views
        wanted = msgspec.structs.replace(self._wanted, query=query)
        with as_problems():
            if store := self._store:
                return await store.query(self._jurisdiction, self._view.name, query)
            if self._view.name not in DERIVED and wanted.at is None and wanted.as_of is None:
                return await turns.go_on(lambda: live.query(self._jurisdiction, self._view.name, query))
        begun = query.cursor is not None
        return await page(self._request, self._jurisdiction, self._view, wanted, self._asker, begun=begun)

    async def _stored(self, file: Path) -> ViewFile:
        service, wanted = muster(self._request), self._wanted
        return await derived.stored(service, self._jurisdiction, self._view, wanted.query, wanted.days, file)
