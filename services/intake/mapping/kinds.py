"""Derive the value type of a command's field from the command's schema."""

from functools import cache
from typing import Any, Final

from services.decisions.base import commands
from services.decisions.fields import AreaCode, Code, Id
from services.intake.mapping.value import Kind

_TYPES: Final[dict[str, Kind]] = {"integer": "int", "number": "number", "boolean": "bool", "array": "list"}


def _pattern(annotated: Any) -> str:
    return next(one.metadata[0].pattern for one in annotated.__metadata__)


ID: Final = _pattern(Id)
CODE: Final = _pattern(Code)
AREA: Final = _pattern(AreaCode)


@cache
def kind_of(name: str, field: str) -> Kind:
    """Return the default type of a mapped value; `text` if the schema is not more specific."""
    if field in ("lon", "lat"):
        return "lon" if field == "lon" else "lat"
    return _kind(_schema(name, field))


@cache
def part_of(name: str, field: str) -> Kind:
    """Return the type of a list's items."""
    return _kind(_schema(name, field).get("items", {}))


def _schema(name: str, field: str) -> dict[str, Any]:
    found: dict[str, Any] = commands[name].model_json_schema()["properties"].get(field, {})
    return next((one for one in found.get("anyOf", ()) if one.get("type") != "null"), found)


def _kind(schema: dict[str, Any]) -> Kind:
    if schema.get("format") == "date-time":
        return "instant"
    if schema.get("pattern") in (ID, CODE):
        return "id" if schema["pattern"] == ID else "code"
    if schema.get("maxLength", 0) > 1000:
        return "lines"
    return _TYPES.get(schema.get("type", ""), "text")
