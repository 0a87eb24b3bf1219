"""The application: every route, in one place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from projections.catalog import public_views
from projections.catalog import views as catalog
from projections.presence import INTERVALS
from services import console
from services.access import AccessUnavailable, Tokens
from services.api import (
    candidates,
    commands,
    find,
    health,
    imports,
    journal,
    me,
    openapi,
    places,
    push,
    session,
    sign_in_codes,
    stream,
    telemetry,
    views,
)
from services.api.compress import CompressAnswers
from services.api.context import answer, muster, principal
from services.api.hub import Hub
from services.api.lag import Lag
from services.api.limits import LimitBodies
from services.api.pages import STATIC, SecurityHeaders, docs
from services.api.problems import Problem, on_crash, on_gone, on_http_error, on_problem, on_unavailable
from services.api.server.edge import Edge
from services.api.worker_rows import WorkerReader
from services.application.muster import Muster
from services.history.history import History
from services.intake.desk import Imports
from services.locations.port import LocationsUnavailable
from services.log.port import LogUnavailable
from services.push.port import PushUnavailable
from services.push.pusher import Pusher
from services.vault import VaultUnavailable
from services.views.port import ViewsUnavailable

ROOT = "/api/v1"
HERE = f"{ROOT}/{{jurisdiction}}"


def build(
    muster: Muster,
    tokens: Tokens,
    edge: Edge = Edge(),  # noqa: B008  it is frozen
    pusher: Pusher | None = None,
) -> FastAPI:
    """The ASGI application around a runtime; its lifespan runs the runtime's loops."""

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
            yield
            app.state.hub.stop()

    app = FastAPI(title="Muster", version=version("muster"), lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.muster, app.state.tokens, app.state.edge = muster, tokens, edge
    app.state.wrong_codes, app.state.worker_reader = sign_in_codes.WrongCodes(), WorkerReader(muster.views)
    app.state.pusher = pusher
    app.state.imports = Imports(muster.vault, muster.clock, muster.background)
    app.state.hub = Hub(muster.progress, muster.announcements, muster.vault, muster.clock)
    app.state.lag, app.state.history = _lag(muster, app.state.hub), History(muster.log, muster.clock)
    app.add_middleware(LimitBodies)
    app.add_middleware(CompressAnswers)
    app.add_middleware(SecurityHeaders, edge=edge)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http_error)
    for unavailable in (
        AccessUnavailable,
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
    app.router.routes.extend(console.routes())
    for method, path, endpoint in _routes():
        app.add_route(path, endpoint, methods=[method])
    described = document()
    app.openapi = lambda: described  # type: ignore[method-assign]
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
    """`aggregate.verb`, so that a command's path is never taken for a command's id."""

    regex = r"[a-z]+\.[a-z_]+"


class _ViewName(StringConvertor):
    """A public view, so that no other path is ever taken for one."""

    regex = "|".join(public_views())


register_url_convertor("command", _CommandName())
register_url_convertor("view", _ViewName())


def _routes() -> list[tuple[str, str, Any]]:
    """(method, path, endpoint): the busiest first, one route for all commands and one for all views."""
    single = [("POST", f"{HERE}/commands/{{name:command}}", commands.one)]
    literal = [
        (method, path.replace("{id}", "{id:uuid}"), endpoint)
        for (method, path), (endpoint, _) in _operations().items()
        if endpoint not in (commands.one, views.listing, views.single)
    ]
    rest = [
        ("GET", f"{HERE}/{{view:view}}", views.listing),
        ("GET", f"{HERE}/{{view:view}}/{{key}}", views.single),
    ]
    return single + literal + rest


def document() -> dict[str, Any]:
    """The OpenAPI document; it needs no running service."""
    return openapi.document({where: operation for where, (_, operation) in _operations().items()})


def _operations() -> dict[tuple[str, str], tuple[Any, dict[str, Any]]]:
    """(method, path) -> (endpoint, its OpenAPI operation). Literal paths stand before those with {view}."""
    found: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = {
        ("GET", "/healthz"): (health.healthz, openapi.HEALTHZ),
        ("GET", "/readyz"): (health.readyz, openapi.READYZ),
        ("GET", "/metrics"): (health.metrics, openapi.METRICS),
        ("GET", ROOT): (index, openapi.INDEX),
        ("POST", f"{ROOT}/session"): (session.sign_in, openapi.SIGN_IN),
        ("DELETE", f"{ROOT}/session"): (session.sign_out, openapi.SIGN_OUT),
        ("GET", f"{ROOT}/session"): (session.who, openapi.WHO),
        ("GET", f"{ROOT}/push"): (push.key, openapi.PUSH_KEY),
        ("POST", f"{HERE}/push"): (push.subscribe, openapi.SUBSCRIBE),
        ("DELETE", f"{HERE}/push"): (push.unsubscribe, openapi.UNSUBSCRIBE),
        ("POST", f"{HERE}/codes"): (sign_in_codes.issue, openapi.CODES),
        ("POST", f"{HERE}/commands"): (commands.batch, openapi.batch()),
        ("GET", f"{HERE}/commands/{{id}}"): (commands.status, openapi.status()),
        ("GET", f"{HERE}/stream"): (stream.stream, openapi.STREAM),
        ("GET", f"{HERE}/log"): (journal.journal, openapi.LOG),
        ("POST", f"{HERE}/find"): (find.find, openapi.FIND),
        ("POST", f"{HERE}/telemetry"): (telemetry.report, openapi.TELEMETRY),
        ("GET", f"{HERE}/imports/mappings"): (imports.mappings, openapi.MAPPINGS),
        ("POST", f"{HERE}/imports/preview"): (imports.preview, openapi.PREVIEW),
        ("POST", f"{HERE}/imports"): (imports.begin, openapi.IMPORT),
        ("GET", f"{HERE}/imports"): (imports.listing, openapi.IMPORTS),
        ("GET", f"{HERE}/imports/{{id}}"): (imports.single, openapi.ONE_IMPORT),
        ("GET", f"{HERE}/imports/{{id}}/rejects"): (imports.rejects, openapi.REJECTS),
        ("GET", f"{HERE}/me"): (me.me, openapi.ME),
        ("GET", f"{HERE}/tasks/{{assignment}}"): (me.task, openapi.TASK),
        ("GET", f"{HERE}/places"): (places.places, openapi.PLACES),
        ("GET", f"{HERE}/candidates"): (candidates.candidates, openapi.CANDIDATES),
    }
    found["GET", f"{HERE}/intervals"] = views.intervals, openapi.listing(INTERVALS)
    for name in commands.PUBLIC:
        found["POST", f"{HERE}/commands/{name}"] = commands.one, openapi.command(name)
    for name in public_views():
        found["GET", f"{HERE}/{name}"] = views.listing, openapi.listing(catalog[name])
        found["GET", f"{HERE}/{name}/{{key}}"] = views.single, openapi.single(catalog[name])
    return found


async def index(request: Request) -> Response:
    """What this service knows: jurisdictions (that the asker may read), views and commands."""
    asker = await principal(request)
    known = [code for code in muster(request).commands.jurisdictions() if asker.may_read(code)]
    return answer(
        {
            "jurisdictions": known,
            "views": {
                name: {"filters": ["area", *(f for f in catalog[name].filters if f != "area")]}
                for name in public_views()
            },
            "commands": list(commands.PUBLIC),
            "openapi": "/openapi.json",
            "docs": "/docs",
        }
    )
