"""The ASGI application and all its routes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any, Final

from fastapi import FastAPI
from msgspec import Meta, Struct
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from projections.catalog import public_views
from projections.catalog import views as catalog
from services import console
from services.access import AccessUnavailable, Tokens
from services.api import (
    access_tokens,
    alerts,
    boundaries,
    candidates,
    commands,
    export,
    files,
    find,
    health,
    imports,
    journal,
    places,
    session,
    stream,
    views,
    words,
)
from services.api.compress import CompressAnswers
from services.api.context import Answer, answer, muster, principal
from services.api.document import document as describe
from services.api.heavy import HeavyReads
from services.api.hub import Hub
from services.api.institutions import (
    asked_files,
    asking,
    awards,
    board_file,
    certificates,
    coverage,
    coverage_file,
    find_firms,
    funnel,
    leaders,
    near,
    need_sums,
    public_stations,
    responsibility,
    training,
    undertakings,
    waiting,
)
from services.api.institutions import report as institutions
from services.api.institutions.comparing import Comparisons
from services.api.institutions.doubting import Doubts
from services.api.institutions.serving import Servings
from services.api.lag import Lag
from services.api.lean import LeanFastAPI
from services.api.limits import Bodies, LimitBodies
from services.api.pages import STATIC, SecurityHeaders, basemap, docs
from services.api.phone import (
    me,
    my_activities,
    my_recognition,
    my_stations,
    my_training,
    push,
    sign_in_codes,
    telemetry,
)
from services.api.phone.worker_rows import WorkerReader
from services.api.problems import Problem, on_crash, on_gone, on_http_error, on_problem, on_unavailable
from services.api.routing import Endpoint, operation
from services.api.server.edge import BASEMAP, Edge
from services.application.lookup import closed_of, names_of
from services.application.muster import Muster
from services.files.port import FilesUnavailable
from services.history.history import History
from services.history.past import Past
from services.history.person_times import PersonTimes
from services.intake.running.desk import Imports
from services.locations.port import LocationsUnavailable
from services.log.port import LogUnavailable
from services.push.port import PushUnavailable
from services.push.pusher import Pusher
from services.search.firms import Firms
from services.search.searches import Searches
from services.vault import VaultUnavailable
from services.views.port import ViewsUnavailable

ROOT = "/api/v1"
HERE = f"{ROOT}/{{jurisdiction}}"


def build(
    muster: Muster,
    tokens: Tokens,
    edge: Edge = Edge(),  # noqa: B008  it is frozen
    pusher: Pusher | None = None,
    past: Past | None = None,
) -> LeanFastAPI:
    """Return the ASGI application of a runtime. Its lifespan runs the runtime's loops, and closes `past`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with app.state.imports.spool_folder(), muster.running():
            start = muster.background.start
            start("hub", app.state.hub.run())
            start("lag", app.state.lag.run())
            start("imports", app.state.imports.run())
            if pusher:
                pushing = pusher.run(muster.views, muster.progress, muster.announcements, muster.clock)
                start("pusher", pushing)
            if past:
                start("past views", past.run(muster.progress))
            yield
            app.state.hub.stop()
            await app.state.person_times.close()
        if past:
            await past.close()

    app = LeanFastAPI(title="Muster", version=_version(), lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.muster, app.state.tokens, app.state.edge = muster, tokens, edge
    app.state.wrong_codes, app.state.worker_reader = sign_in_codes.WrongCodes(), WorkerReader(muster.views)
    app.state.pusher, app.state.heavy = pusher, HeavyReads()
    app.state.asking = asking.Limits()
    app.state.comparisons, app.state.servings = Comparisons(muster), Servings(muster)
    app.state.doubts = Doubts(muster)
    app.state.imports = Imports(muster.vault, muster.clock, muster.background)
    app.state.hub = Hub(
        muster.progress, muster.announcements, muster.vault, muster.clock, muster.offices.beyond
    )
    app.state.lag = _lag(muster, app.state.hub)
    app.state.firms = Firms(muster.views, muster.progress, muster.announcements)
    app.state.searches = Searches(muster.views, muster.vault, muster.progress, muster.announcements)
    app.state.person_times = PersonTimes(muster.views, muster.progress, muster.announcements)
    app.state.history = History(muster.log, muster.views, muster.clock, past=past)
    bodies = app.state.bodies = Bodies()
    app.add_middleware(LimitBodies, bodies=bodies)
    app.add_middleware(CompressAnswers)
    app.add_middleware(SecurityHeaders, edge=edge)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http_error)
    for unavailable in (
        AccessUnavailable,
        FilesUnavailable,
        LogUnavailable,
        LocationsUnavailable,
        PushUnavailable,
        VaultUnavailable,
        ViewsUnavailable,
    ):
        app.add_exception_handler(unavailable, on_unavailable)
    app.add_exception_handler(ClientDisconnect, on_gone)
    app.add_exception_handler(Exception, on_crash)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_route("/docs", docs)
    app.add_route(BASEMAP, basemap)
    app.router.routes.extend(console.routes())
    app.router.routes.extend(_routes())
    app.openapi = cache(document)  # type: ignore[method-assign]
    app.shorten(
        (commands.one, commands.batch, views.listing),
        [
            Middleware(SecurityHeaders, edge=edge),
            Middleware(CompressAnswers),
            Middleware(LimitBodies, bodies=bodies),
        ],
    )
    return app


def _lag(muster: Muster, hub: Hub) -> Lag:
    return Lag(
        muster.log,
        muster.views,
        muster.progress,
        muster.clock,
        commanded=muster.commands.writers,
        sent=hub.sent,
        snapshots=muster.snapshots if muster.commands.shared else None,
    )


class _CommandName(StringConvertor):
    """Match `aggregate.verb`, to keep a command's path apart from a command's id."""

    regex = r"[a-z_]+\.[a-z_]+"


class _ViewName(StringConvertor):
    """Match public views only, to keep other paths apart."""

    regex = "|".join(public_views())


register_url_convertor("command", _CommandName())
register_url_convertor("view", _ViewName())


class ViewFilters(Struct):
    """The filters of a view."""

    filters: list[str]


class Index(Struct, kw_only=True):
    """The jurisdictions, views and commands of this service."""

    jurisdictions: Annotated[list[str], Meta(description="Those that the caller may read")]
    names: Annotated[dict[str, str], Meta(description="Names, by code")]
    closed: Annotated[list[str], Meta(description="The closed ones; pages do not list them")]
    views: dict[str, ViewFilters]
    commands: list[str]
    openapi: str = "/openapi.json"
    docs: str = "/docs"


@operation(id="index", tag="service")
async def index(request: Request) -> Answer[Index]:
    """List jurisdictions, views and commands."""
    asker, service = await principal(request), muster(request)
    mine = [code for code in service.commands.jurisdictions() if asker.may_read(code)]
    found = Index(
        jurisdictions=mine,
        names=await names_of(service.views, mine),
        closed=await closed_of(service.views, mine),
        views={
            name: ViewFilters(["area", *(f for f in catalog[name].filters if f != "area")])
            for name in public_views()
        },
        commands=list(commands.PUBLIC),
    )
    return answer(found)


ROUTES: Final[dict[tuple[str, str], Endpoint]] = {
    ("POST", f"{HERE}/commands/{{name}}"): commands.one,
    ("GET", "/healthz"): health.healthz,
    ("GET", "/readyz"): health.readyz,
    ("GET", "/metrics"): health.metrics,
    ("GET", ROOT): index,
    ("POST", f"{ROOT}/session"): session.sign_in,
    ("DELETE", f"{ROOT}/session"): session.sign_out,
    ("GET", f"{ROOT}/session"): session.who,
    ("GET", f"{ROOT}/tokens"): access_tokens.listing,
    ("POST", f"{ROOT}/tokens"): access_tokens.create,
    ("PATCH", f"{ROOT}/tokens/{{token}}"): access_tokens.limit,
    ("DELETE", f"{ROOT}/tokens/{{token}}"): access_tokens.revoke,
    ("GET", f"{ROOT}/push"): push.key,
    ("POST", f"{HERE}/push"): push.subscribe,
    ("DELETE", f"{HERE}/push"): push.unsubscribe,
    ("POST", f"{HERE}/codes"): sign_in_codes.issue,
    ("POST", f"{HERE}/commands"): commands.batch,
    ("GET", f"{HERE}/commands/{{id}}"): commands.status,
    ("GET", f"{HERE}/stream"): stream.stream,
    ("GET", f"{HERE}/log"): journal.journal,
    ("POST", f"{HERE}/find"): find.find,
    ("POST", f"{HERE}/telemetry"): telemetry.report,
    ("GET", f"{HERE}/words"): words.words,
    ("GET", f"{HERE}/imports/mappings"): imports.mappings,
    ("GET", f"{HERE}/imports/mappings/{{mapping}}/template"): imports.blank,
    ("POST", f"{HERE}/imports/preview"): imports.preview,
    ("GET", f"{HERE}/imports/names"): imports.names,
    ("POST", f"{HERE}/imports/boundaries"): boundaries.boundaries,
    ("POST", f"{HERE}/imports"): imports.begin,
    ("GET", f"{HERE}/imports"): imports.listing,
    ("GET", f"{HERE}/imports/{{id}}"): imports.single,
    ("GET", f"{HERE}/imports/{{id}}/rejects"): imports.rejects,
    ("GET", f"{HERE}/me"): me.me,
    ("GET", f"{HERE}/me/stations"): my_stations.my_stations,
    ("GET", f"{HERE}/me/activities"): my_activities.my_activities,
    ("GET", f"{HERE}/me/training"): my_training.my_training,
    ("GET", f"{HERE}/me/recognition"): my_recognition.my_recognition,
    ("GET", f"{HERE}/tasks/{{assignment}}"): me.task,
    ("GET", f"{HERE}/places"): places.places,
    ("GET", f"{HERE}/alerts"): alerts.alerts,
    ("GET", f"{HERE}/candidates"): candidates.candidates,
    ("GET", f"{HERE}/responsibility"): responsibility.responsibility,
    ("GET", f"{HERE}/reviews/funnel"): funnel.review_funnel,
    ("GET", f"{HERE}/difficulties/board"): waiting.board,
    ("GET", f"{HERE}/leaders"): leaders.leading,
    ("GET", f"{HERE}/training/figures"): training.training_figures,
    ("GET", f"{HERE}/undertakings/board"): undertakings.unit_board,
    ("GET", f"{HERE}/undertakings/board.xlsx"): board_file.board_file,
    ("GET", f"{HERE}/monthly_reviews/figures"): undertakings.figures,
    ("GET", f"{HERE}/difficulties/figures"): waiting.public,
    ("POST", f"{HERE}/ask"): asking.ask,
    ("POST", f"{HERE}/ask/files"): asked_files.attach,
    ("POST", f"{HERE}/ask/receipt"): asking.shown,
    ("POST", f"{HERE}/ask/word"): asking.word,
    ("GET", f"{HERE}/find/enterprises"): find_firms.find_firms,
    ("GET", f"{HERE}/coverage"): coverage.coverage,
    ("GET", f"{HERE}/coverage.xlsx"): coverage_file.coverage_file,
    ("GET", f"{HERE}/coverage/curve"): coverage.curve,
    ("GET", f"{HERE}/coverage/facts"): coverage.facts,
    ("GET", f"{HERE}/coverage/gaps"): coverage.gaps,
    ("GET", f"{HERE}/reports/institutions"): institutions.report,
    ("GET", f"{HERE}/reports/institutions/rows"): institutions.rows,
    ("GET", f"{HERE}/reports/institutions.docx"): institutions.document,
    ("GET", f"{HERE}/needs/sums"): need_sums.need_sums,
    ("GET", f"{HERE}/stations/near"): near.near,
    ("GET", f"{HERE}/public/stations"): public_stations.public_stations,
    ("GET", f"{HERE}/public/stations.geojson"): public_stations.as_geojson,
    ("GET", f"{HERE}/public/stations.csv"): public_stations.as_csv,
    ("GET", f"{HERE}/intervals"): views.intervals,
    ("GET", f"{HERE}/hours"): views.hours,
    ("GET", f"{HERE}/service"): views.service,
    ("GET", f"{HERE}/service_sums"): views.service_sums,
    ("GET", f"{HERE}/reporting"): views.reporting,
    ("GET", f"{HERE}/intervals.csv"): export.as_csv,
    ("GET", f"{HERE}/intervals.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/hours.csv"): export.as_csv,
    ("GET", f"{HERE}/hours.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/comparison"): views.comparison,
    ("GET", f"{HERE}/completeness"): views.completeness,
    ("GET", f"{HERE}/verdicts_without_right"): views.verdicts_without_right,
    ("GET", f"{HERE}/service.csv"): export.as_csv,
    ("GET", f"{HERE}/service.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/service_sums.csv"): export.as_csv,
    ("GET", f"{HERE}/service_sums.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/reporting.csv"): export.as_csv,
    ("GET", f"{HERE}/reporting.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/comparison.csv"): export.as_csv,
    ("GET", f"{HERE}/comparison.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/completeness.csv"): export.as_csv,
    ("GET", f"{HERE}/completeness.xlsx"): export.as_xlsx,
    ("GET", f"{HERE}/verdicts_without_right.csv"): export.as_csv,
    ("GET", f"{HERE}/verdicts_without_right.xlsx"): export.as_xlsx,
    ("POST", f"{HERE}/rows.csv"): export.rows_as_csv,
    ("POST", f"{HERE}/rows.xlsx"): export.rows_as_xlsx,
    ("GET", f"{HERE}/{{view}}.csv"): export.as_csv,
    ("GET", f"{HERE}/{{view}}.xlsx"): export.as_xlsx,
    ("POST", f"{HERE}/files"): files.upload,
    ("GET", f"{HERE}/files/{{file}}"): files.download,
    ("GET", f"{HERE}/public/certificates"): certificates.trust,
    ("GET", f"{HERE}/papers/{{certificate}}"): certificates.paper,
    ("GET", f"{HERE}/{awards.REVOKED_LIST}"): awards.revoked,
    ("GET", f"{HERE}/papers/awards/{{award}}"): awards.paper,
    ("GET", f"{HERE}/badges/{{award}}"): awards.as_badge,
    ("GET", f"{HERE}/{{view}}"): views.listing,
    ("GET", f"{HERE}/{{view}}/{{key}}"): views.single,
}
"""(method, path) -> endpoint, busiest first. All commands share one route, and so do all views."""
_CONVERTED: Final = {"{name}": "{name:command}", "{view}": "{view:view}", "{id}": "{id:uuid}"}


def _path(path: str) -> str:
    """Return the path in Starlette's syntax."""
    for plain, converted in _CONVERTED.items():
        path = path.replace(plain, converted)
    return path


@cache
def _version() -> str:
    return version("muster")


@cache
def _routes() -> tuple[Route, ...]:
    """Return the routes, compiled. Applications of one process share them."""
    return tuple(
        Route(_path(path), endpoint, methods=[method]) for (method, path), endpoint in ROUTES.items()
    )


def document() -> dict[str, Any]:
    """Return the OpenAPI document. No running service is needed."""
    return describe(ROUTES)
