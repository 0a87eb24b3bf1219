"""Decisions about the alliance."""

from collections.abc import Iterable
from typing import Any

from events.alliance import (
    AllyJoined,
    AllyLeft,
    CommitmentDone,
    CommitmentDropped,
    CommitmentMade,
    CommitmentRated,
    MeetingHeld,
    ReliefAdopted,
    ReliefEnded,
    ReliefGranted,
)
from events.base import Event
from services.decisions import lookups
from services.decisions.alliance.commands import (
    Adopt,
    Drop,
    EndRelief,
    Finish,
    Grant,
    Hold,
    JoinAlliance,
    LeaveAlliance,
    Make,
    Rate,
)
from services.decisions.alliance.rules import acts_for, begun, in_force, same
from services.decisions.alliance.table import ALLIES, COMMITMENTS, MEETINGS, RELIEFS
from services.decisions.base import Context, Refused, decides
from services.decisions.enterprise.decide import known_at
from services.decisions.post.rules import standing_post
from services.decisions.state import State


@decides(JoinAlliance)
def _join(state: State, c: JoinAlliance, ctx: Context) -> Iterable[Event]:
    key, area = c.ally or ctx.id, c.area or state.jurisdiction
    known = state[ALLIES].get(key)
    if known:
        _, then = begun(lookups.known(state, ALLIES, key), key, ctx)
        if same(known, {"title": c.name, "area": area}, ctx):
            return
        lookups.fresh(then.state != "gone", "ally.exists", ally=key)
    lookups.open_area(state, area, ctx)
    yield AllyJoined(ally=key, area=area, name=c.name, kind=c.kind)


@decides(LeaveAlliance)
def _leave(state: State, c: LeaveAlliance, ctx: Context) -> Iterable[Event]:
    row, then = begun(lookups.known(state, ALLIES, c.ally), c.ally, ctx)
    if then.state != "gone":
        yield AllyLeft(ally=c.ally, area=row.area)


@decides(Hold)
def _hold(state: State, c: Hold, ctx: Context) -> Iterable[Event]:
    key, area, allies = c.meeting or ctx.id, c.area or state.jurisdiction, tuple(dict.fromkeys(c.allies))
    known = state[MEETINGS].get(key)
    if same(known, {"title": c.title, "area": area, "allies": allies}, ctx):
        return
    lookups.fresh(known, "meeting.exists", meeting=key)
    lookups.open_area(state, area, ctx)
    for one in allies:
        _, then = begun(lookups.known(state, ALLIES, one), one, ctx)
        ctx.rule(then.state != "gone", "meeting.no_member", ally=one)
    yield MeetingHeld(meeting=key, area=area, title=c.title, allies=allies)


@decides(Make)
def _make(state: State, c: Make, ctx: Context) -> Iterable[Event]:
    key = c.commitment or ctx.id
    met = begun(lookups.known(state, MEETINGS, c.meeting), c.meeting, ctx)[0] if c.meeting else None
    firm = known_at(state, c.enterprise, ctx) if c.enterprise else None
    area = c.area or (met.area if met else None) or (firm.area if firm else None) or state.jurisdiction
    fields: dict[str, Any] = {
        name: getattr(c, name)
        for name in ("kind", "title", "owner", "delivers", "due", "meeting", "enterprise")
    }
    known = state[COMMITMENTS].get(key)
    if same(known, {**fields, "area": area}, ctx):
        return
    lookups.fresh(known, "commitment.exists", commitment=key)
    lookups.open_area(state, area, ctx)
    for post in (c.owner, c.delivers):
        if post:
            standing_post(state, post, ctx)
    if c.due and c.due < ctx.at:
        raise Refused("commitment.due_before", due=c.due, since=ctx.at)
    yield CommitmentMade(commitment=key, area=area, **fields)


@decides(Finish)
def _finish(state: State, c: Finish, ctx: Context) -> Iterable[Event]:
    row, _ = in_force(lookups.known(state, COMMITMENTS, c.commitment), c.commitment, ctx)
    ctx.rule(acts_for(state, row, ctx), "commitment.not_yours", commitment=c.commitment, post=row.owner)
    yield CommitmentDone(commitment=c.commitment, area=row.area, note=c.note)


@decides(Drop)
def _drop(state: State, c: Drop, ctx: Context) -> Iterable[Event]:
    row, _ = in_force(lookups.known(state, COMMITMENTS, c.commitment), c.commitment, ctx)
    ctx.rule(acts_for(state, row, ctx), "commitment.not_yours", commitment=c.commitment, post=row.owner)
    yield CommitmentDropped(commitment=c.commitment, area=row.area, reason=c.reason)


@decides(Rate)
def _rate(state: State, c: Rate, ctx: Context) -> Iterable[Event]:
    row, then = begun(lookups.known(state, COMMITMENTS, c.commitment), c.commitment, ctx)
    known_at(state, c.enterprise, ctx)
    ctx.rule(then.state == "done", "commitment.not_done", commitment=c.commitment)
    own = acts_for(state, row, ctx)
    ctx.rule(not own, "commitment.own_rating", commitment=c.commitment)
    if row.enterprise not in (None, c.enterprise):
        raise Refused("commitment.other_enterprise", commitment=c.commitment, enterprise=row.enterprise)
    yield CommitmentRated(commitment=c.commitment, area=row.area, enterprise=c.enterprise, score=c.score)


@decides(Adopt)
def _adopt(state: State, c: Adopt, ctx: Context) -> Iterable[Event]:
    key, area = c.relief or ctx.id, c.area or state.jurisdiction
    known = state[RELIEFS].get(key)
    if same(known, {"title": c.title, "area": area, "owner": c.owner}, ctx):
        return
    lookups.fresh(known, "relief.exists", relief=key)
    lookups.open_area(state, area, ctx)
    if c.owner:
        standing_post(state, c.owner, ctx)
    yield ReliefAdopted(relief=key, area=area, title=c.title, owner=c.owner)


@decides(Grant)
def _grant(state: State, c: Grant, ctx: Context) -> Iterable[Event]:
    _, then = in_force(lookups.known(state, RELIEFS, c.relief), c.relief, ctx)
    firm = known_at(state, c.enterprise, ctx)
    if c.enterprise not in then.who:
        yield ReliefGranted(relief=c.relief, area=firm.area, enterprise=c.enterprise, note=c.note)


@decides(EndRelief)
def _end(state: State, c: EndRelief, ctx: Context) -> Iterable[Event]:
    row, _ = in_force(lookups.known(state, RELIEFS, c.relief), c.relief, ctx)
    yield ReliefEnded(relief=c.relief, area=row.area)
