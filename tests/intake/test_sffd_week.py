"""The San Francisco week: every row is accounted for, every figure equals one computed from the raw rows.

Three days of it; `make long` takes the whole week.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import combinations, pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from scale import LONG

from services import wiring
from services.application.muster import Muster
from services.intake import Summary, import_files, load_mapping
from services.intake.running.sinks import Embedded
from services.reports import REPORTS
from services.views.port import Query

pytestmark = pytest.mark.asyncio(loop_scope="module")
WEEK = Path(__file__).parents[2] / "services/intake/examples/sffd_week.csv.gz"
STAGES = ("Received", "Entry", "Dispatch", "Response", "On Scene", "Transport", "Hospital", "Available")
DAYS = ("01/01/2017", "01/02/2017", "01/03/2017")
ODD = (28, 9, 5) if LONG else (7, 3, 4)
"""Times out of order, assignments that overlap, and those never released."""
AGAIN = 100_000 if LONG else 1_500
ZONE = ZoneInfo("America/Los_Angeles")


class Raw:
    """The week, read without the importer."""

    def __init__(self) -> None:
        with gzip.open(WEEK, "rt", encoding="utf-8-sig", newline="") as file:
            self.rows = [row for row in csv.DictReader(file) if LONG or row["Received DtTm"][:10] in DAYS]
        self.calls: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in self.rows:
            self.calls[row["Call Number"]].append(row)


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as a file of the same form."""
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, rows[0])
        sheet.writeheader()
        sheet.writerows(rows)
    return path


def at(row: dict[str, str], stage: str) -> datetime | None:
    text = row[f"{stage} DtTm"]
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=ZONE) if text else None


@pytest.fixture(scope="module")
def raw() -> Raw:
    return Raw()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def imported(
    raw: Raw, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Muster, Summary, Summary]]:
    """Import the rows, then the first of them again; `make long` imports all of them again."""
    folder = tmp_path_factory.mktemp("rows")
    week = WEEK if LONG else written(folder / "days.csv", raw.rows)
    again = written(folder / "first_rows.csv", raw.rows[:AGAIN])
    muster = await wiring.embedded(tmp_path_factory.mktemp("sffd"))
    async with muster.running():
        mapping, key = load_mapping("sffd"), muster.vault.import_key()
        sink = Embedded(muster.commands, muster.clock, muster.views)
        sums = [await import_files([one], mapping, "SFFD", sink, import_key=key) for one in (week, again)]
        await muster.progress.reached("SFFD", muster.commands.writer("SFFD").state.head.position, 60)
        yield muster, sums[0], sums[1]


async def report(muster: Muster, name: str) -> dict[str, Any]:
    return await REPORTS[name](muster.log, "SFFD", None)


async def test_every_row_is_applied_and_the_second_time_known(
    imported: tuple[Muster, Summary, Summary], raw: Raw
) -> None:
    _, first, second = imported
    rows = len(raw.rows)
    assert (first.rows, first.applied, first.known, first.rejected) == (rows, rows, 0, 0)
    repeated = min(AGAIN, rows)
    assert (second.rows, second.applied, second.known, second.rejected) == (repeated, 0, repeated, 0)
    assert set(first.outcomes) == {"accepted"}
    assert set(second.outcomes) == {"known"}


async def test_calls_units_and_the_largest(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    found = await report(imported[0], "requests")
    units = {key: {row["Unit ID"] for row in rows} for key, rows in raw.calls.items()}
    largest = max(units, key=lambda key: len(units[key]))
    assert found["requests"] == len(raw.calls)
    assert found["units"] == len({row["Unit ID"] for row in raw.rows})
    assert found["multi_unit_requests"] == sum(len(some) > 1 for some in units.values())
    assert found["largest"]["units"] == len(units[largest])
    assert set(found["largest"]["names"]) == units[found["largest"]["request"]]


async def test_each_unit_is_a_team_of_its_kind(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    page = await imported[0].views.query("SFFD", "teams", Query(limit=1000))
    teams: list[Any] = [row for _, row in page.items]
    expected = {row["Unit ID"]: row["Unit Type"].lower() for row in raw.rows}
    assert {row.team: row.kind.replace("_", " ") for row in teams} == expected


async def test_final_states(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    expected = {"done": 0, "cancelled": 0, "failed": 0, "unfinished": 0}
    for rows in raw.calls.values():
        disposition = rows[0]["Call Final Disposition"]
        if not all(row["Available DtTm"] for row in rows):
            expected["unfinished"] += 1
        elif disposition == "Cancelled":
            expected["cancelled"] += 1
        elif disposition in ("Unable to Locate", "Gone on Arrival"):
            expected["failed"] += 1
        else:
            expected["done"] += 1
    found = (await report(imported[0], "requests"))["by_final_state"]
    assert {state: found[state] for state in expected} == expected


async def test_what_is_odd_in_the_log_is_counted(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    out_of_order = 0
    spans: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in raw.rows:
        known = [t for stage in STAGES if (t := at(row, stage))]
        out_of_order += sum(later < earlier for earlier, later in pairwise(known))
        begin, end = at(row, "Dispatch"), at(row, "Available")
        if begin and end:
            spans[row["Unit ID"]].append((begin, end))
    overlapping = sum(
        a[0] < b[1] and b[0] < a[1] for some in spans.values() for a, b in combinations(some, 2)
    )
    found = await report(imported[0], "requests")
    assert found["out_of_order"]["count"] == out_of_order == ODD[0]
    assert found["overlapping_assignments"]["count"] == overlapping == ODD[1]
    unreleased = sum(not row["Available DtTm"] for row in raw.rows)
    assert found["never_released"]["count"] == unreleased == ODD[2]


async def test_received_to_first_on_scene(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    by_priority: dict[str, list[float]] = defaultdict(list)
    without: dict[str, int] = defaultdict(int)
    for rows in raw.calls.values():
        arrivals = [t for row in rows if (t := at(row, "On Scene"))]
        received = at(rows[0], "Received")
        assert received
        if arrivals:
            by_priority[rows[0]["Final Priority"]].append((min(arrivals) - received).total_seconds())
        else:
            without[rows[0]["Final Priority"]] += 1
    found = {line["priority"]: line for line in (await report(imported[0], "response-times"))["by_priority"]}
    for final, ours in (("3", 1), ("2", 2)):
        deciles = quantiles(by_priority[final], n=10, method="inclusive")  # type 7
        assert found[ours]["count"] == len(by_priority[final])
        assert found[ours]["without_arrival"] == without[final]
        assert found[ours]["median_seconds"] == pytest.approx(deciles[4])
        assert found[ours]["p90_seconds"] == pytest.approx(deciles[8])


def _busy(spans: list[tuple[datetime, datetime, str]], instants: list[datetime]) -> list[int]:
    """Return the number of busy units at each instant, from those that begin and end there."""
    changes: dict[datetime, list[tuple[str, int]]] = defaultdict(list)
    for begin, end, unit in spans:
        if begin < end:
            changes[begin].append((unit, 1))
            changes[end].append((unit, -1))
    busy, counts = Counter[str](), list[int]()
    for instant in instants:
        for unit, step in changes[instant]:
            busy[unit] += step
        counts.append(sum(number > 0 for number in busy.values()))
    return counts


async def test_the_peak_of_busy_units(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    spans = [
        (begin, end, row["Unit ID"])
        for row in raw.rows
        if (begin := at(row, "Dispatch")) and (end := at(row, "Available"))
    ]
    instants = sorted({t for begin, end, _ in spans for t in (begin, end)})
    counts = _busy(spans, instants)
    most = max(counts)
    first = counts.index(most)
    last = next(i for i in range(first, len(counts)) if counts[i] != most)
    found = (await report(imported[0], "peak"))["peak"]
    assert (found["busy"], found["from"], found["until"]) == (most, instants[first], instants[last])


async def test_busy_at_any_instant(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    for hour in (3, 15):
        when = datetime(2017, 1, 2, hour, 7, 30, tzinfo=ZONE)
        busy = {
            row["Unit ID"]
            for row in raw.rows
            if (begin := at(row, "Dispatch")) and (end := at(row, "Available")) and begin <= when < end
        }
        found = await REPORTS["peak"](imported[0].log, "SFFD", None, when)
        assert set(found["busy_at"]["units"]) == busy
        assert found["busy_at"]["busy"] == len(busy)


async def test_busy_at_an_instant_counts_those_never_released_and_marks_them(
    imported: tuple[Muster, Summary, Summary], raw: Raw
) -> None:
    from services.base.clock import SystemClock
    from services.history.history import History

    muster = imported[0]
    when = datetime(2017, 1, 3, 18, 0, tzinfo=ZONE)
    page = await History(muster.log, muster.views, SystemClock()).at("SFFD", "busy", when, Query(limit=1000))
    rows: list[Any] = [row for _, row in page.items]
    released = {
        row["Unit ID"]
        for row in raw.rows
        if (begin := at(row, "Dispatch")) and (end := at(row, "Available")) and begin <= when < end
    }
    never = {
        row["Unit ID"]
        for row in raw.rows
        if (begin := at(row, "Dispatch")) and begin <= when and not row["Available DtTm"]
    }
    assert {row.unit for row in rows} == released | never
    assert {row.unit for row in rows if row.open_ended} == never


async def test_views_reconcile(imported: tuple[Muster, Summary, Summary], raw: Raw) -> None:
    from services.verify.views import audit

    muster = imported[0]
    found = await audit(muster.log, muster.views, "SFFD")
    assert found.findings == []
    page = await muster.views.query("SFFD", "incidents", Query())
    incident: Any = page.items[0][1]
    assert incident.received == len(raw.calls)
    assert incident.received == incident.open + incident.assigned + incident.in_progress + sum(
        (incident.done, incident.failed, incident.cancelled, incident.merged)
    )
