"""Data quality: stages out of order, overlapping assignments, assignments never released."""

from typing import Any

from services.reports.facts import Facts
from services.reports.records import Run


def out_of_order(facts: Facts, runs: list[Run]) -> list[dict[str, Any]]:
    """List stages of an assignment of which the later one has an earlier time, as the anomalies do."""
    return [
        {
            "request": run.request,
            "unit": run.unit,
            "stage": before,
            "at": facts.local(first),
            "next_stage": after,
            "next_at": facts.local(then),
        }
        for run in runs
        for (before, first), (after, then) in run.contradictions
    ]


def overlapping(facts: Facts, runs: list[Run]) -> list[dict[str, Any]]:
    """List pairs of a unit's assignments whose half-open intervals [begun, ended) overlap."""
    by_unit: dict[str, list[Run]] = {}
    for run in runs:
        if run.ended_at and run.ended_at > run.begun_at:
            by_unit.setdefault(run.unit, []).append(run)
    found: list[dict[str, Any]] = []
    for unit, runs in sorted(by_unit.items()):
        runs.sort(key=lambda run: (run.begun_at, run.request))
        for i, first in enumerate(runs):
            for second in runs[i + 1 :]:
                if first.ended_at is None or second.begun_at >= first.ended_at:
                    break
                found.append({"unit": unit, "requests": [first.request, second.request]})
    return found


def never_released(facts: Facts, runs: list[Run]) -> list[dict[str, Any]]:
    """List assignments without an end."""
    return [
        {"request": run.request, "unit": run.unit, "begun_at": facts.local(run.begun_at)}
        for run in runs
        if run.ended_at is None
    ]


def quality(facts: Facts, runs: list[Run]) -> dict[str, Any]:
    """Return all checks by name, each with its count and rows."""
    parts = {
        "out_of_order": out_of_order(facts, runs),
        "overlapping_assignments": overlapping(facts, runs),
        "never_released": never_released(facts, runs),
    }
    return {name: {"count": len(rows), "rows": rows} for name, rows in parts.items()}
