"""The dispatchers, who handle each request from receipt to end."""

from datetime import datetime, timedelta
from typing import Any, Final

from services.demo.scenarios.yichun.crew import Crew
from services.demo.scenarios.yichun.days import DAYS, clock_of, hour
from services.demo.scenarios.yichun.needs import LAST_HOUR, Need, Needs, Task
from services.demo.scenarios.yichun.offers import Offers
from services.demo.scenarios.yichun.people import People, Person
from services.demo.scenarios.yichun.places import Places
from services.demo.scenarios.yichun.tasks import Tasks, Unit
from services.demo.scenarios.yichun.world import World

WAVES: Final = (8.2, 9.7, 11.0, 13.2, 15.0, 16.6, 18.2)
"""Hours at which groceries are dispatched."""
CANCELLED, DOOMED, DOUBLED, RAISED = 0.045, 0.03, 0.045, 0.02
REOPENED: Final = 12
TAKEN_BACK: Final = 4
"""Number of `done` taps made by mistake and undone."""
CALLED_OFF: Final = ("solved_itself", "neighbour_helped", "no_longer_needed")
FAILURES: Final = ("nobody_home", "out_of_stock", "address_not_found")
_NOTHING_NEW: Final = hour(DAYS - 1, 20)


class Desk:
    """Takes in requests, assigns units and closes requests."""

    def __init__(self, world: World, places: Places, people: People) -> None:
        self._world = world
        self.tasks = Tasks(world, people)
        self.crew = Crew(world, self._finished, self._failed, self._lost)
        self._offers = Offers(world, self.tasks, self.crew.go, self._assign)
        self.needs = Needs(world, places, self._taken)
        self._reopened, self._taken_back = REOPENED, TAKEN_BACK
        world.on(hour(DAYS - 1, 20.5), lambda: self._sweep(waiting_only=True))
        world.on(hour(DAYS - 1, 22), lambda: self._sweep(waiting_only=False))

    def _say(self, name: str, need: Need, **data: Any) -> None:
        desk = f"dispatcher/desk-{self._world.random.randrange(1, 7)}"
        self._world.send(name, {"request": need.key, **data}, desk)

    # -- receipt -------------------------------------------------------------------------------------

    def _taken(self, need: Need, twin: Need | None) -> None:
        world = self._world
        if twin:
            world.later(240, 1500, lambda: self._merge(need, twin))
            return
        world.on(self._turn(need), lambda: self._assign(need))
        need.doomed = world.chance(DOOMED)
        if world.chance(CANCELLED):
            world.later(600, 7200, lambda: self._cancel(need))
        if world.chance(DOUBLED) and world.now < hour(DAYS - 1, LAST_HOUR):
            world.later(300, 3600, lambda: self._again_received(need))
        if world.chance(RAISED) and need.priority > 2:
            world.later(40, 200, lambda: self._raise(need))

    def _turn(self, need: Need) -> datetime:
        """Schedule the assignment of a request."""
        random, now = self._world.random, self._world.now
        if need.priority <= 2:
            return now + timedelta(
                seconds=random.randrange(*((30, 180) if need.priority == 1 else (120, 1500)))
            )
        if need.category != "grocery" and 7 <= now.hour < 21:
            return now + timedelta(seconds=random.randrange(600, 5400))
        wave = next((w for w in WAVES if w > clock_of(now)), None)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        start = midnight + (timedelta(hours=wave) if wave else timedelta(days=1, hours=WAVES[0]))
        return start + timedelta(seconds=random.randrange(0, 2700))

    def _again_received(self, need: Need) -> None:
        """Receive a second request for the same need."""
        self.needs.receive(need.place, need.category, need.priority, need.slots, twin=need)

    def _merge(self, need: Need, twin: Need) -> None:
        if twin.ended:
            self._say("request.cancel", need, reason="already_served")
            need.ended = "cancelled"
        else:
            self._say("request.merge", need, into=twin.key)
            need.ended = "merged"

    def _raise(self, need: Need) -> None:
        if not need.ended:
            need.priority = 2
            self._say("request.amend", need, priority=2)
            self._assign(need)

    # -- assignment ----------------------------------------------------------------------------------

    def _assign(self, need: Need) -> None:
        while need.wanted > 0 and self._world.now < _NOTHING_NEW:
            unit = self.tasks.pick(need, *(task.unit for task in need.tasks))
            if unit is None:
                need.tries += 1
                need.asked.clear()
                self._world.later(600, 1500, lambda: self._assign(need))
                return
            self._offers.send(self.tasks.open(need, unit))

    def hand_over(self, task: Task, unit: Unit, reason: str) -> None:
        """Reassign a live task."""
        new = self.tasks.open(task.need, unit)
        item = {"assignment": task.key, "new": new.key, **unit.fields}
        data = {"items": [item], "reason": reason}
        self._world.send("assignment.reassign", data, "dispatcher/city")
        self.tasks.end(task)
        self.tasks.begin(new)
        self.crew.go(new)

    def _lost(self, task: Task) -> None:
        """Reassign a task whose unit has been silent for long."""
        unit = self.tasks.pick(task.need, task.unit) if task.live else None
        if unit and task.voice.phone.offline:
            self.hand_over(task, unit, "no_contact")

    # -- the end -------------------------------------------------------------------------------------

    def _finished(self, task: Task) -> None:
        """Handle `done`, once the service has it."""
        if task.over:
            return
        self.tasks.done(task)
        task.need.done += 1
        revived, task.revived = task.revived, False
        self._world.later(35, 60, lambda: self._breathe(task))
        if task.need.done >= task.need.slots and not task.need.ended:
            task.need.ended = "done"  # the service completes it by itself
        if not revived and self._mistapped(task):
            self._taken_back -= 1
            self._world.later(8, 20, lambda: self._take_back(task))
        elif task.need.ended == "done":
            self._world.later(60, 900, lambda: self._look_back(task.need))

    def _mistapped(self, task: Task) -> bool:
        alone = isinstance(task.unit, Person) and not task.voice.phone.offline
        return alone and self._taken_back > 0 and self._world.chance(0.03)

    def _breathe(self, task: Task) -> None:
        if not task.revived:
            task.unit.load -= 1

    def _take_back(self, task: Task) -> None:
        if task.need.ended not in (None, "done"):
            return
        task.need.ended = None
        data = {"worker": task.unit.key, "command": task.done_tap}
        self._world.send("worker.take_back", data, task.voice.phone.actor)
        self.tasks.revive(task)
        task.need.done -= 1
        self.crew.finish(task)

    def _look_back(self, need: Need) -> None:
        """Find out, now and then, that what was done was not enough."""
        if need.ended != "done":
            return
        if self._reopened and 8 <= self._world.now.hour < 15 and self._world.chance(0.01):
            self._reopened -= 1
            self._world.later(900, 4000, lambda: self._reopen(need))

    def _reopen(self, need: Need) -> None:
        self._say("request.reopen", need, reason="goods_missing")
        need.ended, need.done, need.doomed = None, 0, False
        self._assign(need)

    def _cancel(self, need: Need) -> None:
        if not need.ended and not need.done:
            self._say("request.cancel", need, reason=self._world.random.choice(CALLED_OFF))
            self.tasks.end_all(need, "cancelled")

    def _failed(self, task: Task) -> None:
        if not task.need.ended:
            self._fail(task.need, self._world.random.choice(FAILURES))

    def _fail(self, need: Need, reason: str) -> None:
        self._say("request.fail", need, reason=reason)
        self.tasks.end_all(need, "failed")

    def _sweep(self, *, waiting_only: bool) -> None:
        """Finish all remaining requests on the last evening."""
        for need in self.needs.all:
            if need.ended or (waiting_only and (need.live or need.done)):
                continue
            self._fail(need, "handed_over")
