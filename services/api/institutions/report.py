"""The report of the institutions: R1 to R10 at a date, the rows behind each figure, and a DOCX of it."""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.api.context import Answer, answer, heavy, instant_of, muster, reader
from services.api.institutions.report_names import VIEW, shown
from services.api.institutions.responsibility import require_known
from services.api.parameters import Areas, At, Parameters, Reveal, one_of, read
from services.api.problems import Problem
from services.api.routing import operation
from services.api.zones import zone_of
from services.base.threads import beside
from services.reports.institutions import FIGURES, READ, Asked, InstitutionsReport, Opened, Worked, before
from services.reports.institutions.words import DOCX, LANGUAGES
from services.views.port import Query

_PROBLEMS: Final = (404, 429, 503)
_FRESH: Final = {"Cache-Control": "no-store"}
T = TypeVar("T")
F = TypeVar("F", InstitutionsReport, Opened)


class ReportParameters(Parameters):
    """Two dates, and where."""

    at: Annotated[At | None, Field(description="As of this instant; default: now")] = None
    since: Annotated[
        At | None,
        Field(
            description="Earlier instant to compare with; default: the last monthly review, or without one"
            " the end of the month before `at`"
        ),
    ] = None
    area: Annotated[Areas, Field(description="Code of an area; only what lies in it is counted")] = ()
    reveal: Reveal = False


class RowsParameters(ReportParameters):
    """Which figure."""

    figure: Annotated[str, one_of(tuple(FIGURES)), Field(description="Name of a figure")]


class DocumentParameters(ReportParameters):
    """In which language."""

    language: Annotated[str, one_of(LANGUAGES), Field(description="Language of the document")] = "en"


@operation(id="report-institutions", tag="views", query=ReportParameters, problems=_PROBLEMS)
async def report(request: Request) -> Answer[InstitutionsReport]:
    """Read the report of the institutions: R1 to R10 at a date, changes since, and what is overdue.

    A token limited to areas counts only what lies in them. A worker's token may not ask.
    """
    found = await _worked(request, ReportParameters, lambda worked, asked: worked.report())
    return answer(await _named(request, ReportParameters, found), headers=_FRESH)


@operation(id="report-institutions-rows", tag="views", query=RowsParameters, problems=_PROBLEMS)
async def rows(request: Request) -> Answer[Opened]:
    """Read the rows behind one figure of the report, and those counted at the earlier date and no longer."""
    found = await _worked(request, RowsParameters, lambda worked, asked: worked.opened(asked.figure))
    return answer(await _named(request, RowsParameters, found), headers=_FRESH)


@operation(
    id="report-institutions-docx", tag="export", query=DocumentParameters, problems=_PROBLEMS, media=DOCX
)
async def document(request: Request) -> Response:
    """Download the report of the institutions as a DOCX. Each figure links to its rows on the board."""
    from services.reports.institutions.document import written  # loads slowly, and is seldom needed

    base = str(request.base_url).rstrip("/")
    found = await _worked(request, DocumentParameters, lambda worked, asked: worked.report())
    found = await _named(request, DocumentParameters, found, filed=True)
    language = read(request, DocumentParameters, VIEW).language
    file = await beside(written, found, language, base)
    name = f"{found.jurisdiction}-institutions-{found.at:%Y%m%d-%H%M}.docx"
    given = {"Content-Disposition": f'attachment; filename="{name}"', **_FRESH}
    return Response(file, media_type=DOCX, headers=given)


P = TypeVar("P", bound=ReportParameters)


async def _named(request: Request, model: type[ReportParameters], found: F, *, filed: bool = False) -> F:
    jurisdiction, asker = await reader(request)
    reveal = read(request, model, VIEW).reveal
    return await shown(request, jurisdiction, asker, found, reveal=reveal, filed=filed)


async def _worked(request: Request, model: type[P], work: Callable[[Worked, P], T]) -> T:
    """Return what `work` finds in the report of what the caller may see. Raises Problem."""
    jurisdiction, asker = await reader(request)
    if asker.worker is not None:
        raise Problem(403, "forbidden", variant="view", view="reports")
    params, service = read(request, model, VIEW), muster(request)
    if params.reveal and not asker.may("reveal"):
        raise Problem(403, "forbidden", variant="reveal", view=VIEW)
    if set(READ) & set(await service.views.degraded(jurisdiction)):
        raise Problem(503, "view.degraded", variant="report")
    at = instant_of(request, params.at)
    await require_known(request, jurisdiction, asker, params.area, None)

    async def done() -> T:
        found, head = await service.views.snapshot(jurisdiction, dict.fromkeys(READ, Query()))
        live: dict[str, dict[str, Any]] = {name: dict(some) for name, some in found.items()}
        here: Any = live["jurisdictions"].get(jurisdiction)
        zone = zone_of(service, here)
        areas = params.area or asker.areas
        area = areas[0] if len(areas) == 1 else jurisdiction
        since = params.since or before(live, at, zone, area)
        if since >= at:
            raise Problem(400, "parameter.invalid", variant="since")
        asked = Asked(
            jurisdiction=jurisdiction,
            position=head.position,
            zone=zone,
            at=at,
            since=since,
            reach=asker.areas,
            within=params.area,
            opens=asker.opens,
        )
        return await beside(lambda: work(Worked(live, asked), params))

    position = service.progress.positions.get(jurisdiction, 0)
    same = (request.url.path, position, str(params), asker.areas, asker.areas and asker.actor)
    return await heavy(request).run(asker.id, same, done)
