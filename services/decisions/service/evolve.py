"""Apply events to services."""

import msgspec

from events.base import EventEnvelope
from events.service import (
    ServiceConfirmed,
    ServiceCorrected,
    ServiceLimitsSet,
    ServicePlanned,
    ServiceRecorded,
    ServiceWithdrawn,
)
from events.serving import DatedLimits
from services.decisions.base import evolves
from services.decisions.service.table import (
    CONFIRMATIONS,
    SERVICE_LIMITS,
    SERVICES,
    Confirmation,
    Service,
    confirmation_key,
)
from services.decisions.state import State


@evolves(ServicePlanned)
def _planned(state: State, e: ServicePlanned, envelope: EventEnvelope) -> None:
    state.put(state[SERVICES], e.service, Service(e.worker, e.area, e.since, e.until, e.what))


@evolves(ServiceRecorded)
def _recorded(state: State, e: ServiceRecorded, envelope: EventEnvelope) -> None:
    new = Service(e.worker, e.area, e.since, e.until, e.what, actual=True)
    state.put(state[SERVICES], e.service, new)


@evolves(ServiceCorrected)
def _corrected(state: State, e: ServiceCorrected, envelope: EventEnvelope) -> None:
    known = state[SERVICES][e.service]
    new = msgspec.structs.replace(known, area=e.area, since=e.since, until=e.until)
    state.put(state[SERVICES], e.service, new)


@evolves(ServiceWithdrawn)
def _withdrawn(state: State, e: ServiceWithdrawn, envelope: EventEnvelope) -> None:
    known = state[SERVICES][e.service]
    state.put(state[SERVICES], e.service, msgspec.structs.replace(known, withdrawn=True))


@evolves(ServiceConfirmed)
def _confirmed(state: State, e: ServiceConfirmed, envelope: EventEnvelope) -> None:
    key = confirmation_key(e.worker, e.source, e.shown_by)
    said = Confirmation(e.worker, e.source, e.shown_by, e.since, e.until)
    state.put(state[CONFIRMATIONS], key, said)


@evolves(ServiceLimitsSet)
def _limits_set(state: State, e: ServiceLimitsSet, envelope: EventEnvelope) -> None:
    dated = DatedLimits(envelope.at, envelope.position, e.limits)
    state.put(state[SERVICE_LIMITS], str(envelope.position), dated)
