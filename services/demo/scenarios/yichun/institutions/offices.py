"""Who answers for what, 1+2+3+N: one unit leads, two coordinate and carry out, three act jointly, stations
are the floor. The duties are those of the report; units and posts are invented, and people numbered.
"""

from datetime import datetime, timedelta
from typing import Final

from services.demo.scenarios.yichun.days import LOCAL, REGISTRATION
from services.demo.scenarios.yichun.institutions.records import Records
from services.demo.scenarios.yichun.places import ROOT, Place, Places
from services.demo.scenarios.yichun.world import World

FOUNDED: Final = datetime(2021, 7, 1, 9, tzinfo=LOCAL)
"""The units, and the posts of the city and the counties."""
FLOOR: Final = datetime(2021, 9, 1, 9, tzinfo=LOCAL)
"""The stations."""
RENAMED: Final = datetime(2022, 2, 21, 9, tzinfo=LOCAL)
LEFT: Final = datetime(2022, 2, 28, 18, tzinfo=LOCAL)
"""Two holders are transferred; the duties of their posts rise."""
WHOLE: Final = datetime(2022, 3, 5, 9, tzinfo=LOCAL)
"""The first-responsible post answers for the whole city; until then some trades have nobody."""
FILLED: Final = datetime(2022, 3, 15, 9, tzinfo=LOCAL)
"""One of the two posts has a holder again."""

CITY: Final = "admin/city"
REGISTRY: Final = "dispatcher/registry"
"""Enters enterprises, and reviews none."""
HEAD, COMMITTEE, TRADES = "U-lead", "U-committee", "U-trades"
ALLIANCE, STREETS, ENTERPRISES = "U-alliance", "U-streets", "U-enterprises"
UNITS: Final = (
    (HEAD, "市牵头部门", "lead", None),
    (COMMITTEE, "新业态统筹委员会", "coordinate", HEAD),
    (TRADES, "行业组织", "carry_out", COMMITTEE),
    (ALLIANCE, "联盟成员单位", "act_jointly", COMMITTEE),
    (STREETS, "街道", "act_jointly", COMMITTEE),
    (ENTERPRISES, "重点企业", "act_jointly", COMMITTEE),
)
"""1 + 2 + 3: id, name, duty, unit above."""
FIRST: Final = "P-first"
LEAD: Final = "committee"
"""The post that answers for the reviews: overdue ones are escalated to it."""
OFFICES: Final = (
    ("trade-office", "行业主管部门审核岗", TRADES, "screen"),
    ("regulator", "市场监管部门核验岗", ALLIANCE, "verify"),
    ("city-check", "市级联审岗", ALLIANCE, "check_city"),
)
"""Post, its name and unit, its task in the whole city."""
IN_TRADES: Final = {
    "courier": "快递物流",
    "food_delivery": "外卖配送",
    "ride_hailing": "网约车",
    "transport": "道路运输",
    "ecommerce": "电子商务",
    "internet": "互联网服务",
}
"""The trades with a post in the trade organisations; the others have none."""


def actor(post: str) -> str:
    """Return the actor that acts for a post's holder."""
    return f"dispatcher/{post}"


def county_post(county: str) -> str:
    """Return the post that answers and checks for a county."""
    return f"check-{county}"


def appoint(world: World, places: Places) -> None:
    """Plan the units, posts, charges and appointments."""
    office = _Office(world)
    _city(office)
    for county in places.counties:
        _county(office, county)
    for number, street in enumerate(places.streets, 1):
        _station(office, number, street)
    _changes(office)
    deadlines = {"screen": 5, "verify": 5, "check": 5, "disagreement": 5}
    world.on(REGISTRATION + timedelta(minutes=2), lambda: world.send("review.set_deadlines", deadlines, CITY))


class _Office:
    """Records of units and posts, with people numbered as they are appointed."""

    def __init__(self, world: World) -> None:
        self.fact = Records(world, "offices").fact
        self._people = 0

    def post(self, key: str, name: str, unit: str, area: str, at: datetime, parent: str | None) -> None:
        """Create a post and appoint somebody."""
        self.fact(
            "post.create", at, post=key, name=name, unit=unit, area=area, parent=parent, first=parent is None
        )
        self.appoint(key, at)

    def appoint(self, key: str, at: datetime) -> None:
        """Appoint the next person, who acts with the token of the post's name."""
        self._people += 1
        number = f"{self._people:03}"
        self.fact(
            "post.appoint",
            at,
            post=key,
            holder=f"holder-{number}",
            holder_name=f"干部{number}号",
            acts_as=key,
        )

    def charge(
        self, key: str, at: datetime, area: str, task: str = "answer", trade: str | None = None
    ) -> None:
        """Let a post answer for something."""
        self.fact("post.charge", at, post=key, task=task, area=area, trade=trade)


def _city(office: _Office) -> None:
    for key, name, duty, parent in UNITS:
        office.fact("unit.establish", FOUNDED, unit=key, name=name, duty=duty, parent=parent, area=ROOT)
    office.post(FIRST, "第一责任人", HEAD, ROOT, FOUNDED, None)
    office.post(LEAD, "专班负责人", COMMITTEE, ROOT, FOUNDED, FIRST)
    for key, name, unit, task in OFFICES:
        office.post(key, name, unit, ROOT, FOUNDED, LEAD)
        office.charge(key, FOUNDED, ROOT, task)
    for trade, name in IN_TRADES.items():
        key = f"P-{trade}"
        office.post(key, f"{name}行业负责人", TRADES, ROOT, FOUNDED, LEAD)
        office.charge(key, FOUNDED, ROOT, trade=trade)


def _county(office: _Office, county: Place) -> None:
    key = county_post(county.code)
    office.post(key, f"{county.name}负责人", STREETS, county.code, FOUNDED, LEAD)
    office.charge(key, FOUNDED, county.code)
    office.charge(key, FOUNDED, county.code, "check_county")


def _station(office: _Office, number: int, street: Place) -> None:
    unit, key = f"U-station-{number:02}", f"P-station-{number:02}"
    office.fact(
        "unit.establish",
        FLOOR,
        unit=unit,
        name=f"{street.name}服务站",
        duty="guarantee",
        parent=STREETS,
        area=street.code,
    )
    office.post(key, "站长", unit, street.code, FLOOR, LEAD)
    office.charge(key, FLOOR, street.code)


def _changes(office: _Office) -> None:
    """A new name, two transfers of which one is filled again, and a charge for the whole city."""
    office.fact("unit.rename", RENAMED, unit=COMMITTEE, name="新就业群体工作委员会")
    for key in ("P-ride_hailing", "P-station-07"):
        office.fact("post.vacate", LEFT, post=key, reason="transferred")
    office.charge(FIRST, WHOLE, ROOT)
    office.appoint("P-ride_hailing", FILLED)
