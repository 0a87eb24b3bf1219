"""A draft command, and one row's part in the command of a group of rows."""

from datetime import datetime
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from services.decisions.base import commands
from services.intake.errors import RowError
from services.refusals.fields import broken

UNDATED: Final = -(1 << 62)
"""Sorts before every instant."""
_encode: Final = msgspec.json.Encoder().encode


class Person(msgspec.Struct, frozen=True):
    """How a row identifies a person."""

    columns: list[str]
    weak: bool
    """Whether some of these cells are empty, so that another row may mean somebody else."""


class Draft(msgspec.Struct, kw_only=True):
    """A command to be sent. `sort` is in microseconds since 1970."""

    rank: int
    name: str
    at: datetime | None
    sort: int
    observed: bool = True
    data: dict[str, Any]
    thing: str | None = None
    """Key of its row, in a table of successive states; None also for a group of several keys."""
    row: int = 0
    """Number of its row, in the order of reading."""
    person: Person | None = None
    """If it registers the person of one row, by an id derived from cells."""
    step: int | None = None
    """For a group of several keys: whether it comes before or after the rows at its instant."""
    after: str | None = None
    """Of a stage: the one that its row has before it."""
    json: bytes | None = None
    """Its data, once they have been checked."""


class Part(msgspec.Struct, kw_only=True):
    """One row's part in a group command."""

    key: str
    draft: Draft
    verdicts: list[bool]
    """Results of the conditions over the group, in order."""


def micros(at: datetime) -> int:
    """Return microseconds since 1970."""
    return round(at.timestamp() * 1_000_000)


def check(draft: Draft) -> None:
    """Set the draft's JSON. Raise RowError if its command is malformed."""
    draft.json = _encode(draft.data)
    try:
        commands[draft.name].model_validate_json(draft.json, strict=True)
    except ValidationError as error:
        one = error.errors(include_url=False)[0]
        given = None if one["type"] == "missing" else str(one["input"])[:80]
        raise RowError("invalid", command=draft.name, given=given, **broken(one)) from error
