"""The report of the institutions works each figure out once for each of its two dates."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.reports.institutions import FIGURES, READ, Asked, Worked
from services.reports.institutions.item import Item
from services.reports.institutions.model import Figure
from services.reports.institutions.past import Past

AT = datetime(2022, 3, 31, tzinfo=UTC)
SINCE = AT - timedelta(days=30)


def test_no_figure_is_worked_out_again_for_its_rows_its_share_or_what_is_overdue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: Counter[tuple[str, datetime]] = Counter()

    def counting(name: str, one: Figure) -> Figure:
        def items(past: Past) -> Iterator[Item]:
            asked[name, past.when] += 1
            yield from (Item(view="commitments", key=f"C{n}", at=SINCE, due=SINCE) for n in range(9))

        return msgspec.structs.replace(one, items=items)

    for name, one in FIGURES.items():
        monkeypatch.setitem(FIGURES, name, counting(name, one))
    live = {name: {} for name in READ}
    worked = Worked(
        live, Asked(jurisdiction="2307", position=1, zone=ZoneInfo("Asia/Shanghai"), at=AT, since=SINCE)
    )
    report = worked.report()
    assert report.overdue_count == 9 * sum(one.late for one in FIGURES.values())
    assert asked == Counter({(name, when): 1 for name in FIGURES for when in (AT, SINCE)})
