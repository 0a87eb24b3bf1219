"""Eleven activities of the alliance before the lockdown, with sign-up, places and attendance."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL
from services.demo.scenarios.yichun.people import Person
from services.demo.scenarios.yichun.world import World

TITLES: Final = (
    "元宵联谊",
    "交通安全讲座",
    "健康义诊",
    "急救培训",
    "法律咨询日",
    "技能比武",
    "读书会",
    "电动车免费检修",
    "政策宣讲",
    "植树志愿活动",
    "恳谈会",
)
"""Eleven."""
FIRST: Final = datetime(2022, 3, 2, 14, tzinfo=LOCAL)
PLACES: Final = 30
DAY: Final = timedelta(days=1)


def activities(seed: int, fleet: list[Person]) -> Iterator[Timed]:
    """Return the timed commands of the activities. The fleet is registered by then."""
    world = World(seed, "activities")
    for number, title in enumerate(TITLES):
        _activity(world, fleet, f"activity-{number + 1:02}", title, FIRST + DAY * 2 * number)
    return world.run()


def _activity(world: World, fleet: list[Person], key: str, title: str, begins: datetime) -> None:
    body = {
        "activity": key,
        "title": title,
        "begins": begins.isoformat(),
        "ends": (begins + timedelta(hours=2)).isoformat(),
        "capacity": PLACES,
    }
    world.on(begins - DAY * 2, lambda: world.send("activity.announce", body, "admin/city"))
    for person in world.random.sample(fleet, world.random.randint(8, 20)):
        wants = {"activity": key, "worker": person.key}
        world.on(
            begins - timedelta(minutes=world.random.randint(60, 36 * 60)),
            lambda w=wants: world.send("activity.sign_up", w, "admin/city"),
        )
        if world.chance(0.85):
            world.on(
                begins + timedelta(minutes=10),
                lambda w=wants: world.send("activity.attend", w, "admin/city"),
            )
