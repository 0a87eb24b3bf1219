"""Dated histories: changes in the order in which they happened, whenever they were recorded."""

from bisect import insort
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar


class Change(Protocol):
    """One change of something."""

    @property
    def at(self) -> datetime: ...
    @property
    def position(self) -> int: ...


class Stands(Protocol):
    """How something stands, with the changes that led to it."""

    @property
    def facts(self) -> tuple[Any, ...]: ...


C = TypeVar("C", bound=Change)
S = TypeVar("S", bound=Stands)
Step = Callable[[S | None, C], S | None]
"""How something stands after one change more."""


def order(change: Change) -> tuple[datetime, int]:
    """Return what changes are sorted by: their time, then their place in the log."""
    return change.at, change.position


def dated(changes: tuple[C, ...], new: C) -> tuple[C, ...]:
    """Return the changes with one more, which may have happened before others."""
    if not changes or order(changes[-1]) <= order(new):
        return (*changes, new)
    found = list(changes)
    insort(found, new, key=order)
    return tuple(found)


def until(changes: Sequence[C], instant: datetime) -> tuple[C, ...]:
    """Return the changes up to an instant, it included."""
    return tuple(one for one in changes if one.at <= instant)


def later(changes: Sequence[C], instant: datetime) -> list[datetime]:
    """Return the times of changes after an instant: what is reported late must not contradict them."""
    return [one.at for one in changes if one.at > instant]


def stood(step: Step[S, C], changes: Iterable[C], instant: datetime | None = None) -> S | None:
    """Return how something stood at an instant, or after all changes, which are in their order."""
    found: S | None = None
    for change in changes:
        if instant is not None and change.at > instant:
            break
        found = step(found, change)
    return found


def stands_with(step: Step[S, C], before: S | None, new: C) -> S | None:
    """Return how something stands after all changes, one of which is new and may be a late one."""
    if before is None or order(before.facts[-1]) <= order(new):
        return step(before, new)
    return stood(step, dated(before.facts, new))
