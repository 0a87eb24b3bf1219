"""Descriptors of the alliance's members, meetings, commitments and relief."""

from datetime import datetime
from typing import Final

import msgspec

from events.alliance_history import AllianceFact
from services.decisions.table import Table


class AllianceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the alliance with its dated facts."""

    area: str
    title: str
    kind: str = ""
    owner: str | None = None
    delivers: str | None = None
    due: datetime | None = None
    meeting: str | None = None
    enterprise: str | None = None
    allies: tuple[str, ...] = ()
    facts: tuple[AllianceFact, ...] = ()


ALLIES: Final = Table(
    "allies", AllianceRow, kind="ally", areas=lambda state, key, row: (row.area,), spans=True
)
MEETINGS: Final = Table(
    "meetings", AllianceRow, kind="meeting", areas=lambda state, key, row: (row.area,), spans=True
)
COMMITMENTS: Final = Table(
    "commitments", AllianceRow, kind="commitment", areas=lambda state, key, row: (row.area,)
)
RELIEFS: Final = Table(
    "reliefs", AllianceRow, kind="relief", areas=lambda state, key, row: (row.area,), spans=True
)
