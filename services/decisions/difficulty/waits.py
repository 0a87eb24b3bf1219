"""What happens when a wait ends: an offer returns, an open difficulty is escalated, an answer counts."""

from collections.abc import Iterable

from events.base import Event
from events.difficulty import DifficultyEscalated, DifficultyLapsed, DifficultySettled
from events.difficulty_history import standing
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.difficulty.commands import MoveOn
from services.decisions.difficulty.rules import above, due, owner_now, works
from services.decisions.difficulty.table import DIFFICULTIES, DIFFICULTIES_DUE
from services.decisions.state import State


@decides(MoveOn)
def _move_on(state: State, c: MoveOn, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, DIFFICULTIES, c.difficulty)
    then, over = standing(row.facts, ctx.at), state[DIFFICULTIES_DUE].get(c.difficulty)
    if then is None or over is None or ctx.at < over:
        return
    if then.state == "answered":
        yield DifficultySettled(difficulty=c.difficulty, area=row.area)
        return
    own = owner_now(state, then, ctx.at)
    higher = above(state, own, ctx.at)
    if then.state == "offered":
        up = then.lapses > 0 and higher is not None
        owner = higher if up and higher else then.owner
        yield DifficultyLapsed(
            difficulty=c.difficulty,
            area=row.area,
            owner=owner,
            owner_area=works(state, owner, ctx),
            level=then.level + up,
            due=due(state, "act", ctx),
        )
    else:
        yield DifficultyEscalated(
            difficulty=c.difficulty,
            area=row.area,
            owner=higher or own,
            owner_area=works(state, higher or own, ctx),
            level=then.level + 1,
            due=due(state, "act", ctx) if higher else None,
        )
