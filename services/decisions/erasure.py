"""Which events erase a subject; each destroys the subject's key."""

from collections.abc import Iterable

import services.decisions.decide  # noqa: F401  # pyright: ignore[reportUnusedImport]  enters all tables
from events import catalog
from events.base import Event
from events.commit import Recorded
from events.refs import subject_of
from services.decisions.state import State
from services.decisions.table import erasures


def erased_by(event: Event) -> str | None:
    """Return the subject (`kind/id`) whose key must be destroyed once this event is in the log."""
    return subject_of(event) if type(event) in erasures() else None


def erased_among(recorded: Iterable[Recorded]) -> list[str]:
    """Return the subjects whose keys must be destroyed once these events are in the log."""
    named = [one for one in recorded if one.name in catalog.ERASURES]
    return [subject for one in named if (subject := erased_by(catalog.decode(one, 0)))]


def erased_in(state: State) -> list[str]:
    """Return all subjects whose keys must be destroyed by now."""
    return [subject for table in erasures().values() for subject in table.erased(state)]
