"""The descriptor of areas."""

from datetime import datetime

import msgspec

from services.decisions.state import State
from services.decisions.table import Table


class Area(msgspec.Struct, frozen=True, gc=False):
    """An area; its code is its key. The root is none of these."""

    name: str
    lon: float | None = None
    lat: float | None = None
    closed_at: datetime | None = None


AREAS = Table(
    "areas",
    Area,
    kind="area",
    areas=lambda state, key, row: (key,),
    own=lambda state, key, worker: True,  # any area may be where a worker checks in
)


def area_exists(state: "State", code: str) -> bool:
    """Whether it is the root or was defined."""
    return code == state.jurisdiction or code in state[AREAS]
