"""The time zone of a jurisdiction, in which days, quarters and years are counted."""

from typing import Any
from zoneinfo import ZoneInfo

from services.application.muster import Muster


def zone_of(service: Muster, here: Any) -> ZoneInfo:
    """Return the zone of a row of `jurisdictions`; without one, that of new jurisdictions."""
    return ZoneInfo(here.timezone if here else service.timezone)


async def zone_in(service: Muster, jurisdiction: str) -> ZoneInfo:
    """Return the zone of a jurisdiction."""
    found = await service.views.load(jurisdiction, {"jurisdictions": [jurisdiction]})
    return zone_of(service, found["jurisdictions"].get(jurisdiction))
