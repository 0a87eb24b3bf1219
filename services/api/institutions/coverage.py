"""Coverage by chapters: at an instant, as a curve, its facts, and what would raise it most."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Annotated, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request

from projections.coverage import BYS, Count, Scope, Step
from projections.coverage_facts import CoverageFact
from projections.coverage_index import CoverageIndex
from projections.hours import midnight
from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.institutions.responsibility import require_known
from services.api.parameters import Areas, At, Parameters, in_range, read, text_up_to
from services.api.problems import Problem
from services.api.routing import operation
from services.api.view_parameters import Day
from services.api.zones import zone_in
from services.application.covering import READ

MOST: Final = 1_000
_BEFORE: Final = timedelta(microseconds=1)
_PROBLEMS: Final = (404, 429, 503)
T = TypeVar("T")
Trade = Annotated[Annotated[str, text_up_to(64)] | None, Field(description="Only enterprises of this trade")]


class ScopeParameters(Parameters):
    """Which enterprises are counted."""

    area: Annotated[Areas, Field(description="Code of an area that holds them")] = ()
    trade: Trade = None


class InstantParameters(ScopeParameters):
    """When."""

    at: Annotated[At | None, Field(description="At this instant; default: now")] = None


class SpanParameters(ScopeParameters):
    """Days, of the jurisdiction's time zone."""

    since: Annotated[Day | None, Field(description="First local day; default: a year before the last")] = None
    until: Annotated[Day | None, Field(description="Last local day, included; default: today")] = None


class FactParameters(SpanParameters):
    """Days, and how many facts."""

    limit: Annotated[int, in_range(1, MOST), Field(description="Most facts listed")] = MOST


class GapParameters(InstantParameters):
    """When, and how many groups."""

    limit: Annotated[int, in_range(1, MOST), Field(description="Most groups listed")] = 100


_Number = Annotated[int, Meta(ge=0)]
Share = Annotated[
    Annotated[float, Meta(ge=0, le=1)] | None, Meta(description="Covered of the ledger; null = none in it")
]


class Covered(Struct, kw_only=True):
    """Enterprises in the ledger, and those of them that belong to a living chapter."""

    ledger: _Number
    covered: _Number
    share: Share


class CoveredBy(Covered, kw_only=True):
    """The same of one area, trade, size or route."""

    value: Annotated[str, Meta(description="Code; empty = not known")]


class Coverage(Covered, kw_only=True):
    """Coverage at an instant."""

    at: datetime
    by: Annotated[
        dict[str, list[CoveredBy]],
        Meta(description="`area` (directly below the one asked for), `trade`, `size`, `route`"),
    ]
    position: int


class DayCovered(Covered, kw_only=True):
    """Coverage at the end of a day."""

    day: date


class CoverageCurve(Struct, kw_only=True):
    """Coverage between two days. Days on which nothing changed are left out, except the first and last."""

    since: date
    until: date
    before: Covered
    """At the beginning of the first day."""
    days: list[DayCovered]
    position: int


class CoverageFacts(Struct, kw_only=True):
    """The facts by which coverage changed, by time."""

    items: list[CoverageFact]
    more: Annotated[bool, Meta(description="More than the limit")]
    position: int


class GapGroup(Struct, kw_only=True):
    """Uncovered enterprises that one chapter would cover."""

    route: str
    area: str
    trade: str | None
    enterprises: Annotated[list[str], Meta(description="Their ids")]
    chapters: Annotated[list[str], Meta(description="Living chapters that could take them instead")]
    gain: Annotated[float, Meta(ge=0, le=1, description="By which the share would rise")]


class CoverageGaps(Covered, kw_only=True):
    """What would raise coverage most: groups of uncovered enterprises by the route that fits."""

    at: datetime
    routes: Annotated[dict[str, int], Meta(description="Uncovered enterprises by route")]
    items: Annotated[list[GapGroup], Meta(description="The largest first")]
    more: Annotated[bool, Meta(description="More than the limit")]
    position: int


def counted(count: Count) -> dict[str, Any]:
    """Return the fields of `Covered`."""
    return {"ledger": count.ledger, "covered": count.covered, "share": count.share}


@operation(id="coverage", tag="views", query=InstantParameters, problems=_PROBLEMS)
async def coverage(request: Request) -> Answer[Coverage]:
    """Read coverage at an instant.

    It is the share of the enterprises in the ledger that belong to a living chapter, whatever was reported
    since. An enterprise in chapters of two routes counts for both routes, and once in all other sums.
    """
    asked, at = asked_instant(request, InstantParameters)
    return answer(await covered_at(request, asked, at))


async def covered_at(request: Request, asked: ScopeParameters, at: datetime) -> Coverage:
    """Return coverage at an instant, of what was asked for and the caller may see. Raises Problem."""

    def work(index: CoverageIndex, scope: Scope) -> Coverage:
        curves = index.curves(scope)
        by = {
            kind: [CoveredBy(value=value, **counted(one)) for value, one in curves.by(kind, at).items()]
            for kind in BYS
        }
        return Coverage(at=at, by=by, position=0, **counted(curves.at(at)))

    found, position = await _read(request, asked, work)
    found.position = position
    return found


@operation(id="coverage-curve", tag="views", query=SpanParameters, problems=_PROBLEMS)
async def curve(request: Request) -> Answer[CoverageCurve]:
    """Read coverage between two days, at the end of each day on which it changed."""
    asked, _ = asked_instant(request, SpanParameters)
    first, last, zone = await _days(request, asked)
    begin, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)

    def work(index: CoverageIndex, scope: Scope) -> list[Step]:
        return index.curves(scope).steps(begin - _BEFORE, end - _BEFORE)

    steps, position = await _read(request, asked, work)
    found = CoverageCurve(
        since=first,
        until=last,
        before=_covered(steps[0]),
        days=_by_day(steps, first, last, zone),
        position=position,
    )
    return answer(found)


def _covered(step: Step) -> Covered:
    return Covered(**counted(Count(step.ledger, step.covered)))


def _by_day(steps: list[Step], first: date, last: date, zone: ZoneInfo) -> list[DayCovered]:
    """Return the last sums of each day that has any, and of the first and the last day."""
    days = {first: steps[0]}
    for day, some in groupby(steps[1:], key=lambda step: step.at.astimezone(zone).date()):
        days[day] = list(some)[-1]
    days.setdefault(last, days[max(days)])
    return [DayCovered(day=day, **counted(Count(one.ledger, one.covered))) for day, one in days.items()]


@operation(id="coverage-facts", tag="views", query=FactParameters, problems=_PROBLEMS)
async def facts(request: Request) -> Answer[CoverageFacts]:
    """Read the facts by which coverage changed between two days.

    Each has the position of its event. Enterprises enter and leave the ledger; chapters cover them and no
    longer do.
    """
    asked, _ = asked_instant(request, FactParameters)
    first, last, zone = await _days(request, asked)
    begin, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)

    def work(index: CoverageIndex, scope: Scope) -> list[CoverageFact]:
        return index.told(begin - _BEFORE, end - _BEFORE, scope)

    told, position = await _read(request, asked, work, long=True)
    found = CoverageFacts(items=told[: asked.limit], more=len(told) > asked.limit, position=position)
    return answer(found)


@operation(id="coverage-gaps", tag="views", query=GapParameters, problems=_PROBLEMS)
async def gaps(request: Request) -> Answer[CoverageGaps]:
    """Read what would raise coverage most: uncovered enterprises, by the route that fits them then."""
    asked, at = asked_instant(request, GapParameters)

    def work(index: CoverageIndex, scope: Scope) -> CoverageGaps:
        found, count = index.gaps(at, index.thresholds(at), scope), index.curves(scope).at(at)
        routes: dict[str, int] = {}
        for one in found:
            routes[one.route] = routes.get(one.route, 0) + len(one.enterprises)
        items = [
            GapGroup(
                route=one.route,
                area=one.area,
                trade=one.trade,
                enterprises=list(one.enterprises),
                chapters=list(one.chapters),
                gain=len(one.enterprises) / count.ledger,
            )
            for one in found[: asked.limit]
        ]
        more = len(found) > asked.limit
        return CoverageGaps(at=at, routes=routes, items=items, more=more, position=0, **counted(count))

    found, position = await _read(request, asked, work, long=True)
    found.position = position
    return answer(found)


P = TypeVar("P", bound=ScopeParameters)


def asked_instant(request: Request, model: type[P]) -> tuple[P, datetime]:
    """Return the parameters, and the instant asked for."""
    asked = read(request, model, "coverage")
    return asked, instant_of(request, getattr(asked, "at", None))


async def _days(request: Request, asked: SpanParameters) -> tuple[date, date, ZoneInfo]:
    """Return the first and the last day asked for, and the time zone."""
    jurisdiction, _ = await reader(request)
    zone = await zone_in(muster(request), jurisdiction)
    last = asked.until or max(muster(request).clock.now().astimezone(zone).date(), asked.since or date.min)
    first = asked.since or last - timedelta(days=365)
    if first > last:
        raise Problem(400, "parameter.invalid", variant="span")
    return first, last, zone


async def _read(
    request: Request,
    asked: ScopeParameters,
    work: Callable[[CoverageIndex, Scope], T],
    *,
    long: bool = False,
) -> tuple[T, int]:
    """Return what `work` finds among the enterprises that were asked for and that the caller may see.

    Raises Problem 403, 429, 503.
    """
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="coverage")
    service = muster(request)
    if set(READ) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="coverage")
    await require_known(request, jurisdiction, asker, asked.area, asked.trade)
    scope = Scope(tuple(asked.area), tuple(asker.areas), asked.trade)

    async def done() -> tuple[T, int]:
        return await service.covering.read(jurisdiction, lambda index: work(index, scope), long=long)

    if not long:
        return await done()
    position = service.progress.positions.get(jurisdiction, 0)
    return await heavy(request).run(asker.id, (request.url.path, position, str(asked), asker.areas), done)
