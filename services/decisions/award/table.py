"""Descriptor of awards."""

from datetime import datetime
from typing import Final

import msgspec

from services.decisions.state import State
from services.decisions.table import Table


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """An award, and whether it holds."""

    area: str
    worker: str
    nomination: str
    title: str
    post: str | None = None
    granted_at: datetime
    revoked: bool = False


def _theirs(state: State, key: str, worker: str) -> bool:
    known = state[AWARDS].get(key)
    return known is not None and known.worker == worker


AWARDS: Final = Table("awards", Award, kind="award", areas=lambda state, key, row: (row.area,), own=_theirs)
