"""Workers, teams, requests, assignments and incidents as used by reports."""

from datetime import datetime

import msgspec

from events.amendment import Amendment, present
from events.duty import REPORT, Fact
from events.request_state import OPEN
from events.stage_order import Reached


def amend(record: msgspec.Struct, e: Amendment) -> None:
    """Apply what an amendment changes of the present."""
    for name, value in present(e).items():
        if name in record.__struct_fields__:
            setattr(record, name, value)


class Person(msgspec.Struct):
    """A worker."""

    role: str
    organisation: str | None
    facts: list[Fact] = []

    @property
    def reported_at(self) -> datetime | None:
        """When the worker first reported to a home community; None = never or undone."""
        return min((fact.at for fact in self.facts if fact.kind == REPORT), default=None)


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
