"""Where events and rows lie, which restricts them to those who may see that area."""

from collections.abc import Collection
from typing import Any

import msgspec

from events.area import inside, meets
from events.base import Event
from events.worker import WorkerCheckedOut
from projections.base import R


def area_of(e: Event) -> str | None:
    """Return the event's own area, else that of the worker or request that moved; a check-out happened
    where the duty was."""
    area = getattr(e, "area", None)
    if area and isinstance(area, str):
        return area
    left = isinstance(e, WorkerCheckedOut)
    for move in (*e.moved, *e.requests_moved):
        place = move.before or move.after if left else move.after or move.before
        if place:
            return place.area
    return None


def lies_in(row: Any, outers: Collection[str]) -> bool:
    """Whether a caller limited to these areas may see a row; empty = not limited.

    A row with `areas` must have something in common with them. Rows without an area are for everybody, but
    in a view with areas, limited callers do not see rows that lie nowhere. A row passed on to another place
    is also visible there (`passed`).
    """
    if not outers:
        return True
    if spans := getattr(row, "areas", None):
        return any(meets(one, outer) for one in spans for outer in outers)
    if not hasattr(row, "area"):
        return True
    places = (row.area, *getattr(row, "passed", ()))
    return any(inside(one, outer) for one in places if one is not None for outer in outers)


def narrowed(row: R, outers: Collection[str]) -> R:
    """Return a row in these areas without those of its tasks that lie elsewhere. Their number stays."""
    tasks = getattr(row, "tasks", None)
    if not outers or not tasks:
        return row
    return msgspec.structs.replace(row, tasks=tuple(task for task in tasks if lies_in(task, outers)))
