"""Compute the figures on the board from rows of the views."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from events.area import parents
from events.presence import ON_DUTY
from events.request_state import PRIORITIES, STATES

AGES: Final = (timedelta(minutes=30), timedelta(hours=2))
"""Age limits of the columns of waiting requests; one more column is beyond the last."""
LATE: Final = timedelta(minutes=2)

Row = dict[str, Any]


class Said(msgspec.Struct, frozen=True):
    """One line of the activity list."""

    at: datetime
    late: timedelta
    """Delay between the event and its record; zero if it is not late."""
    name: str
    who: str
    where: str


class Figures(msgspec.Struct):
    """All figures on the board."""

    position: int = 0
    duty: dict[str, Counter[str]] = {}
    """Role -> presence -> number of workers, including off_duty."""
    teams: Counter[str] = msgspec.field(default_factory=Counter[str])
    busy: int = 0
    """Active teams with a live assignment."""
    waiting: dict[int, list[int]] = {}
    """Priority -> number of open requests by age, newest first; the last item counts overdue ones."""
    ledger: Counter[str] = msgspec.field(default_factory=Counter[str])
    """`received` and the states that add up to it."""
    counties: list[tuple[str, int]] = []
    """Areas below the root, by number of workers on duty."""
    incident: str = ""
    said: list[Said] = []

    @property
    def on_duty(self) -> int:
        return sum(n for roles in self.duty.values() for p, n in roles.items() if p in ON_DUTY)

    @property
    def balanced(self) -> bool:
        """Whether the states add up to `received`."""
        return self.ledger["received"] == sum(self.ledger[state] for state in STATES)


def duty(headcount: Iterable[Row]) -> dict[str, Counter[str]]:
    """Count workers by role and presence, roles with most on duty first."""
    found: dict[str, Counter[str]] = {}
    for row in headcount:
        found.setdefault(row["role"], Counter())[row["presence"]] += row["count"]
    return dict(sorted(found.items(), key=lambda item: (-_present(item[1]), item[0])))


def _present(presences: Counter[str]) -> int:
    return sum(presences[p] for p in ON_DUTY)


def waiting(requests: Iterable[Row], now: datetime) -> dict[int, list[int]]:
    """Count open requests by priority and age, and overdue ones by priority."""
    found = {priority: [0] * (len(AGES) + 2) for priority in PRIORITIES}
    for row in requests:
        age = now - row["opened_at"]
        counts = found[row["priority"]]
        counts[sum(age >= limit for limit in AGES)] += 1
        counts[-1] += bool(row.get("due_at") and row["due_at"] < now)
    return found


def ledger(incidents: Iterable[Row]) -> Counter[str]:
    """Add up `received` and the states of all incidents."""
    found = Counter[str]()
    for row in incidents:
        for name in ("received", *STATES):
            found[name] += row[name]
    return found


def counties(headcount: Iterable[Row], areas: dict[str, Row], root: str) -> list[tuple[str, int]]:
    """Count workers on duty by area directly below the root, most first."""
    found = Counter[str]()
    for row in headcount:
        if row["presence"] in ON_DUTY:
            found[_below(row["area"], root)] += row["count"]
    found.pop(root, None)
    return [(areas[code]["name"] if code in areas else code, n) for code, n in found.most_common() if n]


def _below(code: str, root: str) -> str:
    """Return the area directly below the root that contains this one."""
    chain = [code, *parents(code)]
    return chain[chain.index(root) - 1] if root in chain[1:] else root


def said(activity: Sequence[Row], areas: dict[str, Row]) -> list[Said]:
    """Return lines for the newest events."""
    lines: list[Said] = []
    for row in activity:
        late = row["recorded_at"] - row["at"]
        who = next((row[k] for k in ("worker", "team", "assignment", "request", "incident") if row[k]), "")
        if row["name"].startswith("request."):
            who = row["request"]
        place = areas.get(row["area"] or "")
        name = place["name"] if place else (row["area"] or "")
        lines.append(Said(row["at"], late if late > LATE else timedelta(0), row["name"], who, name))
    return lines
