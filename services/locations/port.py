"""What every store of locations can do. Its adapters pass one suite (tests/contract/test_locations.py)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class Fix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a worker's phone was. WGS-84."""

    worker: str
    at: datetime
    """When it was there; the device's clock error is taken out."""
    lon: float
    lat: float
    accuracy: float | None = None
    """Metres."""
    heading: float | None = None
    """Degrees from north, clockwise."""
    speed: float | None = None
    """Metres a second."""


class LocationsUnavailable(Exception):
    """Locations cannot be kept or read now; nothing depends on them."""


class Locations(Protocol):
    """The last fix of each worker, by the time it was there. Every method raises LocationsUnavailable."""

    async def record(self, jurisdiction: str, fixes: Sequence[Fix]) -> int:
        """Keep those that are newer than what is known; how many."""
        ...

    async def last(self, jurisdiction: str, workers: Iterable[str]) -> dict[str, Fix]:
        """By worker; who has none is missing."""
        ...

    async def workers(self, jurisdiction: str) -> list[str]:
        """Who has a fix, sorted."""
        ...

    async def jurisdictions(self) -> list[str]:
        """Where anybody has one, sorted."""
        ...

    async def forget(self, jurisdiction: str, workers: Iterable[str]) -> None:
        """Their duty is over, or they are erased."""
        ...

    async def close(self) -> None: ...


def newest(fixes: Iterable[Fix]) -> dict[str, Fix]:
    """The last of each worker; of two at one instant the one whose coordinates are greater, so that the order
    of delivery does not matter."""
    found: dict[str, Fix] = {}
    for fix in fixes:
        known = found.get(fix.worker)
        if known is None or later(fix, known):
            found[fix.worker] = fix
    return found


def later(fix: Fix, known: Fix) -> bool:
    """Whether a fix takes the place of a known one."""
    return (fix.at, fix.lon, fix.lat) > (known.at, known.lon, known.lat)
