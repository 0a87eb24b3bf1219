"""Decisions about assignments."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple

from events.assignment import (
    DECLINED,
    DONE,
    LIVE,
    OFFERED,
    RELEASED,
    UNENDED,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentDispatched,
    AssignmentDone,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentProgressed,
    AssignmentReleased,
)
from events.base import Event
from services.decisions import lookups
from services.decisions.assignment.commands import (
    Accept,
    Decline,
    Dispatch,
    Done,
    Expire,
    Offer,
    Progress,
    Reassign,
    Release,
)
from services.decisions.assignment.rules import (
    attended,
    either,
    free_slot,
    free_to_take,
    ids,
    never_begun,
    not_twice,
    note_order,
    subject_of,
    takes,
)
from services.decisions.assignment.table import ASSIGNMENTS, Assignment
from services.decisions.base import Context, Refused, decides
from services.decisions.request.table import REQUESTS
from services.decisions.state import State

OFFER_LASTS: Final = timedelta(minutes=5)


@decides(Offer)
def _offer(state: State, c: Offer, ctx: Context) -> Iterable[Event]:
    key = c.assignment or ctx.id
    either(c.worker, c.team)
    given = state[ASSIGNMENTS].get(key)
    if given and ctx.observed and (given.request, given.worker, given.team) == (c.request, c.worker, c.team):
        return
    lookups.fresh(given, "assignment.exists", assignment=key)
    request = free_slot(state, c.request, ctx)
    subject_of(state, c.worker, c.team, ctx)
    unattended = attended(state, c.worker, c.team, c.unattended, ctx)
    not_twice(state, request, c.worker, c.team, ctx)
    expires = c.expires_at or ctx.at + OFFER_LASTS
    ctx.rule(expires > ctx.at, "offer.expired", assignment=key)
    yield AssignmentOffered(
        assignment=key,
        request=c.request,
        worker=c.worker,
        team=c.team,
        area=request.area,
        incident=request.incident,
        expires_at=expires,
        unattended=unattended,
    )


@decides(Accept)
def _accept(state: State, c: Accept, ctx: Context) -> Iterable[Event]:
    given = lookups.known(state, ASSIGNMENTS, c.assignment)
    if given.state in LIVE or (ctx.observed and given.begun_at):
        return
    override = takes(state, c.assignment, given, c.override, ctx)
    yield AssignmentAccepted(**ids(state, c.assignment), override=override)


@decides(Decline)
def _decline(state: State, c: Decline, ctx: Context) -> Iterable[Event]:
    given = lookups.known(state, ASSIGNMENTS, c.assignment)
    if given.state == DECLINED:
        return
    ctx.rule(given.state == OFFERED, "offer.gone", assignment=c.assignment, state=given.state)
    yield AssignmentDeclined(**ids(state, c.assignment), reason=c.reason)


@decides(Expire)
def _expire(state: State, c: Expire, ctx: Context) -> Iterable[Event]:
    given = lookups.known(state, ASSIGNMENTS, c.assignment)
    if given.state != OFFERED or given.expires_at is None:
        return
    ctx.rule(
        ctx.at >= given.expires_at,
        "offer.not_due",
        assignment=c.assignment,
        expires=given.expires_at,
    )
    yield AssignmentExpired(**ids(state, c.assignment), reason=c.reason)


@decides(Dispatch)
def _dispatch(state: State, c: Dispatch, ctx: Context) -> Iterable[Event]:
    key = c.assignment or ctx.id
    given = state[ASSIGNMENTS].get(key)
    if given is None:
        if c.request is None:
            raise Refused("assignment.unknown", assignment=key, missing="request")
        yield _send_new(state, key, c.request, c.worker, c.team, _Why(c.override, c.unattended), ctx)
        return
    if not _same(c, given):
        raise Refused(
            "assignment.exists",
            assignment=key,
            request=given.request,
            worker=given.worker,
            team=given.team,
        )
    if given.dispatched and given.state in LIVE:
        return
    if given.dispatched and ctx.observed:
        _refuse_begun_anew(key, given, ctx)
        return
    why = _Why()
    if given.state not in LIVE:
        override = takes(state, key, given, c.override, ctx)
        why = _Why(override, attended(state, given.worker, given.team, c.unattended, ctx))
    yield _dispatched_event(state, key, given.request, given.worker, given.team, why)


def _refuse_begun_anew(key: str, given: Assignment, ctx: Context) -> None:
    """Refuse a dispatch after the end of the assignment: a new one needs an id of its own."""
    if given.ended_at and ctx.at >= given.ended_at and ctx.at != given.begun_at:
        raise Refused("assignment.ended", assignment=key, state=given.state, ended=given.ended_at)


def _same(c: Dispatch, known: Assignment) -> bool:
    """Whether everything the command says about the assignment, if anything, is correct."""
    pairs = ((c.request, known.request), (c.worker, known.worker), (c.team, known.team))
    return all(said is None or said == held for said, held in pairs)


class _Why(NamedTuple):
    """Reasons for sending a unit that should not be sent; None where none was given, or none was needed."""

    override: str | None = None
    unattended: str | None = None


def _send_new(
    state: State, key: str, request_id: str, worker: str | None, team: str | None, why: _Why, ctx: Context
) -> Event:
    either(worker, team)
    request = free_slot(state, request_id, ctx)
    override = free_to_take(subject_of(state, worker, team, ctx), worker, team, why.override, ctx)
    unattended = attended(state, worker, team, why.unattended, ctx)
    not_twice(state, request, worker, team, ctx)
    return _dispatched_event(state, key, request_id, worker, team, _Why(override, unattended))


def _dispatched_event(
    state: State, key: str, request_id: str, worker: str | None, team: str | None, why: _Why
) -> Event:
    request = state[REQUESTS][request_id]
    return AssignmentDispatched(
        assignment=key,
        request=request_id,
        worker=worker,
        team=team,
        area=request.area,
        incident=request.incident,
        override=why.override,
        unattended=why.unattended,
    )


@decides(Progress)
def _progress(state: State, c: Progress, ctx: Context) -> Iterable[Event]:
    given = lookups.known(state, ASSIGNMENTS, c.assignment)
    if (c.stage, ctx.at) in given.stages:
        return
    if given.begun_at is None:
        never_begun(c.assignment, given, ctx)
    elif given.ended_at:
        ctx.rule(
            ctx.at <= given.ended_at,
            "assignment.ended",
            assignment=c.assignment,
            state=given.state,
            ended=given.ended_at,
        )
    note_order(given, c.stage, c.after, ctx)
    yield AssignmentProgressed(**ids(state, c.assignment), stage=c.stage, after=c.after)


@decides(Done)
def _done(state: State, c: Done, ctx: Context) -> Iterable[Event]:
    given = lookups.known(state, ASSIGNMENTS, c.assignment)
    if given.state == DONE:
        return
    if given.begun_at is None:
        never_begun(c.assignment, given, ctx)
    elif given.ended_at and ctx.late and ctx.at <= given.ended_at:
        ctx.note("assignment.ended")  # true at that time, but reported too late
    else:
        ctx.rule(given.state in LIVE, "assignment.ended", assignment=c.assignment, state=given.state)
    note_order(given, DONE, c.after, ctx)
    yield AssignmentDone(**ids(state, c.assignment), reason=c.reason, after=c.after)


@decides(Release)
def _release(state: State, c: Release, ctx: Context) -> Iterable[Event]:
    given = lookups.known(state, ASSIGNMENTS, c.assignment)
    if given.state == RELEASED:
        return
    ctx.rule(
        given.state in UNENDED,
        "assignment.ended",
        assignment=c.assignment,
        state=given.state,
    )
    yield AssignmentReleased(**ids(state, c.assignment), reason=c.reason)


@decides(Reassign)
def _reassign(state: State, c: Reassign, ctx: Context) -> Iterable[Event]:
    for item in c.items:  # release all first, so that two may swap
        given = lookups.known(state, ASSIGNMENTS, item.assignment)
        ctx.rule(given.state in LIVE, "assignment.ended", assignment=item.assignment, state=given.state)
        yield AssignmentReleased(**ids(state, item.assignment), reason=c.reason)
    for number, item in enumerate(c.items):
        new = item.new or f"{ctx.id}-{number}"
        lookups.fresh(new in state[ASSIGNMENTS], "assignment.exists", assignment=new)
        request = state[ASSIGNMENTS][item.assignment].request
        yield _send_new(state, new, request, item.worker, item.team, _Why(c.override, c.unattended), ctx)
