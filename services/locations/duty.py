"""Locations expire with the duty: whose may be kept and shown, and forgetting the others."""

from datetime import datetime, timedelta
from typing import Any, Final

from events.presence import ON_DUTY
from services.locations.port import Fix, Locations
from services.views.port import Views, ViewsUnavailable

MOST_AGE: Final = timedelta(hours=12)
"""Older than this nobody is looked for there any more, on duty or not."""


def on_duty(row: Any) -> bool:
    """Whether a row of the roster is that of a worker on duty; None = there is no such worker."""
    return row is not None and row.presence in ON_DUTY


def expired(fix: Fix, now: datetime) -> bool:
    """Whether it is too old to be anybody's place."""
    return now - fix.at > MOST_AGE


async def roster(views: Views, jurisdiction: str, workers: list[str]) -> dict[str, Any] | None:
    """The rows of these workers; None where the jurisdiction has moved away.

    Raises ViewsUnavailable, also while the view is set aside: nobody's duty is known from an old one.
    """
    if {"roster", "jurisdictions"} & set(await views.degraded(jurisdiction)):
        raise ViewsUnavailable(f"the roster of {jurisdiction} is being rebuilt")
    rows: Any = await views.load(jurisdiction, {"roster": workers, "jurisdictions": [jurisdiction]})
    here = rows["jurisdictions"].get(jurisdiction)
    return None if here and here.state == "moved" else rows["roster"]


async def sweep(locations: Locations, views: Views, jurisdiction: str, now: datetime) -> None:
    """Forget the locations of who is off duty, retired or erased by now, and those that are too old.

    Raises LocationsUnavailable, ViewsUnavailable, RowUnreadable.
    """
    workers = await locations.workers(jurisdiction)
    rows = await roster(views, jurisdiction, workers) if workers else {}
    found = await locations.last(jurisdiction, workers) if workers else {}
    stays = {w for w, fix in found.items() if rows and on_duty(rows.get(w)) and not expired(fix, now)}
    if gone := [worker for worker in workers if worker not in stays]:
        await locations.forget(jurisdiction, gone)
