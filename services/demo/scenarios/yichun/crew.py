"""Assigned units: en route, on scene and done, each reported by a tap on their phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from events.stages import EN_ROUTE, ON_SCENE
from services.demo.scenarios.yichun.needs import Task
from services.demo.scenarios.yichun.world import World

WAY: Final = ((EN_ROUTE, 240, 1200), (ON_SCENE, 900, 4200))
"""Stage, minimum and maximum seconds before it."""
RIDE: Final = (("transport", 300, 1200), ("hospital", 600, 2400))
"""Additional stages of a transport."""
DONE: Final = ("done", 600, 3000)
HURRY: Final = 0.4
"""Factor on durations for life-safety requests."""
LOST: Final = 8
"""Unreachable crews whose task is reassigned; their reports arrive later, as anomalies."""
_LONG: Final = timedelta(minutes=40)


class Crew:
    """Plays the stages of tasks."""

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
        """Start the task."""
        ride = RIDE if task.need.category == "transport" else ()
        self._next(task, [*WAY, *ride, DONE])

    def finish(self, task: Task) -> None:
        """Schedule only the end of the task."""
        self._next(task, [DONE])

    def _next(self, task: Task, stages: list[tuple[str, int, int]]) -> None:
        if stages:
            (stage, least, most), *rest = stages
            share = HURRY if task.need.priority == 1 else 1
            self._world.later(least * share, most * share, lambda: self._reach(task, stage, rest))

    def _reach(self, task: Task, stage: str, rest: list[tuple[str, int, int]]) -> None:
        phone = task.voice.phone
        if task.over and not phone.offline:
            return  # the unit already knows
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
