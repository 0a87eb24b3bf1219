"""Shared by all events: places, moves, anomalies, and the event with its envelope."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, TypeVar

import msgspec

PERSONAL: Final = "personal"
Personal = Annotated[str, msgspec.Meta(description=PERSONAL)]
"""Name, phone, address or free text: in events and rows always a sealed token, never plain text."""
PHONE: Final = "phone"
UNSEEN: Final = "unseen"
"""Marks a field that leads from one thing to another one: the view of activity leaves it out."""
PersonalPhone = Annotated[str, msgspec.Meta(description=PERSONAL, title=PHONE)]
"""A phone number: personal, and its subject can be found by it."""


class WorkerStanding(msgspec.Struct, frozen=True, gc=False):
    """How a worker counts in the headcount."""

    area: str
    role: str
    presence: str
    team: str | None = None
    """The active team they are in."""


class Move(msgspec.Struct, frozen=True, gc=False):
    """One worker's current place before and after an event; None means not on the roster."""

    worker: str
    before: WorkerStanding | None
    after: WorkerStanding | None


class RequestStanding(msgspec.Struct, frozen=True, gc=False):
    """How a request counts in the ledger."""

    area: str
    incident: str | None
    day: str
    """Local day of opening, YYYY-MM-DD in the jurisdiction's time zone."""
    state: str
    priority: int


class RequestMove(msgspec.Struct, frozen=True, gc=False):
    """One request's standing before and after an event; None means not yet received."""

    request: str
    before: RequestStanding | None
    after: RequestStanding | None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base class of event data. Law: each `before` equals that worker's (request's) previous `after`."""

    NAME: ClassVar[str] = ""
    SCHEMA: ClassVar[int] = 0
    KIND: ClassVar[str] = ""
    """Kind of the aggregate that it belongs to."""

    moved: tuple[Move, ...] = ()
    requests_moved: tuple[RequestMove, ...] = ()
    anomalies: tuple[str, ...] = ()
    """Codes of rules that would have refused this, had it not been observed elsewhere."""


class EventEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded event with its envelope, as folded by evolve functions and views."""

    jurisdiction: str
    position: int
    recorded_at: datetime
    name: str
    at: datetime
    actor: str
    command: str
    claimed: datetime | None = None
    observed: bool = False
    body: str = ""
    """Keyed hash of the command's body."""
    data: Event


E = TypeVar("E", bound=type[Event])
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
registered: dict[tuple[str, int], type[Event]] = {}
upcasters: dict[tuple[str, int], Upcaster] = {}


def event(name: str, schema: int = 1, *, about: str = "") -> Callable[[E], E]:
    """Register an event class under (name, schema). Raises ValueError on a duplicate.

    `about`: kind of the aggregate that it belongs to, if not the first word of its name.
    """

    def enter(cls: E) -> E:
        if (name, schema) in registered:
            raise ValueError(f"event {name} schema {schema} is declared twice")
        cls.NAME, cls.SCHEMA, cls.KIND = name, schema, about or name.partition(".")[0]
        registered[name, schema] = cls
        return cls

    return enter


def upcast(name: str, schema: int) -> Callable[[Upcaster], Upcaster]:
    """Register a function converting data of (name, schema) to schema + 1; runs once, when decoding."""

    def enter(function: Upcaster) -> Upcaster:
        if (name, schema) in upcasters:
            raise ValueError(f"upcaster of {name} schema {schema} is declared twice")
        upcasters[name, schema] = function
        return function

    return enter
