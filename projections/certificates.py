"""Certificates 服务证明: what was certified, to whom, and whether it still holds."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from events.base import EventEnvelope
from events.certificate import CertificateIssued, CertificateRevoked
from projections.base import Own, Row, View

VALID: Final = "valid"
REVOKED: Final = "revoked"


class CertificateRow(Row, frozen=True, kw_only=True):
    """One certificate."""

    certificate: str
    worker: str
    area: str
    """The home community at the end of the period, or the last one."""
    since: datetime
    until: datetime
    person_times: int
    seconds: int
    hours: float
    """The same, rounded to two decimals."""
    state: str = VALID
    """valid or revoked."""
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None = None
    reason: str | None = None
    """Of the revocation; `corrected` if the service was corrected."""


EVENTS = (CertificateIssued, CertificateRevoked)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.certificate,) if isinstance(e, EVENTS) else ()


def evolve(row: CertificateRow | None, envelope: EventEnvelope, key: str) -> CertificateRow | None:
    match envelope.data:
        case CertificateIssued() as e:
            return CertificateRow(
                certificate=key,
                worker=e.worker,
                area=e.area,
                since=e.since,
                until=e.until,
                person_times=e.person_times,
                seconds=e.seconds,
                hours=round(e.seconds / 3600, 2),
                issued_at=envelope.recorded_at,
                issued_by=envelope.actor,
            )
        case CertificateRevoked() as e if row:
            when = envelope.recorded_at
            return msgspec.structs.replace(row, state=REVOKED, revoked_at=when, reason=e.reason)
        case _:
            return row


def at(row: CertificateRow, instant: datetime) -> CertificateRow | None:
    """Return the row as it was at an instant; None before it was issued."""
    if instant < row.issued_at:
        return None
    if row.revoked_at and instant < row.revoked_at:
        return msgspec.structs.replace(row, state=VALID, revoked_at=None, reason=None)
    return row


VIEW = View(
    name="certificates",
    row=CertificateRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=("certificate", "worker", "area", "state", "issued_at"),
    sort="-issued_at",
    own=Own("worker"),
    at=at,
)
