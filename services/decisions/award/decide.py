"""Decisions about awards."""

from collections.abc import Iterable

from events.award import AwardGranted, AwardRevoked
from events.base import Event
from services.decisions import lookups
from services.decisions.award.commands import Grant, Revoke
from services.decisions.award.table import AWARDS
from services.decisions.base import Context, decides
from services.decisions.nomination.rules import evidences, stood_at
from services.decisions.post.rules import standing_post
from services.decisions.state import State


@decides(Grant)
def _grant(state: State, c: Grant, ctx: Context) -> Iterable[Event]:
    key = c.award or ctx.id
    known = state[AWARDS].get(key)
    if known and ctx.observed and lookups.says_again(known, c, "award"):
        return
    row, then = stood_at(state, c.nomination, ctx)
    lookups.fresh(known, "award.exists", award=key)
    approved = then.state == row.now.state == "approved"
    ctx.rule(approved, "award.not_approved", nomination=c.nomination, state=row.now.state)
    found = tuple(evidences(state, row, then.deeds, ctx.now))
    same = found == tuple(one.reviewed for one in then.deeds)
    ctx.rule(same, "award.deeds_changed", nomination=c.nomination)
    if c.post:
        standing_post(state, c.post, ctx)
    yield AwardGranted(
        award=key,
        area=row.area,
        worker=row.worker,
        nomination=c.nomination,
        honour=row.honour,
        title=c.title,
        post=c.post,
        deeds=len(found),
        shown=sum(one.shown == "shown" for one in found),
        person_times=sum(one.person_times for one in found),
        seconds=sum(one.seconds for one in found),
    )


@decides(Revoke)
def _revoke(state: State, c: Revoke, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, AWARDS, c.award)
    if known.revoked:
        return
    ctx.rule(ctx.at >= known.granted_at, "award.not_yet", award=c.award, since=known.granted_at)
    yield AwardRevoked(
        award=c.award, area=known.area, worker=known.worker, nomination=known.nomination, reason=c.reason
    )
