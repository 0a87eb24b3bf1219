"""A worker's standing follows from their duty, home area, active team and live assignments."""

from datetime import UTC, datetime

import msgspec
import pytest

from events.base import WorkerStanding
from events.duty import OFF, Duty
from events.standing import active_team, area_of, standing_of
from events.team import ACTIVE, FORMING, STOOD_DOWN

ON = Duty(on=True, area="A", since=datetime(2026, 1, 1, tzinfo=UTC))


class Worker(msgspec.Struct, frozen=True):
    role: str = "courier"
    home_area: str | None = "H"
    duty: Duty = ON
    retired: bool = False
    teams: tuple[str, ...] = ()
    live: tuple[str, ...] = ()


class Team(msgspec.Struct, frozen=True):
    state: str = ACTIVE
    live: tuple[str, ...] = ()


class Task(msgspec.Struct, frozen=True):
    state: str


TEAMS = {"T1": Team(FORMING), "T2": Team(ACTIVE, ("X2",)), "T3": Team(STOOD_DOWN)}
TASKS = {"X1": Task("accepted"), "X2": Task("en_route"), "X3": Task("on_scene")}


@pytest.mark.parametrize(
    ("worker", "area"),
    [
        (Worker(), "A"),
        (Worker(duty=OFF), "H"),
        (Worker(duty=OFF, home_area=None), "2307"),
        (Worker(retired=True), "H"),
        (Worker(retired=True, home_area=None), "2307"),
    ],
)
def test_area_is_of_the_duty_else_home_else_the_jurisdiction(worker: Worker, area: str) -> None:
    assert area_of(worker, "2307") == area


@pytest.mark.parametrize(
    ("of", "team"), [((), None), (("T1", "T3"), None), (("T1", "T2"), "T2"), (("T2",), "T2")]
)
def test_a_worker_counts_in_the_active_team(of: tuple[str, ...], team: str | None) -> None:
    assert active_team(of, TEAMS) == team


@pytest.mark.parametrize(
    ("worker", "presence", "team"),
    [
        (Worker(), "available", None),
        (Worker(live=("X1",)), "assigned", None),
        (Worker(live=("X1",), teams=("T1", "T2")), "en_route", "T2"),
        (Worker(live=("X3",), teams=("T2",)), "on_scene", "T2"),
        (Worker(teams=("T3",)), "available", None),
    ],
)
def test_presence_counts_own_assignments_and_the_active_teams(
    worker: Worker, presence: str, team: str | None
) -> None:
    assert standing_of(worker, TEAMS, TASKS, "2307") == WorkerStanding("A", "courier", presence, team)


def test_who_is_retired_counts_nowhere() -> None:
    assert standing_of(Worker(retired=True), TEAMS, TASKS, "2307") is None
