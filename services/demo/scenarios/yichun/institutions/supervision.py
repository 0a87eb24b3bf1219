"""The ledger of supervision before the lockdown: 4 fields, 10 measures and 6 campaigns of the working group,
the plan of one, two and three years, two monthly reviews, and an inspection with two findings.

The numbers are those of the report; titles, dates and states are invented.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL, REGISTRATION
from services.demo.scenarios.yichun.institutions.offices import (
    CITY,
    FIRST,
    LEAD,
    STREETS,
    TRADES,
    actor,
    county_post,
)
from services.demo.scenarios.yichun.institutions.records import Records
from services.demo.scenarios.yichun.places import Places
from services.demo.scenarios.yichun.world import World

FIELDS: Final = ("组织覆盖", "队伍建设", "服务保障", "融入治理")
"""4 fields."""


class Planned(NamedTuple):
    """A measure or campaign: its field, what, who leads, the day it is due, and the day it was done."""

    part: int
    title: str
    leader: str
    due: str
    done: str | None = None


MEASURES: Final = (
    Planned(1, "摸清企业底数", "P-courier", "03-04", "03-02"),
    Planned(1, "单建联建统建", "P-transport", "03-11", "03-10"),
    Planned(1, "选派行业书记", "P-ecommerce", "02-25", "02-24"),
    Planned(2, "轮训带头人", "P-internet", "03-18", "03-15"),
    Planned(2, "建立职责清单", "P-food_delivery", "03-04", "03-08"),
    Planned(3, "建设服务驿站", "P-courier", "03-25", "03-22"),
    Planned(3, "落实纾困举措", "P-transport", "03-25"),
    Planned(3, "开放公共服务", "P-internet", "04-29"),
    Planned(4, "推动双报到", "P-food_delivery", "05-31"),
    Planned(4, "吸纳网格力量", "P-ecommerce", "03-11"),
)
"""10 measures."""
WITHDRAWN: Final = 10
"""Number of the measure that is withdrawn."""
TOLD_LATE: Final = 3
"""Number of the measure of which it was told after the first review that it had been done before."""
CAMPAIGNS: Final = (
    Planned(1, "企业清零排查", "county", "03-04", "03-03"),
    Planned(1, "组织覆盖攻坚", "committee", "03-25", "03-24"),
    Planned(2, "骨干培育攻坚", "committee", "06-30"),
    Planned(3, "驿站亮灯攻坚", "county", "03-18", "03-17"),
    Planned(3, "诉求办结攻坚", "committee", "04-15"),
    Planned(4, "志愿服务攻坚", "county", "12-30"),
)
"""6 campaigns."""
PLANS: Final = (("一年打基础", "2022-12-30"), ("两年上台阶", "2023-12-29"), ("三年创品牌", "2024-12-31"))
SET_UP: Final = REGISTRATION + timedelta(minutes=6)
REVIEWS: Final = (
    ("2022-02", datetime(2022, 2, 28, 16, tzinfo=LOCAL)),
    ("2022-03", datetime(2022, 3, 26, 16, tzinfo=LOCAL)),
)
"""28 February was a Monday; 26 March is the last Saturday before the lockdown."""
TOLD: Final = datetime(2022, 3, 2, 9, tzinfo=LOCAL)
INSPECTED: Final = datetime(2022, 3, 9, 10, tzinfo=LOCAL)
FOUND: Final = ("充电桩未通电", "值守记录缺失")
"""What the inspection found; the second is mended."""
_WITHDRAWN_AT: Final = datetime(2022, 3, 7, 10, tzinfo=LOCAL)
_MENDED: Final = datetime(2022, 3, 16, 10, tzinfo=LOCAL)


def supervision(seed: int, places: Places) -> Iterator[Timed]:
    """Return the timed commands of the ledger."""
    world = World(seed, "supervision")
    _Ledger(world, places).plan()
    return world.run()


class _Ledger:
    def __init__(self, world: World, places: Places) -> None:
        self._world, self._records = world, Records(world, "supervision")
        self._county = county_post(places.counties[0].code)

    def plan(self) -> None:
        """Plan all of it."""
        waits = {"finding": 10}
        self._world.on(SET_UP, lambda: self._world.send("undertaking_waits.set", waits, CITY))
        for number, title in enumerate(FIELDS, 1):
            self._set_up(f"field-{number}", title, "field", LEAD, "2022-12-30")
        for number, one in enumerate(MEASURES, 1):
            self._planned(f"measure-{number:02}", one, "measure", told_late=number == TOLD_LATE)
        for number, one in enumerate(CAMPAIGNS, 1):
            self._planned(f"campaign-{number}", one, "campaign")
        for number, (title, due) in enumerate(PLANS, 1):
            self._set_up(f"plan-{number}", title, "plan", FIRST, due)
        gone = {"undertaking": f"measure-{WITHDRAWN:02}", "reason": "并入综合治理任务"}
        self._world.on(_WITHDRAWN_AT, lambda: self._world.send("undertaking.withdraw", gone, CITY))
        for month, when in REVIEWS:
            body = {"monthly_review": f"review-{month}", "month": month}
            self._world.on(when, lambda b=body: self._world.send("monthly_review.hold", b, CITY))
        self._inspected()

    def _set_up(self, key: str, title: str, kind: str, leader: str, day: str, **more: Any) -> None:
        body = {"undertaking": key, "title": title, "category": kind, "leader": leader, **more}
        body["due"] = _noon(day)
        self._world.on(SET_UP, lambda: self._world.send("undertaking.set_up", body, CITY))

    def _planned(self, key: str, one: Planned, kind: str, told_late: bool = False) -> None:
        leader = {"county": self._county, "committee": LEAD}.get(one.leader, one.leader)
        unit = STREETS if one.leader == "county" else None if one.leader == "committee" else TRADES
        middle = {"step": "中期推进", "due": _noon("2022-02-23")}
        more = {"parent": f"field-{one.part}", "steps": [middle], **({"unit": unit} if unit else {})}
        self._set_up(key, one.title, kind, leader, f"2022-{one.due}", **more)
        step = {"undertaking": key, "step": "中期推进"}
        self._by(leader, _at("2022-02-22"), "undertaking.finish_step", step)
        if one.done and told_late:
            at = _at(f"2022-{one.done}")
            self._world.on(
                TOLD,
                lambda: self._world.send("undertaking.finish", {"undertaking": key}, actor(leader), at=at),
            )
        elif one.done:
            self._by(leader, _at(f"2022-{one.done}"), "undertaking.finish", {"undertaking": key})

    def _by(self, leader: str, when: datetime, name: str, body: dict[str, Any]) -> None:
        self._world.on(when, lambda: self._world.send(name, body, actor(leader)))

    def _inspected(self) -> None:
        """Order an inspection of the field of services, and report two findings from the spot."""
        order = {"inspection": "inspection-1", "undertaking": "field-3", "manner": "on_site"}
        before = INSPECTED - timedelta(days=1)
        self._world.on(before, lambda: self._world.send("inspection.order", order, CITY))
        report = {
            "inspection": "inspection-1",
            "place": "青年驿站 001",
            "findings": [{"text": text} for text in FOUND],
        }
        self._world.on(INSPECTED, lambda: self._world.send("inspection.report", report, CITY))
        mended = {"undertaking": "inspection-1-2"}
        self._by(LEAD, _MENDED, "undertaking.finish", mended)
        still = {"undertaking": "inspection-1-1", "due": _noon("2022-04-15"), "reason": "等待供电改造"}
        self._world.on(_MENDED, lambda: self._world.send("undertaking.reschedule", still, CITY))


def _noon(day: str) -> str:
    return _at(day).isoformat()


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=LOCAL)
