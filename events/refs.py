"""References: a field that holds the id of something says in its type what it is the id of.

Authorisation, erasures and the activity follow from these types, never from the names of fields.
"""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_type_hints

import msgspec


class Ref(msgspec.Struct, frozen=True):
    """Marks an id, as in `Annotated[str, Ref("team")]`."""

    kind: str
    """Of the aggregate: the first word of the names of its events and commands."""


AreaRef = Annotated[str, Ref("area")]
AssignmentRef = Annotated[str, Ref("assignment")]
HandoverRef = Annotated[str, Ref("handover")]
IncidentRef = Annotated[str, Ref("incident")]
RequestRef = Annotated[str, Ref("request")]
TeamRef = Annotated[str, Ref("team")]
WorkerRef = Annotated[str, Ref("worker")]


@cache
def fields_by_kind(struct: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Kind -> the fields of this class that hold ids of it, in the order in which they are declared."""
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


def subject_field(event: type[msgspec.Struct]) -> str | None:
    """The field with the id of the aggregate that events of this class belong to; None = they have none."""
    kind, _, _ = str(getattr(event, "NAME", "")).partition(".")
    return next(iter(fields_by_kind(event).get(kind, ())), None)


def subject_of(event: msgspec.Struct) -> str | None:
    """`kind/id` of the aggregate that an event belongs to; None where it is about the jurisdiction itself."""
    field = subject_field(type(event))
    if field is None:
        return None
    kind, _, _ = str(getattr(event, "NAME", "")).partition(".")
    return f"{kind}/{getattr(event, field)}"
