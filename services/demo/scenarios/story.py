"""A scenario: what reaches the service, when, from whom, and what is expected to become of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec


class Timed(msgspec.Struct, frozen=True):
    """One command on its way. `item` has the shape of an item of POST /commands."""

    received: datetime
    """When it reaches the service: the scenario clock's time."""
    item: dict[str, Any]
    """id, name, data; at, sent_at, observed where the sender gives them. Instants are RFC 3339 texts."""
    actor: str
    """As in the log: `worker/courier-001`, `dispatcher/desk-1`."""
    expect: str | None = "accepted"
    """accepted, known, unchanged, or the code of the refusal; None = not foreseen."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario that can be played. Iterating `timed` again gives the same items again."""

    name: str
    title: str
    jurisdiction: str
    timezone: str
    starts: datetime
    """What the clock shows before the first item."""
    live_from: datetime
    """What comes before is history: played as fast as it goes at any speed."""
    ends: datetime
    days: int
    """Local days from `live_from`."""
    phone: str | None = None
    """A worker of it whose phone can be tried."""
    timed: Iterable[Timed]
