"""Bookkeeping of slots and capacity taken by offers and assignments."""

from services.demo.scenarios.yichun.needs import Need, Task
from services.demo.scenarios.yichun.people import People, Person, Team
from services.demo.scenarios.yichun.world import World

Unit = Person | Team


class Tasks:
    """Opens, begins and ends tasks within the scenario."""

    def __init__(self, world: World, people: People) -> None:
        self._world, self._people, self._count = world, people, 0

    def pick(self, need: Need, *besides: Unit) -> Unit | None:
        """Pick a free unit in the county or, for urgent or old requests, from anywhere."""
        units = [u for u in self._free() if u not in besides and u.key not in need.asked]
        near = [u for u in units if u.county == need.place.county]
        far = units if need.priority <= 2 or need.tries >= 3 else []
        choice = near or far
        return min(choice, key=self._weight) if choice else None

    def _free(self) -> list[Unit]:
        every: list[Unit] = [*self._people.teams, *self._people.single]
        return [u for u in every if u.load < u.capacity and u.voice(self._world.now)]

    def _weight(self, unit: Unit) -> float:
        return unit.load / unit.capacity + self._world.random.random() * 0.8

    def open(self, need: Need, unit: Unit) -> Task:
        """Reserve the unit and a slot."""
        self._count += 1
        task = Task(f"asg-{self._count:05}", need, unit, unit.voice(self._world.now))
        need.tasks.append(task)
        unit.load += 1
        return task

    def begin(self, task: Task) -> None:
        """Mark the task as live."""
        task.live = True
        task.unit.live += 1
        task.voice.busy += 1

    def end(self, task: Task) -> None:
        """End the task or its offer."""
        self.done(task)
        task.unit.load -= 1

    def done(self, task: Task) -> None:
        """End the task, but keep the unit busy for a short rest."""
        task.over = True
        task.need.tasks.remove(task)
        if task.live:
            task.live = False
            task.unit.live -= 1
            task.voice.busy -= 1

    def revive(self, task: Task) -> None:
        """Revive a task ended by mistake."""
        task.over, task.revived = False, True
        task.need.tasks.append(task)
        self.begin(task)

    def end_all(self, need: Need, how: str) -> None:
        """End a request and its live tasks and offers."""
        need.ended = how
        for task in list(need.tasks):
            self.end(task)
