"""One worker's rows from many views, as of one position."""

from typing import Any, Final

import msgspec
from cachetools import LRUCache

from events.assignment import OFFERED, UNENDED
from projections.areas import AreaRow
from projections.assignments import AssignmentRow
from projections.jurisdictions import JurisdictionRow
from projections.presence import IntervalRow, derived
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.sos import SosRow
from projections.teams import TeamRow
from services.views.port import Query, Views, ViewsUnavailable

RECENT: Final = 10
_TRIES: Final = 8
_REMEMBERED: Final = 20_000


class Keys(msgspec.Struct, frozen=True):
    """The rows needed on a worker's last read, which are usually needed again."""

    team: str | None = None
    members: frozenset[str] = frozenset()
    requests: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def cover(self, other: "Keys") -> bool:
        """Return whether these keys include all of the other's."""
        return (
            self.team == other.team
            and self.members >= other.members
            and self.requests >= other.requests
            and self.areas >= other.areas
        )


class WorkerRows(msgspec.Struct, kw_only=True):
    """Rows that concern a worker."""

    position: int
    worker: RosterRow
    team: TeamRow | None
    members: list[RosterRow]
    """Members of the team, in the order they joined."""
    tasks: list[AssignmentRow]
    """Offered and live assignments of the worker or team: offers first, then by priority."""
    recent: list[AssignmentRow]
    """The last assignments that ended, newest first."""
    requests: dict[str, RequestRow]
    areas: dict[str, AreaRow]
    intervals: list[IntervalRow]
    jurisdiction: JurisdictionRow | None
    sos: SosRow | None
    """The newest call for help that has not ended."""


class WorkerReader:
    """A reader of one worker's rows that remembers which rows were needed."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._known: LRUCache[tuple[str, str], Keys] = LRUCache(_REMEMBERED)

    async def read(self, jurisdiction: str, worker: str) -> WorkerRows | None:
        """Return a worker's rows; None = not on the roster. Raises ViewsUnavailable."""
        keys = self._known.pop((jurisdiction, worker), Keys())
        for _ in range(_TRIES):
            found, head = await self._views.snapshot(jurisdiction, _queries(jurisdiction, worker, keys))
            rows: dict[str, dict[str, Any]] = {view: dict(items) for view, items in found.items()}
            if worker not in rows["roster"]:
                return None
            needed = _needed(worker, rows)
            if keys.cover(needed):
                self._known[jurisdiction, worker] = needed
                return _worker_rows(jurisdiction, worker, rows, head.position)
            keys = needed
        raise ViewsUnavailable(f"what concerns worker/{worker} changes faster than it can be read")


def _queries(jurisdiction: str, worker: str, keys: Keys) -> dict[str, Query]:
    units = [worker, keys.team] if keys.team else [worker]
    by_key = {
        "roster": [worker, *keys.members],
        "teams": [keys.team] if keys.team else [],
        "requests": [*keys.requests],
        "areas": [*keys.areas],
        "jurisdictions": [jurisdiction],
    }
    return {
        **{view: Query(filters={"key": some}) for view, some in by_key.items()},
        "assignments": Query(filters={"unit": units}),
        "presence": Query(filters={"worker": [worker]}),
        "sos": Query(filters={"worker": [worker], "state": ["open", "acknowledged"]}),
    }


def _needed(worker: str, rows: dict[str, dict[str, Any]]) -> Keys:
    """Return the keys needed, given the rows found so far. Those may require more."""
    own: RosterRow = rows["roster"][worker]
    team: TeamRow | None = rows["teams"].get(own.team or "")
    tasks = _tasks(rows) + _recent(rows)
    requests = frozenset(task.request for task in tasks)
    areas = {own.area, own.home_area, team.area if team else None}
    areas |= {row.area for row in rows["requests"].values()} | {task.area for task in tasks}
    return Keys(
        team=own.team,
        members=frozenset(team.members if team else ()) - {worker},
        requests=requests,
        areas=frozenset(area for area in areas if area),
    )


def _tasks(rows: dict[str, dict[str, Any]]) -> list[AssignmentRow]:
    return [row for row in rows["assignments"].values() if row.state in UNENDED]


def _recent(rows: dict[str, dict[str, Any]]) -> list[AssignmentRow]:
    ended = [row for row in rows["assignments"].values() if row.ended_at and row.state not in UNENDED]
    return sorted(ended, key=lambda row: (row.ended_at, row.assignment), reverse=True)[:RECENT]


def _worker_rows(
    jurisdiction: str, worker: str, rows: dict[str, dict[str, Any]], position: int
) -> WorkerRows:
    own: RosterRow = rows["roster"][worker]
    team: TeamRow | None = rows["teams"].get(own.team or "")
    requests: dict[str, RequestRow] = rows["requests"]

    def urgency(task: AssignmentRow) -> tuple[bool, int, str]:
        request = requests.get(task.request)
        return task.state != OFFERED, request.priority if request else 9, task.assignment

    return WorkerRows(
        position=position,
        worker=own,
        team=team,
        members=[rows["roster"][one] for one in (team.members if team else ()) if one in rows["roster"]],
        tasks=sorted(_tasks(rows), key=urgency),
        recent=_recent(rows),
        requests=requests,
        areas=rows["areas"],
        intervals=derived(rows["presence"].values()),
        jurisdiction=rows["jurisdictions"].get(jurisdiction),
        sos=max(rows["sos"].values(), key=lambda row: row.raised_at, default=None),
    )
