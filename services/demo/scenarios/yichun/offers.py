"""Offers, accepted, declined or expired; and two dispatchers competing for the last slot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from services.application.expiring import expiry_id
from services.demo.scenarios.yichun.fleet import CITY
from services.demo.scenarios.yichun.needs import Need, Task
from services.demo.scenarios.yichun.places import ROOT
from services.demo.scenarios.yichun.tasks import Tasks
from services.demo.scenarios.yichun.world import World

CONTESTS: Final = 24
"""Times two dispatchers take the last slot at once; the second is refused with request.full."""
TOO_LATE: Final = 15
"""Offers accepted after they expired; refused with offer.gone."""
OFFER_SECONDS: Final = 300
DIRECT, DECLINED, SILENT = 0.42, 0.08, 0.05
REASONS: Final = ("on_other_task", "vehicle_fault", "too_far", "resting")


class Offers:
    """Dispatches or offers tasks, and looks for another unit if an offer fails."""

    def __init__(
        self, world: World, tasks: Tasks, go: Callable[[Task], None], again: Callable[[Need], None]
    ) -> None:
        self._world, self._tasks, self._go, self._again = world, tasks, go, again
        self._contests, self._too_late = CONTESTS, TOO_LATE

    def send(self, task: Task) -> None:
        """Dispatch directly if the unit is offline or the request is urgent; otherwise make an offer."""
        fate = self._world.random.random()
        if task.voice.phone.offline or task.need.priority == 1 or fate < DIRECT:
            self._direct(task)
            return
        self._offer(task)
        if fate < DIRECT + DECLINED:
            self._world.later(15, 240, lambda: self._decline(task))
        elif fate >= DIRECT + DECLINED + SILENT:
            self._world.later(15, 200, lambda: self._accept(task))

    def _desk(self) -> str:
        return f"dispatcher/desk-{self._world.random.randrange(1, 7)}"

    def _direct(self, task: Task) -> None:
        data = {"assignment": task.key, "request": task.need.key, **task.unit.fields}
        self._world.send("assignment.dispatch", data, self._desk())
        self._tasks.begin(task)
        self._go(task)
        if self._contests and task.need.full and self._world.chance(0.06):
            self._world.later(1, 2, lambda: self._contest(task))

    def _contest(self, winner: Task) -> None:
        """Let another dispatcher try to assign the same request."""
        need, other = winner.need, self._tasks.pick(winner.need, winner.unit)
        if other and winner.live and need.full:
            self._contests -= 1
            data = {"assignment": f"{winner.key}-b", "request": need.key, **other.fields}
            self._world.send("assignment.dispatch", data, CITY, expect="request.full")

    def _offer(self, task: Task) -> None:
        expires = self._world.now + timedelta(seconds=OFFER_SECONDS)
        data = {"assignment": task.key, "request": task.need.key, "expires_at": expires.isoformat()}
        self._world.send("assignment.offer", data | task.unit.fields, self._desk())
        self._world.on(expires, lambda: self._expire(task))

    def _accept(self, task: Task) -> None:
        if task.over or task.voice.phone.offline or not task.voice.on:
            return
        self._world.send("assignment.accept", {"assignment": task.key}, task.voice.phone.actor)
        self._tasks.begin(task)
        if self._world.chance(0.85):
            self._world.later(10, 90, lambda: self._dispatch(task))
        self._go(task)

    def _dispatch(self, task: Task) -> None:
        if task.live:
            self._world.send("assignment.dispatch", {"assignment": task.key}, self._desk())

    def _decline(self, task: Task) -> None:
        if task.over or task.voice.phone.offline:
            return
        data = {"assignment": task.key, "reason": self._world.random.choice(REASONS)}
        self._world.send("assignment.decline", data, task.voice.phone.actor)
        self._give_up(task)

    def _expire(self, task: Task) -> None:
        """Expire the offer. The service's ticker sends the same command id; whichever is first counts."""
        if task.over or task.live:
            return
        self._world.send(
            "assignment.expire",
            {"assignment": task.key},
            "service/ticker",
            id=expiry_id(ROOT, task.key, self._world.now),
            expect=None,
        )
        if self._too_late and not task.voice.phone.offline and self._world.chance(0.3):
            self._too_late -= 1
            data, actor = {"assignment": task.key}, task.voice.phone.actor
            late = lambda: self._world.send("assignment.accept", data, actor, expect="offer.gone")  # noqa: E731
            self._world.later(5, 60, late)
        self._give_up(task)

    def _give_up(self, task: Task) -> None:
        task.need.asked.append(task.unit.key)
        self._tasks.end(task)
        self._world.later(20, 240, lambda: self._again(task.need))
