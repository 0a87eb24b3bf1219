"""Turn a command into recorded events on a state, and apply stored commits to a state."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

import services.decisions
from events import catalog
from events.assignment import AssignmentEvent
from events.base import Event, EventEnvelope
from events.commit import Commit, Head, Recorded
from events.difficulty import DifficultyFollowed
from events.duty import HOME, on_since
from events.facts import TELLING
from events.jurisdiction import CommandUnchanged, JurisdictionEstablished
from events.station import StationUsed
from events.worker import (
    WorkerDutyCorrected,
    WorkerLeftHome,
    WorkerReported,
    WorkerTakenBack,
)
from services.decisions import listed, standing
from services.decisions.assignment.table import ASSIGNMENTS
from services.decisions.authorise import authorise
from services.decisions.base import Command, Context, Refused, decider, evolve, refuse_gaps
from services.decisions.certificate.rules import overtaken
from services.decisions.consent.rules import forgotten
from services.decisions.difficulty.following import followed
from services.decisions.hearing import heard, said_by
from services.decisions.jurisdiction.commands import Establish
from services.decisions.jurisdiction.decide import refuse_ended
from services.decisions.request.completing import ENDING, complete_if_done
from services.decisions.state import COMMANDS, RecordedCommand, State
from services.decisions.worker.facts import own_facts, reported

for _folder in pkgutil.iter_modules(services.decisions.__path__, "services.decisions."):
    if _folder.ispkg:  # one package per aggregate
        _aggregate = importlib.import_module(_folder.name)
        for _module in pkgutil.iter_modules(_aggregate.__path__, f"{_folder.name}."):
            importlib.import_module(_module.name)
refuse_gaps()

DOOR: Final = "public/door"
"""Actor of uses of a station by the code at its door: the log does not tell who was there."""
SERVICE: Final = "service"
"""Actor of events that follow from a command by themselves."""
READ_AGAIN = False
"""Whether each event is read again before it is applied, as in tests."""
_HOME = (WorkerReported, WorkerLeftHome)
_OWN_FACT = (*TELLING, WorkerDutyCorrected, WorkerTakenBack)
"""For these the worker is listed in `moved` even if nothing changes."""


def decide(state: State, command: Command, ctx: Context, position: int, body: str) -> list[Recorded]:
    """Return a command's events, recorded from `position` on and already applied to the state.

    Empty if nothing changes; see `unchanged`. Raises Refused; the caller must then undo what was applied.
    """
    recorded: list[Recorded] = []
    for event in _events(state, command, ctx):
        at, actor = _at(event, ctx), _actor(event, ctx)
        envelope = EventEnvelope(
            jurisdiction=state.jurisdiction,
            position=position + len(recorded),
            recorded_at=ctx.now,
            name=event.NAME,
            at=at,
            actor=actor,
            command=ctx.id,
            data=_as_read(event) if READ_AGAIN else event,
        )
        mark = state.mark()
        evolve(state, envelope)
        subject = (event.worker,) if isinstance(event, _OWN_FACT) and event.worker else ()
        moved, shifted = standing.moves(state, mark, subject)
        standing.settle_moves(state, moved, shifted)
        whole = msgspec.structs.replace(
            event, moved=moved, requests_moved=shifted, **_state_after(state, event)
        )
        recorded.append(_record(whole, ctx, body, at, actor))
    if recorded and ctx.anomalies:
        recorded[-1] = _with_anomalies(recorded[-1], position + len(recorded) - 1, ctx)
    if recorded:
        _remember(state, ctx, recorded, position, body)
    return recorded


def unchanged(state: State, command: Command, ctx: Context, position: int, body: str) -> list[Recorded]:
    """Return the one event of a command that changes nothing, recorded at `position` and already applied."""
    recorded = [_record(CommandUnchanged(asked=command.NAME), ctx, body, ctx.at, ctx.actor)]
    _remember(state, ctx, recorded, position, body)
    return recorded


def _remember(state: State, ctx: Context, recorded: list[Recorded], position: int, body: str) -> None:
    last = position + len(recorded) - 1
    state.put(state[COMMANDS], ctx.id, RecordedCommand(last, body, recorded[0].name))


def _events(state: State, command: Command, ctx: Context) -> Iterator[Event]:
    if not state.established and not isinstance(command, Establish):
        if not ctx.scope.establish:
            raise Refused("jurisdiction.unknown", jurisdiction=state.jurisdiction)
        yield JurisdictionEstablished(name=state.jurisdiction, timezone=ctx.timezone)
    refuse_ended(state, command)
    authorise(state, command, ctx)
    listed.check(state, command, ctx)
    less = dict[str, None]()
    said = said_by(command)
    decided = heard(state, command, said, ctx) if said else decider(type(command))(state, command, ctx)
    told: list[Event] = []
    for event in decided:
        yield event
        told.append(event)
        if isinstance(event, ENDING):
            less[event.request] = None
    for request in less:
        yield from complete_if_done(state, request)
    yield from overtaken(state, told, ctx.now)
    yield from forgotten(state, told)
    yield from followed(state, told, ctx.now)


def _state_after(state: State, event: Event) -> dict[str, str | datetime | None]:
    """Return what views need but cannot derive: whether a late or observed event changed the present."""
    if isinstance(event, AssignmentEvent) or (isinstance(event, WorkerTakenBack) and event.assignment):
        return {"state": state[ASSIGNMENTS][str(event.assignment)].state}
    if isinstance(event, WorkerDutyCorrected):
        return {"duty_since": on_since(own_facts(state, event.worker))}
    if isinstance(event, _HOME) or (isinstance(event, WorkerTakenBack) and event.kind in HOME):
        return {"reported": reported(state, event.worker)}
    return {}


def _as_read(event: Event) -> Event:
    """Return the event as readers will see it, as evolve must not depend on what only the writer has. Raises
    ValueError if a decider made it otherwise."""
    read = catalog.reread(event)
    if read != event:
        raise ValueError(f"{event.NAME} was decided as {event}, but is read as {read}")
    return read


def _actor(event: Event, ctx: Context) -> str:
    """Return who caused an event: the sender, or the service for what follows by itself."""
    if isinstance(event, StationUsed) and event.via == "qr":
        return DOOR
    return SERVICE if getattr(event, "automatic", False) else ctx.actor


def _at(event: Event, ctx: Context) -> datetime:
    """Return when an event happened: a difficulty goes along when it is known that its post moved."""
    return ctx.now if isinstance(event, DifficultyFollowed) else ctx.at


def _record(event: Event, ctx: Context, body: str, at: datetime, actor: str) -> Recorded:
    return Recorded(
        name=event.NAME,
        schema=event.SCHEMA,
        at=at,
        actor=actor,
        command=ctx.id,
        body=body,
        data=catalog.encode(event),
        claimed=ctx.claimed if at == ctx.at != ctx.claimed else None,
        observed=ctx.observed,
    )


def _with_anomalies(last: Recorded, position: int, ctx: Context) -> Recorded:
    data = msgspec.structs.replace(catalog.decode(last, position), anomalies=tuple(ctx.anomalies))
    return msgspec.structs.replace(last, data=catalog.encode(data))


def apply(state: State, commit: Commit, head: Head) -> None:
    """Apply an accepted commit leading to `head`. Raises UnknownEvent, BadEvent."""
    for envelope in list(catalog.envelopes(commit)):  # decode everything first, so that errors change nothing
        apply_one(state, envelope)
    apply_end(state, commit, head)


def apply_one(state: State, envelope: EventEnvelope) -> None:
    """Apply one event of an accepted commit. Raises Away; what was applied of it must then be undone."""
    evolve(state, envelope)
    standing.settle_moves(state, envelope.data.moved, envelope.data.requests_moved)


def apply_end(state: State, commit: Commit, head: Head) -> None:
    """Remember the commands of a commit whose events are applied, and that it leads to `head`."""
    for offset, recorded in enumerate(commit.events):
        before = state[COMMANDS].get(recorded.command)
        name = before.name if before else recorded.name
        state.put(
            state[COMMANDS], recorded.command, RecordedCommand(commit.first + offset, recorded.body, name)
        )
    confirm(state, commit, head)


def confirm(state: State, commit: Commit, head: Head) -> None:
    """Mark what was decided on this state as accepted."""
    state.head = head
    state.meta = msgspec.structs.replace(state.meta, recorded_at=commit.recorded_at)
    state.settle()
