"""By which consent each published item names somebody. For the service alone, to tell that person; a row goes
with the name."""

from collections.abc import Iterable

from events.base import EventEnvelope
from events.publication import PublicationErased, Published
from projections.base import Row, View


class NamedItemRow(Row, frozen=True, kw_only=True):
    """One published item that names somebody."""

    consent: str


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.publication,) if isinstance(e, Published | PublicationErased) else ()


def evolve(row: NamedItemRow | None, envelope: EventEnvelope, key: str) -> NamedItemRow | None:
    e = envelope.data
    if isinstance(e, Published):
        return NamedItemRow(consent=e.consent) if e.consent else None
    return None if isinstance(e, PublicationErased) else row


VIEW = View(
    name="named_items",
    row=NamedItemRow,
    keys=keys,
    evolve=evolve,
    events=(Published, PublicationErased),
    filters=("consent",),
    public=False,
)
