"""Which events erase whom: with each of them the key of its subject is destroyed."""

from collections.abc import Iterable
from typing import Final

from events import catalog
from events.base import Event
from events.commit import Recorded
from events.refs import subject_of
from services.decisions.snapshot import TABLES
from services.decisions.state import State

_ERASING: Final = {table.erasure: table for table in TABLES.values() if table.erasure}
ERASURES: Final = tuple(sorted(event.NAME for event in _ERASING))
"""Names of the events with which a key goes."""


def erased_by(event: Event) -> str | None:
    """The subject, `kind/id`, whose key must go once this event is in the log."""
    return subject_of(event) if type(event) in _ERASING else None


def erased_among(recorded: Iterable[Recorded]) -> list[str]:
    """Subjects whose keys must go once these are in the log."""
    named = [one for one in recorded if one.name in ERASURES]
    return [subject for one in named if (subject := erased_by(catalog.decode(one, 0)))]


def erased_in(state: State) -> list[str]:
    """All subjects whose keys must be gone by now."""
    return [subject for table in _ERASING.values() for subject in table.erased(state)]
