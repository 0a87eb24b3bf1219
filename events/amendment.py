"""What replaces what: of two values of a field, the one of the later time counts, whenever it was recorded.

Times are those at which the changes happened (`at`); of two at the same instant, the one recorded later
counts. An amendment that arrives late changes the past from its own time on, and the present only in those
fields that nothing of a later time has set. The writer knows which these are, and says so in the event.
"""

from functools import cache
from typing import Any, ClassVar

import msgspec

from events.base import Event, EventEnvelope
from events.refs import subject_field


class Amendment(Event, frozen=True, kw_only=True):
    """Base of events that set fields of something that exists."""

    NOT_SET: ClassVar[frozenset[str]] = frozenset()
    """Fields of the event that are not fields of its subject."""

    superseded: tuple[str, ...] = ()
    """Fields of which a value of a later time was already known: their present stays."""


def given(e: Amendment) -> dict[str, Any]:
    """Return the fields that it sets, with their values."""
    values = {name: getattr(e, name) for name in _settable(type(e))}
    return {name: value for name, value in values.items() if value is not msgspec.UNSET}


def present(e: Amendment) -> dict[str, Any]:
    """Return the fields that it sets in the present."""
    fields = given(e)
    for name in e.superseded:
        fields.pop(name, None)
    return fields


def at_its_time(event: EventEnvelope) -> EventEnvelope:
    """Return an event as it counts among those sorted by time: then nothing has superseded it yet."""
    if not isinstance(event.data, Amendment) or not event.data.superseded:
        return event
    return msgspec.structs.replace(event, data=msgspec.structs.replace(event.data, superseded=()))


@cache
def _settable(cls: type[Amendment]) -> tuple[str, ...]:
    others = {*Amendment.__struct_fields__, *cls.NOT_SET, subject_field(cls)}
    return tuple(name for name in cls.__struct_fields__ if name not in others)
