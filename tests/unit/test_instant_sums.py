"""Sums of changes by spans of time give at every instant what counting the rows gives."""

from collections import Counter
from random import Random

import apsw
import pytest

from services.adapters.sqlite import instant_sums as sums
from services.adapters.sqlite.past_table import STILL

J = "2307"
NAMES = "by_area, by_role, by_presence, by_team"
WHERE: list[sums.Place] = [(area, "courier", "available", team) for area in ("A", "B") for team in ("", "T1")]
Line = tuple[int, int, sums.Place]


class Rows:
    """A table of rows, and its sums."""

    def __init__(self) -> None:
        self.db = apsw.Connection(":memory:")
        self.db.execute(f"CREATE TABLE held (jurisdiction, since, until, {NAMES}); {sums.DDL}")
        self.lines: list[Line] = []

    def replace(self, gone: list[Line], come: list[Line]) -> None:
        self.lines = [one for one in self.lines if one not in gone] + come
        self.db.execute("DELETE FROM held")
        lines = [(J, since, until, *place[:3], place[3] or None) for since, until, place in self.lines]
        self.db.executemany("INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?)", lines)
        moved = sums.changes(gone, -1)
        moved.update(sums.changes(come, 1))
        sums.add(self.db, J, moved)

    def check(self, instant: int) -> None:
        counted = Counter(place for since, until, place in self.lines if since <= instant < until)
        assert sums.at(self.db, J, instant, "held", NAMES) == counted, instant


def line(random: Random, reach: int) -> Line:
    since = random.randrange(-reach, reach)
    until = STILL if random.random() < 0.2 else since + 1 + random.randrange(reach)
    return since, until, random.choice(WHERE)


@pytest.mark.parametrize("bits", [4, sums.FINEST, sums.FINEST + 9, 53, 60])
def test_at_every_instant_it_is_the_number_of_rows(bits: int) -> None:
    random, rows = Random(bits), Rows()
    for _ in range(4):
        gone = random.sample(rows.lines, len(rows.lines) // 3)
        rows.replace(gone, [line(random, 1 << bits) for _ in range(25)])
        ends = [at for since, until, _ in rows.lines for at in (since, until) if at != STILL]
        spans = [at >> sums.FINEST << sums.FINEST for at in ends]
        for at in random.sample(ends + spans, 25):
            for nearby in (at - 1, at, at + 1):
                rows.check(nearby)


def test_a_read_adds_up_few_spans_of_each_level_however_long_the_log_is() -> None:
    for at in (0, 1 << 51, (1 << 52) - 1):
        for level, first, end in sums.before(at):
            assert level == sums.LEVELS - 1 or end - first < 1 << sums.STEP


def test_other_jurisdictions_do_not_count() -> None:
    rows = Rows()
    rows.replace([], [(0, STILL, WHERE[0])])
    sums.add(rows.db, "2308", sums.changes([(0, STILL, WHERE[0])], 1))
    rows.check(1 << 40)
