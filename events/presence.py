"""Presence of a worker: the words, and how it follows from duty and live assignments."""

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
"""On duty is whoever has one of these."""
PRESENCES: Final = (*ON_DUTY, OFF_DUTY)
BY_ENGAGEMENT: Final = (*reversed(_ENGAGED), *_IDLE)
"""Those on duty, the most engaged first."""


def presence_of(duty: Duty, live: Iterable[str]) -> str:
    """Presence under a duty; `live` = states of live assignments, the worker's and their active team's."""
    if not duty.on:
        return OFF_DUTY
    states = frozenset(live)
    if states:
        return furthest(states) or ASSIGNED
    return ON_BREAK if duty.on_break else AVAILABLE
