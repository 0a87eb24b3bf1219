"""Requests that complete by themselves once all slots are done, and reopen if such a done is taken back."""

from collections.abc import Iterator
from typing import Final

from events.assignment import AssignmentDone, AssignmentReleased
from events.base import Event
from events.request import RequestAmended, RequestCompleted, RequestReopened
from events.request_state import ALL_DONE, TAKEN_BACK
from services.decisions import lookups
from services.decisions.assignment.rules import release_all
from services.decisions.base import Context
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State

ENDING: Final = (AssignmentDone, AssignmentReleased, RequestAmended)
"""Events after which a request may have all slots done and nobody on it any longer."""


def complete_if_done(state: State, key: str) -> Iterator[Event]:
    """Complete a request whose slots are all done, with nobody still on it; also close its open offers.

    Open-ended requests, and those of a category that a dispatcher confirms, never complete by themselves.
    """
    known = state[REQUESTS][key]
    if known.ended or known.live or not _all_done(known) or lookups.confirms(state, known.category):
        return
    yield from release_all(state, known.offers, "request_completed")
    yield RequestCompleted(request=key, reason=ALL_DONE, automatic=True)


def _all_done(known: Request) -> bool:
    return known.slots is not None and len(known.done) >= known.slots


def revivable(state: State, key: str, ctx: Context) -> None:
    """Require that an assignment of this request may go on: it is unfinished, or completed by itself."""
    known = state[REQUESTS][key]
    if known.automatic:
        lookups.open_incident(state, known.incident, ctx.at, ctx)
    else:
        lookups.unfinished(state, key, ctx)


def reopen_if_not_done(state: State, key: str) -> Iterator[Event]:
    """Reopen a request that completed by itself, now that not all slots are done any longer."""
    known = state[REQUESTS][key]
    if known.automatic and not _all_done(known):
        yield RequestReopened(request=key, reason=TAKEN_BACK, automatic=True)
