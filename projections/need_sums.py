"""What stations are short of and have too much of, added up by item, at an instant."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.need import Side
from events.need_facts import NeedThen, need_at
from projections.needs import NeedRow


class NeedSum(msgspec.Struct, frozen=True, kw_only=True):
    """Open needs of one item, on one side."""

    item: str
    side: Side
    priority: int
    """The most urgent one: 1 life safety, 2 urgent, 3 needed, 4 comfort."""
    open: int
    """Needs; one for each station that has it."""
    stations: int
    by_priority: dict[int, int]
    quantity: int
    """Of those that said how much."""
    unsaid: int
    """Needs that did not say how much."""


class NeedTotals(msgspec.Struct, frozen=True, kw_only=True):
    """All needs until an instant."""

    needs: int = 0
    opened: int = 0
    """How often they were opened, changed and closed."""
    changed: int = 0
    closed: int = 0
    short: int = 0
    """Open ones at the instant, by side."""
    surplus: int = 0


def sums(rows: Iterable[NeedRow], instant: datetime) -> tuple[list[NeedSum], NeedTotals]:
    """Return the open needs by item and side, what is short and most urgent first, and the totals."""
    known = [then for row in rows if (then := need_at(row.history, instant))]
    by: dict[tuple[str, Side], list[NeedThen]] = defaultdict(list)
    for then in known:
        if then.state == "open":
            by[then.item, then.side].append(then)
    found = [_sum(item, side, some) for (item, side), some in by.items()]
    found.sort(key=lambda one: (one.side, one.priority, -one.open, one.item))
    open_ = Counter(one.side for some in by.values() for one in some)
    totals = NeedTotals(
        needs=len(known),
        opened=sum(one.opened for one in known),
        changed=sum(one.changed for one in known),
        closed=sum(one.closed for one in known),
        short=open_["short"],
        surplus=open_["surplus"],
    )
    return found, totals


def _sum(item: str, side: Side, some: list[NeedThen]) -> NeedSum:
    priorities = Counter(one.priority for one in some)
    said = [one.quantity for one in some if one.quantity is not None]
    return NeedSum(
        item=item,
        side=side,
        priority=min(priorities),
        open=len(some),
        stations=len({one.station for one in some}),
        by_priority=dict(sorted(priorities.items())),
        quantity=sum(said),
        unsaid=len(some) - len(said),
    )
