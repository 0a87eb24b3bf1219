"""Those who go: on the way, there, done, each told by a tap on the phone that speaks for them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from events.stages import EN_ROUTE, ON_SCENE
from services.demo.scenarios.yichun.needs import Task
from services.demo.scenarios.yichun.world import World

WAY: Final = ((EN_ROUTE, 240, 1200), (ON_SCENE, 900, 4200))
"""Stage, and the seconds that lie before it."""
RIDE: Final = (("transport", 300, 1200), ("hospital", 600, 2400))
"""Extra stages of a transport."""
DONE: Final = ("done", 600, 3000)
HURRY: Final = 0.4
"""Life safety takes this share of the time."""
LOST: Final = 8
"""Crews out of reach whose task is given to others; what they did comes later, as an anomaly."""
_LONG: Final = timedelta(minutes=40)


class Crew:
    """Lets a task go its way."""

    def __init__(
        self,
        world: World,
        finished: Callable[[Task], None],
        failed: Callable[[Task], None],
        lost: Callable[[Task], None],
    ) -> None:
        self._world, self._finished, self._failed, self._lost = world, finished, failed, lost
        self._losses = LOST

    def go(self, task: Task) -> None:
        """From now on."""
        ride = RIDE if task.need.category == "transport" else ()
        self._next(task, [*WAY, *ride, DONE])

    def finish(self, task: Task) -> None:
        """Only the end is still to come."""
        self._next(task, [DONE])

    def _next(self, task: Task, stages: list[tuple[str, int, int]]) -> None:
        if stages:
            (stage, least, most), *rest = stages
            share = HURRY if task.need.priority == 1 else 1
            self._world.later(least * share, most * share, lambda: self._reach(task, stage, rest))

    def _reach(self, task: Task, stage: str, rest: list[tuple[str, int, int]]) -> None:
        phone = task.voice.phone
        if task.over and not phone.offline:
            return  # they were told
        if stage == "done" and task.need.doomed:
            self._failed(task)
            return
        if stage == "done":
            task.done_tap = phone.tap(
                "assignment.done", {"assignment": task.key}, lambda: self._finished(task)
            )
        else:
            phone.tap("assignment.progress", {"assignment": task.key, "stage": stage})
        self._maybe_lost(task)
        self._next(task, rest)

    def _maybe_lost(self, task: Task) -> None:
        back = task.voice.phone.back_at
        if self._losses and not task.over and back and back - self._world.now > _LONG:
            self._losses -= 1
            self._world.later(1200, 2300, lambda: self._lost(task))
