"""Apply events to published items."""

from msgspec.structs import replace

from events.base import EventEnvelope
from events.publication import PublicationErased, PublicationRetracted, Published
from services.decisions.base import evolves
from services.decisions.consent.table import NAMED
from services.decisions.publication.table import PUBLICATIONS, Publication
from services.decisions.state import State


@evolves(Published)
def _published(state: State, e: Published, envelope: EventEnvelope) -> None:
    row = Publication(
        area=e.area,
        topic=e.topic,
        channel=e.channel,
        outlet=e.outlet,
        honour=e.honour,
        trade=e.trade,
        consent=e.consent,
        published_at=envelope.at,
    )
    state.put(state[PUBLICATIONS], e.publication, row)
    if e.consent:
        state.put(state[NAMED], e.consent, (*state[NAMED].get(e.consent, ()), e.publication))


@evolves(PublicationErased)
def _unnamed(state: State, e: PublicationErased, envelope: EventEnvelope) -> None:
    row = state[PUBLICATIONS][e.publication]
    if row.consent:
        rest = tuple(one for one in state[NAMED].get(row.consent, ()) if one != e.publication)
        state.put(state[NAMED], row.consent, rest or None)
    state.put(state[PUBLICATIONS], e.publication, replace(row, consent=None, erased=True))


@evolves(PublicationRetracted)
def _retracted(state: State, e: PublicationRetracted, envelope: EventEnvelope) -> None:
    row = state[PUBLICATIONS][e.publication]
    state.put(state[PUBLICATIONS], e.publication, replace(row, retracted=True))
