"""Descriptor of certificates."""

from datetime import datetime
from typing import Final

import msgspec

from services.decisions.state import State
from services.decisions.table import Table


class Certificate(msgspec.Struct, frozen=True):
    """A certificate, and what it counts."""

    worker: str
    area: str
    since: datetime
    until: datetime
    digest: str
    revoked: bool = False


def _theirs(state: State, key: str, worker: str) -> bool:
    known = state[CERTIFICATES].get(key)
    return known is not None and known.worker == worker


CERTIFICATES: Final = Table(
    "certificates",
    Certificate,
    kind="certificate",
    areas=lambda state, key, row: (row.area,),
    own=_theirs,
)
VALID: Final = Table("valid_certificates", tuple[str, ...])
"""Worker -> their certificates that are not revoked."""
