"""Decisions about stations."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.station import (
    DETAILS,
    UNITS,
    StationAmended,
    StationEntrusted,
    StationMoved,
    StationPublished,
    StationRegistered,
    StationReported,
    StationRestored,
    StationUnpublished,
    StationUsed,
    StationWithdrawn,
    Via,
)
from events.station_facts import LONGEST, WORD, Standing
from services.decisions import lookups
from services.decisions.amending import news, not_changed_since, subject
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.holder.table import HOLDERS
from services.decisions.need.table import needs_of
from services.decisions.state import State
from services.decisions.station.commands import (
    Amend,
    Entrust,
    Move,
    Publish,
    Register,
    ReportStatus,
    Restore,
    Scan,
    Unpublish,
    Use,
    Withdraw,
)
from services.decisions.station.rules import active_at, known_at
from services.decisions.station.table import STATIONS
from services.decisions.worker.table import WORKERS


@decides(Register)
def _register(state: State, c: Register, ctx: Context) -> Iterable[Event]:
    key, area = c.station or ctx.id, c.area or state.jurisdiction
    known = state[STATIONS].get(key)
    given: dict[str, Any] = {**{name: getattr(c, name) for name in DETAILS}, "area": area}
    lookups.whole_place(c.lon, c.lat)
    told = {name: value for name, value in given.items() if name in c.model_fields_set}
    if known and ctx.observed and all(getattr(known, name) == value for name, value in told.items()):
        return
    lookups.fresh(known, "station.exists", station=key)
    lookups.open_area(state, area, ctx)
    yield StationRegistered(station=key, **given)


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    then = active_at(state, c.station, ctx)
    given = changes(c, "station")
    lookups.whole_place(given.get("lon", then.lon), given.get("lat", then.lat))
    about = subject(f"station/{c.station}", then, then.facts[0].at)
    new = news(state, about, given, ctx)
    not_changed_since(state, about, c, new, ctx)
    if new:
        yield StationAmended(station=c.station, area=then.area, **new)


@decides(Move)
def _move(state: State, c: Move, ctx: Context) -> Iterable[Event]:
    then = active_at(state, c.station, ctx)
    if lookups.open_area(state, c.area, ctx) != then.area:
        yield StationMoved(station=c.station, area=c.area, needs=needs_of(state, c.station))


@decides(Entrust)
def _entrust(state: State, c: Entrust, ctx: Context) -> Iterable[Event]:
    then = active_at(state, c.station, ctx)
    if c.worker and c.holder:
        raise Refused("station.two_keepers", station=c.station)
    if c.worker:
        lookups.active_worker(state, c.worker, ctx)
    if c.holder:
        lookups.known(state, HOLDERS, c.holder)
    if (then.worker, then.holder) != (c.worker, c.holder):
        yield StationEntrusted(station=c.station, area=then.area, worker=c.worker, holder=c.holder)


@decides(Publish)
def _publish(state: State, c: Publish, ctx: Context) -> Iterable[Event]:
    then = active_at(state, c.station, ctx)
    ctx.rule(then.lat is not None, "station.no_place", station=c.station)
    if then.on_map_since is None:
        yield StationPublished(station=c.station, area=then.area)


@decides(Unpublish)
def _unpublish(state: State, c: Unpublish, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.station, ctx)
    if then.on_map_since is not None:
        yield StationUnpublished(station=c.station, area=then.area)


@decides(Withdraw)
def _withdraw(state: State, c: Withdraw, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.station, ctx)
    if then.state == "active":
        yield StationWithdrawn(station=c.station, area=then.area, reason=c.reason)


@decides(Restore)
def _restore(state: State, c: Restore, ctx: Context) -> Iterable[Event]:
    then = known_at(state, c.station, ctx)
    if then.state != "active":
        yield StationRestored(station=c.station, area=then.area, reason=c.reason)


@decides(ReportStatus)
def _report(state: State, c: ReportStatus, ctx: Context) -> Iterable[Event]:
    then = active_at(state, c.station, ctx)
    until = c.until or ctx.at + WORD
    if not ctx.at < until <= ctx.at + LONGEST:
        raise Refused("station.until", station=c.station, until=until, at=ctx.at)
    said: dict[str, Any] = {"status": c.status, "present": c.present}
    said |= {f"free_{unit}": getattr(c, f"free_{unit}") for unit in UNITS}
    if all(value is None for value in said.values()):
        raise Refused("station.nothing_said", station=c.station)
    source = "keeper" if ctx.scope.worker else c.source or "office"
    day = ctx.at.astimezone(state.meta.zone).date().isoformat()
    yield StationReported(station=c.station, area=then.area, day=day, until=until, source=source, **said)


@decides(Use)
def _use(state: State, c: Use, ctx: Context) -> Iterable[Event]:
    then = active_at(state, c.station, ctx)
    yield _used(state, c.station, c.service, c.via, then, ctx)


@decides(Scan)
def _scan(state: State, c: Scan, ctx: Context) -> Iterable[Event]:
    lookups.known(state, WORKERS, c.worker)
    then = active_at(state, c.station, ctx)
    yield _used(state, c.station, c.service, "qr", then, ctx)


def _used(state: State, key: str, service: str | None, via: Via, then: Standing, ctx: Context) -> StationUsed:
    if service is not None:
        offered = not then.services or service in then.services
        ctx.rule(offered, "station.not_offered", station=key, service=service)
    local = ctx.at.astimezone(state.meta.zone)
    return StationUsed(
        station=key,
        area=then.area,
        use=ctx.id,
        day=local.date().isoformat(),
        hour=local.hour,
        service=service,
        via=via,
    )
