"""Descriptor of stations."""

from datetime import datetime
from typing import Final

from events.station_facts import Standing, standing
from services.decisions.state import State
from services.decisions.table import Table


def keeps(state: State, station: str, worker: str) -> bool:
    """Whether a worker keeps a station."""
    known = state[STATIONS].get(station)
    return known is not None and known.worker == worker


STATIONS: Final = Table(
    "stations",
    Standing,
    kind="station",
    areas=lambda state, key, row: (row.area,),
    own=lambda state, key, worker: keeps(state, key, worker),
)
"""Each as it stands after all facts; `station_at` answers for other instants."""


def station_at(state: State, key: str, instant: datetime) -> Standing | None:
    """Return a station as it stood at an instant; None if it is not known, or was not known yet."""
    now = state[STATIONS].get(key)
    if now is None or now.facts[-1].at <= instant:
        return now
    return standing(now.facts, instant)
