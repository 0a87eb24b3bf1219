"""Dated histories: changes in the order in which they happened, whenever they were recorded."""

from bisect import insort
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar


class Change(Protocol):
    """One change of something."""

    @property
    def at(self) -> datetime: ...
    @property
    def position(self) -> int: ...


C = TypeVar("C", bound=Change)


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
