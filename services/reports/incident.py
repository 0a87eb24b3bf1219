"""The incident report: key figures, each with its rows."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from events.duty import Interval
from services.reports.facts import Facts
from services.reports.records import IncidentRecord
from services.reports.requests import by_day, final_states


def incident(facts: Facts, chosen: str | None) -> dict[str, Any]:
    """Report days, workers on duty, teams, reports, person-times before the incident, and requests."""
    key = facts.chosen(chosen)
    if key is None:
        raise ValueError(
            "no incident has been declared; the reports peak, response-times and requests do not need one."
        )
    given = facts.incidents[key]
    end = given.ends_at or max([given.starts_at, *(call.received_at for call in facts.calls.values())])
    duties = {worker: facts.duties(worker) for worker in facts.people}
    calls = facts.calls_of(key).values()
    return {
        "incident": key,
        "name": given.name,
        "starts_at": facts.local(given.starts_at),
        "ends_at": facts.local(given.ends_at),
        "days": days(facts, given, end),
        "expected_days": given.expected_days,
        "on_duty": _on_duty(facts, duties, given.starts_at, end),
        "teams": _teams(facts, key, given, end),
        "reported": _reported(facts, end),
        "person_times_before": _before(facts, duties, given.starts_at),
        "requests": {"received": len(calls), **final_states(calls), "by_day": by_day(calls)},
    }


def days(facts: Facts, given: IncidentRecord, end: datetime) -> int:
    """Count local calendar days from the start; an end at midnight belongs to the previous day."""
    first = given.starts_at.astimezone(facts.zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(facts.zone).date()
    return (last - first).days + 1 if last >= first else 1


def _overlaps(duty: Interval, start: datetime, end: datetime) -> bool:
    return duty.since < end and (duty.until is None or duty.until > start)


def _on_duty(
    facts: Facts, duties: dict[str, list[Interval]], start: datetime, end: datetime
) -> list[dict[str, Any]]:
    """List, by role, workers on duty during the incident and their organisations."""
    workers: dict[str, list[str]] = {}
    for worker, served in sorted(duties.items()):
        if any(_overlaps(duty, start, end) for duty in served):
            workers.setdefault(facts.people[worker].role, []).append(worker)
    found: list[dict[str, Any]] = []
    for role, some in sorted(workers.items()):
        organisations = sorted({o for w in some if (o := facts.people[w].organisation)})
        found.append(
            {
                "role": role,
                "workers": len(some),
                "organisations": len(organisations),
                "names": {"organisations": organisations, "workers": some},
            }
        )
    return found


def _teams(facts: Facts, key: str, given: IncidentRecord, end: datetime) -> dict[str, Any]:
    """Count teams of the incident, and teams without an incident that were active during it."""
    teams = {
        k: unit
        for k, unit in facts.units.items()
        if unit.incident == key
        or (
            unit.incident is None
            and unit.activated_at is not None
            and unit.activated_at < end
            and (unit.stood_down_at is None or unit.stood_down_at > given.starts_at)
        )
    }
    kinds = Counter(unit.kind for unit in teams.values())
    return {"count": len(teams), "by_kind": dict(sorted(kinds.items())), "names": sorted(teams)}


def _reported(facts: Facts, end: datetime) -> dict[str, Any]:
    """Count workers who reported to their home community before the end of the incident."""
    workers = [w for w, p in facts.people.items() if p.reported_at is not None and p.reported_at < end]
    roles = Counter(facts.people[w].role for w in workers)
    return {"count": len(workers), "by_role": dict(sorted(roles.items())), "names": sorted(workers)}


def _before(facts: Facts, duties: dict[str, list[Interval]], start: datetime) -> dict[str, Any]:
    """List person-times (one duty of one worker in one area) that began before the incident."""
    rows = [
        {"worker": d.worker, "area": d.area, "since": facts.local(d.since), "until": facts.local(d.until)}
        for served in duties.values()
        for d in served
        if d.since < start
    ]
    return {"count": len(rows), "rows": rows}
