"""Anomalies 异常: facts recorded although a rule would have refused them; one row per cause."""

from collections.abc import Iterable
from datetime import datetime

from events.base import EventEnvelope
from events.refs import subject_of
from projections.activity import subjects
from projections.base import Row, View
from projections.presence import key_of
from projections.where import area_of


class AnomalyRow(Row, frozen=True, kw_only=True):
    """One code of one event."""

    position: int
    code: str
    name: str
    at: datetime
    recorded_at: datetime
    actor: str
    command: str
    subject: str | None = None
    """The event's subject as `kind/id`; None if it is the jurisdiction itself."""
    area: str | None = None
    worker: str | None = None
    team: str | None = None
    request: str | None = None
    incident: str | None = None
    assignment: str | None = None


def keys(envelope: EventEnvelope) -> Iterable[str]:
    if not envelope.data.anomalies:
        return ()
    return [f"{key_of(envelope.position)}:{code}" for code in envelope.data.anomalies]


def evolve(row: AnomalyRow | None, envelope: EventEnvelope, key: str) -> AnomalyRow | None:
    return AnomalyRow(
        position=envelope.position,
        code=key.partition(":")[2],
        name=envelope.name,
        at=envelope.at,
        recorded_at=envelope.recorded_at,
        actor=envelope.actor,
        command=envelope.command,
        subject=subject_of(envelope.data),
        area=area_of(envelope.data),
        **subjects(envelope.data),
    )


VIEW = View(
    name="anomalies",
    row=AnomalyRow,
    keys=keys,
    evolve=evolve,
    version=3,
    filters=("code", "name", "subject", "area", "worker", "team", "request", "assignment"),
    sort="-key",
)
