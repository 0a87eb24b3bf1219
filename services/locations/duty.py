"""Keep positions only of workers on duty, and delete the others."""

from datetime import datetime, timedelta
from typing import Any, Final

from events.presence import ON_DUTY
from projections.jurisdictions import ACTIVE
from services.locations.port import Fix, Locations
from services.views.port import Views, ViewsUnavailable

MOST_AGE: Final = timedelta(hours=12)
"""Older positions are discarded, even of workers on duty."""


def on_duty(row: Any) -> bool:
    """Return whether a roster row is of a worker on duty; None = no such worker."""
    return row is not None and row.presence in ON_DUTY


def expired(fix: Fix, now: datetime) -> bool:
    """Return whether a position is too old to use."""
    return now - fix.at > MOST_AGE


async def roster(views: Views, jurisdiction: str, workers: list[str]) -> dict[str, Any] | None:
    """Return the roster rows of these workers; None if the jurisdiction has ended here.

    Raise ViewsUnavailable, also during a rebuild, because an outdated view does not tell who is on duty.
    """
    if {"roster", "jurisdictions"} & set(await views.degraded(jurisdiction)):
        raise ViewsUnavailable(f"the roster of {jurisdiction} is being rebuilt")
    rows: Any = await views.load(jurisdiction, {"roster": workers, "jurisdictions": [jurisdiction]})
    here = rows["jurisdictions"].get(jurisdiction)
    return None if here and here.state != ACTIVE else rows["roster"]


async def sweep(locations: Locations, views: Views, jurisdiction: str, now: datetime) -> None:
    """Delete the positions of workers who are off duty, retired or erased, and outdated ones.

    Raise LocationsUnavailable, ViewsUnavailable or RowUnreadable.
    """
    workers = await locations.workers(jurisdiction)
    rows = await roster(views, jurisdiction, workers) if workers else {}
    found = await locations.last(jurisdiction, workers) if workers else {}
    stays = {w for w, fix in found.items() if rows and on_duty(rows.get(w)) and not expired(fix, now)}
    if gone := [worker for worker in workers if worker not in stays]:
        await locations.forget(jurisdiction, gone)
