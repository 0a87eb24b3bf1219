"""Whether it lives, whether it is ready, and its figures for Prometheus."""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from services.api.context import answer, muster, principal
from services.api.problems import Problem
from services.application.commands import Commands
from services.application.progress import ViewProgress
from services.views.port import Views


async def healthz(request: Request) -> Response:
    """The process answers."""
    return answer({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Ready, degraded or not: every loop lives, nothing is parked, no view is set aside."""
    service = muster(request)
    state = {
        "status": "",
        "failure": service.background.failure or service.progress.trouble,
        "parked": _parked(service.commands, service.progress),
        "unclean": service.inspector.unclean,
        "degraded": await _degraded(service.commands, service.views),
    }
    red = bool(state["failure"] or state["parked"])
    state["status"] = "not_ready" if red else "degraded" if state["degraded"] else "ready"
    if not await _may_know(request):
        state = {"status": state["status"]}
    return answer(state, 503 if red else 200, {"Cache-Control": "no-store"})


async def _may_know(request: Request) -> bool:
    """What is wrong where is for those with a token; that something is, for all."""
    try:
        return bool(await principal(request))
    except Problem:
        return False


def _parked(commands: Commands, progress: ViewProgress) -> dict[str, Any]:
    """Jurisdiction -> why nothing is written or projected there."""
    return {key: writer.parked for key, writer in commands.writers.items() if writer.parked} | progress.parked


async def _degraded(commands: Commands, views: Views) -> dict[str, Any]:
    """Jurisdiction -> views that are set aside."""
    return {key: found for key in commands.writers if (found := await views.degraded(key))}


async def metrics(request: Request) -> Response:
    """Heads, lags and queues, by jurisdiction."""
    await principal(request)
    service, registry = muster(request), CollectorRegistry()
    log = Gauge("muster_log_position", "Position of the last event", ["jurisdiction"], registry=registry)
    views = Gauge(
        "muster_views_position", "Position the views have reached", ["jurisdiction"], registry=registry
    )
    queue = Gauge("muster_commands_waiting", "Commands not yet decided", ["jurisdiction"], registry=registry)
    parked = Gauge("muster_parked", "1 = writes and projection wait", ["jurisdiction"], registry=registry)
    degraded = Gauge("muster_view_degraded", "1 = set aside", ["jurisdiction", "view"], registry=registry)
    streams = Gauge("muster_streams", "Open streams", registry=registry)
    streams.set(request.app.state.hub.clients)
    for key, writer in service.commands.writers.items():
        log.labels(key).set(writer.state.head.position)
        views.labels(key).set(service.progress.positions.get(key, 0))
        queue.labels(key).set(writer.waiting)
        parked.labels(key).set(bool(writer.parked or key in service.progress.parked))
        for view in await service.views.degraded(key):
            degraded.labels(key, view).set(1)
    unclean = Gauge("muster_log_config_unclean", "1 = set otherwise than it needs", registry=registry)
    unclean.set(bool(service.inspector.unclean))
    unknown = Counter("muster_log_unknown_outcomes", "Appends without an answer", registry=registry)
    unknown.inc(getattr(service.log, "unknown", 0))
    holes = Counter("muster_log_holes", "Offsets without a record", registry=registry)
    holes.inc(getattr(service.log, "holes", 0))
    told = generate_latest(registry) + generate_latest(service.figures.registry)
    return Response(told, media_type=CONTENT_TYPE_LATEST)
