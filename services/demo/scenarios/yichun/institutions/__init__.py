"""The institutions of Yichun before the lockdown: who answers for what, ledger, reviews, source lists,
chapters, stations, alliance, training.

They have worlds of their own, so that chance and ids of the rest stay as they are.
"""

from collections.abc import Iterator
from heapq import merge

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.institutions.alliance import alliance
from services.demo.scenarios.yichun.institutions.chapters import chapters
from services.demo.scenarios.yichun.institutions.enterprises import Enterprises
from services.demo.scenarios.yichun.institutions.lists import lists
from services.demo.scenarios.yichun.institutions.offices import appoint
from services.demo.scenarios.yichun.institutions.reviews import review
from services.demo.scenarios.yichun.institutions.stations import stations
from services.demo.scenarios.yichun.institutions.supervision import supervision
from services.demo.scenarios.yichun.institutions.training import training
from services.demo.scenarios.yichun.places import Places
from services.demo.scenarios.yichun.world import World


def institutions(seed: int, places: Places) -> Iterator[Timed]:
    """Return the timed commands of all institutions."""
    world = World(seed, "institutions")
    enterprises = Enterprises(world, places)
    appoint(world, places)
    review(world, enterprises)
    parts = (
        world.run(),
        lists(seed, enterprises.all),
        chapters(seed, enterprises.all),
        stations(seed, places),
        alliance(seed, places, enterprises.all),
        supervision(seed, places),
        training(seed),
    )
    return merge(*parts, key=lambda one: one.received)
