"""Fold events into rows, view by view. A failing view is set aside without affecting the others. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from events.base import Event, EventEnvelope
from projections.base import Row, View
from projections.fold import folds
from services.views.port import Rows


class ViewEvents(NamedTuple):
    """What a view folds."""

    events: list[tuple[EventEnvelope, tuple[str, ...]]]
    """Each with the keys of the rows it affects."""
    rows: dict[str, bool]
    """These keys, and whether the row begins with one of the events."""


KeyedEvents = dict[str, ViewEvents]
"""Keyed by view name."""


class Folding:
    """Views, and which of them fold which events: looked up once for each class."""

    def __init__(self, catalog: Mapping[str, View[Any]]) -> None:
        self.catalog = catalog
        self._names: dict[type[Event], tuple[str, ...]] = {}

    def names(self, cls: type[Event]) -> tuple[str, ...]:
        """Return the views that fold events of this class."""
        found = self._names.get(cls)
        if found is None:
            found = tuple(name for name, view in self.catalog.items() if folds(view, cls))
            self._names[cls] = found
        return found


def keyed(
    events: Sequence[EventEnvelope],
    folding: Folding,
    aside: frozenset[str],
    failed: dict[str, str],
) -> KeyedEvents:
    """Return the rows each view needs, in event order. A view whose `keys` raises is added to `failed`."""
    classes = dict.fromkeys(type(event.data) for event in events)
    by_view: dict[str, set[type[Event]]] = {}
    for cls in classes:
        for name in folding.names(cls):
            by_view.setdefault(name, set()).add(cls)
    found: KeyedEvents = {}
    for name, wanted in by_view.items():
        if name in aside:
            continue
        some = events if len(wanted) == len(classes) else [e for e in events if type(e.data) in wanted]
        needed = _keyed_for(folding.catalog[name], some, failed)
        if needed:
            found[name] = needed
    return found


def _keyed_for(view: View[Any], events: Sequence[EventEnvelope], failed: dict[str, str]) -> ViewEvents | None:
    keys_of, begins, needed = view.keys, view.begins, ViewEvents([], {})
    for event in events:
        try:
            keys = tuple(keys_of(event))
            if keys:
                fresh = begins is not None and begins(event)
                needed.events.append((event, keys))
                for key in keys:
                    needed.rows.setdefault(key, fresh)
        except Exception as error:
            failed[view.name] = _reason(error, event)
            return None
    return needed if needed.events else None


def fold(events: KeyedEvents, before: Rows, catalog: Mapping[str, View[Any]], failed: dict[str, str]) -> Rows:
    """Return the rows that changed. A view that raises is added to `failed`."""
    after: Rows = {}
    for name, needed in events.items():
        if name in failed:
            continue
        rows = _fold_view(catalog[name], needed, before[name], failed)
        changed = {key: row for key, row in rows.items() if row != before[name][key]}
        if changed:
            after[name] = changed
    return after


def _fold_view(
    view: View[Any],
    needed: ViewEvents,
    before: Mapping[str, Row | None],
    failed: dict[str, str],
) -> dict[str, Row | None]:
    rows, evolve = dict(before), view.evolve
    for event, keys in needed.events:
        try:
            for key in keys:
                rows[key] = evolve(rows[key], event, key)
        except Exception as error:
            failed[view.name] = _reason(error, event)
            return {}
    return rows


def _reason(error: Exception, event: EventEnvelope) -> str:
    return f"{type(error).__name__} at position {event.position} ({event.name}): {error}"
