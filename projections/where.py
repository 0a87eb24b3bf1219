"""An event's area, which restricts it to those who may see that area."""

from events.base import Event
from events.worker import WorkerCheckedOut


def area_of(e: Event) -> str | None:
    """Return the event's own area, else that of whoever moved; a check-out happened where the duty was."""
    area = getattr(e, "area", None)
    if area and isinstance(area, str):
        return area
    left = isinstance(e, WorkerCheckedOut)
    for move in (*e.moved, *e.requests_moved):
        place = move.before or move.after if left else move.after or move.before
        if place:
            return place.area
    return None
