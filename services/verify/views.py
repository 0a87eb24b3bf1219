"""Check every invariant, on a running or stopped system (`muster verify`)."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from events.base import EventEnvelope
from events.commit import Head
from events.presence import OFF_DUTY
from events.request_state import ENDED, STATES
from projections.base import Row
from projections.catalog import views as catalog
from projections.fold import StraightRows
from services.files.port import Files
from services.log.port import Log
from services.verify.files import NamedFiles
from services.verify.laws import LAWS
from services.verify.log import Progress, Report, verify
from services.views.port import Query, Views

MOST_ROWS = 20
"""Wrong rows reported per view."""


class _Folds:
    """All views, folded straight from the log as it is read, up to the live views' head."""

    def __init__(self, upto: int) -> None:
        self._folded, self._upto = StraightRows(catalog), upto
        self.rows = self._folded.rows
        self.head = Head()
        """The last head folded."""

    def take(self, events: Sequence[EventEnvelope], head: Head) -> None:
        if head.position > self._upto:
            return
        self.head = head
        for event in events:
            self._folded.take(event)


async def audit(
    log: Log,
    views: Views,
    jurisdiction: str,
    expect: Head | None = None,
    progress: Progress | None = None,
    files: Files | None = None,
) -> Report:
    """Check the log's laws, then every view against a fresh fold, then the sums that users rely on.

    With `files`, also check the files that the log names.
    """
    live = await views.head(jurisdiction)
    folds, named = _Folds(live.position), NamedFiles()

    def take(events: Sequence[EventEnvelope], head: Head) -> None:
        folds.take(events, head)
        named.take(events)

    report = await verify(log, jurisdiction, expect, progress, take)
    if files is not None:
        await named.check(files, report)
    if any(finding.code == "damaged" for finding in report.findings):
        return report
    if folds.head != live:
        what = f"the views stand at {live}, but the log leads to {folds.head}: it is older, or another one"
        report.add(live.position, "other_log", what)
        return report
    for name in catalog:
        await _compare(report, views, name, folds.rows[name], live)
    _sums(report, folds.rows, live.position)
    for name, since in (await views.degraded(jurisdiction)).items():
        report.add(since, "degraded", f"view {name} has been set aside since here; rebuild it")
    return report


async def _compare(report: Report, views: Views, name: str, fold: dict[str, Row], at: Head) -> None:
    """Compare live rows with the fold, unless the head has advanced since."""
    found, head = await views.snapshot(report.jurisdiction, {name: Query()})
    if head != at:
        return
    live = dict(found[name])
    wrong = sorted(key for key in fold.keys() | live.keys() if fold.get(key) != live.get(key))
    for key in wrong[:MOST_ROWS]:
        report.add(at.position, "view", f"view {name}, row {key} differs from the log; rebuild {name}")


def _sums(report: Report, rows: dict[str, dict[str, Row]], position: int) -> None:
    """Headcount == roster; requests received == the sum of their states; the timeline matches both."""
    roster, counted = Counter[tuple[Any, ...]](), Counter[tuple[Any, ...]]()
    for row in rows["roster"].values():
        roster[_place(row)] += 1
    for row in rows["headcount"].values():
        line: Any = row
        counted[_place(row)] += line.count
    for place in sorted((roster - counted) + (counted - roster), key=str):
        report.add(
            position,
            "headcount",
            f"{place}: {roster[place]} on the roster, {counted[place]} in the headcount",
        )
    for key, row in rows["ledger"].items():
        line = row
        states = sum(getattr(line, state) for state in STATES)
        if line.received != states:
            report.add(position, "ledger", f"{key}: received {line.received}, but {states} accounted for")
    _timeline(report, rows, position)
    for law in LAWS:
        for what in law.broken(report.jurisdiction, rows):
            report.add(position, law.code, what)


def _timeline(report: Report, rows: dict[str, dict[str, Row]], position: int) -> None:
    """Per area: arrivals - departures == on duty; received, served and ended match the ledger."""
    present, passed = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows["headcount"].values():
        line: Any = row
        present[line.area, "on duty"] += line.count * (line.presence != OFF_DUTY)
    for row in rows["ledger"].values():
        line = row
        present[line.area, "received"] += line.received
        present[line.area, "served"] += line.done
        present[line.area, "ended"] += sum(getattr(line, state) for state in ENDED)
    for row in rows["timeline"].values():
        line = row
        passed[line.area, "on duty"] += line.came - line.went
        for what in ("received", "served", "ended"):
            passed[line.area, what] += getattr(line, what)
    for area, what in sorted(present.keys() | passed.keys()):
        now, then = present[area, what], passed[area, what]
        if now != then:
            report.add(position, "timeline", f"{area}: {what} {now}, but {then} by the timeline")


def _place(row: Any) -> tuple[Any, ...]:
    return row.area, row.role, row.presence, row.team
