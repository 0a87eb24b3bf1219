"""Port: the store of locations. All adapters pass tests/contract/test_locations.py."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class Fix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The position of a worker's phone, in WGS-84."""

    worker: str
    at: datetime
    """When it was there, corrected for the device's clock error."""
    lon: float
    lat: float
    accuracy: float | None = None
    """Metres."""
    heading: float | None = None
    """Degrees from north, clockwise."""
    speed: float | None = None
    """Metres per second."""


class LocationsUnavailable(Exception):
    """Locations cannot be stored or read at the moment; nothing else depends on them."""


class Locations(Protocol):
    """The last fix of each worker, by its own time. Every method raises LocationsUnavailable."""

    async def record(self, jurisdiction: str, fixes: Sequence[Fix]) -> int:
        """Store the fixes newer than the known ones; return how many."""
        ...

    async def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        """Return the last fixes by worker; workers without one are missing."""
        ...

    async def workers(self, jurisdiction: str) -> list[str]:
        """Return the sorted workers with a fix."""
        ...

    async def jurisdictions(self) -> list[str]:
        """Return the sorted jurisdictions with a fix."""
        ...

    async def forget(self, jurisdiction: str, workers: Iterable[str]) -> None:
        """Delete the fixes of workers who are off duty or erased."""
        ...

    async def close(self) -> None: ...


def newest(fixes: Iterable[Fix]) -> dict[str, Fix]:
    """Return the last fix of each worker. Ties go to the greater coordinates, so that delivery order does not
    matter."""
    found: dict[str, Fix] = {}
    for fix in fixes:
        known = found.get(fix.worker)
        if known is None or later(fix, known):
            found[fix.worker] = fix
    return found


def later(fix: Fix, known: Fix) -> bool:
    """Return whether a fix replaces the known one."""
    return (fix.at, fix.lon, fix.lat) > (known.at, known.lon, known.lat)
