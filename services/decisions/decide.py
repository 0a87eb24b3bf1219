"""From one command to its recorded events, on the state; and from a stored commit to the state."""

import importlib
import pkgutil
from collections.abc import Iterator

import msgspec

import services.decisions
from events import catalog
from events.assignment import AssignmentEvent
from events.base import Event, Happened
from events.commit import Commit, Head, Recorded
from events.duty import REPORT
from events.facts import TELLING
from events.jurisdiction import JurisdictionEstablished
from events.worker import (
    WorkerReported,
    WorkerTakenBack,
)
from services.decisions import standing
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.authorise import authorise
from services.decisions.base import Ask, Command, Refused, decider, evolve, refuse_gaps
from services.decisions.jurisdiction.commands import Establish
from services.decisions.jurisdiction.decide import refuse_moved
from services.decisions.state import COMMANDS, Known, State
from services.decisions.worker.table import WORKERS

for _folder in pkgutil.iter_modules(services.decisions.__path__, "services.decisions."):
    if _folder.ispkg:  # one per aggregate
        _aggregate = importlib.import_module(_folder.name)
        for _module in pkgutil.iter_modules(_aggregate.__path__, f"{_folder.name}."):
            importlib.import_module(_module.name)
refuse_gaps()

_OWN_FACT = (*TELLING, WorkerTakenBack)
"""Of these the worker is listed in `moved` even where nothing changes."""


def decide(state: State, command: Command, ask: Ask, position: int, body: str) -> list[Recorded]:
    """The events of a command, recorded from `position` on, already applied to the state.

    Empty = it changes nothing. Raises Refused; the caller then undoes what was applied.
    """
    recorded: list[Recorded] = []
    for event in _events(state, command, ask):
        happened = _happened(state, event, ask, position + len(recorded))
        mark = state.mark()
        evolve(state, happened)
        subject = (event.worker,) if isinstance(event, _OWN_FACT) and event.worker else ()
        moved, shifted = standing.moves(state, mark, subject)
        standing.settle_moves(state, moved, shifted)
        whole = msgspec.structs.replace(
            event, moved=moved, requests_moved=shifted, **_state_after(state, event)
        )
        recorded.append(_record(whole, ask, body))
    if recorded and ask.anomalies:
        recorded[-1] = _with_anomalies(recorded[-1], position + len(recorded) - 1, ask)
    if recorded:
        state.put(state[COMMANDS], ask.id, Known(position + len(recorded) - 1, body, recorded[0].name))
    return recorded


def _events(state: State, command: Command, ask: Ask) -> Iterator[Event]:
    if not state.established and not isinstance(command, Establish):
        if not ask.scope.establish:
            raise Refused("jurisdiction.unknown", jurisdiction=state.jurisdiction)
        yield JurisdictionEstablished(name=state.jurisdiction, timezone=ask.timezone)
    refuse_moved(state, command)
    authorise(state, command, ask)
    yield from decider(type(command))(state, command, ask)


def _state_after(state: State, event: Event) -> dict[str, str | None]:
    """What views need and cannot know: whether a late or observed event changed the present."""
    if isinstance(event, AssignmentEvent) or (isinstance(event, WorkerTakenBack) and event.assignment):
        return {"state": state[ASSIGNMENTS][str(event.assignment)].state}
    if isinstance(event, WorkerReported) or (isinstance(event, WorkerTakenBack) and event.kind == REPORT):
        return {"reported": state[WORKERS][event.worker].reported}
    return {}


def _happened(state: State, event: Event, ask: Ask, position: int) -> Happened:
    """As a reader will see it: evolve must never depend on what only the writer has in memory."""
    data = catalog.reread(event)
    return Happened(
        jurisdiction=state.jurisdiction,
        position=position,
        recorded_at=ask.now,
        name=event.NAME,
        at=ask.at,
        actor=ask.actor,
        command=ask.id,
        data=data,
    )


def _record(event: Event, ask: Ask, body: str) -> Recorded:
    return Recorded(
        name=event.NAME,
        schema=event.SCHEMA,
        at=ask.at,
        actor=ask.actor,
        command=ask.id,
        body=body,
        data=catalog.encode(event),
        claimed=ask.claimed if ask.claimed != ask.at else None,
        observed=ask.observed,
    )


def _with_anomalies(last: Recorded, position: int, ask: Ask) -> Recorded:
    data = msgspec.structs.replace(catalog.decode(last, position), anomalies=tuple(ask.anomalies))
    return msgspec.structs.replace(last, data=catalog.encode(data))


def apply(state: State, commit: Commit, head: Head) -> None:
    """Take over an accepted commit; `head` is the one it leads to. Raises UnknownEvent, BadEvent."""
    for happened in list(catalog.happened(commit)):  # all can be read, or nothing changes
        evolve(state, happened)
        standing.settle_moves(state, happened.data.moved, happened.data.requests_moved)
    for offset, recorded in enumerate(commit.events):
        before = state[COMMANDS].get(recorded.command)
        name = before.name if before else recorded.name
        state.put(state[COMMANDS], recorded.command, Known(commit.first + offset, recorded.body, name))
    confirm(state, commit, head)


def confirm(state: State, commit: Commit, head: Head) -> None:
    """What was decided on this state is now accepted."""
    state.head = head
    state.meta["recorded_at"] = commit.recorded_at
    state.settle()
