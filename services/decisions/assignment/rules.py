"""Rules shared by several assignment decisions."""

from collections.abc import Iterable, Iterator
from typing import Any

from events.assignment import (
    OFFERED,
    AssignmentReleased,
)
from events.base import Event
from events.stage_order import contradicted
from events.team import ACTIVE
from services.decisions import lookups
from services.decisions.assignment.table import ASSIGNMENTS, Assignment
from services.decisions.base import Context, Refused
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.team.table import TEAMS, Team
from services.decisions.worker.table import WORKERS, Worker


def free_slot(state: State, key: str, ctx: Context) -> Request:
    """Return the request, which must be unfinished and have a free slot."""
    request = lookups.unfinished(state, key, ctx)
    free = request.free_slots
    if free is not None and free <= 0 and not request.ended:
        taken = [state[ASSIGNMENTS][a] for a in request.done + request.live]
        last = max(taken, key=lambda given: given.begun_at or ctx.at)
        ctx.rule(False, "request.full", request=key, worker=last.worker, team=last.team)
    return request


def free_to_take(
    subject: Worker | Team, worker: str | None, team: str | None, override: str | None, ctx: Context
) -> str | None:
    """Apply the capacity rule to a worker or team; return the override if it was needed."""
    full = subject.capacity is not None and len(subject.live) >= subject.capacity
    ctx.rule(
        not full or override,
        "capacity.exceeded",
        worker=worker,
        team=team,
        live=subject.live,
    )
    return override if full else None


def attended(
    state: State, worker: str | None, team: str | None, unattended: str | None, ctx: Context
) -> str | None:
    """Require a reason to send to a team none of whose members is on duty; return it if it was needed.

    A team that lists no members is not empty: who belongs to it is not known here.
    """
    known = state[TEAMS].get(team) if team and not worker else None
    if known is None or not known.members or any(state[WORKERS][one].duty.on for one in known.members):
        return None
    ctx.rule(unattended, "team.nobody_on_duty", team=team)
    return unattended


def either(worker: str | None, team: str | None) -> None:
    """Require exactly one of the two."""
    if (worker is None) == (team is None):
        raise Refused("assignment.subject")


def subject_of(state: State, worker: str | None, team: str | None, ctx: Context) -> Worker | Team:
    """Return the worker or team, who must be on duty or active."""
    if worker:
        known = lookups.active_worker(state, worker, ctx)
        ctx.rule(known.duty.on or known.retired, "worker.off_duty", worker=worker)
        return known
    known_team = lookups.known(state, TEAMS, str(team))
    ctx.rule(known_team.state == ACTIVE, "team.not_active", team=team, state=known_team.state)
    return known_team


def not_twice(state: State, request: Request, worker: str | None, team: str | None, ctx: Context) -> None:
    """Refuse a second offer or dispatch of the same unit for one request."""
    for key in request.live + request.offers:
        other = state[ASSIGNMENTS][key]
        ctx.rule(
            (other.worker, other.team) != (worker, team),
            "assignment.duplicate",
            assignment=key,
            worker=worker,
            team=team,
        )


def takes(state: State, key: str, given: Assignment, override: str | None, ctx: Context) -> str | None:
    """Check slot and capacity for an open offer; a closed offer is only reported as gone."""
    if given.state != OFFERED:
        ctx.rule(False, "offer.gone", assignment=key, state=given.state)
        return override
    expires = given.expires_at
    ctx.rule(expires is None or ctx.at < expires, "offer.expired", assignment=key, expired=expires)
    free_slot(state, given.request, ctx)
    subject = subject_of(state, given.worker, given.team, ctx)
    return free_to_take(subject, given.worker, given.team, override, ctx)


def ids(state: State, key: str) -> dict[str, Any]:
    """Return the fields common to all events of this assignment."""
    given = state[ASSIGNMENTS][key]
    return {
        "assignment": key,
        "request": given.request,
        "worker": given.worker,
        "team": given.team,
        "area": state[REQUESTS][given.request].area,
    }


def never_begun(key: str, given: Assignment, ctx: Context) -> None:
    """Refuse progress on an assignment that nobody accepted."""
    ctx.rule(False, "assignment.not_accepted", assignment=key, state=given.state)


def note_order(given: Assignment, stage: str, after: str | None, ctx: Context) -> None:
    """Note a stage whose time contradicts that of another."""
    if contradicted((stage, ctx.at), given.begun_at, given.stages, after):
        ctx.note("stage.out_of_order")


def release_all(state: State, keys: Iterable[str], reason: str) -> Iterator[Event]:
    """Release these assignments and offers."""
    for key in tuple(keys):
        yield AssignmentReleased(**ids(state, key), reason=reason)
