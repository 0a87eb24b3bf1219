"""Commands, refusals, and the registry of who decides and evolves what."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

import msgspec
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from events.base import Event, Happened
from events.catalog import newest
from services.decisions.state import State

PERSONAL: Final = "personal"
FACT: Final = "fact"
CLAIM: Final = "claim"


_LINE: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
"""One line that is not blank."""
_TEXT: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Lines and tabs, no other control characters."""

Id = Annotated[str, Field(pattern=r"^\w[\w.\-]{0,63}$", description="Letters, digits, _ . - ; at most 64")]
AreaCode = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{0,63}$", description="Prefix code of an area")
]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$", description="A coded value, lower case")]
Label = Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]


def _utc(at: datetime) -> datetime:
    if not 1900 <= at.year <= 2200:
        raise ValueError("must lie between the years 1900 and 2200")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, Field(description="RFC 3339 with offset"), AfterValidator(_utc)]
Lon = Annotated[float, Field(ge=-180, le=180, description="WGS-84 degrees")]
Lat = Annotated[float, Field(ge=-90, le=90, description="WGS-84 degrees")]
PersonalLine = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=_LINE, json_schema_extra={PERSONAL: True}),
]
PersonalText = Annotated[
    str,
    Field(min_length=1, max_length=4000, pattern=_TEXT, json_schema_extra={PERSONAL: True}),
]


def _whole(value: object) -> object:
    """JSON has one kind of number: 1.0 is the integer 1."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE: Final = BeforeValidator(_whole)
Priority = Annotated[
    int, Field(ge=1, le=4, description="1 life safety, 2 urgent, 3 needed, 4 comfort"), WHOLE
]


class Command(BaseModel):
    """What somebody asks for. Also the HTTP body and the OpenAPI schema."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    NAME: ClassVar[str] = ""
    KIND: ClassVar[Literal["fact", "claim"]] = CLAIM
    SUBJECT: ClassVar[str | None] = None
    """Whose the personal fields are, by kind: `worker`, `request` or `handover`."""
    OWNER: ClassVar[str] = ""
    """The field that holds the id of the subject; where it is empty the command's own id is taken."""


class Refused(Exception):
    """A rule says no. `code` is stable; `detail` is a sentence that a dispatcher understands."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Scope(msgspec.Struct, frozen=True):
    """What the asker may touch; empty areas = the whole jurisdiction."""

    areas: tuple[str, ...] = ()
    worker: str | None = None
    """Only this worker's own facts and offers."""
    establish: bool = True
    """Whether their first command may establish a jurisdiction."""


class Ask(msgspec.Struct, kw_only=True):
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

    def rule(self, holds: object, code: str, detail: str) -> None:
        """Refuse where the rule does not hold; of an observed command only note it."""
        if holds:
            return
        if not self.observed:
            raise Refused(code, detail)
        self.note(code)

    def note(self, code: str) -> None:
        """Name an anomaly; one cause is one anomaly."""
        if code not in self.anomalies:
            self.anomalies.append(code)

    @property
    def late(self) -> bool:
        """Whether the asker spoke of the past rather than of now."""
        return self.claimed is not None and self.at < self.now


Decider = Callable[[State, Any, Ask], Iterable[Event]]
Evolver = Callable[[State, Any, Happened], None]
C = TypeVar("C", bound=Command)
Ev = TypeVar("Ev", bound=Event)

commands: dict[str, type[Command]] = {}
_deciders: dict[type[Command], Decider] = {}
_evolvers: dict[type[Event], Evolver] = {}
_NAME: Final = re.compile(r"^[a-z]+\.[a-z_]+$")


def command(
    name: str, *, fact: bool = False, subject: str | None = None, owner: str | None = None
) -> Callable[[type[C]], type[C]]:
    """Enter a command model in the catalogue. Facts may be late, claims may not.

    `subject` = kind of what its personal fields belong to; `owner` = the field with its id, else the one that
    is named like the kind.
    """

    def enter(cls: type[C]) -> type[C]:
        if name in commands or not _NAME.match(name):
            raise ValueError(f"command {name} is declared twice or is not `aggregate.verb`")
        cls.NAME, cls.KIND, cls.SUBJECT = name, FACT if fact else CLAIM, subject
        cls.OWNER = owner or subject or ""
        commands[name] = cls
        return cls

    return enter


def decides(cls: type[C]) -> Callable[[Callable[[State, C, Ask], Iterable[Event]]], Decider]:
    """The function that turns this command into events, or refuses it."""

    def enter(function: Callable[[State, C, Ask], Iterable[Event]]) -> Decider:
        if cls in _deciders:
            raise ValueError(f"{cls.NAME} is decided twice")
        _deciders[cls] = function
        return function

    return enter


def evolves(*classes: type[Ev]) -> Callable[[Callable[[State, Ev, Happened], None]], Evolver]:
    """The function that changes the state by these events."""

    def enter(function: Callable[[State, Ev, Happened], None]) -> Evolver:
        for cls in classes:
            if cls in _evolvers:
                raise ValueError(f"{cls.NAME} is evolved twice")
            _evolvers[cls] = function
        return function

    return enter


def refuse_gaps() -> None:
    """Raises ValueError where a command has no decider or an event no evolver."""
    missing = [c.NAME for c in commands.values() if c not in _deciders]
    missing += [e.NAME for e in newest.values() if e not in _evolvers]
    if missing:
        raise ValueError(f"nobody decides or evolves: {', '.join(sorted(missing))}")


def decider(cls: type[Command]) -> Decider:
    """The function entered by `decides`."""
    return _deciders[cls]


def evolve(state: State, happened: Happened) -> None:
    """Change the state by one event."""
    _evolvers[type(happened.data)](state, happened.data, happened)


@cache
def personal_fields(cls: type[Command]) -> tuple[str, ...]:
    """Names of the command's fields that are personal: sealed before anything is decided."""
    fields: dict[str, Any] = cls.model_json_schema()["properties"]
    return tuple(
        name
        for name, field in fields.items()
        if any(PERSONAL in one for one in (field, *field.get("anyOf", ())))
    )


def changes(asked: Command, *keys: str) -> dict[str, Any]:
    """What an amending command gives, beside its keys. Fields left out stay as they are."""
    return {name: getattr(asked, name) for name in sorted(asked.model_fields_set - set(keys))}


def omitted() -> Any:
    """Default of an amendable field that cannot be null: leaving it out is the only way not to change it."""
    return Field(default_factory=lambda: None)
