"""Descriptor of areas."""

from datetime import datetime

import msgspec

from services.decisions.state import State
from services.decisions.table import Table


class Area(msgspec.Struct, frozen=True, gc=False):
    """An area; its code is the key. The root has no row."""

    name: str
    lon: float | None = None
    lat: float | None = None
    closed_at: datetime | None = None
    boundary: str | None = None
    """Digest of its boundary: decisions need only know whether another one is the same."""
    defined_at: datetime | None = None


AREAS = Table(
    "areas",
    Area,
    kind="area",
    areas=lambda state, key, row: (key,),
    own=lambda state, key, worker: True,  # workers may check in at any area
)


def area_exists(state: "State", code: str) -> bool:
    """Whether it is the root or a defined area."""
    return code == state.jurisdiction or code in state[AREAS]
