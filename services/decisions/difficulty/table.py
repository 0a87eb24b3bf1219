"""Descriptor of difficulties, and the tables beside it."""

from datetime import datetime
from typing import Final

import msgspec

from events.difficulty import DifficultyErased
from events.difficulty_history import DifficultyFact, DifficultyThen, Windows, allowed, standing
from services.decisions.state import State
from services.decisions.table import Table


class Difficulty(msgspec.Struct, frozen=True):
    """A difficulty with its dated facts, without texts."""

    area: str
    category: str
    channel: str
    enterprise: str | None = None
    group: str | None = None
    trade: str | None = None
    visit: str | None = None
    receipt: str | None = None
    facts: tuple[DifficultyFact, ...] = ()
    erased: bool = False


class Whose(msgspec.Struct, frozen=True):
    """Which posts have an open difficulty, and where they work."""

    owner: str
    offered_to: str | None
    post: str
    """Post that answers for it."""
    works: tuple[str, ...]
    to_works: tuple[str, ...]


DIFFICULTIES: Final = Table(
    "difficulties",
    Difficulty,
    kind="difficulty",
    areas=lambda state, key, row: (row.area,),
    passed=lambda row: then.passed if (then := then_of(row)) else (),
    erasure=DifficultyErased,
)
RECEIPTS: Final = Table("receipts", str)
"""Hash of a receipt -> its difficulty."""
WINDOWS: Final = Table("difficulty_windows", tuple[Windows, ...])
"""Under the jurisdiction's code: all settings, in order of their time."""
DIFFICULTIES_OPEN: Final = Table("difficulties_open", Whose)
"""Open difficulty -> whose it is."""
DIFFICULTIES_DUE: Final = Table("difficulties_due", datetime)
"""Difficulty -> when its present wait is over."""


def then_of(row: Difficulty, instant: datetime | None = None) -> DifficultyThen | None:
    """Return a difficulty at an instant, or as it stands."""
    return standing(row.facts, instant)


def days(state: State, wait: str, since: datetime) -> int | None:
    """Return the days that a wait has that begins then."""
    return allowed(state[WINDOWS].get(state.jurisdiction, ()), wait, since)
