"""References: a field that holds an id declares in its type what kind of id it is.

Authorisation, erasures and the activity view rely on these types, never on field names.
"""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_type_hints

import msgspec


class Ref(msgspec.Struct, frozen=True):
    """Marks an id, as in `Annotated[str, Ref("team")]`."""

    kind: str
    """Kind of aggregate: the first word of its events' and commands' names."""


AreaRef = Annotated[str, Ref("area")]
AssignmentRef = Annotated[str, Ref("assignment")]
HandoverRef = Annotated[str, Ref("handover")]
IncidentRef = Annotated[str, Ref("incident")]
RequestRef = Annotated[str, Ref("request")]
TeamRef = Annotated[str, Ref("team")]
WorkerRef = Annotated[str, Ref("worker")]


@cache
def fields_by_kind(struct: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Return kind -> fields of this class that hold such ids, in declaration order."""
    found: dict[str, tuple[str, ...]] = {}
    hints = get_type_hints(struct, include_extras=True)
    for name in struct.__struct_fields__:
        for kind in dict.fromkeys(_kinds(hints[name])):
            found[kind] = (*found.get(kind, ()), name)
    return found


def _kinds(annotation: Any) -> Iterator[str]:
    yield from (one.kind for one in getattr(annotation, "__metadata__", ()) if isinstance(one, Ref))
    for part in getattr(annotation, "__args__", ()):
        yield from _kinds(part)


@cache
def subject_field(event: type[msgspec.Struct]) -> str | None:
    """Return the field with the id of the aggregate an event class belongs to, if any."""
    return next(iter(fields_by_kind(event).get(getattr(event, "KIND", ""), ())), None)


def subject_of(event: msgspec.Struct) -> str | None:
    """Return `kind/id` of the event's aggregate; None if it is the jurisdiction itself."""
    field = subject_field(type(event))
    if field is None:
        return None
    return f"{getattr(event, 'KIND', '')}/{getattr(event, field)}"
