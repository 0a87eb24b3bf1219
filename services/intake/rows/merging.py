"""Merge the parts of rows in a group command, choosing each value by its pick. Pure."""

from typing import Any, Final

from services.intake.mapping import CommandMap
from services.intake.rows.draft import Draft, Part

FIRST: Final = 0
LAST: Final = 1 << 62
"""Steps of a group of several keys: before or after all rows at its instant."""


def merged(one: CommandMap, kept: Part, new: Part) -> Part:
    """Merge two rows' parts of a group command, choosing each value by its pick."""
    if kept.draft.data != new.draft.data or one.adds:
        for field in dict.fromkeys((*kept.draft.data, *new.draft.data)):
            pick = one.data[field].pick if field in one.data else "first"  # a time zone is in none
            kept.draft.data[field] = _picked(pick, kept.draft.data.get(field), new.draft.data.get(field))
    kept.draft.sort, kept.draft.row = _sorted(one, kept.draft, new.draft)
    if kept.draft.thing != new.draft.thing:
        kept.draft.thing = None
        kept.draft.step = LAST if one.at and one.at.pick in ("max", "last") else FIRST
    kept.draft.at = _picked(one.at.pick if one.at else "first", kept.draft.at, new.draft.at)
    if kept.verdicts:
        overs = [condition.over for condition in one.when if condition.over != "row"]
        kept.verdicts = [
            _judged(over, old, now) for over, old, now in zip(overs, kept.verdicts, new.verdicts, strict=True)
        ]
    return kept


def _sorted(one: CommandMap, kept: Draft, new: Draft) -> tuple[int, int]:
    """Return (sort time, row) of the row whose time is picked; the earliest if neither has a time."""
    both = (kept.sort, kept.row), (new.sort, new.row)
    if kept.at is None or new.at is None:
        return min(both) if kept.at is new.at else both[0 if kept.at else 1]
    match one.at.pick if one.at else "first":
        case "last":
            return both[1]
        case "max":
            return max(both)
        case "min":
            return min(both)
        case _:
            return both[0]


def _picked(pick: str, kept: Any, new: Any) -> Any:
    if kept is None or new is None:
        return new if kept is None else kept
    match pick:
        case "last":
            return new
        case "min" | "max":
            return min(kept, new) if pick == "min" else max(kept, new)
        case "sum":
            return kept + new
        case "all" if isinstance(kept, list):
            return list(dict.fromkeys((*kept, *new)))
        case _:
            return kept


def _judged(over: str, kept: bool, new: bool) -> bool:
    if over == "every":
        return kept and new
    return {"any": kept or new, "last": new}.get(over, kept)
