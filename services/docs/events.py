"""Generate docs/catalogue/events.md from the event classes."""

import re
from itertools import groupby

from events.base import Event, Move, RequestMove, RequestStanding, WorkerStanding
from events.catalog import newest
from services.docs.markdown import code, head, sentence, table
from services.docs.source import Field, fields, own_fields

INTRO = """All events of the log, with the fields of their `data`. The envelope (`name`, `schema`, `at`,
`actor`, `command`, `body`, `claimed`, `observed`) is described in [architecture](../architecture.md). Fields
of type `Personal` are encrypted tokens in the log, never plain text ([privacy](../privacy.md)). Stored JSON
omits fields that have their default; "unchanged" means that an omitted field changes nothing."""
_REFERENCE = re.compile(r"\b([A-Z][a-z]+)Ref\b")
SHARED = """Every event may also have these fields."""


def page() -> str:
    """Return the text of the page."""
    lines = head("Events", INTRO)
    lines += ["## Fields that all events share", "", SHARED, "", *_fields(list(own_fields(Event)))]
    for struct in (Move, WorkerStanding, RequestMove, RequestStanding):
        lines += [f"### {struct.__name__}", "", sentence(struct), "", *_fields(list(own_fields(struct)))]
    for aggregate, some in groupby(sorted(newest), lambda name: name.partition(".")[0]):
        lines += [f"## {aggregate}", ""]
        for name in some:
            cls = newest[name]
            lines += [f"### {name}", "", f"Schema {cls.SCHEMA}. {sentence(cls)}", ""]
            lines += _fields(fields(cls, below=Event))
    return "\n".join(lines).rstrip() + "\n"


def _fields(some: list[Field]) -> list[str]:
    return table(
        ("field", "type", "default", "meaning"),
        ((code(f.name), code(_type(f)), _default(f), f.text) for f in some),
    )


def _type(field: Field) -> str:
    parts = [_REFERENCE.sub(_id, part.strip()) for part in field.type.split(" | ")]
    return " | ".join(part for part in parts if part != "msgspec.UnsetType")


def _id(found: re.Match[str]) -> str:
    return "area code" if found[1] == "Area" else f"{found[1].lower()} id"


def _default(field: Field) -> str:
    if field.default is None:
        return "required"
    return "unchanged" if field.default == "msgspec.UNSET" else code(field.default)
