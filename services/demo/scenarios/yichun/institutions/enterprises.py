"""The 378 enterprises of the ledger: numbered, with codes as a registry has them."""

from random import Random
from typing import Any, Final

import msgspec

from events.credit_code import check_character
from services.demo.scenarios.yichun.places import Places
from services.demo.scenarios.yichun.world import World

ENTERPRISES: Final = 378
TRADES: Final = {
    "ecommerce": ("电子商务", 92),
    "transport": ("道路运输", 84),
    "courier": ("快递物流", 70),
    "food_delivery": ("外卖配送", 54),
    "internet": ("互联网服务", 44),
    "property": ("物业服务", 34),
}
"""Trade -> its name and how many enterprises it has."""
MISSING, OLD, FAILING = 9, 7, 5
"""Enterprises without a code, with one of 15 digits, and with a mistyped one."""
LARGE_ENOUGH: Final = 130
"""Enterprises with three members or more."""


class Enterprise(msgspec.Struct, frozen=True):
    """An enterprise as the registry has it."""

    key: str
    name: str
    code: str | None
    trade: str
    size: str
    employees: int
    members: int
    area: str

    @property
    def county(self) -> str:
        return self.area[:6]

    def body(self) -> dict[str, Any]:
        """Return the body of its registration."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name != "key"}
        return {"enterprise": self.key} | {name: value for name, value in given.items() if value is not None}


class Enterprises:
    """All enterprises, in the order of their numbers."""

    def __init__(self, world: World, places: Places) -> None:
        trades = [trade for trade, (_, many) in TRADES.items() for _ in range(many)]
        world.random.shuffle(trades)
        enough = set(world.random.sample(range(ENTERPRISES), LARGE_ENOUGH))
        self.all = [
            _enterprise(world.random, places, number, trade, enough=number in enough)
            for number, trade in enumerate(trades)
        ]


def _enterprise(random: Random, places: Places, number: int, trade: str, *, enough: bool) -> Enterprise:
    members = random.randint(3, 24) if enough else random.randint(0, 2)
    employees = members + random.randint(4, 160)
    area = places.community(random, places.county(random)).code
    return Enterprise(
        key=f"enterprise-{number + 1:03}",
        name=f"伊春{TRADES[trade][0]}企业 {number + 1:03}",
        code=_code(random, number, area),
        trade=trade,
        size=next(size for size, most in _SIZES if employees <= most),
        employees=employees,
        members=members,
        area=area,
    )


_SIZES: Final = (("micro", 10), ("small", 50), ("medium", 120), ("large", 10_000))


def _code(random: Random, number: int, area: str) -> str | None:
    organisation = f"{random.randrange(10**8):08}"
    if number < MISSING:
        return None
    if number < MISSING + OLD:
        return f"{area[:6]}1{organisation}"
    first = f"91{area[:6]}M{organisation}"
    last = check_character(first)
    if number < MISSING + OLD + FAILING:
        return first + ("0" if last != "0" else "1")
    return first + last
