"""The Yichun lockdown of March 2022 as a scenario (docs/scenario.md)."""

from collections.abc import Iterator
from heapq import merge

from services.demo.scenarios.story import Story, Timed
from services.demo.scenarios.yichun.before import prepare
from services.demo.scenarios.yichun.days import DAYS, LAST_FACTS, LOCKDOWN, REGISTRATION, ZONE
from services.demo.scenarios.yichun.desk import Desk
from services.demo.scenarios.yichun.fleet import mobilise
from services.demo.scenarios.yichun.institutions import institutions
from services.demo.scenarios.yichun.institutions.activities import activities
from services.demo.scenarios.yichun.institutions.recognition import recognition
from services.demo.scenarios.yichun.people import People
from services.demo.scenarios.yichun.places import ROOT, Places
from services.demo.scenarios.yichun.shifts import Shifts
from services.demo.scenarios.yichun.troubles import Troubles
from services.demo.scenarios.yichun.world import World


class _Lockdown:
    """The timed commands; each iteration starts from the beginning."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __iter__(self) -> Iterator[Timed]:
        world, places = World(self._seed), Places()
        people = People(world, places)
        prepare(world, places, people)
        mobilise(world, people)
        Shifts(world, people)
        Troubles(world, people, Desk(world, places, people))
        parts = (
            world.run(),
            institutions(self._seed, places),
            activities(self._seed, people.fleet),
            recognition(self._seed, people.fleet),
        )
        return merge(*parts, key=lambda one: one.received)


def yichun(seed: int) -> Story:
    """Return the scenario. Another seed gives another lockdown with the same six totals."""
    return Story(
        name="yichun",
        title="伊春市 3·28 · Yichun lockdown",
        jurisdiction=ROOT,
        timezone=ZONE,
        starts=REGISTRATION,
        live_from=LOCKDOWN,
        ends=LAST_FACTS,
        days=DAYS,
        phone="courier-001",
        timed=_Lockdown(seed),
    )
