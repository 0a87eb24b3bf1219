"""Everything that must always hold, checked on a live or resting system (`muster verify`)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from events.commit import Head
from projections.base import Row
from projections.catalog import views as catalog
from services.log.port import Log
from services.log.verify import Finding, Report, verify
from services.views.port import Query, Views
from services.views.rebuild import folded

Progress = Callable[[float, float | None], None]


async def audit(
    log: Log, views: Views, jurisdiction: str, expect: Head | None = None, progress: Progress | None = None
) -> Report:
    """The log's own laws, then: every view == a straight fold, and the sums of design's invariants."""
    report = await verify(log, jurisdiction, expect, progress)
    if any(finding.chain for finding in report.findings):
        return report
    live = await views.head(jurisdiction)
    folds, _ = await folded(log, jurisdiction, catalog, progress, live.position)
    for name in catalog:
        report.findings.extend(await _compare(views, jurisdiction, name, folds[name], live.position))
    report.findings.extend(_sums(folds, live.position))
    for name, since in (await views.degraded(jurisdiction)).items():
        report.findings.append(Finding(since, f"view {name} is set aside since here; rebuild it"))
    return report


async def _compare(
    views: Views, jurisdiction: str, name: str, fold: dict[str, Row], position: int
) -> list[Finding]:
    """Live rows against the fold; a head that moved on meanwhile is read again by the caller's next run."""
    found, head = await views.snapshot(jurisdiction, {name: Query()})
    if head.position != position:
        return []
    live = dict(found[name])
    wrong = [key for key in fold.keys() | live.keys() if fold.get(key) != live.get(key)]
    return [
        Finding(position, f"view {name} row {key} is not the fold of the log") for key in sorted(wrong)[:20]
    ]


def _sums(folds: dict[str, dict[str, Row]], position: int) -> list[Finding]:
    """Headcount == roster; requests received == the sum of their states."""
    roster: Counter[tuple[Any, ...]] = Counter()
    for row in folds["roster"].values():
        known: Any = row
        roster[known.area, known.role, known.presence, known.team] += 1
    counted: Counter[tuple[Any, ...]] = Counter()
    for row in folds["headcount"].values():
        known = row
        counted[known.area, known.role, known.presence, known.team] += known.count
    findings: list[Finding] = []
    if roster != counted:
        findings.append(
            Finding(position, f"headcount differs from the roster: {roster - counted or counted - roster}")
        )
    for key, row in folds["ledger"].items():
        line: Any = row
        states = (
            line.open
            + line.assigned
            + line.in_progress
            + line.done
            + line.failed
            + line.cancelled
            + line.merged
        )
        if line.received != states:
            findings.append(
                Finding(position, f"ledger {key}: received {line.received} but {states} accounted for")
            )
    return findings
