"""The Yichun lockdown of March 2022 as a scenario: documented in docs/scenario.md."""

from collections.abc import Iterator

from services.intake.scenarios.story import Story, Timed
from services.intake.scenarios.yichun.before import prepare
from services.intake.scenarios.yichun.days import DAYS, LAST_FACTS, LOCKDOWN, REGISTRATION, ZONE
from services.intake.scenarios.yichun.desk import Desk
from services.intake.scenarios.yichun.fleet import mobilise
from services.intake.scenarios.yichun.people import People
from services.intake.scenarios.yichun.places import ROOT, Places
from services.intake.scenarios.yichun.shifts import Shifts
from services.intake.scenarios.yichun.troubles import Troubles
from services.intake.scenarios.yichun.world import World


class _Lockdown:
    """Iterating plays it from the beginning."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __iter__(self) -> Iterator[Timed]:
        world, places = World(self._seed), Places()
        people = People(world, places)
        prepare(world, places, people)
        mobilise(world, people)
        Shifts(world, people)
        Troubles(world, people, Desk(world, places, people))
        return world.run()


def yichun(seed: int) -> Story:
    """The lockdown; another seed plays another one with the same six sums."""
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
