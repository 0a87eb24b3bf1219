"""The requests report: what was requested and how it ended."""

from collections import Counter
from typing import Any

from events.request_state import DONE, ENDED, UNFINISHED
from services.reports.facts import Facts
from services.reports.quality import quality
from services.reports.records import Call

ENDS = (DONE, *sorted(set(ENDED) - {DONE}))
"""`done` first, the others by name."""


def requests(facts: Facts, chosen: str | None) -> dict[str, Any]:
    """Report counts, the largest request, final states, breakdowns and data quality."""
    incident = facts.chosen(chosen)
    calls, runs = facts.calls_of(incident), facts.runs_of(incident)
    return {
        "incident": incident,
        "requests": len(calls),
        "units": len({run.unit for run in runs}),
        "assignments": len(runs),
        "multi_unit_requests": sum(len(call.units) > 1 for call in calls.values()),
        "largest": _largest(calls),
        "by_final_state": final_states(calls.values()),
        "by_category": dict(Counter(call.category for call in calls.values()).most_common()),
        "by_priority": dict(sorted(Counter(str(call.priority) for call in calls.values()).items())),
        "by_day": by_day(calls.values()),
        "unfinished": sorted(key for key, call in calls.items() if call.state in UNFINISHED),
        **quality(facts, runs),
    }


def _largest(calls: dict[str, Call]) -> dict[str, Any] | None:
    """Return the request with the most distinct units; ties go to the first received."""
    if not calls:
        return None
    key = min(calls, key=lambda k: (-len(calls[k].units), calls[k].received_at, k))
    return {"request": key, "units": len(calls[key].units), "names": sorted(calls[key].units)}


def final_states(calls: Any) -> dict[str, int]:
    """Count final states, and unfinished requests in total and by state."""
    states = Counter(call.state for call in calls)
    unfinished = {state: states[state] for state in UNFINISHED}
    return {**{end: states[end] for end in ENDS}, "unfinished": sum(unfinished.values()), **unfinished}


def by_day(calls: Any) -> list[dict[str, Any]]:
    """Return the daily ledger: received = the sum of open, assigned, in_progress and all final states."""
    days: dict[str, list[Call]] = {}
    for call in calls:
        days.setdefault(call.day, []).append(call)
    return [
        {"day": day, "received": len(received), **final_states(received)}
        for day, received in sorted(days.items())
    ]
