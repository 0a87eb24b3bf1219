"""Descriptor of enterprises."""

from datetime import datetime
from typing import Final

from events.enterprise_facts import Standing, standing
from services.decisions.state import State
from services.decisions.table import Table

ENTERPRISES: Final = Table(
    "enterprises",
    Standing,
    kind="enterprise",
    areas=lambda state, key, row: (row.area,),
)
"""Each as it stands after all facts; `enterprise_at` answers for other instants."""


def enterprise_at(state: State, key: str, instant: datetime) -> Standing | None:
    """Return an enterprise as it stood at an instant; None if it is not known, or was not known yet."""
    now = state[ENTERPRISES].get(key)
    if now is None or now.facts[-1].at <= instant:
        return now
    return standing(now.facts, instant)
