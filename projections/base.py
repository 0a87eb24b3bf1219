"""A view: rows folded from events. Its table, filters, endpoint, stream and rebuild follow from this."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from events.base import PERSONAL, PHONE, Event, EventEnvelope


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every view's rows. Personal fields are annotated `Personal` and hold sealed tokens."""


R = TypeVar("R", bound=Row)


class Own(NamedTuple):
    """Which rows of a view a worker's token sees: those whose `field` holds the worker or the active team."""

    field: str
    worker: bool = True
    team: bool = False


EVERYBODY: Final = Own("")
"""A worker's token sees all rows."""


class View(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """Declare one as module-level `VIEW` in a file of this folder."""

    name: str
    """Path segment of its endpoint; table name; lower case."""
    row: type[R]
    keys: Callable[[EventEnvelope], Iterable[str]]
    """Which rows an event touches."""
    evolve: Callable[[R | None, EventEnvelope, str], R | None]
    """The row (by key) after an event; None = no such row."""
    events: tuple[type[Event], ...] = ()
    """Event classes it folds; empty = every event."""
    version: int = 1
    """Raise it when the fold changes: a new table is rebuilt beside the old."""
    filters: tuple[str, ...] = ()
    """Row fields that become typed, indexed columns: `field=value` filters and sort keys."""
    sort: str = "key"
    """Default order: a filter field or `key`; `-` first = descending."""
    public: bool = True
    """Whether it has an endpoint and a stream."""
    own: Own | None = None
    """What a worker's token sees of it; None = nothing."""


@cache
def personal_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """Names of the personal fields of a row or an event."""
    return tuple(name for name, meta in _annotations(struct) if meta.description == PERSONAL)


@cache
def phone_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """Names of those that hold the phone number of its subject."""
    return tuple(name for name, meta in _annotations(struct) if meta.title == PHONE)


def _annotations(struct: type[msgspec.Struct]) -> Iterator[tuple[str, msgspec.Meta]]:
    for field in msgspec.structs.fields(struct):
        for part in (field.type, *getattr(field.type, "__args__", ())):
            for meta in getattr(part, "__metadata__", ()):
                if isinstance(meta, msgspec.Meta):
                    yield field.name, meta
