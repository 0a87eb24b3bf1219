"""Descriptor of workers."""

from datetime import datetime
from typing import Final

import msgspec

from events.area import inside
from events.base import WorkerStanding
from events.duty import OFF, Duty, Fact
from events.standing import area_of
from events.worker import (
    WorkerErased,
)
from services.decisions.state import State
from services.decisions.table import Table
from services.decisions.worker.packs import Pack, Packs, present


class Past(msgspec.Struct, frozen=True, gc=False):
    """A worker's facts up to an instant."""

    rows: int
    """Number of rows of `PAST_FACTS`, from 0."""
    upto: datetime
    duty: Duty
    """After the last one."""


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
    past: Past | None = None
    """Own facts that are rows of their own."""
    packs: Packs = ()
    """Own facts after these, not taken back."""
    corrected: tuple[Fact, ...] = ()
    """Those of all own facts that were corrected."""
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
        return present(self.packs, self.past.duty if self.past else OFF)


PAST_FACTS: Final = Table("past_facts", tuple[Pack, ...], idle=lambda row: True)
"""`WORKER/NUMBER` -> own facts of a worker before the newest ones."""
WORKER_STANDINGS: Final = Table("worker_standings", WorkerStanding)
"""Where each worker counts, as of their last event."""


def _belongs(state: State, row: Worker, actor: str) -> tuple[str, ...]:
    """Return their home area; a worker without one belongs to the sender that registered them."""
    if row.home_area is None:
        return () if row.registered_by == actor else (state.jurisdiction,)
    return (row.home_area,)


def lives_within(state: State, worker: str, area: str) -> bool:
    """Whether a worker's home area is an area or lies in it; without a home area, the jurisdiction counts."""
    known = state[WORKERS].get(worker)
    return known is not None and inside(known.home_area or state.jurisdiction, area)


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
