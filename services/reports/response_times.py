"""The response-times report: from received to first on scene."""

from typing import Any

from services.reports.facts import Facts
from services.reports.records import Call


def quantile(values: list[float], q: float) -> float:
    """Return a quantile of sorted values, linearly interpolated (type 7 of Hyndman and Fan, 1996)."""
    at = (len(values) - 1) * q
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def response_times(facts: Facts, chosen: str | None) -> dict[str, Any]:
    """Report count, median and p90 in seconds by priority; count requests without arrival apart."""
    incident = facts.chosen(chosen)
    calls = list(facts.calls_of(incident).values())
    priorities = sorted({call.priority for call in calls})
    return {
        "incident": incident,
        "all": _line(calls),
        "by_priority": [
            {"priority": p, **_line([call for call in calls if call.priority == p])} for p in priorities
        ],
    }


def _line(calls: list[Call]) -> dict[str, Any]:
    seconds = sorted(
        (call.arrived_at - call.received_at).total_seconds() for call in calls if call.arrived_at
    )
    return {
        "count": len(seconds),
        "without_arrival": len(calls) - len(seconds),
        "median_seconds": quantile(seconds, 0.5) if seconds else None,
        "p90_seconds": quantile(seconds, 0.9) if seconds else None,
    }
