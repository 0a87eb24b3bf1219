"""Descriptor of workers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from events.base import EventEnvelope, WorkerStanding
from events.duty import Duty, Fact, corrected, home, order
from events.facts import fact_of
from events.standing import area_of
from events.worker import (
    WorkerErased,
)
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.worker.packs import Packs, at_instant, facts_of, packs_of, present, with_one_more


class Worker(msgspec.Struct, frozen=True):
    """Someone who serves, or could."""

    role: str
    home_area: str | None = None
    organisation: str | None = None
    skills: tuple[str, ...] = ()
    vehicle: str | None = None
    capacity: int = 1
    retired_at: datetime | None = None
    """Set while off the roster."""
    erased: bool = False
    packs: Packs = ()
    """All own facts not taken back."""
    corrected: tuple[Fact, ...] = ()
    """Those of the facts that were corrected."""
    teams: tuple[str, ...] = ()
    """Teams joined and not stood down."""
    live: tuple[str, ...] = ()
    """Own live assignments."""
    offers: tuple[str, ...] = ()
    registered_by: str = ""
    """Actor of the last registration."""
    registered_at: datetime | None = None
    """When they registered, the last time."""
    call_sign: str | None = None

    @property
    def retired(self) -> bool:
        return self.retired_at is not None

    @property
    def duty(self) -> Duty:
        """Their duty now."""
        return present(self.packs)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All own facts not taken back, in (at, position) order; unpacked each time."""
        return tuple(facts_of(self.packs))

    def facts_at(self, instant: datetime) -> Iterable[Fact]:
        """Yield the own facts at exactly an instant."""
        return at_instant(self.packs, instant)

    @property
    def reported(self) -> str | None:
        """Home community where they are registered for service now."""
        return home(self.facts)

    def home_at(self, instant: datetime) -> str | None:
        """Return the home community at an instant."""
        return home(fact for fact in facts_of(self.packs) if fact.at <= instant)


def with_fact(worker: Worker, fact: Fact) -> Worker:
    """Add an own fact to the worker, sorted by time."""
    return msgspec.structs.replace(worker, packs=with_one_more(worker.packs, fact))


def with_facts(worker: Worker, facts: Iterable[Fact]) -> Worker:
    """Replace all own facts, given in (at, position) order."""
    facts = tuple(facts)
    told = tuple(fact for fact in facts if fact.told)
    return msgspec.structs.replace(worker, packs=packs_of(facts), corrected=told)


def with_correction(worker: Worker, fact: Fact, at: datetime, area: str | None) -> Worker:
    """Replace an own fact by its correction, sorted by time."""
    others = (one for one in worker.facts if one.position != fact.position)
    return with_facts(worker, sorted((*others, corrected(fact, at, area)), key=order))


def add_fact(state: State, envelope: EventEnvelope) -> None:
    """Record the worker's own fact that an event reports, if any."""
    if told := fact_of(envelope):
        worker, fact = told
        state.put(state[WORKERS], worker, with_fact(state[WORKERS][worker], fact))


WORKER_STANDINGS: Final = Table("worker_standings", WorkerStanding)
"""Where each worker counts, as of their last event."""


def _belongs(state: State, row: Worker, actor: str) -> tuple[str, ...]:
    """Return their home area; a worker without one belongs to whoever registered them."""
    if row.home_area is None:
        return () if row.registered_by == actor else (state.jurisdiction,)
    return (row.home_area,)


def _themselves(state: State, key: str, worker: str) -> bool:
    return key == worker and key in state[WORKERS]


WORKERS = Table(
    "workers",
    Worker,
    kind="worker",
    areas=lambda state, key, row: (area_of(row, state.jurisdiction),),
    belongs=_belongs,
    nowhere=lambda row: not row.retired and not row.duty.on and row.home_area is None,
    own=_themselves,
    erasure=WorkerErased,
)
