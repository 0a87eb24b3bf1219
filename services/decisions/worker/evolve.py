"""Apply events to workers."""

from typing import Any

import msgspec

from events.amendment import present
from events.assignment import DONE, GIVEN_BACK
from events.base import EventEnvelope
from events.duty import ANEW, Fact
from events.worker import (
    WorkerAmended,
    WorkerCheckedIn,
    WorkerCheckedOut,
    WorkerDutyCorrected,
    WorkerErased,
    WorkerLeftHome,
    WorkerPresenceSet,
    WorkerRegistered,
    WorkerReported,
    WorkerRetired,
    WorkerTakenBack,
)
from services.decisions.amending import note_changes
from services.decisions.assignment.evolve import regain, revive, unstage
from services.decisions.base import evolves
from services.decisions.signs import counted, hold_sign
from services.decisions.state import State
from services.decisions.worker.facts import add, add_told, correct, take_away
from services.decisions.worker.table import WORKERS, Worker


@evolves(WorkerRegistered)
def _registered(state: State, e: WorkerRegistered, envelope: EventEnvelope) -> None:
    known = state[WORKERS].get(e.worker) or Worker(role=e.role)
    new = msgspec.structs.replace(
        known,
        **_kept(e),
        registered_by=envelope.actor,
        registered_at=max(known.registered_at or envelope.at, envelope.at),
        retired_at=None,
    )
    counted(state, "worker", e.number)
    hold_sign(state, f"worker/{e.worker}", known.call_sign, new.call_sign)
    state.put(state[WORKERS], e.worker, new)
    if known.retired:
        add(state, e.worker, Fact(envelope.at, envelope.position, ANEW))


@evolves(WorkerAmended)
def _amended(state: State, e: WorkerAmended, envelope: EventEnvelope) -> None:
    known = state[WORKERS][e.worker]
    new = msgspec.structs.replace(known, **_kept(e))
    hold_sign(state, f"worker/{e.worker}", known.call_sign, new.call_sign)
    state.put(state[WORKERS], e.worker, new)
    note_changes(state, f"worker/{e.worker}", e, envelope)


def _kept(e: WorkerRegistered | WorkerAmended) -> dict[str, Any]:
    """Return the fields that it sets in the present, without personal data."""
    return {name: value for name, value in present(e).items() if name in Worker.__struct_fields__}


@evolves(WorkerRetired)
def _retired(state: State, e: WorkerRetired, envelope: EventEnvelope) -> None:
    known = state[WORKERS][e.worker]
    hold_sign(state, f"worker/{e.worker}", known.call_sign, None)
    state.put(state[WORKERS], e.worker, msgspec.structs.replace(known, retired_at=envelope.at))


@evolves(WorkerErased)
def _erased(state: State, e: WorkerErased, envelope: EventEnvelope) -> None:
    state.put(state[WORKERS], e.worker, msgspec.structs.replace(state[WORKERS][e.worker], erased=True))


@evolves(WorkerReported)
def _reported(state: State, e: WorkerReported, envelope: EventEnvelope) -> None:
    add_told(state, envelope)


@evolves(WorkerLeftHome)
def _left_home(state: State, e: WorkerLeftHome, envelope: EventEnvelope) -> None:
    add_told(state, envelope)


@evolves(WorkerCheckedIn)
def _checked_in(state: State, e: WorkerCheckedIn, envelope: EventEnvelope) -> None:
    add_told(state, envelope)


@evolves(WorkerPresenceSet)
def _presence_set(state: State, e: WorkerPresenceSet, envelope: EventEnvelope) -> None:
    add_told(state, envelope)


@evolves(WorkerCheckedOut)
def _checked_out(state: State, e: WorkerCheckedOut, envelope: EventEnvelope) -> None:
    add_told(state, envelope)


@evolves(WorkerDutyCorrected)
def _duty_corrected(state: State, e: WorkerDutyCorrected, envelope: EventEnvelope) -> None:
    correct(state, e.worker, e.position, e.at, e.area)


@evolves(WorkerTakenBack)
def _taken_back(state: State, e: WorkerTakenBack, envelope: EventEnvelope) -> None:
    gone = take_away(state, e.worker, e.position)
    if e.assignment and e.stage == DONE:
        revive(state, e.assignment)
    elif e.assignment and e.stage == GIVEN_BACK:
        regain(state, e.assignment, gone.at)
    elif e.assignment and e.stage:
        unstage(state, e.assignment, e.stage, gone.at)
