"""The straight fold, which every view must equal, however it was projected."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.base import Event, EventEnvelope
from events.catalog import envelopes
from events.commit import Commit
from projections.base import Row, View


class StraightRows:
    """Rows of some views, folded from events given in order. Which views fold which is looked up once."""

    def __init__(self, views: Mapping[str, View[Any]]) -> None:
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in views}
        self._views = tuple(views.values())
        self._by_class: dict[type[Event], tuple[tuple[View[Any], dict[str, Row]], ...]] = {}

    def take(self, event: EventEnvelope) -> None:
        """Apply an event to all views."""
        cls = type(event.data)
        found = self._by_class.get(cls)
        if found is None:
            found = tuple((view, self.rows[view.name]) for view in self._views if folds(view, cls))
            self._by_class[cls] = found
        for view, rows in found:
            _apply(view, rows, event)


def folds(view: View[Any], cls: type[Event]) -> bool:
    """Whether the view folds events of this class."""
    return not view.events or issubclass(cls, view.events)


def step(view: View[Any], rows: dict[str, Row], event: EventEnvelope) -> None:
    """Apply an event to a view's rows, removing rows that end."""
    if folds(view, type(event.data)):
        _apply(view, rows, event)


def _apply(view: View[Any], rows: dict[str, Row], event: EventEnvelope) -> None:
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
