"""What loses a name: published items when a consent ends, nominations too when a person is erased."""

from collections.abc import Iterable, Iterator

from events.base import Event
from events.consent import ConsentWithdrawn
from events.nomination import NominationErased
from events.publication import PublicationErased, Unnamed
from events.worker import WorkerErased
from services.decisions.consent.table import NAMED, handle
from services.decisions.nomination.table import NOMINATIONS
from services.decisions.publication.table import PUBLICATIONS
from services.decisions.state import State
from services.decisions.worker.table import WORKERS


def home(state: State, worker: str) -> str:
    """Return somebody's home area, or the root."""
    return state[WORKERS][worker].home_area or state.jurisdiction


def unnamed(state: State, consent: str, reason: Unnamed) -> Iterator[PublicationErased]:
    """Yield the end of the name in every published item that has it by this consent.

    The service is the actor: the sender may be the person.
    """
    for key in state[NAMED].get(consent, ()):
        row = state[PUBLICATIONS][key]
        yield PublicationErased(publication=key, area=row.area, reason=reason, automatic=True)


def forgotten(state: State, events: Iterable[Event]) -> Iterator[Event]:
    """Yield what the erasure of a person takes along: their name in published items, and nominations."""
    for event in events:
        if isinstance(event, WorkerErased):
            consent = handle(state, event.worker)
            if consent:
                yield ConsentWithdrawn(worker=event.worker, area=home(state, event.worker), consent=consent)
                yield from unnamed(state, consent, "erased")
            for key, row in tuple(state[NOMINATIONS].items()):
                if row.worker == event.worker and not row.erased:
                    yield NominationErased(nomination=key, area=row.area, automatic=True)
