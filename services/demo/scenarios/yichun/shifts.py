"""Daily shifts: check-ins, breaks and check-outs, with realistic delays and mistakes."""

from datetime import datetime, timedelta
from typing import Final

from services.demo.scenarios.yichun.days import DAYS, hour
from services.demo.scenarios.yichun.people import People, Person
from services.demo.scenarios.yichun.world import World

NIGHT: Final = 0.07
"""Share of property staff's shifts that are night shifts."""
NIGHT_TEAMS: Final = (9, 16, 18, 22)
"""Vehicle teams on night duty, which serve urgent requests in the whole city."""
MISTAPS: Final = 14
TOO_LATE: Final = 3
"""Mistaken check-ins that can no longer be undone; refused with fact.not_newest."""
IMPATIENT: Final = 8
"""Check-outs during a live assignment; refused with worker.has_assignment and repeated later."""
_LAST: Final = hour(DAYS - 1, 22.4)


class Shifts:
    """Plans each day at 4 a.m."""

    def __init__(self, world: World, people: People) -> None:
        self._world, self._people, self._impatient = world, people, IMPATIENT
        self._sure = {one.key: world.random.randrange(DAYS - 1) for one in people.staff}
        """Worker -> day on which they certainly have a shift."""
        self._mistaps = self._days(MISTAPS)
        self._too_late = self._days(TOO_LATE)
        for day in range(DAYS):
            world.on(hour(day, 4), lambda d=day: self._plan(d))

    def _days(self, number: int) -> list[int]:
        return [self._world.random.randrange(1, DAYS - 1) for _ in range(number)]

    def _plan(self, day: int) -> None:
        idle = [one for one in self._people.staff if not self._staff(one, day)]
        for one in self._people.fleet:
            self._fleet(one, day)
        online = [one for one in idle if not one.phone.bad]
        late = self._too_late.count(day)
        for number, one in enumerate(self._world.random.sample(online, self._mistaps.count(day) + late)):
            when = hour(day, self._world.random.uniform(9, 15))
            self._world.on(when, lambda p=one, n=number: self._mistap(p, late=n < late))

    def _staff(self, one: Person, day: int) -> bool:
        """Plan an early, late or night shift at a community's gate; return whether there is one."""
        world = self._world
        share = (0.55, 0.7)[day] if day < 2 else 0.75
        if not (world.chance(share) or self._sure[one.key] == day) or one.on:
            return False
        if world.chance(NIGHT) and day < DAYS - 1:
            start, length = world.random.uniform(21.5, 22.3), world.random.uniform(7.4, 8)
        elif world.chance(0.6):
            start, length = world.random.gauss(6.8, 0.35), world.random.uniform(7.5, 9)
        else:
            start, length = world.random.gauss(14, 0.35), world.random.uniform(6.8, 7.8)
        self._shift(one, hour(day, max(4.3, start)), length)
        return True

    def _fleet(self, one: Person, day: int) -> None:
        world = self._world
        if one.sick or not world.chance(0.86 if day else 0.75):
            return
        if one.team and one.team.number in NIGHT_TEAMS:
            start, length = world.random.gauss(20.2, 0.2), world.random.uniform(10.5, 11.3)
        elif one.team and one.team.number % 10 == 7:
            start, length = world.random.gauss(11.8, 0.3), world.random.uniform(9, 10.3)
        else:
            start, length = world.random.gauss(7.6, 0.5), world.random.uniform(8.5, 11)
        self._shift(one, hour(day, max(5.0 if day else 6.5, start)), length)

    def _shift(self, one: Person, start: datetime, length: float) -> None:
        end = min(start + timedelta(seconds=round(length * 3600)), _LAST) if start < _LAST else start
        self._world.on(start, lambda: self._begin(one, end))
        if one.phone.bad and self._world.chance(0.6):
            inside = start + (end - start) * self._world.random.uniform(0.2, 0.8)
            self._world.on(inside.replace(microsecond=0), one.phone.lose_signal)
        if self._world.chance(0.09):
            middle = start + (end - start) / 2
            self._world.on(middle.replace(microsecond=0), lambda: self._break(one))

    def _begin(self, one: Person, end: datetime) -> None:
        if one.sick or one.on:
            return
        self._maybe_lose_signal(one)
        one.until = end
        self._world.on(end, lambda: self._end(one))
        one.phone.tap(
            "worker.check_in", {"worker": one.key, "area": one.home.code}, lambda: self._came(one, end)
        )

    def _came(self, one: Person, end: datetime) -> None:
        one.on = self._world.now < end and not one.sick

    def _maybe_lose_signal(self, one: Person) -> None:
        if self._world.chance(0.93 if one.phone.bad else 0.04):
            one.phone.lose_signal()

    def _end(self, one: Person) -> None:
        """Check out after the shift, once no task is left; a few try it earlier."""
        if one.sick:
            return
        if one.busy or one.load:
            self._try_to_leave(one)
            self._world.later(400, 900, lambda: self._end(one))
            return
        self._maybe_lose_signal(one)
        one.on, one.until = False, None
        one.phone.tap("worker.check_out", {"worker": one.key})

    def _try_to_leave(self, one: Person) -> None:
        own = one.busy and one.load and one.team is None
        if own and self._impatient and not one.phone.offline and self._steady(one):
            self._impatient -= 1
            self._world.send(
                "worker.check_out", {"worker": one.key}, one.phone.actor, expect="worker.has_assignment"
            )

    def _steady(self, one: Person) -> bool:
        """Return whether the task is live for the service, with no report of it in transit."""
        return one.on

    def _break(self, one: Person) -> None:
        if not one.on or one.sick or one.until is None or one.until - self._world.now < timedelta(hours=1.5):
            return
        self._presence(one, "on_break")
        self._world.later(1200, 3000, lambda: self._presence(one, "available"))

    def _presence(self, one: Person, presence: str) -> None:
        if one.on:
            one.phone.tap("worker.set_presence", {"worker": one.key, "presence": presence})

    def _mistap(self, one: Person, *, late: bool = False) -> None:
        """Check in by mistake on a day off; undo it within minutes or, if `late`, after checking out."""
        if one.phone.offline or one.on:
            return
        tap = one.phone.tap("worker.check_in", {"worker": one.key, "area": one.home.code}, again=False)
        if late:
            self._world.later(
                20, 60, lambda: one.phone.tap("worker.check_out", {"worker": one.key}, again=False)
            )
        self._world.later(
            90, 400, lambda: self._take_back(one, tap, "fact.not_newest" if late else "accepted")
        )

    def _take_back(self, one: Person, tap: str, expect: str) -> None:
        data = {"worker": one.key, "command": tap}
        self._world.send("worker.take_back", data, one.phone.actor, expect=expect)
