"""Requests: their time, place, urgency and text."""

from datetime import datetime, timedelta
from typing import Any, Final

from events.request_state import PRIORITIES
from services.demo.scenarios.yichun.days import DAYS, hour
from services.demo.scenarios.yichun.fleet import INCIDENT
from services.demo.scenarios.yichun.places import Place, Places
from services.demo.scenarios.yichun.world import World

PER_DAY: Final = (150, 205, 250, 285, 295, 280, 262, 245, 228, 210, 195, 178, 150, 90)
"""Requests received per day, rising to the fifth day, then falling."""
HOURS: Final = (2, 1, 1, 1, 2, 5, 18, 52, 95, 100, 84, 60, 40, 44, 62, 76, 80, 66, 48, 34, 24, 16, 9, 4)
"""Weights of the hours of a day."""
LAST_HOUR: Final = 15
"""Hour of the last day after which no new requests are accepted."""
CATEGORIES: Final = ("grocery", "medicine", "transport", "welfare")
SHARES: Final = (54, 24, 11, 11)
URGENCY: Final = {
    "grocery": (0, 4, 60, 36),
    "medicine": (3, 42, 50, 5),
    "transport": (16, 50, 34, 0),
    "welfare": (1, 14, 55, 30),
}
"""Weights of the priorities."""
HOURS_TO_SERVE: Final = {"grocery": 9, "medicine": 4, "transport": 2, "welfare": 8}
TEXTS: Final = {
    "grocery": (
        "需要大米{n}0斤、鸡蛋一板、白菜{n}棵",
        "家里{n}口人，菜和豆油都没有了",
        "要牛奶{n}箱、面条和土豆，老人行动不便",
        "蔬菜包{n}份，放单元门口即可",
    ),
    "medicine": (
        "降压药还剩{n}天的量，请代买",
        "胰岛素{n}支，需要冷藏",
        "孩子发烧，要退烧药和体温计{n}支",
        "凭处方到医院代取药，{n}盒",
    ),
    "transport": (
        "每周{n}次透析，需要接送",
        "孕妇{n}个月产检，需要车",
        "老人骨折，{n}楼没有电梯，要送医院",
        "出院{n}人，需要接回家",
    ),
    "welfare": (
        "独居老人{n}天没有联系上，请上门看看",
        "暖气不热，屋里有{n}个孩子",
        "煤气罐用完，需要换{n}罐",
        "婴儿奶粉{n}罐、尿不湿",
    ),
}
SOURCES: Final = (
    ("gateway/app", "app"),
    ("gateway/hotline", "hotline"),
    ("dispatcher/communities", "community_list"),
)


class Task:
    """An assignment as known to the scenario."""

    def __init__(self, key: str, need: "Need", unit: Any, voice: Any) -> None:
        self.key, self.need, self.unit, self.voice = key, need, unit, voice
        self.live = False
        self.over = False
        """Whether the assignment ended or the offer was withdrawn or expired."""
        self.revived = False
        self.done_tap = ""


class Need:
    """A request as known to the scenario."""

    def __init__(self, key: str, place: Place, category: str, priority: int, slots: int) -> None:
        self.key, self.place, self.category, self.priority, self.slots = key, place, category, priority, slots
        self.tasks: list[Task] = []
        """Offers and live assignments."""
        self.done = self.tries = 0
        self.ended: str | None = None
        self.asked: list[str] = []
        """Units that did not accept it."""
        self.doomed = False
        """Whether it will fail, because nobody is home or the item is sold out."""

    @property
    def wanted(self) -> int:
        """Number of units still needed."""
        return 0 if self.ended else self.slots - self.done - len(self.tasks)

    @property
    def live(self) -> list[Task]:
        return [task for task in self.tasks if task.live]

    @property
    def full(self) -> bool:
        """Whether every slot is taken; offers take none."""
        return not self.ended and self.done + len(self.live) == self.slots


class Needs:
    """Creates requests and passes each to `taken` when it is received."""

    def __init__(self, world: World, places: Places, taken: Any) -> None:
        self.all: list[Need] = []
        self._world, self._places, self._taken = world, places, taken
        for day, number in enumerate(PER_DAY):
            world.on(hour(day, 0), lambda d=day, n=number: self._day(d, n))

    def _day(self, day: int, number: int) -> None:
        random = self._world.random
        weights = HOURS[: LAST_HOUR + 1] if day == DAYS - 1 else HOURS
        for clock in random.choices(range(len(weights)), weights, k=number):
            self._world.on(hour(day, clock + random.random()), self._new)

    def _new(self) -> None:
        random = self._world.random
        category = random.choices(CATEGORIES, SHARES)[0]
        if not 6 <= self._world.now.hour < 22 and random.random() < 0.7:
            category = random.choice(("medicine", "transport"))
        priority = random.choices(PRIORITIES, URGENCY[category])[0]
        place = self._places.community(random, self._places.county(random))
        slots = 2 if category == "grocery" and random.random() < 0.05 else 1
        self.receive(place, category, priority, slots)

    def receive(
        self, place: Place, category: str, priority: int, slots: int = 1, twin: Need | None = None
    ) -> Need:
        """Send a request, some minutes old if from a list; `twin` is an earlier request for the same need."""
        world = self._world
        need = Need(f"req-{len(self.all) + 1:04}", place, category, priority, slots)
        self.all.append(need)
        actor, source = world.random.choices(SOURCES, (60, 25, 15))[0]
        at = (
            world.now - timedelta(minutes=world.random.randrange(5, 50))
            if source == "community_list"
            else None
        )
        world.send("request.open", self._data(need, source), actor, at=_today(at, world.now))
        self._taken(need, twin)
        return need

    def _data(self, need: Need, source: str) -> dict[str, Any]:
        random, number = self._world.random, len(self.all)
        due = self._world.now + timedelta(
            hours=HOURS_TO_SERVE[need.category] * (0.4 if need.priority == 1 else 1)
        )
        house = f"{random.randrange(1, 40)}号楼{random.randrange(1, 7)}单元{random.randrange(101, 800)}室"
        return {
            "request": need.key,
            "category": need.category,
            "priority": need.priority,
            "area": need.place.code,
            "incident": INCIDENT,
            "quantity": random.randrange(1, 6),
            "slots": need.slots,
            "due_at": due.isoformat(),
            "source": source,
            "contact_name": f"居民{number:05}号",
            "contact_phone": f"0009{number:07}",
            "address": f"{need.place.name} {house}",
            "text": random.choice(TEXTS[need.category]).format(n=random.randrange(2, 6)),
        }


def _today(at: datetime | None, now: datetime) -> datetime | None:
    """Return the time if it is on the same day, since lists are of one day."""
    return at if at is None or at.date() == now.date() else None
