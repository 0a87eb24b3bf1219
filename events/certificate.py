"""Certificates 服务证明: what somebody served in a period, as it was known when it was issued."""

from datetime import datetime
from typing import Annotated, Any, Final

from events.activity import ActivityAttended, ActivityCalledOff
from events.assignment import AssignmentEvent
from events.base import Event, event
from events.facts import TELLING
from events.refs import AreaRef, Ref, WorkerRef
from events.service import ServiceConfirmed, ServiceEvent, ServiceLimitsSet
from events.worker import WorkerDutyCorrected, WorkerRetired, WorkerTakenBack

CertificateRef = Annotated[str, Ref("certificate")]
CORRECTED: Final = "corrected"
"""Reason of a revocation that follows from a correction."""
OF_ONE: Final[tuple[type[Any], ...]] = (
    *TELLING,
    WorkerDutyCorrected,
    WorkerTakenBack,
    WorkerRetired,
    ServiceEvent,
    ServiceConfirmed,
    AssignmentEvent,
    ActivityAttended,
)
"""Events that may change the service of the worker whom they name."""
OF_ALL: Final = (ActivityCalledOff, ServiceLimitsSet)
"""Events that may change anybody's."""


@event("certificate.issued")
class CertificateIssued(Event, frozen=True, kw_only=True):
    """What somebody served between two instants was certified."""

    certificate: CertificateRef
    worker: WorkerRef
    area: AreaRef
    """The home community at the end, or the last one."""
    since: datetime
    until: datetime
    person_times: int
    seconds: int
    digest: str
    """SHA-256 of the intervals that it counts, to see when a correction changes them."""


@event("certificate.revoked")
class CertificateRevoked(Event, frozen=True, kw_only=True):
    """A certificate no longer holds; its number is public."""

    certificate: CertificateRef
    worker: WorkerRef
    area: AreaRef
    reason: str
    automatic: bool = False
    """Whether a correction of the service caused it, by itself."""
