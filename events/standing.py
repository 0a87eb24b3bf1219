"""Where a worker counts: area, role, presence and active team, from what is known of them at one instant."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from events import team
from events.base import WorkerStanding
from events.duty import Duty
from events.presence import presence_of

Row = TypeVar("Row", covariant=True)


class Rows(Protocol[Row]):
    """Rows by id."""

    def __getitem__(self, key: str, /) -> Row: ...


class HasState(Protocol):
    """An assignment."""

    @property
    def state(self) -> str: ...


class HasTasks(HasState, Protocol):
    """A team."""

    @property
    def live(self) -> Iterable[str]:
        """Its live assignments."""
        ...


class HasDuty(Protocol):
    """Somebody who is, or was, on the roster."""

    @property
    def retired(self) -> bool: ...
    @property
    def duty(self) -> Duty: ...
    @property
    def home_area(self) -> str | None: ...


class OnRoster(HasDuty, Protocol):
    """A worker."""

    @property
    def role(self) -> str: ...
    @property
    def teams(self) -> Iterable[str]: ...
    @property
    def live(self) -> Iterable[str]:
        """Their own live assignments."""
        ...


def area_of(worker: HasDuty, jurisdiction: str) -> str:
    """Where they are on duty; else their home area, even after they retire; else the whole jurisdiction."""
    on = worker.duty.on and not worker.retired
    return (worker.duty.area if on else worker.home_area) or jurisdiction


def active_team(of: Iterable[str], teams: Rows[HasState]) -> str | None:
    """The one active team among those a worker is in."""
    return next((key for key in of if teams[key].state == team.ACTIVE), None)


def standing_of(
    worker: OnRoster, teams: Rows[HasTasks], assignments: Rows[HasState], jurisdiction: str
) -> WorkerStanding | None:
    """Where a worker counts; None = not on the roster."""
    if worker.retired:
        return None
    active = active_team(worker.teams, teams)
    live = (*worker.live, *(teams[active].live if active else ()))
    presence = presence_of(worker.duty, (assignments[key].state for key in live))
    return WorkerStanding(area_of(worker, jurisdiction), worker.role, presence, active)
