"""Apply events to certificates."""

import msgspec

from events.base import EventEnvelope
from events.certificate import CertificateIssued, CertificateRevoked
from services.decisions.base import evolves
from services.decisions.certificate.table import CERTIFICATES, VALID, Certificate
from services.decisions.state import State


@evolves(CertificateIssued)
def _issued(state: State, e: CertificateIssued, envelope: EventEnvelope) -> None:
    state.put(state[CERTIFICATES], e.certificate, Certificate(e.worker, e.area, e.since, e.until, e.digest))
    state.put(state[VALID], e.worker, (*state[VALID].get(e.worker, ()), e.certificate))


@evolves(CertificateRevoked)
def _revoked(state: State, e: CertificateRevoked, envelope: EventEnvelope) -> None:
    known = state[CERTIFICATES][e.certificate]
    state.put(state[CERTIFICATES], e.certificate, msgspec.structs.replace(known, revoked=True))
    rest = tuple(one for one in state[VALID].get(e.worker, ()) if one != e.certificate)
    state.put(state[VALID], e.worker, rest or None)
