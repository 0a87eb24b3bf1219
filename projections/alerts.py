"""Alerts: what needs action now, computed from rows, limits and the time. Pure, and never stored.

Each kind has a limit (`events.timers`). An alert begins when its state has lasted that long, at a level: 1 is
the worst, and an alert about a request begins at the request's priority. It rises one level each further time
that its limit passes, to 1, until somebody acts. See docs/alerts.md.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from events.assignment import LIVE, OFFERED, UNENDED
from events.presence import OFF_DUTY
from events.request_state import LIFE_SAFETY, UNFINISHED
from events.stages import EN_ROUTE, ON_SCENE
from events.team import ACTIVE
from events.timers import Timers
from projections.assignments import AssignmentRow
from projections.requests import RequestRow
from projections.roster import RosterRow
from projections.sos import SosRow
from projections.teams import TeamRow

KINDS: Final = (
    "sos",
    "waiting",
    "nobody_on_duty",
    "sent_to_nobody",
    "refused",
    "untouched",
    "overdue",
    "unacknowledged",
    "offered_silent",
    "not_moving",
    "en_route_long",
    "on_scene_silent",
    "welfare",
    "long_duty",
)
"""In the order in which alerts of one level are listed."""
URGENT: Final = 2
"""The lowest priority whose requests are to be acknowledged."""
ALONE_LEVEL: Final = 2
"""At which the alert about a person alone begins, and above which others of people do not rise."""
COMPANY_LEVEL: Final = 3
"""At which alerts about people in company, and about long duties, begin."""
WORST: Final = 1
_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs action."""

    id: str
    """The same as long as the alert lasts."""
    kind: str
    level: int
    """1 is the worst, 4 the least."""
    subject: str
    """`request/ID`, `assignment/ID`, `worker/ID` or `sos/ID`."""
    request: str | None = None
    assignment: str | None = None
    worker: str | None = None
    """Of an alert about a team's people: the one heard from last, or on duty for the longest time."""
    team: str | None = None
    people: int = 1
    """How many people an alert about people is about."""
    area: str
    incident: str | None = None
    priority: int | None = None
    number: int | None = None
    """The request's number."""
    since: datetime
    """When the state began that the alert is about."""
    limit_s: int
    """Seconds after which the state became an alert; 0 = from the first."""
    acknowledged_by: str | None = None


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The rows that alerts follow from."""

    requests: Sequence[RequestRow] = ()
    assignments: Sequence[AssignmentRow] = ()
    roster: Sequence[RosterRow] = ()
    teams: Sequence[TeamRow] = ()
    sos: Sequence[SosRow] = ()


def alerts(known: Known, timers: Timers, now: datetime) -> list[Alert]:
    """Return all alerts as of `now`, the worst first. Rows that concern nothing unfinished are ignored."""
    found = list(_Watch(known, timers, now).all())
    return sorted(found, key=lambda one: (one.level, _RANK[one.kind], one.priority or 9, one.since, one.id))


def things(found: Sequence[Alert]) -> list[Alert]:
    """Return one alert for each request, team, person or call: its worst. `found`: the worst first."""
    first: dict[str, Alert] = {}
    for one in found:
        first.setdefault(f"request/{one.request}" if one.request else one.subject, one)
    return list(first.values())


def waits(request: RequestRow) -> bool:
    """Return whether an unfinished request has nobody on it, though it still needs somebody."""
    full = request.slots is not None and request.taken >= request.slots
    return request.state in UNFINISHED and not request.live and not full


def all_clear(found: Sequence[Alert], requests: Iterable[RequestRow], on_duty: int) -> bool:
    """Return whether nothing needs action now: no alert, no waiting life-safety request, and somebody on
    duty if any request is unfinished."""
    unfinished = [one for one in requests if one.state in UNFINISHED]
    life = any(one.priority <= LIFE_SAFETY and waits(one) for one in unfinished)
    return not found and not life and (not unfinished or on_duty > 0)


def on_duty(roster: Iterable[RosterRow]) -> int:
    """Return how many people are on duty."""
    return sum(row.presence != OFF_DUTY for row in roster)


def manned(roster: Iterable[RosterRow]) -> dict[str, int]:
    """Return the number of members on duty by active team."""
    found: dict[str, int] = {}
    for row in roster:
        if row.team is not None and row.presence != OFF_DUTY:
            found[row.team] = found.get(row.team, 0) + 1
    return found


class _Watch:
    """One look at everything."""

    def __init__(self, known: Known, timers: Timers, now: datetime) -> None:
        self._known, self._timers, self._now = known, timers, now
        self._requests = {row.request: row for row in known.requests if row.state in UNFINISHED}
        self._live = [row for row in known.assignments if row.state in UNENDED]
        self._people = {row.worker: row for row in known.roster if row.presence != OFF_DUTY}
        self._checks = _checks(self._people.values())
        self._teams = {row.team: row for row in known.teams}
        self._manned = manned(known.roster)
        unlisted = any(row.state == ACTIVE and not row.members for row in known.teams)
        self._somebody = bool(self._people) or unlisted

    def all(self) -> Iterator[Alert]:
        """Yield every alert, unordered."""
        yield from self._sos()
        for request in self._requests.values():
            yield from self._of_request(request)
        for row in self._live:
            request = self._requests.get(row.request)
            if request is not None:
                yield from self._of_assignment(row, request)
        yield from self._of_people()

    def _sos(self) -> Iterator[Alert]:
        for row in self._known.sos:
            if row.ended_at is None:
                yield Alert(
                    id=f"sos:{row.sos}",
                    kind="sos",
                    level=1,
                    subject=f"sos/{row.sos}",
                    worker=row.worker,
                    team=row.team,
                    area=row.area,
                    since=row.raised_at,
                    limit_s=0,
                    acknowledged_by=row.acknowledged_by,
                )

    def _of_request(self, request: RequestRow) -> Iterator[Alert]:
        limit = self._timers.untouched[request.priority - 1]
        life = request.priority <= LIFE_SAFETY
        if waits(request) and not self._somebody:
            yield self._request("nobody_on_duty", request, request.waiting_since or request.opened_at, 0)
        if request.waiting_since is not None:
            yield from self._untaken(request, request.waiting_since, life=life, limit=limit)
        if request.due_at is not None and request.due_at < self._now:
            yield self._request("overdue", request, request.due_at, 0)
        if request.priority <= URGENT and not request.touched and request.acknowledged_at is None:
            yield self._request("unacknowledged", request, request.opened_at, 0)

    def _untaken(self, request: RequestRow, since: datetime, *, life: bool, limit: int) -> Iterator[Alert]:
        """Yield the alert of a request to which nobody was sent or asked to go."""
        if not request.touched and life:
            yield self._request("waiting", request, since, 0)
        elif not request.touched and self._past(since, limit):
            yield self._request("untouched", request, since, limit)
        elif request.touched and (not request.done or self._past(since, limit)):
            yield self._request("refused", request, since, limit if request.done else 0)

    def _request(self, kind: str, row: RequestRow, since: datetime, limit: int) -> Alert:
        step = limit or self._timers.untouched[row.priority - 1]
        return Alert(
            id=f"{kind}:{row.request}",
            kind=kind,
            level=self._level(row.priority, since + timedelta(seconds=limit), step),
            subject=f"request/{row.request}",
            since=since,
            limit_s=limit,
            acknowledged_by=row.acknowledged_by,
            **_of(row),
        )

    def _of_assignment(self, row: AssignmentRow, request: RequestRow) -> Iterator[Alert]:
        rank = request.priority - 1
        if row.state == OFFERED:
            since = row.offered_at
            if since and _needs_more(request) and self._past(since, self._timers.offered[rank]):
                yield self._assignment("offered_silent", row, request, since, self._timers.offered[rank])
            return
        begun = _latest(row.accepted_at, row.dispatched_at)
        if begun and not self._attended(row):
            yield self._assignment("sent_to_nobody", row, request, begun, 0)
        kind, since, limits = _movement(row, begun, self._checks, self._timers)
        if since and self._past(since, limits[rank]):
            yield self._assignment(kind, row, request, since, limits[rank])

    def _attended(self, row: AssignmentRow) -> bool:
        """Return whether somebody of the unit is on duty. A team that lists no members counts as there."""
        if row.worker is not None:
            return row.worker in self._people
        team = self._teams.get(row.team or "")
        return team is None or not team.members or self._manned.get(team.team, 0) > 0

    def _assignment(
        self, kind: str, row: AssignmentRow, request: RequestRow, since: datetime, limit: int
    ) -> Alert:
        step = limit or self._timers.accepted[request.priority - 1]
        return Alert(
            id=f"{kind}:{row.assignment}",
            kind=kind,
            level=self._level(request.priority, since + timedelta(seconds=limit), step),
            subject=f"assignment/{row.assignment}",
            assignment=row.assignment,
            worker=row.worker,
            team=row.team,
            since=since,
            limit_s=limit,
            **_of(request),
        )

    def _of_people(self) -> Iterator[Alert]:
        tasks = _tasks(self._live)
        for group in _groups(self._people.values(), lambda row: tasks.get(f"worker:{row.worker}") is None):
            yield from self._welfare(group, tasks)
        limit = self._timers.duty
        long = [row for row in self._people.values() if row.duty_since and self._past(row.duty_since, limit)]
        for group in _groups(long, lambda _: True):
            row = min(group, key=lambda one: (one.duty_since or self._now, one.worker))
            yield self._person(
                "long_duty", row, row.duty_since or self._now, limit, COMPANY_LEVEL, ALONE_LEVEL, len(group)
            )

    def _welfare(self, group: Sequence[RosterRow], tasks: Mapping[str, AssignmentRow]) -> Iterator[Alert]:
        """Yield the alert of people who work together, if none of them has given a sign of life for too
        long."""
        alone = len(group) == 1
        heard: list[tuple[datetime, str, RosterRow]] = []
        for row in group:
            own = tasks.get(f"worker:{row.worker}") or tasks.get(f"team:{row.team}")
            since = watched_since(row, own, alone=alone)
            if since:
                heard.append((since, row.worker, row))
        if not heard:
            return
        since, worker, row = max(heard, key=lambda one: one[:2])
        limit = self._timers.welfare
        if self._past(since, limit):
            task = tasks.get(f"worker:{worker}") or tasks.get(f"team:{row.team}")
            request = self._requests.get(task.request) if task else None
            life = request is not None and request.priority <= LIFE_SAFETY
            base = ALONE_LEVEL if alone else COMPANY_LEVEL
            top = WORST if alone or life else ALONE_LEVEL
            yield self._person("welfare", row, since, limit, base, top, len(heard), task, request)

    def _person(
        self,
        kind: str,
        row: RosterRow,
        since: datetime,
        limit: int,
        base: int,
        top: int,
        people: int,
        task: AssignmentRow | None = None,
        request: RequestRow | None = None,
    ) -> Alert:
        about: dict[str, Any] = _of(request) if request else {}
        about |= {"request": task.request if task else None, "area": row.area}
        return Alert(
            id=f"{kind}:{f'team/{row.team}' if people > 1 else row.worker}",
            kind=kind,
            level=self._level(base, since + timedelta(seconds=limit), limit, top),
            subject=f"worker/{row.worker}",
            worker=row.worker,
            team=row.team,
            people=people,
            assignment=task.assignment if task else None,
            since=since,
            limit_s=limit,
            **about,
        )

    def _past(self, since: datetime, limit: int) -> bool:
        return self._now - since >= timedelta(seconds=limit)

    def _level(self, base: int, begun: datetime, step: int, top: int = WORST) -> int:
        """Return the level of an alert that begins at `base` and rises each `step` seconds, up to `top`."""
        every = step * self._timers.level
        risen = max((self._now - begun).total_seconds(), 0.0) // every if every else 0
        return max(base - int(risen), top)


def watched_since(row: RosterRow, task: AssignmentRow | None, *, alone: bool) -> datetime | None:
    """Return a person's last sign of life if they are on scene, or alone on the way; None for others.

    `task`: their assignment or their team's. Reporting a stage is a sign of life, and so is a check.
    """
    if row.presence != ON_SCENE and not (alone and row.presence == EN_ROUTE):
        return None
    return _latest(row.since, row.welfare_at, task and _heard(task))


def _groups(
    people: Iterable[RosterRow], together: Callable[[RosterRow], bool]
) -> Iterable[Sequence[RosterRow]]:
    """Return people by team. People without a team, or not `together` with it, are groups of their own."""
    found: dict[tuple[str, str], list[RosterRow]] = {}
    for row in people:
        team = row.team if together(row) else None
        found.setdefault(("team", team) if team else ("worker", row.worker), []).append(row)
    return found.values()


def _movement(
    row: AssignmentRow, begun: datetime | None, checks: Mapping[str, datetime], timers: Timers
) -> tuple[str, datetime | None, tuple[int, int, int, int]]:
    """Return the kind of alert that a live assignment may become, since when, and its limits."""
    if row.state == ON_SCENE:
        checked = checks.get(row.unit)
        return "on_scene_silent", _latest(_heard(row), row.on_scene_at, checked), timers.on_scene
    if row.state == EN_ROUTE:
        return "en_route_long", row.en_route_at, timers.en_route
    return "not_moving", begun, timers.accepted


def _checks(people: Iterable[RosterRow]) -> dict[str, datetime]:
    """Return when each worker, and any member of each team, was last checked."""
    found: dict[str, datetime] = {}
    for row in people:
        for unit in (row.worker, row.team):
            if unit is not None and row.welfare_at is not None:
                found[unit] = max(found.get(unit, row.welfare_at), row.welfare_at)
    return found


def _heard(row: AssignmentRow) -> datetime | None:
    """Return when a stage of the assignment was last reported, late reports included."""
    return max((stage.recorded_at for stage in row.stages), default=None)


def _needs_more(request: RequestRow) -> bool:
    return request.slots is None or request.taken < request.slots


def _tasks(live: Iterable[AssignmentRow]) -> dict[str, AssignmentRow]:
    """Return each unit's assignment with the newest sign of life."""
    found: dict[str, AssignmentRow] = {}
    for row in live:
        if row.state not in LIVE:
            continue
        unit = f"team:{row.team}" if row.team else f"worker:{row.worker}"
        other, heard = found.get(unit), _heard(row)
        before = _heard(other) if other else None
        if other is None or (heard is not None and (before is None or heard > before)):
            found[unit] = row
    return found


def _of(row: RequestRow) -> dict[str, Any]:
    """Return what an alert says about its request."""
    return {
        "request": row.request,
        "area": row.area,
        "incident": row.incident,
        "priority": row.priority,
        "number": row.number,
    }


def _latest(*instants: datetime | None) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)
