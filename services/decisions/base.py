"""Commands, refusals, and the registry of who decides and evolves what."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final, Literal, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict

from events.base import PERSONAL, PHONE, Event, EventEnvelope
from events.catalog import newest
from events.refs import subject_field
from services.decisions.references import mentions, undeclared
from services.decisions.state import State
from services.decisions.table import AREA, erasures, kinds

FACT: Final = "fact"
CLAIM: Final = "claim"
Sender = Literal["dispatcher", "admin", "service"]


class Command(BaseModel):
    """What somebody asks for. Also the HTTP body and the OpenAPI schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    NAME: ClassVar[str] = ""
    KIND: ClassVar[Literal["fact", "claim"]] = CLAIM
    BY: ClassVar[Sender] = "service"
    """Who may send it at least."""
    IS_OWN: ClassVar[bool] = False
    """Whether a worker's token may send it, about what is the worker's own."""
    BY_GATEWAY: ClassVar[bool] = False
    SUBJECT: ClassVar[str | None] = None
    """Kind of what its personal fields belong to: its aggregate; None = it has no such fields."""
    OWNER: ClassVar[str] = ""
    """The field that holds the id of the subject; where it is empty the command's own id is taken."""


Value = str | int | datetime | tuple[str, ...]
"""What a refusal names: an id, a code, a number, an instant, or several ids."""


class Refused(Exception):
    """A rule says no. `code` is stable; `values` are what a sentence about it names.

    The sentence is made where it is read, by `services.refusals`. A value that is None is left out.
    """

    def __init__(self, code: str, /, **values: Value | None) -> None:
        self.code = code
        self.values = {name: value for name, value in values.items() if value is not None}
        super().__init__(code, self.values)

    def __str__(self) -> str:
        return " ".join((self.code, *(f"{name}={value}" for name, value in self.values.items())))


class Scope(msgspec.Struct, frozen=True):
    """What the asker may touch; empty areas = the whole jurisdiction."""

    areas: tuple[str, ...] = ()
    worker: str | None = None
    """Only this worker's own facts and offers."""
    establish: bool = True
    """Whether their first command may establish a jurisdiction."""


class Context(msgspec.Struct, kw_only=True):
    """Who asks, when, and under which id; collects the anomalies of an observed command."""

    id: str
    actor: str
    now: datetime
    at: datetime
    claimed: datetime | None = None
    """The time the asker gave, as given; None = none was."""
    observed: bool = False
    scope: Scope = Scope()
    timezone: str = "Asia/Shanghai"
    """Of a jurisdiction that this command is the first of."""
    anomalies: list[str] = []

    def rule(self, holds: object, code: str, /, **values: Value | None) -> None:
        """Refuse where the rule does not hold; of an observed command only note it."""
        if holds:
            return
        if not self.observed:
            raise Refused(code, **values)
        self.note(code)

    def note(self, code: str) -> None:
        """Name an anomaly; one cause is one anomaly."""
        if code not in self.anomalies:
            self.anomalies.append(code)

    @property
    def late(self) -> bool:
        """Whether the asker spoke of the past rather than of now."""
        return self.claimed is not None and self.at < self.now


Decider = Callable[[State, Any, Context], Iterable[Event]]
Evolver = Callable[[State, Any, EventEnvelope], None]
C = TypeVar("C", bound=Command)
Ev = TypeVar("Ev", bound=Event)

commands: dict[str, type[Command]] = {}
_deciders: dict[type[Command], Decider] = {}
_evolvers: dict[type[Event], Evolver] = {}
_NAME: Final = re.compile(r"^[a-z]+\.[a-z_]+$")


def command(
    name: str, *, fact: bool = False, by: Sender = "dispatcher", own: bool = False, gateway: bool = False
) -> Callable[[type[C]], type[C]]:
    """Enter a command model in the catalogue. Facts may be late, claims may not.

    `by` = who may send it at least: a dispatcher, an admin, or only the service itself. `own` = workers may
    too, about what is theirs (`Table.own`). `gateway` = gateways may too; facts and own commands they may
    anyway.
    """

    def enter(cls: type[C]) -> type[C]:
        if name in commands or not _NAME.match(name):
            raise ValueError(f"command {name} is declared twice or is not `aggregate.verb`")
        cls.NAME, cls.KIND, cls.BY, cls.IS_OWN = name, FACT if fact else CLAIM, by, own
        cls.BY_GATEWAY = by != "service" and (gateway or own or fact)
        cls.SUBJECT = name.partition(".")[0] if personal_fields(cls) else None
        cls.OWNER = _owner(cls) if cls.SUBJECT else ""
        commands[name] = cls
        return cls

    return enter


def _owner(cls: type[Command]) -> str:
    """The field that names the aggregate which a command is about."""
    mine = [one.path[0] for one in mentions(cls) if one.kind == cls.SUBJECT and len(one.path) == 1]
    if not mine:
        raise ValueError(f"command {cls.NAME} has personal fields, but none says whose they are")
    return mine[0]


def decides(cls: type[C]) -> Callable[[Callable[[State, C, Context], Iterable[Event]]], Decider]:
    """The function that turns this command into events, or refuses it."""

    def enter(function: Callable[[State, C, Context], Iterable[Event]]) -> Decider:
        if cls in _deciders:
            raise ValueError(f"{cls.NAME} is decided twice")
        _deciders[cls] = function
        return function

    return enter


def evolves(*classes: type[Ev]) -> Callable[[Callable[[State, Ev, EventEnvelope], None]], Evolver]:
    """The function that changes the state by these events."""

    def enter(function: Callable[[State, Ev, EventEnvelope], None]) -> Evolver:
        for cls in classes:
            if cls in _evolvers:
                raise ValueError(f"{cls.NAME} is evolved twice")
            _evolvers[cls] = function
        return function

    return enter


def refuse_gaps() -> None:
    """Raises ValueError where a command or event is not declared in full: nobody decides or evolves it, its
    text refers to who knows what, or its personal data could not be erased."""
    missing = [c.NAME for c in commands.values() if c not in _deciders]
    missing += [e.NAME for e in newest.values() if e not in _evolvers]
    if missing:
        raise ValueError(f"nobody decides or evolves: {', '.join(sorted(missing))}")
    for one in commands.values():
        _refuse_undeclared(one)
    for event in newest.values():
        kind = event.NAME.partition(".")[0]
        if kind in kinds and subject_field(event) is None:
            raise ValueError(f"{event.NAME} does not say which {kind} it is about")
    erasable = {table.kind for table in erasures().values()}
    if subjects := {one.SUBJECT for one in commands.values() if one.SUBJECT} - erasable:
        raise ValueError(f"personal data that nobody can erase: of {', '.join(sorted(map(str, subjects)))}")


def _refuse_undeclared(one: type[Command]) -> None:
    if fields := undeclared(one):
        raise ValueError(f"{one.NAME}: say what {', '.join(fields)} refers to, or that it is plain text")
    if unknown := {mention.kind for mention in mentions(one)} - kinds.keys():
        raise ValueError(f"{one.NAME} refers to {', '.join(sorted(unknown))}, of which there is no table")
    sure = [m for m in mentions(one) if m.kind != AREA and one.model_fields[m.path[0]].is_required()]
    if one.IS_OWN and not sure:
        raise ValueError(f"{one.NAME} is for workers, but need not say what of theirs it is about")


def decider(cls: type[Command]) -> Decider:
    """The function entered by `decides`."""
    return _deciders[cls]


def evolve(state: State, envelope: EventEnvelope) -> None:
    """Change the state by one event."""
    _evolvers[type(envelope.data)](state, envelope.data, envelope)


@cache
def personal_fields(cls: type[Command]) -> tuple[str, ...]:
    """Names of the command's fields that are personal: sealed before anything is decided."""
    return _marked(cls, PERSONAL)


@cache
def phone_fields(cls: type[Command]) -> tuple[str, ...]:
    """Names of the command's fields that hold the phone number of its subject."""
    return _marked(cls, PHONE)


def _marked(cls: type[Command], mark: str) -> tuple[str, ...]:
    fields: dict[str, Any] = cls.model_json_schema()["properties"]
    return tuple(
        name for name, field in fields.items() if any(mark in one for one in (field, *field.get("anyOf", ())))
    )


def changes(amendment: Command, *keys: str) -> dict[str, Any]:
    """What an amending command gives, beside its keys. Fields left out stay as they are."""
    return {name: getattr(amendment, name) for name in sorted(amendment.model_fields_set - set(keys))}
