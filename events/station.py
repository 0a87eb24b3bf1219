"""Stations 驿站: where couriers and drivers rest, charge and are advised, and where people find shelter.

Opening hours, live status and capacity are three things: what is planned, what somebody says and until when,
and how many places there are. All are facts with an own time.
"""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

from msgspec import UNSET, UnsetType

from events.amendment import Amendment
from events.base import Event, event
from events.holder import HolderRef
from events.refs import AreaRef, Ref, WorkerRef

StationRef = Annotated[str, Ref("station")]
Status = Literal["open", "closed", "full"]
Source = Literal["keeper", "office", "sensor", "import"]
"""Who says what the live status is."""
Via = Literal["qr", "keeper", "import"]
"""How a use was recorded: by scanning the code at the door, by the keeper, from a sheet."""
Unit = Literal["seats", "charging_points", "beds", "rooms"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
"""What a station has places of, in the order in which they are shown."""
DETAILS: Final = ("name", "kind", "address", "lat", "lon", "services", *UNITS, "hours")
"""What is known of a station and can be amended."""


class StationEvent(Event, frozen=True, kw_only=True):
    """Base of the events of one station."""

    station: StationRef
    area: AreaRef
    """Where the station is."""


@event("station.registered")
class StationRegistered(StationEvent, frozen=True, kw_only=True):
    """A station exists from this time on."""

    name: str
    kind: str
    """Of the list `station_kind`."""
    address: str | None = None
    lat: float | None = None
    lon: float | None = None
    """WGS-84 degrees."""
    services: tuple[str, ...] = ()
    """Of the list `station_service`."""
    seats: int | None = None
    charging_points: int | None = None
    beds: int | None = None
    rooms: int | None = None
    hours: str | None = None
    """As given, in the syntax of OSM `opening_hours`; what cannot be read is kept too."""


@event("station.amended")
class StationAmended(Amendment, frozen=True):
    """Details are different from this time on; omitted fields stay unchanged."""

    NOT_SET = frozenset({"area"})

    station: StationRef
    area: AreaRef
    """Where it is, for those who look after this area. Only `moved` changes it."""
    name: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    address: str | UnsetType | None = UNSET
    lat: float | UnsetType | None = UNSET
    lon: float | UnsetType | None = UNSET
    services: tuple[str, ...] | UnsetType = UNSET
    seats: int | UnsetType | None = UNSET
    charging_points: int | UnsetType | None = UNSET
    beds: int | UnsetType | None = UNSET
    rooms: int | UnsetType | None = UNSET
    hours: str | UnsetType | None = UNSET


@event("station.moved")
class StationMoved(StationEvent, frozen=True, kw_only=True):
    """It belongs to another area from this time on, and its needs with it."""

    needs: tuple[Annotated[str, Ref("need")], ...] = ()


@event("station.entrusted")
class StationEntrusted(StationEvent, frozen=True, kw_only=True):
    """A worker or the holder of a post keeps it from this time on; without either, it has no keeper."""

    worker: WorkerRef | None = None
    holder: HolderRef | None = None


@event("station.published")
class StationPublished(StationEvent, frozen=True, kw_only=True):
    """It is on the public map from this time on."""


@event("station.unpublished")
class StationUnpublished(StationEvent, frozen=True, kw_only=True):
    """It is no longer on the public map."""


@event("station.withdrawn")
class StationWithdrawn(StationEvent, frozen=True, kw_only=True):
    """It is no station any more, and no longer on the public map."""

    reason: str | None = None


@event("station.restored")
class StationRestored(StationEvent, frozen=True, kw_only=True):
    """It is a station again. It is on the public map once it is published again."""

    reason: str | None = None


@event("station.reported")
class StationReported(StationEvent, frozen=True, kw_only=True):
    """Its live status was reported. It counts until it expires; after that the status is unknown."""

    day: str
    """Local day, YYYY-MM-DD in the jurisdiction's time zone."""
    until: datetime
    """When this expires."""
    source: Source
    status: Status | None = None
    """None = nothing said of it; what was said before still counts."""
    present: int | None = None
    """People there."""
    free_seats: int | None = None
    free_charging_points: int | None = None
    free_beds: int | None = None
    free_rooms: int | None = None


@event("station.used")
class StationUsed(StationEvent, frozen=True, kw_only=True):
    """Somebody used the station. Who, is not said."""

    use: str
    """Its id: that of the command, so that each use counts once."""
    day: str
    """Local day, YYYY-MM-DD in the jurisdiction's time zone."""
    hour: int
    """Local hour of the day, 0 to 23."""
    service: str | None = None
    """Of the list `station_service`."""
    via: Via
