"""Workers, teams, requests, assignments and incidents as used by reports."""

from datetime import datetime
from typing import TypeVar

import msgspec

from events.duty import REPORT, Fact
from events.incident import IncidentAmended
from events.request_state import OPEN
from events.stage_order import Reached
from events.worker import WorkerAmended

T = TypeVar("T")


def amended(old: T, new: T | msgspec.UnsetType) -> T:
    """Return the new value if it is set, else the old one."""
    return old if isinstance(new, msgspec.UnsetType) else new


class Person(msgspec.Struct):
    """A worker."""

    role: str
    organisation: str | None
    facts: list[Fact] = []

    @property
    def reported_at(self) -> datetime | None:
        """When the worker first reported to a home community; None = never or undone."""
        return min((fact.at for fact in self.facts if fact.kind == REPORT), default=None)

    def amend(self, e: WorkerAmended) -> None:
        """Apply an amendment."""
        self.role = amended(self.role, e.role)
        self.organisation = amended(self.organisation, e.organisation)


class Unit(msgspec.Struct):
    """A team."""

    name: str
    kind: str
    incident: str | None
    formed_at: datetime
    activated_at: datetime | None = None
    stood_down_at: datetime | None = None


class Call(msgspec.Struct):
    """A request."""

    category: str
    priority: int
    area: str
    incident: str | None
    received_at: datetime
    entered_at: datetime | None
    state: str = OPEN
    day: str = ""
    units: dict[str, None] = {}
    """Units that were dispatched or accepted."""
    arrived_at: datetime | None = None
    """When the first unit was on scene."""


class Run(msgspec.Struct):
    """An assignment that became live: one unit on one request."""

    key: str
    request: str
    unit: str
    begun_at: datetime
    stages: list[tuple[str, datetime]] = []
    ended_at: datetime | None = None
    contradictions: list[tuple[Reached, Reached]] = []
    """Stages out of order, as noted when they were recorded: (earlier stage, later stage)."""


class IncidentRecord(msgspec.Struct):
    """An incident."""

    name: str
    starts_at: datetime
    ends_at: datetime | None = None
    expected_days: int | None = None
    """Expected duration in local days; None = unknown."""

    def amend(self, e: IncidentAmended) -> None:
        """Apply an amendment."""
        self.name = amended(self.name, e.name)
        self.starts_at = amended(self.starts_at, e.starts_at)
        self.expected_days = amended(self.expected_days, e.expected_days)
