"""Descriptors of services, and of what was confirmed and set."""

from datetime import datetime
from typing import Final

import msgspec

from events.service import Source
from events.serving import DatedLimits
from services.decisions.state import State
from services.decisions.table import Table


class Service(msgspec.Struct, frozen=True):
    """A service that is planned, or was recorded by hand."""

    worker: str
    area: str
    since: datetime
    until: datetime
    what: str | None = None
    actual: bool = False
    """Whether it took place; otherwise it is planned."""
    withdrawn: bool = False


class Confirmation(msgspec.Struct, frozen=True):
    """An implausible length that was right."""

    worker: str
    source: Source
    shown_by: str
    since: datetime
    until: datetime


def _theirs(state: State, key: str, worker: str) -> bool:
    known = state[SERVICES].get(key)
    return known is not None and known.worker == worker


SERVICES: Final = Table(
    "services",
    Service,
    kind="service",
    areas=lambda state, key, row: (row.area,),
    own=_theirs,
)
CONFIRMATIONS: Final = Table("service_confirmations", Confirmation)
"""`WORKER!SOURCE/SHOWN_BY` -> the last confirmation."""
SERVICE_LIMITS: Final = Table("service_limits", DatedLimits)
"""Position -> limits set there."""


def confirmation_key(worker: str, source: str, shown_by: str) -> str:
    """Return the key of a confirmation."""
    return f"{worker}!{source}/{shown_by}"
