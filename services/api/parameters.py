"""Query parameters: pydantic models that parse and validate them. All raise 400."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Final, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema
from starlette.requests import Request

from services.api.problems import Problem

AREA: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
MOST_VALUES: Final = 100
MOST_LENGTH: Final = 1000
MOST_POSITION: Final = 1 << 60


class Parameters(BaseModel):
    """Base of all query models. Tuples may be repeated; all other parameters are given once."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Reads:
    """A parser of one value. `read` takes (name, text) and raises 400; `schema` describes the value."""

    def __init__(self, read: Callable[[str, str], Any], schema: dict[str, Any]) -> None:
        self._read, self._schema = read, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            lambda text, info: self._read(str(info.field_name), text)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(self._schema)


Q = TypeVar("Q", bound=Parameters)


def read(request: Request, model: type[Q], what: str) -> Q:
    """Parse the query string as a model. `what` names the resource in errors."""
    found = _values(request)
    lists = _lists(model)
    for name, values in found.items():
        if name not in lists:
            if model.model_config.get("extra") == "allow":
                continue
            raise Problem(400, "parameter.unknown", view=what, name=name[:64], known=sorted(lists) or None)
        if not lists[name] and len(values) > 1:
            raise Problem(400, "parameter.invalid", variant="once", name=name)
    try:
        return model.model_validate(
            {name: values if lists.get(name, True) else values[0] for name, values in found.items()}
        )
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        choices = schemas(model)[name].get("enum")
        if choices:
            raise Problem(400, "parameter.invalid", name=name, choices=choices) from error
        raise Problem(400, "parameter.invalid", variant="missing", name=name) from error


def _values(request: Request) -> dict[str, list[str]]:
    """Return all values by name, within the limits on text."""
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    for name, values in found.items():
        if any("\0" in value or len(value) > MOST_LENGTH for value in values) or len(values) > MOST_VALUES:
            raise Problem(400, "parameter.invalid", variant="text", name=name[:64])
    return found


@cache
def _lists(model: type[Parameters]) -> dict[str, bool]:
    """Return whether each parameter may be repeated."""
    return {name: get_origin(field.annotation) is tuple for name, field in model.model_fields.items()}


@cache
def schemas(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each parameter."""
    return model.model_json_schema()["properties"]


def instant(name: str, text: str) -> datetime:
    """Parse an RFC 3339 instant with offset. Raises 400."""
    try:
        value = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        value = None
    if value is None or value.tzinfo is None or not 1900 <= value.year <= 2200:
        raise Problem(400, "parameter.invalid", variant="instant", name=name)
    return value.astimezone(UTC)


def whole(name: str, text: str, least: int, most: int) -> int:
    """Parse an integer in a range. Raises 400."""
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise Problem(400, "parameter.invalid", name=name, least=least, most=most)


def in_range(least: int, most: int) -> Reads:
    """Return a parser of integers from `least` to `most`."""
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Reads(lambda name, text: whole(name, text, least, most), schema)


def one_of(choices: Sequence[str]) -> Reads:
    """Return a parser of one of these words."""

    def chosen(name: str, text: str) -> str:
        if text not in choices:
            raise Problem(400, "parameter.invalid", name=name, choices=list(choices))
        return text

    return Reads(chosen, {"type": "string", "enum": list(choices)})


def text_up_to(most: int, least: int = 0) -> Reads:
    """Return a parser of texts of at most `most` characters. Less than `least` counts as missing."""

    def checked(name: str, text: str) -> str:
        if len(text) < least:
            raise Problem(400, "parameter.invalid", variant="missing", name=name)
        if len(text) > most:
            raise Problem(400, "parameter.invalid", variant="long", name=name, most=most)
        return text

    schema = {"type": "string", "minLength": least, "maxLength": most, "pattern": "^[^\\x00]*$"}
    return Reads(checked, schema if least else {k: v for k, v in schema.items() if k != "minLength"})


def any_text(schema: dict[str, Any]) -> Reads:
    """Return a parser of texts that the view store validates. `schema` describes them."""
    return Reads(lambda name, text: text, schema)


def _flag(name: str, text: str) -> bool:
    if text in ("true", "false"):
        return text == "true"
    raise Problem(400, "parameter.invalid", variant="flag", name=name)


def _area(name: str, text: str) -> str:
    if not AREA.fullmatch(text):
        raise Problem(400, "parameter.invalid", variant="area")
    return text


SHORT: Final = {"type": "string", "maxLength": 200, "pattern": "^[^\\x00]*$"}
Flag = Annotated[bool, Reads(_flag, {"type": "boolean"})]
AreaText = Annotated[str, Reads(_area, {"type": "string", "pattern": f"^{AREA.pattern}$"})]
Areas = Annotated[tuple[AreaText, ...], Field(max_length=MOST_VALUES)]
At = Annotated[datetime, Reads(instant, {"type": "string", "format": "date-time"})]
Position = Annotated[int, in_range(0, MOST_POSITION)]
PageLimit = Annotated[int, in_range(1, 1000)]
Cursor = Annotated[str, any_text({"type": "string"}), Field(description="`next` of the page before")]
Texts = Annotated[
    tuple[Annotated[str, any_text(SHORT)], ...],
    Field(max_length=MOST_VALUES, description="Repeat it for a choice of several"),
]
Lean = Annotated[Flag, Field(description="Without the fields that only a single row needs")]
Reveal = Annotated[Flag, Field(description="Personal data unmasked; every reveal is recorded")]


class NoParameters(Parameters):
    """A query model without parameters."""
