"""A scenario: commands with their times, senders and expected outcomes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec


class Timed(msgspec.Struct, frozen=True):
    """A command with its time. `item` is an item of POST /commands."""

    received: datetime
    """Scenario time at which it reaches the service."""
    item: dict[str, Any]
    """id, name, data and, if given, at, sent_at, observed. Instants are RFC 3339 text."""
    actor: str
    """Actor as in the log: `worker/courier-001`, `dispatcher/desk-1`."""
    expect: str | None = "accepted"
    """accepted, known, unchanged or a refusal code; None = any."""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario. `timed` can be iterated repeatedly and always gives the same items."""

    name: str
    title: str
    jurisdiction: str
    timezone: str
    starts: datetime
    """Scenario time before the first item."""
    live_from: datetime
    """Items before this are history, always played at full speed."""
    ends: datetime
    days: int
    """Local days from `live_from`."""
    phone: str | None = None
    """A worker whose phone page can be opened."""
    timed: Iterable[Timed]
