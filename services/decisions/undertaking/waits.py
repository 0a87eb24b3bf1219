"""What the service records itself: reminders, escalations, and deadlines of a newly published year."""

from collections.abc import Iterable

from events.answering import risen
from events.base import Event
from events.undertaking import (
    StepDue,
    UndertakingDaysConfirmed,
    UndertakingEscalated,
    UndertakingReminded,
)
from events.undertaking_history import standing
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State
from services.decisions.undertaking.commands import ConfirmDays, MoveOnIt
from services.decisions.undertaking.rules import again, next_above
from services.decisions.undertaking.table import UNDERTAKINGS, UNDERTAKINGS_DUE, waits


@decides(MoveOnIt)
def _move_on(state: State, c: MoveOnIt, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, UNDERTAKINGS, c.undertaking)
    then, over = standing(row.facts, ctx.at), state[UNDERTAKINGS_DUE].get(c.undertaking)
    due = then.next_due if then else None
    if then is None or due is None or over is None or ctx.at < over:
        return
    own = risen(state[POSTS], state[CHARGES], then.leader, ctx.at)
    if then.reminded != due.ends and waits(state)["remind"] is not None and over <= due.ends:
        yield UndertakingReminded(undertaking=c.undertaking, area=row.area, ends=due.ends, post=own)
        return
    asked = then.asked if then.escalated == due.ends and then.asked else own
    higher = next_above(state, asked, ctx.at)
    yield UndertakingEscalated(
        undertaking=c.undertaking,
        area=row.area,
        ends=due.ends,
        post=higher or asked,
        level=then.level + 1,
        top=higher is None or next_above(state, higher, ctx.at) is None,
    )


@decides(ConfirmDays)
def _confirm_days(state: State, c: ConfirmDays, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, UNDERTAKINGS, c.undertaking)
    then = standing(row.facts)
    if then is None:
        return
    own = again(state, then.due) if then.due and not then.due.confirmed else None
    steps = tuple(
        StepDue(one.step, new)
        for one in then.steps
        if not one.due.confirmed and (new := again(state, one.due)).confirmed
    )
    own = own if own and own.confirmed else None
    if own or steps:
        yield UndertakingDaysConfirmed(undertaking=c.undertaking, area=row.area, due=own, steps=steps)
