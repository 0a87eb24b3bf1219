"""Where a worker counts at an instant: area, role, presence and active team."""

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
    """A person who is or was on the roster."""

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
    """Return their area of duty, else their home area (even if retired), else the whole jurisdiction."""
    on = worker.duty.on and not worker.retired
    return (worker.duty.area if on else worker.home_area) or jurisdiction


def active_team(of: Iterable[str], teams: Rows[HasState]) -> str | None:
    """Return the active team among those a worker is in; there is at most one."""
    return next((key for key in of if teams[key].state == team.ACTIVE), None)


def standing_of(
    worker: OnRoster, teams: Rows[HasTasks], assignments: Rows[HasState], jurisdiction: str
) -> WorkerStanding | None:
    """Return where a worker counts; None if not on the roster."""
    if worker.retired:
        return None
    active = active_team(worker.teams, teams)
    live = (*worker.live, *(teams[active].live if active else ()))
    presence = presence_of(worker.duty, (assignments[key].state for key in live))
    return WorkerStanding(area_of(worker, jurisdiction), worker.role, presence, active)
