"""378 enterprises through three reviews: 375 are in the ledger at the start of formation, 377 at its end.

Not all goes smoothly: verdicts contradict each other, enterprises are sent back, and one silence goes up.
"""

from datetime import datetime, timedelta
from typing import Final

from services.application.deadlines import escalation_id
from services.demo.scenarios.yichun.days import LOCAL, REGISTRATION
from services.demo.scenarios.yichun.institutions.enterprises import Enterprise, Enterprises
from services.demo.scenarios.yichun.institutions.offices import LEAD, REGISTRY, actor, county_post
from services.demo.scenarios.yichun.places import ROOT
from services.demo.scenarios.yichun.world import World

FORMATION: Final = datetime(2022, 3, 1, tzinfo=LOCAL)
"""Formation starts: 375 enterprises are in the ledger, and none of the late ones yet."""
FORMED: Final = datetime(2022, 3, 27, tzinfo=LOCAL)
"""Its end date: 377 enterprises are in the ledger."""
LATE: Final = 3
"""Enterprises that reach the ledger during formation."""
CLOSES: Final = -4
"""The enterprise that closes during formation, counted from the end: the last one before the late ones."""
CONTRADICTED: Final = 12
"""Enterprises that the regulator rejects after the trade department approved them, and approves later."""
DISAGREED: Final = 8
"""Enterprises on which city and county disagree for a day."""
SENT_BACK: Final = 20
"""Enterprises that go back to the registry once."""
SILENT: Final = SENT_BACK + CONTRADICTED + DISAGREED
"""The enterprise whose verification nobody gives in time."""
DAY: Final = timedelta(days=1)


def review(world: World, enterprises: Enterprises) -> None:
    """Plan the registration, the reviews and what happens to single enterprises."""
    many = len(enterprises.all)
    for number, one in enumerate(enterprises.all):
        late = number >= many - LATE
        begin = FORMATION + DAY * 2 if late else REGISTRATION + timedelta(minutes=10 + number // 4)
        world.on(begin, lambda e=one, n=number, at=begin: _enter(world, e, n, at))
    closes = enterprises.all[CLOSES]
    world.on(FORMATION + DAY * 14, lambda: _close(world, closes))


def _enter(world: World, one: Enterprise, number: int, begin: datetime) -> None:
    world.send("enterprise.register", one.body(), REGISTRY)
    world.send("review.open", {"enterprise": one.key}, REGISTRY)
    minutes = timedelta(minutes=world.random.randrange(8 * 60))
    if number < SENT_BACK:
        world.on(begin + DAY + minutes, lambda: _send_back(world, one))
        begin = begin + DAY
    world.on(begin + DAY + minutes, lambda: _judge(world, one, "screen", "trade-office"))
    world.on(begin + DAY * 3 + minutes, lambda: _verify(world, one, number))


def _send_back(world: World, one: Enterprise) -> None:
    """The trade department sends it back, the registry corrects it and opens it again within hours."""
    reason = {"reason": "wrong_numbers", "fields": ["employees"]}
    back = {"enterprise": one.key, "stage": "screen"} | reason
    world.send("review.send_back", back, actor("trade-office"))
    corrected = {"enterprise": one.key, "employees": one.employees + 1}
    world.later(3600, 7200, lambda: world.send("enterprise.amend", corrected, REGISTRY))
    world.later(7300, 9000, lambda: world.send("review.open", {"enterprise": one.key}, REGISTRY))


def _judge(world: World, one: Enterprise, stage: str, post: str, verdict: str = "approve") -> None:
    why = {"reason": "wrong_code"} if verdict == "reject" else {}
    said = {"enterprise": one.key, "stage": stage, "verdict": verdict} | why
    world.send("review.judge", said, actor(post))


def _verify(world: World, one: Enterprise, number: int) -> None:
    """The regulator verifies, perhaps against the trade department at first, and once not in time."""
    if number == SILENT:
        since = world.now - DAY * 2
        world.on(since + DAY * 5 + timedelta(minutes=1), lambda: _goes_up(world, one, since + DAY * 5))
        return
    if SENT_BACK <= number < SENT_BACK + CONTRADICTED:
        _judge(world, one, "verify", "regulator", "reject")
        world.later(20_000, 80_000, lambda: _verified(world, one, number))
        return
    _verified(world, one, number)


def _verified(world: World, one: Enterprise, number: int, post: str = "regulator") -> None:
    _judge(world, one, "verify", post)
    _check(world, one, disagree=SENT_BACK + CONTRADICTED <= number < SILENT)


def _goes_up(world: World, one: Enterprise, due: datetime) -> None:
    """Nobody verified it within five days: it goes up to the committee, which verifies it itself."""
    id_ = escalation_id(ROOT, one.key, due)
    world.send("review.escalate", {"enterprise": one.key}, "service/ticker", id=id_, expect=None)
    world.later(3600, 7200, lambda: _verified(world, one, SILENT, LEAD))


def _check(world: World, one: Enterprise, *, disagree: bool) -> None:
    """City and county check jointly, within two days."""
    county = county_post(one.county)
    world.later(3600, 80_000, lambda: _judge(world, one, "check_city", "city-check"))
    first = "reject" if disagree else "approve"
    world.later(3600, 80_000, lambda: _judge(world, one, "check_county", county, first))
    if disagree:
        world.later(90_000, 120_000, lambda: _judge(world, one, "check_county", county))


def _close(world: World, one: Enterprise) -> None:
    world.send("enterprise.close", {"enterprise": one.key, "reason": "停止经营"}, REGISTRY)
