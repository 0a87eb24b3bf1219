"""Members of the alliance 联盟成员: since when, and whether they still are."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.alliance import AllyJoined, AllyKind
from events.alliance_history import ALLIES, AllianceFact, fact_of, standing
from events.base import EventEnvelope
from events.dated import dated, until
from projections.base import Row, View


class AllyRow(Row, frozen=True, kw_only=True):
    """One member."""

    ally: str
    area: str
    name: str
    kind: AllyKind
    state: str = "member"
    """`member` or `gone`."""
    joined_at: datetime
    since: datetime
    history: tuple[AllianceFact, ...] = ()


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (fact_of(envelope)[0],) if isinstance(envelope.data, ALLIES) else ()


def evolve(row: AllyRow | None, envelope: EventEnvelope, key: str) -> AllyRow | None:
    e = envelope.data
    if isinstance(e, AllyJoined):
        history = row.history if row else ()
        row = AllyRow(
            ally=key,
            area=e.area,
            name=e.name,
            kind=e.kind,
            joined_at=envelope.at,
            since=envelope.at,
            history=history,
        )
    return row and _stood(row, dated(row.history, fact_of(envelope)[1]))


def _stood(row: AllyRow, facts: tuple[AllianceFact, ...]) -> AllyRow | None:
    now = standing(facts)
    return now and msgspec.structs.replace(
        row, state=now.state, joined_at=now.began, since=now.since, history=facts
    )


def at(row: AllyRow, instant: datetime) -> AllyRow | None:
    """Return the member as it was at an instant; None before it joined."""
    return _stood(row, until(row.history, instant))


VIEW = View(
    name="allies",
    row=AllyRow,
    keys=keys,
    evolve=evolve,
    events=ALLIES,
    filters=("ally", "area", "name", "kind", "state", "joined_at", "since"),
    sort="name",
    at=at,
)
