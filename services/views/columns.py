"""Typed columns for a view's declared filters, and conversion of values."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec
from msgspec import inspect

from projections.base import Row, View
from services.views.port import BadQuery

Kind = Literal["text", "integer", "real", "boolean", "instant"]
Stored = str | int | float | None

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)
_MOST: Final = 2**63 - 1


class Column(msgspec.Struct, frozen=True):
    """A row field with its own column, so that it can be filtered and sorted."""

    field: str
    kind: Kind
    nullable: bool
    choices: tuple[str, ...] = ()
    """Words that the field may hold; none = any text."""

    @property
    def sql(self) -> str:
        """Name in the table: never an SQL keyword or another column's name."""
        return self.field if self.field == "key" else f"by_{self.field}"


def columns(view: View[Any]) -> tuple[Column, ...]:
    """Return columns for declared filters, and for `area` if rows have it. Raises ValueError for unusable
    types."""
    return _columns(view.name, tuple(view.filters), view.row)


@cache
def _columns(view: str, filters: tuple[str, ...], row: type[Row]) -> tuple[Column, ...]:
    types = {field.name: field.type for field in msgspec.structs.fields(row)}
    wanted = dict.fromkeys(filters)
    if "area" in types:
        wanted["area"] = None
    return tuple(_column(view, name, types) for name in wanted)


def _column(view: str, field: str, types: dict[str, Any]) -> Column:
    if field not in types:
        raise ValueError(f"view {view}: filter {field} is not a field of its rows")
    kinds, nullable = _kinds(inspect.type_info(types[field]))
    if len(kinds) != 1:
        raise ValueError(f"view {view}: filter {field} must be a text, number, bool or datetime")
    return Column(field, kinds.pop(), nullable, _choices(inspect.type_info(types[field])))


def _kinds(info: inspect.Type) -> tuple[set[Kind], bool]:
    """Return the kinds a type may hold and whether it may be None. Only a single kind can be a column."""
    match info:
        case inspect.Metadata():
            return _kinds(info.type)
        case inspect.UnionType():
            parts = [_kinds(part) for part in info.types]
            return set[Kind]().union(*(kinds for kinds, _ in parts)), any(null for _, null in parts)
        case inspect.NoneType():
            return set(), True
        case inspect.StrType():
            return {"text"}, False
        case inspect.LiteralType():
            return ({"text"} if all(isinstance(v, str) for v in info.values) else {"integer"}), False
        case inspect.BoolType():
            return {"boolean"}, False
        case inspect.IntType():
            return {"integer"}, False
        case inspect.FloatType():
            return {"real"}, False
        case inspect.DateTimeType():
            return {"instant"}, False
        case _:
            return {"text", "integer"}, False


def _choices(info: inspect.Type) -> tuple[str, ...]:
    """Return the words of a type that holds nothing else, but for None."""
    match info:
        case inspect.Metadata():
            return _choices(info.type)
        case inspect.UnionType():
            parts = [_choices(part) for part in info.types if not isinstance(part, inspect.NoneType)]
            return tuple(word for part in parts for word in part) if all(parts) else ()
        case inspect.LiteralType():
            return tuple(word for word in info.values if isinstance(word, str))
        case _:
            return ()


def micros(instant: datetime) -> int:
    """Return microseconds since 1970 UTC: exact, and sorts by time."""
    return (instant - _EPOCH) // _MICROSECOND


def values(cols: tuple[Column, ...]) -> Callable[[Row], tuple[Any, ...]]:
    """Return a function that extracts the columns' raw field values from a row."""
    fields = [c.field for c in cols]
    if not fields:
        return lambda row: ()
    take: Callable[[Row], Any] = attrgetter(*fields)
    return take if len(fields) > 1 else lambda row: (take(row),)


def stored_value(value: Any) -> Stored:
    """Convert a field's value for storage in its column."""
    return micros(value) if isinstance(value, datetime) else value


def filter_value(view: str, column: Column, value: Any) -> Stored:
    """Convert a filter's value. Raises BadQuery, naming the field and the expected type or words."""
    if value is None:
        return None
    found = _READ[column.kind](value)
    if column.choices and found not in column.choices:
        raise BadQuery("parameter.invalid", name=column.field, choices=column.choices)
    if found is None:
        raise BadQuery(
            "parameter.invalid",
            variant="value",
            view=view,
            name=column.field,
            takes=column.kind,
            given=repr(str(value)[:80])[1:-1],
        )
    return found


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if -_MOST <= value <= _MOST else None


def _real(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def _boolean(value: Any) -> int | None:
    if isinstance(value, bool):
        return int(value)
    known = {"true": 1, "false": 0}
    return known.get(value.lower()) if isinstance(value, str) else None


def _instant(value: Any) -> int | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return micros(at) if isinstance(at, datetime) and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


_READ: Final[dict[Kind, Callable[[Any], Stored]]] = {
    "text": _text,
    "integer": _integer,
    "real": _real,
    "boolean": _boolean,
    "instant": _instant,
}
