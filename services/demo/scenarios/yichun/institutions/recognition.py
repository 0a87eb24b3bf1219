"""Recognition before the lockdown: 23 published items and the brands of four trades. The figures are those of
the report; people are numbered, and what is told of them is invented.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL, SERVICE
from services.demo.scenarios.yichun.institutions.offices import LEAD, actor
from services.demo.scenarios.yichun.people import Person
from services.demo.scenarios.yichun.world import World

ITEMS: Final = 23
NAMED: Final = 14
"""Of these, items that name somebody who consented."""
NOMINATED: Final = 12
APPROVED: Final = 10
AWARDED: Final = 8
FIRST: Final = datetime(2022, 3, 4, 10, tzinfo=LOCAL)
"""The first item. One is published a day, but for a few."""
REVIEWED: Final = datetime(2022, 3, 18, 9, tzinfo=LOCAL)
WITHDRAWN: Final = datetime(2022, 3, 27, 9, tzinfo=LOCAL)
"""Somebody no longer wants to be named."""
DAY: Final = timedelta(days=1)
OFFICE: Final = "admin/city"
TOPICS: Final = ("雪夜送药", "拾金不昧", "助老送餐", "雨天救援", "志愿清雪", "夜间接送", "义务巡逻")
CHANNELS: Final = (
    ("newspaper", "日报"),
    ("television", "电视台"),
    ("social", "融媒体中心公众号"),
    ("website", "政府网站"),
    ("board", "社区公示栏"),
)
BRANDS: Final = (
    ("courier", "红色快递", "M3 8 L12 3 L21 8 V17 L12 22 L3 17 Z", "#b3261e", "使命必达"),
    ("food_delivery", "暖心外卖", "M4 12 H20 A8 8 0 0 1 4 12 Z M11 4 H13 V10 H11 Z", "#1d5fa8", "一餐一暖"),
    ("ride_hailing", "先锋车队", "M3 15 L6 9 H18 L21 15 V19 H3 Z", "#1b6e3c", "平安到家"),
    ("property", "红心物业", "M4 21 V11 L12 4 L20 11 V21 Z", "#6a3d9a", "有事找我"),
)
"""Trade, name, mark, colour and slogan of four brands."""


def recognition(seed: int, fleet: list[Person]) -> Iterator[Timed]:
    """Return the timed commands of recognition. The fleet is registered by then."""
    world = World(seed, "recognition")
    people = [one.key for one in world.random.sample(fleet, NAMED)]
    for number, (trade, name, mark, colour, slogan) in enumerate(BRANDS, 1):
        look = {"name": name, "mark": mark, "colour": colour, "slogan": slogan}
        _send(world, SERVICE + DAY * number, "brand.register", brand=f"brand-{number}", trade=trade, **look)
    for number in range(ITEMS):
        _publish(world, number, people[number] if number < NAMED else None)
    for number, who in enumerate(people[:NOMINATED], 1):
        _nominate(world, f"nomination-{number:02}", who, number)
    _send(world, WITHDRAWN, "worker.withdraw_consent", worker=people[0])
    return world.run()


def _send(world: World, when: datetime, name: str, by: str = OFFICE, /, **data: Any) -> None:
    world.on(when, lambda: world.send(name, data, by))


def _publish(world: World, number: int, who: str | None) -> None:
    """Publish an item; who is named says first that they may be."""
    when = FIRST + DAY * number
    channel, outlet = CHANNELS[number % len(CHANNELS)]
    topic = TOPICS[number % len(TOPICS)]
    honour = ("good_person", "exemplary_volunteer")[number % 2]
    named: dict[str, Any] = {}
    if who:
        _send(world, when - timedelta(hours=1), "worker.consent", worker=who)
        person = f"骑手{number + 1:03}"
        named = {"worker": who, "name": person, "text": f"{person}：{topic}"}
    body = {"topic": topic, "channel": channel, "outlet": outlet, "honour": honour, **named}
    if number % 6 == 5:
        body["trade"] = BRANDS[number // 6 % len(BRANDS)][0]
    _send(world, when, "publication.publish", publication=f"item-{number + 1:02}", **body)


def _nominate(world: World, key: str, who: str, number: int) -> None:
    """Nominate somebody for their hours and a claim; the committee reviews, and honours most of them."""
    begin = REVIEWED - DAY * 2 + timedelta(minutes=number)
    reviewed = REVIEWED + timedelta(minutes=number)
    honour = ("good_person", "exemplary_volunteer")[number % 2]
    _send(world, begin, "nomination.make", nomination=key, worker=who, honour=honour, text="日常服务表现突出")
    hours = {"since": SERVICE.isoformat(), "until": (REVIEWED - DAY * 3).isoformat()}
    _send(world, begin, "nomination.add_deed", nomination=key, deed="hours", **hours)
    _send(world, begin, "nomination.add_deed", nomination=key, deed="claim", note="社区群众推荐")
    verdict = "approve" if number <= APPROVED else "reject"
    reason = "经街道核实" if verdict == "approve" else "事迹不足"
    review = {"nomination": key, "verdict": verdict, "reason": reason}
    _send(world, reviewed, "nomination.review", actor(LEAD), **review)
    if number <= AWARDED:
        title = ("身边好人", "优秀志愿者")[number % 2]
        _send(world, reviewed, "award.grant", award=f"award-{number:02}", nomination=key, title=title)
