"""Decisions about nominations."""

from collections.abc import Iterable
from typing import Final

from events.base import Event
from events.nomination import (
    DeedAdded,
    Evidence,
    NominationErased,
    NominationMade,
    NominationReviewed,
    NominationWithdrawn,
)
from events.nomination_history import Deed
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.nomination.commands import (
    AddDeed,
    EraseNomination,
    Nominate,
    Review,
    WithdrawNomination,
)
from services.decisions.nomination.rules import evidence, evidences, stood_at
from services.decisions.nomination.table import NOMINATIONS, Nomination
from services.decisions.post.rules import holds, standing_post
from services.decisions.state import State
from services.decisions.worker.facts import home_at

MOST_DEEDS: Final = 50
_LINKS: Final = {
    "hours": ("since", "until"),
    "task": ("assignment",),
    "visit": ("visit",),
    "activity": ("activity",),
    "claim": ("note",),
}
"""Kind of deed -> the fields that it needs."""
_ENDED: Final = ("awarded", "withdrawn")


@decides(Nominate)
def _nominate(state: State, c: Nominate, ctx: Context) -> Iterable[Event]:
    key = c.nomination or ctx.id
    known = state[NOMINATIONS].get(key)
    worker = lookups.active_worker(state, c.worker, ctx)
    if known and ctx.observed and lookups.says_again(known, c, "nomination"):
        return
    lookups.fresh(known, "nomination.exists", nomination=key)
    lookups.fresh(worker.erased, "worker.erased", worker=c.worker)
    area = c.area or home_at(state, c.worker, ctx.at) or worker.home_area or state.jurisdiction
    lookups.open_area(state, area, ctx)
    if c.post:
        standing_post(state, c.post, ctx)
    yield NominationMade(
        nomination=key, area=area, worker=c.worker, honour=c.honour, post=c.post, text=c.text
    )


@decides(AddDeed)
def _add_deed(state: State, c: AddDeed, ctx: Context) -> Iterable[Event]:
    row, then = stood_at(state, c.nomination, ctx)
    lookups.fresh(row.erased, "nomination.erased", nomination=c.nomination)
    open_ = then.state == row.now.state == "nominated"
    ctx.rule(open_, "nomination.reviewed", nomination=c.nomination, state=row.now.state)
    lookups.fresh(len(row.now.deeds) >= MOST_DEEDS, "nomination.too_many", most=MOST_DEEDS)
    given = _given(c, ctx)
    if any(_same(one, given) for one in row.now.deeds) and given.deed != "claim":
        return
    number = len(row.now.deeds) + 1
    found = evidence(state, row.worker, given, number, ctx.now)
    if c.deed == "task" and found.shown == "claim":
        raise Refused("nomination.not_theirs", assignment=c.assignment, worker=row.worker)
    yield DeedAdded(
        nomination=c.nomination,
        area=row.area,
        deed=c.deed,
        evidence=found,
        since=given.since,
        until=given.until,
        assignment=given.assignment,
        visit=given.visit,
        activity=given.activity,
        note=c.note,
    )


def _given(c: AddDeed, ctx: Context) -> Deed:
    """Return the deed with what belongs to its kind. Raises Refused if a part of that is missing."""
    needs = _LINKS[c.deed]
    missing = next((name for name in needs if getattr(c, name) is None), None)
    if missing:
        raise Refused("nomination.no_link", deed=c.deed, field=missing)
    if c.since and c.until and c.deed == "hours" and (c.until <= c.since or c.until > ctx.now):
        raise Refused("nomination.period", since=c.since, until=c.until)
    linked = {name: getattr(c, name) for name in needs if name != "note"}
    return Deed(deed=c.deed, evidence=Evidence(0, "claim"), **linked)


def _same(one: Deed, other: Deed) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("deed", "since", "until", "assignment", "visit", "activity")
    )


@decides(Review)
def _review(state: State, c: Review, ctx: Context) -> Iterable[Event]:
    row, then = stood_at(state, c.nomination, ctx)
    ctx.rule(row.now.state not in _ENDED, "nomination.ended", nomination=c.nomination, state=row.now.state)
    ctx.rule(not _took_part(state, row, ctx), "nomination.own_review", nomination=c.nomination, post=row.post)
    found = tuple(evidences(state, row, then.deeds, ctx.now))
    shown = any(one.shown == "shown" for one in found)
    if c.verdict == "approve" and not found:
        raise Refused("nomination.no_deeds", nomination=c.nomination)
    if c.reason is None and (c.verdict == "reject" or not shown):
        raise Refused("nomination.no_reason", nomination=c.nomination, verdict=c.verdict)
    yield NominationReviewed(
        nomination=c.nomination, area=row.area, verdict=c.verdict, reason=c.reason, evidence=found
    )


def _took_part(state: State, row: Nomination, ctx: Context) -> bool:
    """Whether the sender nominated or entered deeds for a post, or acts for the post that nominates."""
    if row.post is None:
        return False
    entered = any(one.by == ctx.actor for one in row.now.facts if one.verdict is None)
    return entered or holds(state, ctx.actor, row.post, ctx.at)


@decides(WithdrawNomination)
def _withdraw(state: State, c: WithdrawNomination, ctx: Context) -> Iterable[Event]:
    row, _ = stood_at(state, c.nomination, ctx)
    if row.now.state == "withdrawn":
        return
    ctx.rule(row.now.state != "awarded", "nomination.ended", nomination=c.nomination, state=row.now.state)
    yield NominationWithdrawn(nomination=c.nomination, area=row.area, reason=c.reason)


@decides(EraseNomination)
def _erase(state: State, c: EraseNomination, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, NOMINATIONS, c.nomination)
    if not row.erased:
        yield NominationErased(nomination=c.nomination, area=row.area)
