"""Which events erase whom: with each of them the key of its subject is destroyed."""

from collections.abc import Iterable
from typing import Final

import services.decisions.decide  # noqa: F401  # pyright: ignore[reportUnusedImport]  enters all tables
from events import catalog
from events.base import Event
from events.commit import Recorded
from events.refs import subject_of
from services.decisions.state import State
from services.decisions.table import erasures

ERASURES: Final = tuple(sorted(event.NAME for event in erasures()))
"""Names of the events with which a key goes."""


def erased_by(event: Event) -> str | None:
    """The subject, `kind/id`, whose key must go once this event is in the log."""
    return subject_of(event) if type(event) in erasures() else None


def erased_among(recorded: Iterable[Recorded]) -> list[str]:
    """Subjects whose keys must go once these are in the log."""
    named = [one for one in recorded if one.name in ERASURES]
    return [subject for one in named if (subject := erased_by(catalog.decode(one, 0)))]


def erased_in(state: State) -> list[str]:
    """All subjects whose keys must be gone by now."""
    return [subject for table in erasures().values() for subject in table.erased(state)]
