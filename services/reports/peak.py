"""The peak report: how many units were busy at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from services.reports.facts import Facts
from services.reports.records import Run

Span = tuple[datetime, datetime]


def spans(runs: Iterable[Run]) -> dict[str, list[Span]]:
    """Return each unit's merged half-open busy intervals, ignoring assignments without an end."""
    by_unit: dict[str, list[Span]] = {}
    for run in runs:
        if run.ended_at and run.ended_at > run.begun_at:
            by_unit.setdefault(run.unit, []).append((run.begun_at, run.ended_at))
    return {unit: _merged(sorted(spans)) for unit, spans in by_unit.items()}


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def busy_at(busy: dict[str, list[Span]], at: datetime) -> list[str]:
    """Return the sorted units that are busy at an instant (begin <= at < end)."""
    return sorted(unit for unit, spans in busy.items() if any(b <= at < e for b, e in spans))


def curve(busy: dict[str, list[Span]]) -> list[tuple[datetime, int]]:
    """Return (instant, number of units busy from then on) for each change."""
    steps: dict[datetime, int] = {}
    for spans in busy.values():
        for begin, end in spans:
            steps[begin] = steps.get(begin, 0) + 1
            steps[end] = steps.get(end, 0) - 1
    now, points = 0, list[tuple[datetime, int]]()
    for at in sorted(steps):
        if steps[at]:
            now += steps[at]
            points.append((at, now))
    return points


def peak(facts: Facts, chosen: str | None, at: datetime | None = None) -> dict[str, Any]:
    """Report the first interval with the most busy units, the hourly curve, and units busy at `at`."""
    incident = facts.chosen(chosen)
    runs = facts.runs_of(incident)
    busy = spans(runs)
    points = curve(busy)
    return {
        "incident": incident,
        "units": len({run.unit for run in runs}),
        "assignments": len(runs),
        "left_out_never_released": sum(run.ended_at is None for run in runs),
        "peak": _peak(facts, busy, points),
        **({"busy_at": _busy_at(facts, busy, at)} if at else {}),
        "hours": _hours(facts, busy, points),
    }


def _busy_at(facts: Facts, busy: dict[str, list[Span]], at: datetime) -> dict[str, Any]:
    units = busy_at(busy, at)
    return {"at": facts.local(at), "busy": len(units), "units": units}


def _peak(
    facts: Facts, busy: dict[str, list[Span]], points: list[tuple[datetime, int]]
) -> dict[str, Any] | None:
    if not points:
        return None
    most = max(count for _, count in points)
    index = next(i for i, (_, count) in enumerate(points) if count == most)
    begin, end = points[index][0], points[index + 1][0]
    return {
        "busy": most,
        "from": facts.local(begin),
        "until": facts.local(end),
        "units": busy_at(busy, begin),
    }


def _hours(
    facts: Facts, busy: dict[str, list[Span]], points: list[tuple[datetime, int]]
) -> list[dict[str, Any]]:
    """Count busy units at each full hour from the first to the last change."""
    if not points:
        return []
    hour = points[0][0].replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    found: list[dict[str, Any]] = []
    i, now = 0, 0
    while hour <= points[-1][0]:
        while i < len(points) and points[i][0] <= hour:
            now, i = points[i][1], i + 1
        found.append({"at": facts.local(hour), "busy": now})
        hour += timedelta(hours=1)
    return found
