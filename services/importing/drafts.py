"""From the cells of a row to draft commands, each with the instant that it sorts by.

Order: by (running maximum of `at` within the row; stages and ends of assignments dispatched before that
instant first; stage rank; line). A row's commands so never overtake each other, `at` itself is kept, and a
unit freed at 10:00:00 can be sent at 10:00:00.
"""

import hmac
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from pydantic import ValidationError

from services.decisions.base import commands
from services.importing.errors import RowError
from services.importing.mapping import HERE, CommandMap, Mapping, Source
from services.importing.values import Cells, Values

BEGINS: Final = frozenset(("assignment.dispatch", "assignment.accept", "assignment.offer"))
STAGES: Final = frozenset(("assignment.progress", "assignment.done", "assignment.release"))
FIRST: Final = -(1 << 62)
"""Sorts before every instant: of commands without a time."""


class Draft(msgspec.Struct, kw_only=True):
    """A command on its way. `sort` is in microseconds since 1970."""

    rank: int
    name: str
    at: datetime | None
    sort: int
    stage_first: bool = False
    observed: bool = True
    data: dict[str, Any]


class GroupDraft(msgspec.Struct, kw_only=True):
    """One row's part in a command that its group sends once."""

    rank: int
    key: str
    draft: Draft
    complete: bool
    """Whether every column that all rows must fill is filled in this one."""


class Drafts:
    """Drafts of one source's rows."""

    def __init__(self, mapping: Mapping, source: Source, key: bytes, jurisdiction: str) -> None:
        self.source, self._values, self._jurisdiction = source, Values(mapping, key), jurisdiction

    def row(self, cells: Cells) -> tuple[list[Draft], list[GroupDraft]]:
        """Raises RowError: then nothing of the row is to be sent."""
        cells = {HERE: self._jurisdiction, **cells}
        singles: list[Draft] = []
        groups: list[GroupDraft] = []
        running, begun = FIRST, None
        for rank, one in enumerate(self.source.command):
            if not all(self._values.holds(condition, cells) for condition in one.when):
                continue
            for item in self._items(one, cells):
                draft = self._draft(rank, one, {**cells, **item}, running)
                running = max(running, draft.sort)
                draft.stage_first = one.name in STAGES and begun is not None and begun < draft.sort
                if one.name in BEGINS and begun is None:
                    begun = draft.sort
                if one.once_per is None:
                    checked(draft)
                    singles.append(draft)
                else:
                    groups.append(self._grouped(rank, one, draft, cells))
        return singles, groups

    def _items(self, one: CommandMap, cells: Cells) -> Iterator[Cells]:
        if one.each is None:
            yield {}
            return
        for part in re.split(f"[{re.escape(one.each.split)}]", cells.get(one.each.column, "")):
            if part.strip():
                yield {"item": part.strip()}

    def _draft(self, rank: int, one: CommandMap, cells: Cells, running: int) -> Draft:
        at: datetime | None = self._values.value(one.at, cells) if one.at else None
        data = {field: self._values.value(spec, cells) for field, spec in one.data.items()}
        return Draft(
            rank=rank,
            name=one.name,
            at=at,
            sort=max(running, micros(at)) if at else running,
            observed=one.observed,
            data={
                field: value for field, value in data.items() if value is not None or _nullable(one, field)
            },
        )

    def _grouped(self, rank: int, one: CommandMap, draft: Draft, cells: Cells) -> GroupDraft:
        key = "\0".join(cells.get(column, "").strip() for column in one.once_per or ())
        required = [c.every_filled for c in one.when if c.every_filled]
        return GroupDraft(
            rank=rank,
            key=key,
            draft=draft,
            complete=all(cells.get(column, "").strip() for column in required),
        )


def _nullable(one: CommandMap, field: str) -> bool:
    """`constant = "null"` in a mapping says null on purpose: TOML has no null."""
    return one.data[field].constant == "null"


def micros(at: datetime) -> int:
    """Microseconds since 1970."""
    return round(at.timestamp() * 1_000_000)


def checked(draft: Draft) -> Draft:
    """Raises RowError where the command would be malformed."""
    draft.data = {field: None if value == "null" else value for field, value in draft.data.items()}
    try:
        commands[draft.name].model_validate(draft.data)
    except ValidationError as error:
        one = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in one["loc"])
        raise RowError("invalid", f"{draft.name} {where}: {one['msg']}") from error
    return draft


def identity(draft: Draft, jurisdiction: str, key: bytes, file_hash: str) -> str:
    """UUIDv8 (RFC 9562) from a keyed hash of what the command says: importing twice sends the same id."""
    entity = draft.data.get(draft.name.partition(".")[0])
    when = draft.at.isoformat() if draft.at else file_hash
    said = msgspec.json.encode([jurisdiction, draft.name, entity, when, draft.data], order="deterministic")
    raw = bytearray(hmac.digest(key, said, "sha256")[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(raw)))


def merged(one: CommandMap, kept: Draft, new: Draft) -> Draft:
    """Two rows' parts of one group command: each value by its pick."""
    for field, value in new.data.items():
        spec = one.data.get(field)
        kept.data[field] = _picked(spec.pick if spec else "first", kept.data.get(field), value)
    pick = one.at.pick if one.at else "first"
    kept.at = _picked(pick, kept.at, new.at)
    kept.sort = max(kept.sort, new.sort) if pick in ("max", "last") else min(kept.sort, new.sort)
    return kept


def _picked(pick: str, kept: Any, new: Any) -> Any:
    if kept is None or new is None:
        return new if kept is None else kept
    match pick:
        case "last":
            return new
        case "min":
            return min(kept, new)
        case "max":
            return max(kept, new)
        case _:
            return kept
