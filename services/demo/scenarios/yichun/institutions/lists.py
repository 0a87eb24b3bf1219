"""Three lists that others keep, compared with the ledger: of the registry, of a platform, of the tax office.

Codes that the ledger lacks or has wrong leave names to compare; some firms are missing, others have another
name. Officers judge most of them. No chance is involved.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from events.credit_code import check_character, code_state
from services.demo.scenarios.story import Timed
from services.demo.scenarios.yichun.days import LOCAL
from services.demo.scenarios.yichun.institutions.enterprises import TRADES, Enterprise
from services.demo.scenarios.yichun.institutions.offices import REGISTRY
from services.demo.scenarios.yichun.places import ROOT
from services.demo.scenarios.yichun.world import World

LISTS: Final = {
    "registry-export": ("registry", "市场主体登记名录"),
    "platform-list": ("platform", "平台商户名单"),
    "tax-list": ("tax", "税务登记名单"),
}
FEBRUARY: Final = datetime(2022, 2, 20, tzinfo=LOCAL)
"""The registry's own date of its first export."""
MARCH: Final = datetime(2022, 3, 20, tzinfo=LOCAL)
"""That of its second one."""
PLATFORM: Final = datetime(2022, 3, 5, tzinfo=LOCAL)
TAX: Final = datetime(2022, 3, 12, tzinfo=LOCAL)
IMPORTED: Final = timedelta(days=1, hours=9)
"""From a source's own date to its import."""
UNKNOWN: Final = 6
"""Firms of the first export that the ledger does not have; four of them are in the second one."""
STAY_UNKNOWN: Final = 4
RENAMED: Final = (40, 80, 120, 160)
"""Enterprises that the registry calls otherwise."""
CLOSED: Final = 374
"""Number of the enterprise that closes before the second export."""
PLATFORM_TRADES: Final = ("courier", "food_delivery")
PLATFORM_UNKNOWN: Final = 3
TAX_TRADES: Final = ("ecommerce", "transport")
TAX_UNKNOWN: Final = 2
TAX_LACKS: Final = 5
"""Enterprises of these trades that the tax office does not have yet."""
SAME: Final = 15
DIFFERENT: Final = 2
UNDECIDED: Final = 1
"""Verdicts on the enterprises of the registry without a good code in the ledger."""
PLATFORM_SAME: Final = 100
"""Verdicts on the entries of the platform, which have no codes."""


class Entry(msgspec.Struct, frozen=True):
    """A row of a list, and the enterprise that it is; None if the ledger does not have it."""

    entry: str
    name: str
    area: str
    trade: str
    code: str | None = None
    enterprise: str | None = None

    def body(self, source: str) -> dict[str, Any]:
        """Return the body of its command."""
        given = {name: getattr(self, name) for name in ("entry", "name", "area", "trade", "code")}
        return {"source_list": source} | {name: value for name, value in given.items() if value is not None}


def lists(seed: int, enterprises: list[Enterprise]) -> Iterator[Timed]:
    """Return the timed commands of all lists."""
    world = World(seed, "lists")
    first = [*_registry(enterprises), *_unknown("R", UNKNOWN, "courier")]
    last = [one for one in first if not _is(one, enterprises[CLOSED])][: STAY_UNKNOWN - UNKNOWN]
    platform = [*_platform(enterprises), *_unknown("P", PLATFORM_UNKNOWN, "food_delivery")]
    tax = [*_tax(enterprises), *_unknown("T", TAX_UNKNOWN, "transport")]
    for source, edition, entries in (
        ("registry-export", FEBRUARY, first),
        ("platform-list", PLATFORM, platform),
        ("tax-list", TAX, tax),
        ("registry-export", MARCH, last),
    ):
        world.on(edition + IMPORTED, lambda s=source, e=edition, some=entries: _import(world, s, e, some))
    bad = [one for one in first if one.enterprise and _code_is_bad(enterprises, one)]
    world.on(FEBRUARY + IMPORTED * 8, lambda: _judge_registry(world, bad))
    world.on(MARCH + IMPORTED * 2, lambda: world.send("match.undo", {"match": f"match-{SAME}"}, REGISTRY))
    known = [one for one in platform if one.enterprise]
    world.on(PLATFORM + IMPORTED * 2, lambda: _judge_platform(world, known[:PLATFORM_SAME]))
    return world.run()


def _is(entry: Entry, enterprise: Enterprise) -> bool:
    return entry.enterprise == enterprise.key


def _code_is_bad(enterprises: list[Enterprise], entry: Entry) -> bool:
    known = next(one for one in enterprises if _is(entry, one))
    return code_state(known.code) != "good"


def _formal(enterprise: Enterprise) -> str:
    """Return the name as a register writes it: 伊春市…有限公司."""
    return f"伊春市{enterprise.name.removeprefix('伊春').replace(' ', '')}有限公司"


def _right_code(enterprise: Enterprise) -> str:
    """Return a code that is right: the ledger's own one, or the one that it lacks."""
    if enterprise.code and code_state(enterprise.code) == "good":
        return enterprise.code
    return _code(enterprise.area, int(enterprise.key[-3:]))


def _code(area: str, number: int) -> str:
    first = f"91{area[:6]}N{number:08}"
    return first + check_character(first)


def _registry(enterprises: list[Enterprise]) -> Iterator[Entry]:
    """Return all enterprises, formally named, with right codes; a few are called otherwise by now."""
    for number, one in enumerate(enterprises):
        name = f"伊春市新程{number:03}商务服务有限公司" if number in RENAMED else _formal(one)
        yield Entry(f"R-{number + 1:03}", name, one.county, one.trade, _right_code(one), one.key)


def _platform(enterprises: list[Enterprise]) -> Iterator[Entry]:
    """Return its trades' enterprises as they call themselves, without codes."""
    for number, one in enumerate(enterprises):
        if one.trade in PLATFORM_TRADES:
            name = f"{one.name.removeprefix('伊春')}（伊春）"
            yield Entry(f"P-{number + 1:03}", name, one.county, one.trade, None, one.key)


def _tax(enterprises: list[Enterprise]) -> Iterator[Entry]:
    """Return its trades' enterprises but the newest, with their codes."""
    mine = [(n, one) for n, one in enumerate(enterprises) if one.trade in TAX_TRADES]
    for number, one in mine[:-TAX_LACKS]:
        yield Entry(f"T-{number + 1:03}", _formal(one), one.county, one.trade, _right_code(one), one.key)


def _unknown(prefix: str, many: int, trade: str) -> Iterator[Entry]:
    """Return firms that the ledger does not have."""
    for number in range(901, 901 + many):
        name = f"伊春市{TRADES[trade][0]}企业{number}有限公司"
        code = None if prefix == "P" else _code(ROOT + "17", number)
        yield Entry(f"{prefix}-{number}", name, f"{ROOT}17", trade, code)


def _import(world: World, source: str, edition: datetime, entries: Iterable[Entry]) -> None:
    kind, title = LISTS[source]
    world.send(
        "source_list.declare", {"source_list": source, "kind": kind, "title": title}, REGISTRY, at=edition
    )
    for one in entries:
        world.send("entry.list", one.body(source), REGISTRY, at=edition)


def _judge_registry(world: World, entries: list[Entry]) -> None:
    """Judge the entries whose enterprises have no good code: the code was wrong, or it is another firm."""
    verdicts = [("same", "wrong_code")] * SAME + [("different", "other_firm")] * DIFFERENT
    for number, (verdict, reason) in enumerate([*verdicts, ("undecided", "to_ask")][: len(entries)]):
        _judge(world, f"match-{number}", entries[number], verdict, reason)


def _judge_platform(world: World, entries: list[Entry]) -> None:
    for number, one in enumerate(entries):
        _judge(world, f"match-platform-{number}", one, "same", "same_firm")


def _judge(world: World, match: str, one: Entry, verdict: str, reason: str) -> None:
    said = {"match": match, "entry": one.entry, "enterprise": one.enterprise}
    world.send("match.judge", said | {"verdict": verdict, "reason": reason}, REGISTRY)
