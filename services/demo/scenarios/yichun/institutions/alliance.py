"""The alliance before the lockdown: 1,153 visits, 283 difficulties solved, meetings, a service list, and 13
measures of relief. The figures are those of the report; what was said is invented.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from services.application.deadlines import move_on_id
from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL, REGISTRATION
from services.demo.scenarios.yichun.institutions.enterprises import Enterprise
from services.demo.scenarios.yichun.institutions.offices import (
    FILLED,
    IN_TRADES,
    LEAD,
    LEFT,
    actor,
    county_post,
)
from services.demo.scenarios.yichun.places import ROOT, Places
from services.demo.scenarios.yichun.world import World

VISITS: Final = 1_153
SOLVED: Final = 283
BY_SILENCE: Final = 40
"""Of these, solved because nobody objected within the window."""
REOPENED: Final = 12
"""Of these, reopened once before they were solved."""
PASSED_ON: Final = 30
"""Of these, taken on by another post."""
DECLINED, WITHDRAWN, CLOSED, MERGED, OPEN = 9, 5, 4, 6, 14
RELIEF: Final = (
    "房租减免",
    "贷款贴息",
    "社保缓缴",
    "稳岗补贴",
    "电动车换电优惠",
    "停车便利",
    "免费体检",
    "法律援助",
    "子女入学协调",
    "技能培训补贴",
    "证照代办",
    "防疫物资",
    "用工对接",
)
"""13 measures."""
CATEGORIES: Final = {
    "staff": "招工难，旺季缺人",
    "funds": "流动资金紧张",
    "access": "小区不让电动车进门",
    "charging": "站点附近没有充电的地方",
    "insurance": "骑手意外险不知如何办理",
    "premises": "场地租约到期",
    "schooling": "员工子女入学",
    "platform_rules": "超时扣罚申诉无门",
}
FIRST: Final = datetime(2022, 2, 16, 9, tzinfo=LOCAL)
LAST_ANSWER: Final = datetime(2022, 3, 20, 9, tzinfo=LOCAL)
"""What is solved was raised by then; what is open was raised afterwards."""
LATE: Final = datetime(2022, 3, 22, 9, tzinfo=LOCAL)
WAITS: Final = {"offer": 3, "confirm": 4}
"""In days; the open ones do not go up."""
DAY: Final = timedelta(days=1)
VISITORS: Final = -4
"""The last enterprises come late, or close: nobody visits them."""


def alliance(seed: int, places: Places, enterprises: list[Enterprise]) -> Iterator[Timed]:
    """Return the timed commands of the alliance."""
    world = World(seed, "alliance")
    world.on(
        REGISTRATION + timedelta(minutes=3), lambda: world.send("difficulty_waits.set", WAITS, "admin/city")
    )
    members = _members(world, places)
    _meetings(world, members)
    _visits(world, enterprises[:VISITORS])
    _relief(world, enterprises[:VISITORS])
    return world.run()


def _members(world: World, places: Places) -> list[str]:
    """Enter the trades' and the communities' chapters, the counties' offices and some enterprises."""
    named = [(f"ally-{trade}", f"{name}行业组织", "trade_chapter") for trade, name in IN_TRADES.items()]
    named += [(f"ally-{one.code}", f"{one.name}区域单位", "unit") for one in places.counties]
    for number, (key, name, kind) in enumerate(named):
        body = {"ally": key, "name": name, "kind": kind}
        when = REGISTRATION + timedelta(minutes=4, seconds=number)
        world.on(when, lambda b=body: world.send("ally.join", b, "admin/city"))
    return [key for key, _, _ in named]


def _meetings(world: World, members: list[str]) -> None:
    """Meet four times; each meeting decides three things, most are done by their deadline."""
    for number in range(4):
        when = FIRST + DAY * (2 + 9 * number)
        there = sorted(world.random.sample(members, 12))
        body = {"meeting": f"meeting-{number + 1}", "title": f"第 {number + 1} 次联席会议", "allies": there}
        world.on(when, lambda b=body: world.send("meeting.hold", b, "admin/city"))
        for item in range(3):
            _commitment(world, number * 3 + item, when + timedelta(minutes=5 + item), f"meeting-{number + 1}")


def _commitment(world: World, number: int, when: datetime, meeting: str) -> None:
    """Decide something, with a deadline of ten days; the fourth of each dozen is late and still open."""
    trade = sorted(set(IN_TRADES) - {"ride_hailing"})[number % 5]
    kind = ("decision", "to_enterprises", "by_enterprises")[number % 3]
    body: dict[str, Any] = {
        "commitment": f"commitment-{number + 1:02}",
        "kind": kind,
        "title": f"{IN_TRADES[trade]}服务事项 {number + 1:02}",
        "owner": f"P-{trade}",
        "due": (when + DAY * 10).isoformat(),
        "meeting": meeting,
    }
    world.on(when, lambda: world.send("commitment.make", body, "admin/city"))
    if number % 4 != 3:
        done = {"commitment": body["commitment"]}
        world.on(
            when + DAY * world.random.randint(2, 9),
            lambda: world.send("commitment.finish", done, actor(f"P-{trade}")),
        )


def _visits(world: World, enterprises: list[Enterprise]) -> None:
    """Visit enterprises on working days; some visits raise a difficulty."""
    ends = [*["solved"] * SOLVED, *["declined"] * DECLINED, *["withdrawn"] * WITHDRAWN]
    ends += [*["closed"] * CLOSED, *["merged"] * MERGED]
    world.random.shuffle(ends)
    raising = [one for one in enterprises if one.trade in IN_TRADES]
    days = (LATE + DAY * 5 - FIRST).days
    numbers = iter(range(1, VISITS + 1))
    told = _Told(world)
    for end in ends:
        when = FIRST + DAY * world.random.randrange((LAST_ANSWER - FIRST).days) + _hours(world)
        told.raised(next(numbers), world.random.choice(raising), when, end)
    for _ in range(OPEN):
        told.raised(
            next(numbers), world.random.choice(raising), LATE + DAY * world.random.randrange(5), "open"
        )
    for number in numbers:
        when = FIRST + DAY * world.random.randrange(days) + _hours(world)
        told.visit(number, world.random.choice(enterprises), when)


def _hours(world: World) -> timedelta:
    return timedelta(minutes=world.random.randrange(8 * 60))


class _Told:
    """Visits, and the difficulties raised on them."""

    def __init__(self, world: World) -> None:
        self._world, self._solved = world, 0
        self._first: dict[str, tuple[str, datetime]] = {}
        """Trade -> the first difficulty raised there, for those that are the same."""

    def visit(self, number: int, one: Enterprise, when: datetime) -> None:
        """Go to an enterprise, by the office of its county."""
        body = {"visit": f"visit-{number:04}", "enterprise": one.key, "post": county_post(one.county)}
        self._send(when, "visit.record", body, actor(county_post(one.county)))

    def raised(self, number: int, one: Enterprise, when: datetime, end: str) -> None:
        """Raise a difficulty on a visit, and bring it to its end."""
        self.visit(number, one, when)
        key, visitor = f"difficulty-{number:04}", actor(county_post(one.county))
        category = self._world.random.choice(list(CATEGORIES))
        body = {
            "difficulty": key,
            "visit": f"visit-{number:04}",
            "category": category,
            "text": CATEGORIES[category],
        }
        self._send(when + timedelta(minutes=20), "difficulty.register", body, visitor)
        self._ends(key, one.trade, when + timedelta(minutes=30), end, visitor)

    def _ends(self, key: str, trade: str, when: datetime, end: str, visitor: str) -> None:
        day = when + DAY * self._world.random.randint(1, 2)
        match end:
            case "solved":
                self._solved += 1
                self._solve(key, trade, when, visitor, self._solved)
            case "declined":
                self._owner(day, "difficulty.decline", {"difficulty": key, "reason": "not_ours"}, trade)
            case "closed":
                self._owner(day, "difficulty.close", {"difficulty": key, "reason": "no_rule"}, trade)
            case "withdrawn":
                self._send(day, "difficulty.withdraw", {"difficulty": key}, visitor)
            case "merged":
                self._merge(key, trade, when)
            case _:
                return

    def _merge(self, key: str, trade: str, when: datetime) -> None:
        """Raise the same once more, and merge it into this one at once, while this one is open."""
        again = {"difficulty": f"{key}-again", "category": "other", "text": "同一问题"} | {"trade": trade}
        self._send(when + timedelta(minutes=5), "difficulty.register", again, "admin/city")
        merged = {"difficulty": key, "into": f"{key}-again"}
        self._owner(when + timedelta(minutes=15), "difficulty.merge", merged, trade)

    def _solve(self, key: str, trade: str, when: datetime, visitor: str, number: int) -> None:
        """Answer within days; the visitor brings the asker's word, or the window passes."""
        begin = when + timedelta(hours=2)
        if number <= PASSED_ON:
            other = "P-courier" if trade != "courier" else "P-internet"
            self._owner(begin, "difficulty.offer", {"difficulty": key, "to": other}, trade)
            self._send(begin + timedelta(hours=3), "difficulty.take", {"difficulty": key}, actor(other))
            trade = other.removeprefix("P-")
        answer = {"difficulty": key, "answer": "已协调解决"}
        day = begin + timedelta(hours=4) + DAY * self._world.random.randint(0, 2)
        self._owner(day, "difficulty.answer", answer, trade)
        if number > SOLVED - REOPENED:
            self._send(day + timedelta(hours=3), "difficulty.reopen", {"difficulty": key}, visitor)
            day += timedelta(hours=8)
            self._owner(day, "difficulty.answer", answer, trade)
        if PASSED_ON < number <= PASSED_ON + BY_SILENCE:
            self._world.on(day, lambda: self._silence(key))
        else:
            self._send(day + timedelta(hours=5), "difficulty.confirm", {"difficulty": key}, visitor)

    def _silence(self, key: str) -> None:
        """Let the window pass. The service itself sends the same command."""
        due = self._world.handover + DAY * WAITS["confirm"]
        self._world.on(
            due + timedelta(minutes=1),
            lambda: self._world.send(
                "difficulty.move_on",
                {"difficulty": key},
                "service/ticker",
                id=move_on_id(ROOT, key, due),
                expect=None,
            ),
        )

    def _owner(self, when: datetime, name: str, body: dict[str, Any], trade: str) -> None:
        """Send something by whoever acts for the trade's post: while that is vacant, the committee."""
        self._world.on(when, lambda: self._world.send(name, body, actor(self._post(trade))))

    def _post(self, trade: str) -> str:
        vacant = trade == "ride_hailing" and LEFT <= self._world.handover < FILLED
        return LEAD if vacant else f"P-{trade}"

    def _send(self, when: datetime, name: str, body: dict[str, Any], by: str) -> None:
        self._world.on(when, lambda: self._world.send(name, body, by))


def _relief(world: World, enterprises: list[Enterprise]) -> None:
    """Adopt 13 measures in March; each reaches some enterprises."""
    for number, title in enumerate(RELIEF, 1):
        key, when = f"relief-{number:02}", FIRST + DAY * (number + 10)
        body = {"relief": key, "title": title, "owner": LEAD}
        world.on(when, lambda b=body: world.send("relief.adopt", b, "admin/city"))
        for one in world.random.sample(enterprises, world.random.randint(3, 9)):
            granted = {"relief": key, "enterprise": one.key}
            later = when + DAY + timedelta(minutes=world.random.randrange(10 * 24 * 60))
            world.on(later, lambda b=granted: world.send("relief.grant", b, "admin/city"))
