"""Descriptor of needs."""

from typing import Final

from events.need_facts import NeedThen
from services.decisions.state import State
from services.decisions.station.table import keeps
from services.decisions.table import Table

NEEDS: Final = Table(
    "needs",
    NeedThen,
    kind="need",
    areas=lambda state, key, row: (row.area,),
    own=lambda state, key, worker: _own(state, key, worker),
)


def _own(state: State, key: str, worker: str) -> bool:
    """Whether it is a need of a station that they keep."""
    known = state[NEEDS].get(key)
    return known is not None and keeps(state, known.station, worker)


def needs_of(state: State, station: str) -> tuple[str, ...]:
    """Return the needs that a station ever had."""
    return tuple(sorted(key for key, row in state[NEEDS].items() if row.station == station))
