"""The commands of a batch: all read in one pass, or each by itself if one of them cannot be."""

import json
from contextlib import suppress
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Final, cast
from uuid import UUID

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.api.doubled import doubled_key
from services.api.problems import Problem, invalid
from services.decisions.fields import Instant
from services.recorder.envelope import Outcome

MOST_NAME: Final = 64
USUAL_ID: Final = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""Pattern of ids as `str(UUID)` writes them; any other way to write one is read too."""


class When(BaseModel):
    """The envelope fields of a command's body."""

    at: Instant | None = Field(default=None, description="When it happened, by the device's clock")
    sent_at: Instant | None = Field(default=None, description="The device's clock when it sent this")
    observed: bool = Field(
        default=False,
        description="Learned from elsewhere: recorded with an anomaly where a rule would refuse",
    )


class Item(When):
    """One command of a batch."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    name: str = Field(max_length=MOST_NAME)
    data: dict[str, Any]


class Given(msgspec.Struct, frozen=True):
    """An item whose data is not read yet."""

    id: str
    name: str
    data: bytes
    """A JSON object."""
    at: datetime | None = None
    sent_at: datetime | None = None
    observed: bool = False


class _Plain(msgspec.Struct, forbid_unknown_fields=True):
    """An item as nearly all are sent; `Item` takes more, such as ids in capitals, and says what is wrong."""

    id: Annotated[str, Meta(pattern=rf"^{USUAL_ID}\Z")]
    name: Annotated[str, Meta(max_length=MOST_NAME)]
    data: msgspec.Raw
    at: msgspec.Raw = msgspec.Raw()
    sent_at: msgspec.Raw = msgspec.Raw()
    observed: bool = False


_plain: Final = msgspec.json.Decoder(list[_Plain])
_items: Final = TypeAdapter(list[Item])
_instant: Final = TypeAdapter[datetime | None](Instant | None)


def read_items(content: bytes) -> list[Given | Outcome]:
    """Return the items, or the refusals of unreadable ones. Raises 400, 422 if there are none."""
    try:
        found = read_plain(content)
    except (msgspec.DecodeError, ValidationError, UnicodeDecodeError, RecursionError):
        return read_any(content)
    if doubled_key(content):
        return [_one_item(bytes(raw)) for raw in msgspec.json.decode(content, type=list[msgspec.Raw])]
    return found


def read_plain(content: bytes) -> list[Given | Outcome]:
    """Return the items. Raises DecodeError, ValidationError and others if one is unusual or wrong."""
    found: list[Given | Outcome] = []
    for one in _plain.decode(content):
        data = bytes(one.data)
        if data[:1] != b"{":
            raise msgspec.DecodeError("the data of an item is an object")
        found.append(Given(one.id, one.name, data, _read_at(one.at), _read_at(one.sent_at), one.observed))
    return found


def _read_at(raw: msgspec.Raw) -> datetime | None:
    return _instant.validate_json(bytes(raw), strict=True) if raw else None


def read_any(content: bytes) -> list[Given | Outcome]:
    """Return the items, whatever they are, or the refusals of unreadable ones. Raises 400, 422."""
    try:
        items = _items.validate_json(content, strict=True)
    except ValidationError as error:
        return [_one_item(raw, error) for raw in _raw(content, error)]
    if doubled_key(content):
        return [_one_item(bytes(raw)) for raw in msgspec.json.decode(content, type=list[msgspec.Raw])]
    return [_given(item) for item in items]


def _raw(content: bytes, why: ValidationError) -> list[bytes]:
    """Return the text of each item. Raises 400, 422 if they are no list."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [bytes(one) for one in msgspec.json.decode(content, type=list[msgspec.Raw])]
    with suppress(ValueError, RecursionError):  # NaN and Infinity are not JSON, but pydantic reads them
        if isinstance(items := json.loads(content), list):
            return [json.dumps(one).encode() for one in cast("list[Any]", items)]
    raise invalid(why) from why


def _one_item(text: bytes, why: ValidationError | None = None) -> Given | Outcome:
    """Return one item, or its refusal under the id as given. Raises 422 if it has none to answer under."""
    try:
        item = Item.model_validate_json(text, strict=True)
        doubled = doubled_key(text)
        if doubled is None:
            return _given(item)
        problem = Problem(422, "invalid", variant="doubled", field=doubled)
    except ValidationError as error:
        problem = invalid(error)
    try:
        named = str(json.loads(text)["id"][:100])
    except (ValueError, TypeError, LookupError):
        raise (invalid(why) if why else problem) from why
    return refusal(named, problem)


def refusal(item: str, problem: Problem) -> Outcome:
    """Return the outcome of an item, by its id, that is refused before it is decided."""
    return Outcome(item, "refused", code=problem.code, values=problem.values)


def _given(item: Item) -> Given:
    return Given(str(item.id), item.name, _json(item.data), item.at, item.sent_at, item.observed)


def _json(data: dict[str, Any]) -> bytes:
    """Return the data as it was sent. NaN and infinity are kept: msgspec would turn them into null."""
    return msgspec.json.encode(data) if _finite(data) else json.dumps(data).encode()


def _finite(value: Any) -> bool:
    match value:
        case float():
            return isfinite(value)
        case dict():
            return all(map(_finite, value.values()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        case list():
            return all(map(_finite, value))  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return True
