"""How many rows stood in each place at an instant, from sums of changes in spans of time.

Each begin of a row is a change by +1 at its place, each end one by -1; what stood at an instant is the sum of
all changes before it. They are kept summed up by spans of eight seconds, and of 16 times as long on each
further level, so that a read adds up at most fifteen spans of each level, however long the log is.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import apsw

from services.adapters.sqlite.past_table import STILL

FINEST: Final = 23
"""Bits of the microseconds of a span of the lowest level."""
STEP: Final = 4
LEVELS: Final = 7
"""The highest has spans of four and a half years, all of which are added up."""
Place = tuple[str, str, str, str]
"""Area, role, presence and team; an empty team = none."""
Change = tuple[int, Place]
"""Microseconds since 1970, and a place."""

DDL: Final = (
    "CREATE TABLE sums (jurisdiction TEXT NOT NULL, level INTEGER NOT NULL, span INTEGER NOT NULL, "
    "area TEXT NOT NULL, role TEXT NOT NULL, presence TEXT NOT NULL, team TEXT NOT NULL, "
    "count INTEGER NOT NULL, "
    "PRIMARY KEY (jurisdiction, level, span, area, role, presence, team)) STRICT, WITHOUT ROWID;"
)
_ADD: Final = (
    "INSERT INTO sums VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO UPDATE SET count = count + excluded.count"
)
_SPANS: Final = (
    "SELECT area, role, presence, team, count FROM sums "
    "WHERE jurisdiction = ? AND level = ? AND span >= ? AND span < ?"
)


def changes(held: Iterable[tuple[int, int, Place]], by: int) -> Counter[Change]:
    """Return the changes of rows (since, until, place) that came (+1) or went (-1)."""
    found = Counter[Change]()
    for since, until, place in held:
        found[since, place] += by
        if until != STILL:
            found[until, place] -= by
    return found


def add(db: apsw.Connection, jurisdiction: str, some: Counter[Change]) -> None:
    """Add changes to the sums of all spans in which they lie."""
    sums = Counter[tuple[int, int, Place]]()
    for (at, place), by in some.items():
        for level in range(LEVELS):
            sums[level, at >> FINEST + STEP * level, place] += by
    lines = [(jurisdiction, level, span, *place, by) for (level, span, place), by in sums.items() if by]
    db.executemany(_ADD, sorted(lines))


def before(at: int) -> list[tuple[int, int, int]]:
    """Return the spans (level, first, end) that are all time before the finest span of an instant."""
    found: list[tuple[int, int, int]] = []
    for level in range(LEVELS):
        span = at >> FINEST + STEP * level
        top = level == LEVELS - 1
        found.append((level, -STILL if top else span >> STEP << STEP, span))
    return found


def at(db: apsw.Connection, jurisdiction: str, instant: int, table: str, place: str) -> dict[Place, int]:
    """Return how many rows of a table stood in each place; `place`: its four columns."""
    wanted = before(instant)
    begin = instant >> FINEST << FINEST
    columns = ", ".join(f"ifnull({name}, '')" for name in place.split(", "))
    rest = (
        f"SELECT {columns}, {{}} FROM {table} "  # noqa: S608
        "WHERE jurisdiction = ? AND {} >= ? AND {} <= ?"
    )
    parts = [*[_SPANS] * len(wanted), rest.format(1, "since", "since"), rest.format(-1, "until", "until")]
    given: list[Any] = [one for span in wanted for one in (jurisdiction, *span)]
    given += [jurisdiction, begin, instant] * 2
    found: Any = db.execute(
        f"SELECT area, role, presence, team, sum(count) FROM ({' UNION ALL '.join(parts)}) "  # noqa: S608
        "GROUP BY area, role, presence, team HAVING sum(count) <> 0",
        given,
    )
    return {(area, role, presence, team): count for area, role, presence, team, count in found}
