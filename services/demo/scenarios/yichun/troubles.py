"""Illness: riders fall ill on a task, team members are replaced."""

from typing import Final

from services.demo.scenarios.yichun.days import hour
from services.demo.scenarios.yichun.desk import Desk
from services.demo.scenarios.yichun.fleet import close_too_early, replace
from services.demo.scenarios.yichun.needs import Task
from services.demo.scenarios.yichun.people import People, Person
from services.demo.scenarios.yichun.world import World

SICK: Final = 6
"""Riders who fall ill on a task, which is reassigned before they check out."""
REPLACED: Final = 4
"""Team members who fall ill and are replaced."""


class Troubles:
    """Plans cases of illness from the third day on."""

    def __init__(self, world: World, people: People, desk: Desk) -> None:
        self._world, self._people, self._desk = world, people, desk
        for number in range(SICK):
            world.on(hour(2 + number * 3 // 2, world.random.uniform(9.5, 12)), self._fall_ill)
        for number in range(REPLACED):
            world.on(hour(3 + 2 * number, world.random.uniform(10, 12)), self._member_ill)
        world.on(hour(12, 18), self._hasty)

    def _hasty(self) -> None:
        if any(not need.ended for need in self._desk.needs.all):
            close_too_early(self._world)

    def _fall_ill(self) -> None:
        """Let a rider who is alone on a task fall ill, or try again later."""
        task = self._lone_task()
        unit = self._desk.tasks.pick(task.need, task.unit) if task else None
        if task is None or unit is None:
            self._world.later(300, 900, self._fall_ill)
            return
        ill = task.voice
        self._desk.hand_over(task, unit, "sick")
        self._go_home(ill)

    def _lone_task(self) -> Task | None:
        every = (task for need in self._desk.needs.all for task in need.tasks if task.live)
        return next((t for t in every if isinstance(t.unit, Person) and self._can_tell(t.unit)), None)

    def _can_tell(self, one: Person) -> bool:
        return one.load == one.live == 1 and not one.phone.offline and one.stays(self._world.now)

    def _go_home(self, ill: Person) -> None:
        ill.sick, ill.on = True, False
        self._world.later(30, 150, lambda: ill.phone.tap("worker.check_out", {"worker": ill.key}))

    def _member_ill(self) -> None:
        now = self._world.now
        free = [
            one for one in self._people.single if one.stays(now) and not one.load and not one.phone.offline
        ]
        for new in free:
            for team in self._people.teams:
                well = [m for m in team.members[1:] if m.stays(now) and not m.busy and not m.phone.offline]
                if well and team.active and team.county == new.county and len(team.members) > 2:
                    self._people.single.remove(new)
                    replace(self._world, team, well[0], new)
                    self._go_home(well[0])
                    return
        self._world.later(300, 900, self._member_ill)
