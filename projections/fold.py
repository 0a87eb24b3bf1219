"""The straight fold, which every view must equal, however it was projected."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.base import Event, EventEnvelope
from events.catalog import envelopes
from events.commit import Commit
from projections.base import Row, View


class Dispatch:
    """Which views fold which events, computed once per event class."""

    def __init__(self, views: Mapping[str, View[Any]]) -> None:
        self._views = tuple(views.values())
        self._by_class: dict[type[Event], tuple[View[Any], ...]] = {}

    def __getitem__(self, cls: type[Event]) -> tuple[View[Any], ...]:
        found = self._by_class.get(cls)
        if found is None:
            found = tuple(view for view in self._views if folds(view, cls))
            self._by_class[cls] = found
        return found


def folds(view: View[Any], cls: type[Event]) -> bool:
    """Whether the view folds events of this class."""
    return not view.events or issubclass(cls, view.events)


def step(view: View[Any], rows: dict[str, Row], event: EventEnvelope) -> None:
    """Apply an event to a view's rows, removing rows that end."""
    if not folds(view, type(event.data)):
        return
    for key in view.keys(event):
        row = view.evolve(rows.get(key), event, key)
        if row is None:
            rows.pop(key, None)
        else:
            rows[key] = row


def fold(view: View[Any], commits: Iterable[Commit], rows: Mapping[str, Row] | None = None) -> dict[str, Row]:
    """Return the view's rows after these commits, given in order, starting from `rows`.

    Raises UnknownEvent, BadEvent, and whatever the view raises.
    """
    folded = dict(rows or {})
    for commit in commits:
        for event in envelopes(commit):
            step(view, folded, event)
    return folded
