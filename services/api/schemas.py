"""JSON Schemas of responses (msgspec) and bodies (pydantic), as components of the OpenAPI document."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, get_args, get_type_hints

import msgspec
from msgspec.structs import FieldInfo
from pydantic import BaseModel, TypeAdapter

from events.base import PERSONAL
from projections.base import Row, View
from projections.instant import PRESENCE

REF: Final = "#/components/schemas/{}"
TEXT: Final = {"type": "string"}
POSITION: Final = {"type": "integer", "minimum": 0, "maximum": 1 << 60}
_MASKED: Final = {
    "anyOf": [TEXT, {"type": "null"}],
    "description": "Personal: masked unless revealed; null once erased",
}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": REF.format(name)}


def of_answers(types: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return (schema of each type, components). Fields that are always sent are required, default or not."""
    kinds = list(types)
    schemas, found = msgspec.json.schema_components(kinds, ref_template=REF.format("{name}"))
    for struct in _structs(kinds):
        if struct.__name__ not in found:  # msgspec gives two of one name the names of their modules too
            raise ValueError(f"two types of answers are called {struct.__name__}: rename one")
        _complete(found[struct.__name__], struct)
    return list(schemas), found


def together(answers: dict[str, Any], bodies: dict[str, Any]) -> dict[str, Any]:
    """Return the components of both. Raise ValueError if one of each has the same name."""
    if both := sorted(name for name in answers.keys() & bodies.keys() if answers[name] != bodies[name]):
        raise ValueError(f"an answer and a body are both called {both[0]}: rename one")
    return answers | bodies


def _complete(schema: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    schema.pop("additionalProperties", None)
    schema["required"] = list(_always(struct))
    instants = {field.encode_name for field in _instants(struct)}
    for name, told in schema["properties"].items():
        told.pop("default", None)
        options = told.get("anyOf", [told])
        if name in instants:
            next(one for one in options if one.get("type") == "string")["format"] = "date-time"
        if any(one.get("description") == PERSONAL for one in options):
            schema["properties"][name] = dict(_MASKED)
    if issubclass(struct, Row):
        schema["properties"] = {"key": TEXT, **schema["properties"]}
        schema["required"].insert(0, "key")


def _always(struct: type[msgspec.Struct]) -> Iterator[str]:
    """Yield the names of fields that are always sent."""
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        may_be_unset = msgspec.UnsetType in get_args(hints[field.name])
        if not may_be_unset and not (struct.__struct_config__.omit_defaults and not field.required):
            yield field.encode_name


def _instants(struct: type[msgspec.Struct]) -> Iterator[FieldInfo]:
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        if datetime in (hints[field.name], *get_args(hints[field.name])):
            yield field


def _structs(kinds: Iterable[Any]) -> Iterator[type[msgspec.Struct]]:
    """Yield every struct within these types, once."""
    seen: set[Any] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            yield kind
            waiting += get_type_hints(kind).values()
        waiting += get_args(kind)


def of_bodies(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """Return the components of request bodies."""
    found: dict[str, Any] = {}
    for model in models:
        schema = model.model_json_schema(ref_template=REF.format("{model}"), mode="validation")
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    return found


def of_body(kind: Any) -> dict[str, Any]:
    """Return the reference of a model, or the array schema of a list of models."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return ref(kind.__name__)
    schema = TypeAdapter(kind).json_schema(ref_template=REF.format("{model}"))
    return {name: told for name, told in schema.items() if name != "$defs"}


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the models of a body."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for one in get_args(kind):
        yield from models_in(one)


def row(view: View[Any]) -> dict[str, Any]:
    """Return the schema of a row. Presence at an instant has one row per worker, otherwise one per fact."""
    if view.name == PRESENCE.name:
        return {"anyOf": [ref(view.row.__name__), ref(PRESENCE.row.__name__)]}
    return ref(view.row.__name__)


_OF_VIEW: Final = {
    "position": POSITION,
    "degraded": {"type": "integer", "description": "Set aside since this position: not up to date"},
}


def page(view: View[Any]) -> dict[str, Any]:
    """Return the schema of a page of rows."""
    return {
        "type": "object",
        "required": ["items", "next", "position"],
        "properties": {
            "items": {"type": "array", "items": row(view)},
            "next": {"anyOf": [TEXT, {"type": "null"}], "description": "Cursor of the next page"},
            **_OF_VIEW,
        },
    }


def single(view: View[Any]) -> dict[str, Any]:
    """Return the schema of a row with its position."""
    about = {"type": "object", "required": ["position"], "properties": _OF_VIEW}
    return {"allOf": [row(view), about]}
