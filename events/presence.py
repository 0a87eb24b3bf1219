"""Presence of a worker: its values, and how it follows from duty and live assignments."""

from collections.abc import Iterable
from typing import Final

from events.duty import Duty
from events.stages import STAGES, furthest

OFF_DUTY: Final = "off_duty"
AVAILABLE: Final = "available"
ON_BREAK: Final = "on_break"
ASSIGNED: Final = "assigned"
_IDLE: Final = (AVAILABLE, ON_BREAK)
_ENGAGED: Final = (ASSIGNED, *STAGES)
ON_DUTY: Final = (*_IDLE, *_ENGAGED)
"""Presences that count as on duty."""
PRESENCES: Final = (*ON_DUTY, OFF_DUTY)
BY_ENGAGEMENT: Final = (*reversed(_ENGAGED), *_IDLE)
"""Presences on duty, the most engaged first."""


def presence_of(duty: Duty, live: Iterable[str]) -> str:
    """Return the presence for a duty. `live`: states of the worker's and their team's live assignments."""
    if not duty.on:
        return OFF_DUTY
    states = frozenset(live)
    if states:
        return furthest(states) or ASSIGNED
    return ON_BREAK if duty.on_break else AVAILABLE
