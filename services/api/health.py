"""Liveness, readiness and Prometheus metrics."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from projections.alerts import KINDS
from services.access import AccessUnavailable, Principal
from services.api.context import Answer, Done, answer, muster, principal
from services.api.problems import Problem
from services.api.routing import operation
from services.application.muster import Muster
from services.recorder.writer import Writer


class Readiness(Struct):
    """Whether the service is ready. Reasons are those of the caller's jurisdictions, and omitted for callers
    who may not read metrics; reasons that concern all jurisdictions are told to those who may read all."""

    status: Literal["ready", "degraded", "not_ready"]
    failure: str | UnsetType | None = UNSET
    parked: Annotated[
        dict[str, str] | UnsetType, Meta(description="Jurisdiction: why nothing is written or projected")
    ] = UNSET
    unclean: list[str] | UnsetType = UNSET
    degraded: Annotated[
        dict[str, list[str]] | UnsetType, Meta(description="Jurisdiction: views that are set aside")
    ] = UNSET


@operation(id="healthz", tag="health", public=True)
async def healthz(request: Request) -> Answer[Done]:
    """Check that the process responds."""
    return answer(Done())


@operation(id="readyz", tag="health", public=True, same=(503,), words={503: "Not ready"})
async def readyz(request: Request) -> Answer[Readiness]:
    """Check that every loop runs, nothing is parked and no view is set aside.

    A parked jurisdiction alone leaves the process ready for the others, and is named to those who may know.
    The answer does not wait for a store that hangs: it says since when that is silent.
    """
    service = muster(request)
    failure, parked, red = _failure(service), _parked(service), _red(service)
    degraded = await service.watch.degraded()
    state = Readiness("not_ready" if red else "degraded" if degraded or parked else "ready")
    asker = await _asker(request)
    if asker and asker.may("read_metrics"):
        state.parked = {key: why for key, why in parked.items() if asker.may_read(key)}
        state.degraded = {key: sorted(views) for key, views in degraded.items() if asker.may_read(key)}
        if not asker.jurisdictions:
            state.failure, state.unclean = failure, list(service.inspector.unclean)
    return answer(state, 503 if red else 200, {"Cache-Control": "no-store"})


async def _asker(request: Request) -> Principal | None:
    try:
        return await principal(request)
    except (Problem, AccessUnavailable):
        return None


def _failure(service: Muster) -> str | None:
    """Return why nothing is served."""
    return service.background.failure or service.watch.silence or service.progress.trouble


def _red(service: Muster) -> bool:
    """Return whether the process is not ready: for no jurisdiction at all."""
    parked = _parked(service)
    return bool(_failure(service) or (parked and parked.keys() >= set(service.commands.jurisdictions())))


def _parked(service: Muster) -> dict[str, str]:
    """Return the reason why writing or projecting has stopped, by jurisdiction."""
    written = {key: writer.parked for key, writer in service.commands.writers.items() if writer.parked}
    return {**service.watch.still, **service.watch.damaged, **written, **service.progress.parked}


@operation(id="metrics", tag="health", media="text/plain")
async def metrics(request: Request) -> Response:
    """Read heads, lags and queues by jurisdiction, for Prometheus.

    A token limited to jurisdictions reads theirs only, and nothing about the process as a whole.
    """
    asker = await principal(request)
    if not asker.may("read_metrics"):
        raise Problem(403, "forbidden", variant="metrics")
    service, registry = muster(request), CollectorRegistry()
    log = Gauge("muster_log_position", "Position of the last event", ["jurisdiction"], registry=registry)
    views = Gauge(
        "muster_views_position", "Position the views have reached", ["jurisdiction"], registry=registry
    )
    queue = Gauge("muster_commands_waiting", "Commands not yet decided", ["jurisdiction"], registry=registry)
    parked = Gauge("muster_parked", "1 = writes and projection wait", ["jurisdiction"], registry=registry)
    degraded = Gauge("muster_view_degraded", "1 = set aside", ["jurisdiction", "view"], registry=registry)
    aside = await service.watch.degraded()
    for key, writer in _theirs(service, asker):
        log.labels(key).set(writer.state.head.position)
        views.labels(key).set(service.progress.positions.get(key, 0))
        queue.labels(key).set(writer.waiting)
        parked.labels(key).set(0)
        for view in aside.get(key, ()):
            degraded.labels(key, view).set(1)
    for key in filter(asker.may_read, _parked(service)):
        parked.labels(key).set(1)
    await _alerts(service, asker, registry)
    told = generate_latest(registry)
    if not asker.jurisdictions:
        told += generate_latest(_process(request)) + generate_latest(service.figures.registry)
    return Response(told, media_type=CONTENT_TYPE_LATEST)


def _theirs(service: Muster, asker: Principal) -> list[tuple[str, Writer]]:
    """Return the writers of the caller's jurisdictions."""
    return [(key, writer) for key, writer in service.commands.writers.items() if asker.may_read(key)]


def _process(request: Request) -> CollectorRegistry:
    """Return the metrics of the process as a whole."""
    service, registry = muster(request), CollectorRegistry()
    ready = Gauge("muster_ready", "1 = as /readyz says", registry=registry)
    ready.set(not _red(service))
    streams = Gauge("muster_streams", "Open streams", registry=registry)
    streams.set(request.app.state.hub.clients)
    behind = Gauge("muster_log_under_replicated_partitions", "Lack a replica", registry=registry)
    behind.set(service.inspector.behind)
    unclean = Gauge("muster_log_config_unclean", "1 = set otherwise than it needs", registry=registry)
    unclean.set(bool(service.inspector.unclean))
    silent = Gauge("muster_store_silent", "1 = does not answer", ["store"], registry=registry)
    silent.labels("log").set(bool(service.watch.silence))
    silent.labels("views").set(bool(service.progress.trouble))
    unknown = Counter("muster_log_unknown_outcomes", "Appends without an answer", registry=registry)
    unknown.inc(getattr(service.log, "unknown", 0))
    holes = Counter("muster_log_holes", "Offsets without a record", registry=registry)
    holes.inc(getattr(service.log, "holes", 0))
    if service.scrub:
        wrong = Counter("muster_view_wrong_rows", "Rows that differed from the log", registry=registry)
        wrong.inc(service.scrub.wrong_rows)
        trouble = Gauge("muster_scrub_trouble", "1 = cannot be compared with the log", registry=registry)
        trouble.set(bool(service.scrub.unhealed))
    return registry


async def _alerts(service: Muster, asker: Principal, registry: CollectorRegistry) -> None:
    """Count alerts. Jurisdictions whose views could not be read yet are left out: other metrics say so."""
    gauge = Gauge(
        "muster_alerts", "Alerts of the board", ["jurisdiction", "kind", "level"], registry=registry
    )
    counted = await service.watch.alerts()
    for key, _ in _theirs(service, asker):
        if key not in counted:
            continue
        for kind in KINDS:
            gauge.labels(key, kind, "1").set(0)  # so that an alert that ends does not leave a gap
        for (kind, level), count in counted[key].items():
            gauge.labels(key, kind, level).set(count)
