"""Commands, refusals, and the registry of deciders and evolvers."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final, Literal, TypeVar, get_args

import msgspec
from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from events.base import PERSONAL, PHONE, Event, EventEnvelope
from events.catalog import ERASURES, newest
from events.refs import subject_field
from services.decisions.references import mentions, undeclared
from services.decisions.state import State
from services.decisions.table import AREA, erasures, kinds
from services.decisions.turning import unturned

FACT: Final = "fact"
CLAIM: Final = "claim"
BASED_ON: Final = "based_on"
"""Field of an amendment that says what its sender knew; it amends nothing itself."""
SAID: Final = "said"
"""Field that says which sheet a command comes from; it says nothing about the thing."""
AFTER: Final = "after"
"""Field that says which stage a list has before this one. The command is the same with it and without."""
Sender = Literal["dispatcher", "admin", "service"]


class Command(BaseModel):
    """A request to change something. Also the HTTP body and the OpenAPI schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    NAME: ClassVar[str] = ""
    KIND: ClassVar[Literal["fact", "claim"]] = CLAIM
    BY: ClassVar[Sender] = "service"
    """The least privileged sender allowed."""
    IS_OWN: ClassVar[bool] = False
    """Whether a worker's token may send it, about what is the worker's own."""
    BY_GATEWAY: ClassVar[bool] = False
    AMENDS: ClassVar[str] = ""
    """Name of the command that makes what this one amends."""
    SUBJECT: ClassVar[str | None] = None
    """Kind of the aggregate that its personal fields belong to; None if it has none."""
    OWNER: ClassVar[str] = ""
    """Field with the subject's id; if empty, the command's own id is used."""


Value = str | int | datetime | tuple[str, ...]
"""A value in a refusal: an id, a code, a number, an instant, or several ids."""


class Refused(Exception):
    """A rule refuses the command. `code` is stable; `values` are used in the message.

    The message is worded when displayed, by `services.refusals`. Values of None are omitted, and texts name
    controls that would turn the message around.
    """

    def __init__(self, code: str, /, **values: Value | None) -> None:
        self.code = code
        self.values = {name: unturned(value) for name, value in values.items() if value is not None}
        super().__init__(code, self.values)

    def __str__(self) -> str:
        return " ".join((self.code, *(f"{name}={value}" for name, value in self.values.items())))


class Scope(msgspec.Struct, frozen=True):
    """What the sender may touch; empty areas means the whole jurisdiction."""

    areas: tuple[str, ...] = ()
    worker: str | None = None
    """Limits the sender to this worker's own facts and offers."""
    establish: bool = True
    """Whether their first command may establish a jurisdiction."""


class Context(msgspec.Struct, kw_only=True):
    """The sender, time and id of a command; collects the anomalies of an observed command."""

    id: str
    actor: str
    now: datetime
    at: datetime
    claimed: datetime | None = None
    """The time given by the sender, unchanged; None if none was given."""
    observed: bool = False
    scope: Scope = Scope()
    timezone: str = "Asia/Shanghai"
    """Time zone for a jurisdiction established by this command."""
    anomalies: list[str] = []

    def rule(self, holds: object, code: str, /, **values: Value | None) -> None:
        """Refuse the command if the rule does not hold; for an observed command, only note it."""
        if holds:
            return
        if not self.observed:
            raise Refused(code, **values)
        self.note(code)

    def note(self, code: str) -> None:
        """Note an anomaly, each only once."""
        if code not in self.anomalies:
            self.anomalies.append(code)

    @property
    def late(self) -> bool:
        """Whether the sender reported something past."""
        return self.claimed is not None and self.at < self.now


Decider = Callable[[State, Any, Context], Iterable[Event]]
Evolver = Callable[[State, Any, EventEnvelope], None]
C = TypeVar("C", bound=Command)
Ev = TypeVar("Ev", bound=Event)

commands: dict[str, type[Command]] = {}
_deciders: dict[type[Command], Decider] = {}
_evolvers: dict[type[Event], Evolver] = {}
_NAME: Final = re.compile(r"^[a-z][a-z_]*\.[a-z_]+$")


def command(
    name: str,
    *,
    fact: bool = False,
    by: Sender = "dispatcher",
    own: bool = False,
    gateway: bool = False,
    subject: str | None = None,
    amends: str = "",
) -> Callable[[type[C]], type[C]]:
    """Register a command model. Facts may be late, claims may not.

    `by`: the least privileged sender, a dispatcher, an admin, or only the service itself. `own`: workers may
    also send it about what is theirs (`Table.own`). `gateway`: gateways may also send it; they may always
    send facts and own commands. `subject`: kind of the aggregate whose personal data the command carries, if
    not its own; a required field marked SEALS names it. `amends`: the command that makes what this one
    amends, so that a sheet with news of what is known amends it.
    """

    def enter(cls: type[C]) -> type[C]:
        if name in commands or not _NAME.match(name):
            raise ValueError(f"command {name} is declared twice or is not `aggregate.verb`")
        cls.NAME, cls.KIND, cls.BY, cls.IS_OWN = name, FACT if fact else CLAIM, by, own
        cls.AMENDS = amends
        cls.BY_GATEWAY = by != "service" and (gateway or own or fact)
        cls.SUBJECT = (subject or name.partition(".")[0]) if personal_fields(cls) else None
        cls.OWNER = _owner(cls) if cls.SUBJECT else ""
        commands[name] = cls
        return cls

    return enter


def _owner(cls: type[Command]) -> str:
    """Return the field that names the command's aggregate."""
    mine = [one.path[0] for one in mentions(cls) if one.kind == cls.SUBJECT and len(one.path) == 1]
    if not mine:
        raise ValueError(f"command {cls.NAME} has personal fields, but no field says whose they are")
    return mine[0]


def decides(cls: type[C]) -> Callable[[Callable[[State, C, Context], Iterable[Event]]], Decider]:
    """Register the function that turns this command into events, or refuses it."""

    def enter(function: Callable[[State, C, Context], Iterable[Event]]) -> Decider:
        if cls in _deciders:
            raise ValueError(f"{cls.NAME} has two deciders")
        _deciders[cls] = function
        return function

    return enter


def evolves(*classes: type[Ev]) -> Callable[[Callable[[State, Ev, EventEnvelope], None]], Evolver]:
    """Register the function that applies these events to the state."""

    def enter(function: Callable[[State, Ev, EventEnvelope], None]) -> Evolver:
        for cls in classes:
            if cls in _evolvers:
                raise ValueError(f"{cls.NAME} has two evolvers")
            _evolvers[cls] = function
        return function

    return enter


def refuse_gaps() -> None:
    """Raise ValueError for incomplete declarations: a command without a decider, an event without an evolver,
    text not declared as a reference or plain, or personal data that cannot be erased."""
    missing = [c.NAME for c in commands.values() if c not in _deciders]
    missing += [e.NAME for e in newest.values() if e not in _evolvers]
    if missing:
        raise ValueError(f"no decider or evolver for: {', '.join(sorted(missing))}")
    for one in commands.values():
        _refuse_undeclared(one)
    for event in newest.values():
        if event.KIND in kinds and subject_field(event) is None:
            raise ValueError(f"{event.NAME} does not say which {event.KIND} it is about")
    if named := ERASURES ^ {event.NAME for event in erasures()}:
        raise ValueError(f"an event is called `.erased` if it destroys a key, and only then: {sorted(named)}")
    erasable = {table.kind for table in erasures().values()}
    if subjects := {one.SUBJECT for one in commands.values() if one.SUBJECT} - erasable:
        raise ValueError(f"personal data that cannot be erased: of {', '.join(sorted(map(str, subjects)))}")


def _refuse_undeclared(one: type[Command]) -> None:
    if fields := undeclared(one):
        raise ValueError(f"{one.NAME}: declare what {', '.join(fields)} refers to, or that it is plain text")
    if unknown := {mention.kind for mention in mentions(one)} - kinds.keys():
        raise ValueError(f"{one.NAME} refers to {', '.join(sorted(unknown))}, which has no table")
    sure = [m for m in mentions(one) if m.kind != AREA and one.model_fields[m.path[0]].is_required()]
    if one.IS_OWN and not sure:
        raise ValueError(f"{one.NAME} is for workers, but no required field refers to something of theirs")


def decider(cls: type[Command]) -> Decider:
    """Return the function registered by `decides`."""
    return _deciders[cls]


def evolve(state: State, envelope: EventEnvelope) -> None:
    """Apply one event to the state."""
    _evolvers[type(envelope.data)](state, envelope.data, envelope)


@cache
def personal_fields(cls: type[Command]) -> tuple[str, ...]:
    """Return the command's personal fields, which are sealed before deciding."""
    return _marked(cls, PERSONAL)


def sealed_words(command: Command) -> bool:
    """Whether a command has words that are sealed: whether an earlier one had the same cannot be told."""
    return any(getattr(command, field) is not None for field in personal_fields(type(command)))


@cache
def phone_fields(cls: type[Command]) -> tuple[str, ...]:
    """Return the command's fields that hold its subject's phone number."""
    return _marked(cls, PHONE)


def _marked(cls: type[Command], mark: str) -> tuple[str, ...]:
    """Read the declarations themselves: a JSON schema of every command takes a tenth of a start."""
    return tuple(name for name, field in cls.model_fields.items() if mark in _extras(field))


def _extras(field: FieldInfo) -> set[str]:
    """Return the names that a field's declaration adds to its schema, or that of one of its alternatives."""
    declared = [field, *(meta for part in get_args(field.annotation) for meta in _metadata(part))]
    extras = (one.json_schema_extra for one in declared if isinstance(one, FieldInfo))
    return {name for extra in extras if extra and not callable(extra) for name in extra}


def _metadata(annotation: Any) -> Sequence[Any]:
    return getattr(annotation, "__metadata__", ())


def changes(amendment: Command, *keys: str) -> dict[str, Any]:
    """Return the fields given in an amendment, without its keys. Omitted fields stay unchanged."""
    return {
        name: getattr(amendment, name)
        for name in sorted(amendment.model_fields_set - {BASED_ON, SAID, *keys})
    }
