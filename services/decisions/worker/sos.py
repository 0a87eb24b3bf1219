"""Calls for help: their state, decisions and evolution. A call is recorded whatever the worker's standing."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from events.base import Event, EventEnvelope
from events.sos import CANCELLED, WorkerSosAcknowledged, WorkerSosEnded, WorkerSosRaised
from events.standing import active_team, area_of
from services.decisions import lookups
from services.decisions.area.table import area_exists
from services.decisions.base import Context, Refused, decides, evolves
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.team.table import TEAMS
from services.decisions.worker.commands import AcknowledgeSos, CancelSos, EndSos, RaiseSos
from services.decisions.worker.table import WORKERS


class Sos(msgspec.Struct, frozen=True):
    """One call for help."""

    worker: str
    area: str
    team: str | None = None
    acknowledged: bool = False
    ended: bool = False


SOS: Final = Table(
    "sos",
    Sos,
    kind="sos",
    areas=lambda state, key, row: (row.area,),
    own=lambda state, key, worker: True,  # whose it is, the decider says
    idle=lambda row: row.ended,
)


@decides(RaiseSos)
def _raise(state: State, c: RaiseSos, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, WORKERS, c.worker)
    key = c.sos or ctx.id
    if given := state[SOS].get(key):
        if given.worker != c.worker:
            raise Refused("sos.exists", sos=key)
        return
    at = c.area if c.area and area_exists(state, c.area) else area_of(known, state.jurisdiction)
    team = active_team(known.teams, state[TEAMS])
    yield WorkerSosRaised(worker=c.worker, sos=key, area=at, team=team, place=c.place)


@decides(AcknowledgeSos)
def _acknowledge(state: State, c: AcknowledgeSos, ctx: Context) -> Iterable[Event]:
    given = _theirs(state, c.worker, c.sos)
    if given.acknowledged:
        return
    ctx.rule(not given.ended, "sos.ended", sos=c.sos, worker=c.worker)
    yield WorkerSosAcknowledged(**_ids(c.sos, given))


@decides(EndSos)
def _end(state: State, c: EndSos, ctx: Context) -> Iterable[Event]:
    given = _theirs(state, c.worker, c.sos)
    if not given.ended:
        yield WorkerSosEnded(**_ids(c.sos, given), reason=c.reason)


@decides(CancelSos)
def _cancel(state: State, c: CancelSos, ctx: Context) -> Iterable[Event]:
    given = _theirs(state, c.worker, c.sos)
    if not given.ended:
        yield WorkerSosEnded(**_ids(c.sos, given), reason=CANCELLED)


def _theirs(state: State, worker: str, key: str) -> Sos:
    """Return this worker's call. Raises Refused if there is no such call of theirs."""
    given = state[SOS].get(key)
    if given is None or given.worker != worker:
        raise Refused("sos.unknown", sos=key, worker=worker)
    return given


def _ids(key: str, given: Sos) -> dict[str, Any]:
    return {"worker": given.worker, "sos": key, "area": given.area, "team": given.team}


@evolves(WorkerSosRaised)
def _raised(state: State, e: WorkerSosRaised, envelope: EventEnvelope) -> None:
    state.put(state[SOS], e.sos, Sos(e.worker, e.area, e.team))


@evolves(WorkerSosAcknowledged)
def _acknowledged(state: State, e: WorkerSosAcknowledged, envelope: EventEnvelope) -> None:
    state.put(state[SOS], e.sos, msgspec.structs.replace(state[SOS][e.sos], acknowledged=True))


@evolves(WorkerSosEnded)
def _ended(state: State, e: WorkerSosEnded, envelope: EventEnvelope) -> None:
    state.put(state[SOS], e.sos, msgspec.structs.replace(state[SOS][e.sos], ended=True))
