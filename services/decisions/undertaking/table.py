"""Descriptor of undertakings, and the tables beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from events.undertaking import UndertakingErased
from events.undertaking_history import UndertakingFact, Waits, allowed
from services.decisions.state import State
from services.decisions.table import Table


class Undertaking(msgspec.Struct, frozen=True):
    """An undertaking with its dated facts."""

    area: str
    category: str
    parent: str | None = None
    inspection: str | None = None
    facts: tuple[UndertakingFact, ...] = ()
    erased: bool = False
    """Whether the key of its evidence files was destroyed."""


UNDERTAKINGS: Final = Table(
    "undertakings",
    Undertaking,
    kind="undertaking",
    areas=lambda state, key, row: (row.area,),
    spans=True,
    erasure=UndertakingErased,
)
SUBTASKS: Final = Table("undertaking_subtasks", tuple[str, ...])
"""Undertaking -> its subtasks."""
WAITS: Final = Table("undertaking_waits", tuple[Waits, ...])
"""Under the jurisdiction's code: all settings."""
UNDERTAKINGS_DUE: Final = Table("undertakings_due", datetime)
"""Undertaking -> when its leader is reminded, or it goes up."""
UNDERTAKINGS_UNCONFIRMED: Final = Table("undertakings_unconfirmed", int)
"""Undertaking -> year that was not published when its deadlines were set."""


def waits(state: State) -> Mapping[str, int | None]:
    """Return the working days of each wait."""
    return allowed(state[WAITS].get(state.jurisdiction, ()))
