"""Decisions about activities."""

from collections.abc import Iterable
from typing import Final

from events.activity import (
    ActivityAnnounced,
    ActivityAttended,
    ActivityCalledOff,
    ActivitySignedOff,
    ActivitySignedUp,
)
from events.alliance_history import AllianceThen, standing
from events.base import Event
from services.decisions import lookups
from services.decisions.activity.commands import Announce, Attend, CallOff, SignOff, SignUp
from services.decisions.activity.table import ACTIVITIES, Activity
from services.decisions.base import Context, Refused, decides
from services.decisions.post.rules import standing_post
from services.decisions.state import State
from services.decisions.worker.table import WORKERS

SIGN_UPS: Final = 20
"""Of one person for one activity, so that no phone can fill its history."""
_SAID = ("title", "begins", "ends", "capacity", "owner", "serves")


@decides(Announce)
def _announce(state: State, c: Announce, ctx: Context) -> Iterable[Event]:
    key, area = c.activity or ctx.id, c.area or state.jurisdiction
    known = state[ACTIVITIES].get(key)
    given = {name: getattr(c, name) for name in _SAID}
    same = known and c.area in (None, known.area) and given == {name: getattr(known, name) for name in _SAID}
    if same and ctx.observed:
        return
    lookups.fresh(known, "activity.exists", activity=key)
    lookups.open_area(state, area, ctx)
    if c.ends and c.ends <= c.begins:
        raise Refused("activity.ends_first", begins=c.begins, ends=c.ends)
    if c.owner:
        standing_post(state, c.owner, ctx)
    yield ActivityAnnounced(activity=key, area=area, **given)


def _taking_place(state: State, key: str, ctx: Context) -> tuple[Activity, AllianceThen]:
    row = lookups.known(state, ACTIVITIES, key)
    then = standing(row.facts, ctx.at) or standing(row.facts)
    if then is None:
        raise Refused("activity.unknown", activity=key)
    off = next((one.at for one in row.facts if one.kind == "called_off"), None)
    ctx.rule(off is None, "activity.called_off", activity=key, since=off)
    return row, then


@decides(SignUp)
def _sign_up(state: State, c: SignUp, ctx: Context) -> Iterable[Event]:
    row, then = _taking_place(state, c.activity, ctx)
    lookups.active_worker(state, c.worker, ctx)
    if c.worker in then.who:
        return
    ctx.rule(ctx.at < row.begins, "activity.begun", activity=c.activity, begins=row.begins)
    if sum(one.kind == "signed_up" and one.who == c.worker for one in row.facts) >= SIGN_UPS:
        raise Refused("activity.too_often", activity=c.activity, most=SIGN_UPS)
    full = row.capacity is not None and len(then.who) >= row.capacity
    ctx.rule(not full, "activity.full", activity=c.activity, capacity=row.capacity)
    yield ActivitySignedUp(activity=c.activity, area=row.area, worker=c.worker)


@decides(SignOff)
def _sign_off(state: State, c: SignOff, ctx: Context) -> Iterable[Event]:
    row, then = _taking_place(state, c.activity, ctx)
    lookups.known(state, WORKERS, c.worker)
    if c.worker in then.who:
        yield ActivitySignedOff(activity=c.activity, area=row.area, worker=c.worker)


@decides(Attend)
def _attend(state: State, c: Attend, ctx: Context) -> Iterable[Event]:
    row, _ = _taking_place(state, c.activity, ctx)
    lookups.known(state, WORKERS, c.worker)
    ctx.rule(row.begins <= ctx.at, "activity.not_begun", activity=c.activity, begins=row.begins)
    now = standing(row.facts)
    if now is None or c.worker not in now.came:
        yield ActivityAttended(activity=c.activity, area=row.area, worker=c.worker)


@decides(CallOff)
def _call_off(state: State, c: CallOff, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, ACTIVITIES, c.activity)
    if all(one.kind != "called_off" for one in row.facts):
        yield ActivityCalledOff(activity=c.activity, area=row.area, reason=c.reason)
