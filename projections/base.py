"""View declarations: rows folded from events. Table, filters, endpoint, stream and rebuild follow from
them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from events.amendment import Amendment, present
from events.base import PERSONAL, PHONE, Event, EventEnvelope


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Base class of view rows. Personal fields are annotated `Personal` and hold sealed tokens."""


R = TypeVar("R", bound=Row)


def amended(row: R, e: Amendment, envelope: EventEnvelope) -> R:
    """Return a row with what an amendment changes of its present, and `changed` for who amends it next."""
    new = {name: value for name, value in present(e).items() if name in row.__struct_fields__}
    return msgspec.structs.replace(row, **new, changed=envelope.position) if new else row


class Own(NamedTuple):
    """Rows visible to a worker's token: those whose `field` holds the worker or their active team."""

    field: str
    worker: bool = True
    team: bool = False


EVERYBODY: Final = Own("")
"""All rows are visible to a worker's token."""


PARAMETERS: Final = frozenset(
    {"after", "as_of", "at", "cursor", "headings", "key", "lean", "limit", "reveal", "sort", "views"}
)
"""Query parameters of every view: a filter of that name would take their place."""


class View(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
    """A view. Declare one as module-level `VIEW` in a file of this folder."""

    name: str
    """Endpoint path segment and table name, in lower case."""
    row: type[R]
    keys: Callable[[EventEnvelope], Iterable[str]]
    """Keys of the rows affected by an event."""
    evolve: Callable[[R | None, EventEnvelope, str], R | None]
    """Return the row with this key after an event; None means no such row."""
    events: tuple[type[Event], ...] = ()
    """Event classes that it folds; empty means every event."""
    begins: Callable[[EventEnvelope], bool] | None = None
    """Whether an event's rows begin with it: nothing need be read before it is folded. None = never."""
    version: int = 1
    """Increment when the fold changes: a new table is built next to the old one."""
    filters: tuple[str, ...] = ()
    """Row fields stored in typed, indexed columns, for `field=value` filters and sorting."""
    sort: str = "key"
    """Default order: a filter field or `key`, with a leading `-` for descending."""
    detail: tuple[str, ...] = ()
    """Fields with a default that only a row read by itself needs: `lean` lists leave them at that default."""
    public: bool = True
    """Whether it has an endpoint and a stream."""
    own: Own | None = None
    """What a worker's token sees of it; None means nothing."""
    at: Callable[[R, datetime], R | None] | None = None
    """Return a row as it was at an instant, by the dated history that it holds and without what came after;
    None if there was none. A view that declares it answers `at=INSTANT`."""

    def __post_init__(self) -> None:
        """Raise ValueError for fields whose names a query or an answer uses itself."""
        taken = PARAMETERS.intersection(self.filters) | {"key"}.intersection(self.row.__struct_fields__)
        if taken:
            names = ", ".join(f"`{name}`" for name in sorted(taken))
            raise ValueError(
                f"view {self.name}: {names} cannot be filtered, as every view has a query parameter of that "
                "name. Give the field another name, such as `used_at` for `at`."
            )


@cache
def personal_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the names of a row's or an event's personal fields."""
    return fields_marked(struct, PERSONAL)


@cache
def fields_marked(struct: type[msgspec.Struct], mark: str) -> tuple[str, ...]:
    """Return the names of fields whose annotation carries this mark."""
    return tuple(name for name, meta in _annotations(struct) if meta.description == mark)


@cache
def phone_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the names of the fields holding the subject's phone number."""
    return tuple(name for name, meta in _annotations(struct) if meta.title == PHONE)


def _annotations(struct: type[msgspec.Struct]) -> Iterator[tuple[str, msgspec.Meta]]:
    for field in msgspec.structs.fields(struct):
        for part in (field.type, *getattr(field.type, "__args__", ())):
            for meta in getattr(part, "__metadata__", ()):
                if isinstance(meta, msgspec.Meta):
                    yield field.name, meta
