"""Request states, how they follow from assignments, and which events end a request."""

from collections.abc import Iterable
from typing import Final

from events.base import Event
from events.request import RequestCancelled, RequestCompleted, RequestFailed, RequestMerged
from events.stages import STAGES

OPEN: Final = "open"
ASSIGNED: Final = "assigned"
IN_PROGRESS: Final = "in_progress"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
MERGED: Final = "merged"
UNFINISHED: Final = (OPEN, ASSIGNED, IN_PROGRESS)
ENDED: Final = (DONE, FAILED, CANCELLED, MERGED)
"""States in which a request can end."""
STATES: Final = (*UNFINISHED, *ENDED)
"""The parts of the ledger: every request received is in exactly one."""
ALL_DONE: Final = "all_done"
"""Reason of a request that completed by itself, because all slots were done."""
TAKEN_BACK: Final = "done_taken_back"
"""Reason of a request reopened because such a done was taken back."""
PRIORITIES: Final = (1, 2, 3, 4)
"""Most urgent first."""
LIFE_SAFETY: Final = PRIORITIES[0]
"""The priority of life safety."""


def state_of(ended: str | None, *, done: bool, live: Iterable[str]) -> str:
    """Return a request's state from how it ended, if it did, and its assignments since it was last opened.

    `done`: whether one was done; `live`: states of the live ones.
    """
    if ended:
        return ended
    states = frozenset(live)
    if done or not states.isdisjoint(STAGES):
        return IN_PROGRESS
    return ASSIGNED if states else OPEN


def ended_by(e: Event) -> tuple[str, str] | None:
    """Return (request, final state) if an event ends a request, else None."""
    match e:
        case RequestCompleted():
            return e.request, DONE
        case RequestFailed():
            return e.request, FAILED
        case RequestCancelled():
            return e.request, CANCELLED
        case RequestMerged():
            return e.request, MERGED
        case _:
            return None
