"""Whether a sender's scope holds what a command touches: derived from the references in its fields.

What follows elsewhere from a command within reach is not held against it: who stands a team down releases its
assignments wherever they are. Nobody is taken out of another's team: that is checked where it is decided.
"""

from collections.abc import Iterable

from events.area import inside
from services.decisions.base import Command, Context, Refused
from services.decisions.references import ARRIVES, CONCERNS, IDENTITY, Mention, mentions
from services.decisions.state import State
from services.decisions.table import AREA, kinds


def authorise(state: State, command: Command, ctx: Context) -> None:
    """Raises Refused where the asker's scope does not hold what the command touches."""
    scope = ctx.scope
    if scope.worker is not None and not _own(state, command, ctx, scope.worker):
        raise Refused("forbidden", worker=scope.worker)
    if scope.areas and (outside := _outside(state, command, ctx)):
        raise Refused("forbidden", area=outside)


def refuse_outside(areas: Iterable[str], ctx: Context) -> None:
    """Raises Refused where one of these areas is beyond the asker's scope."""
    for area in sorted(areas):
        if ctx.scope.areas and not _within(area, ctx.scope.areas):
            raise Refused("forbidden", area=area)


def _own(state: State, command: Command, ctx: Context, worker: str) -> bool:
    """Whether all that an own command refers to is the worker's own, and it refers to something of theirs."""
    if not command.IS_OWN:
        return False
    named = [(one.kind, key) for one in mentions(type(command)) for key in one.touched(command, ctx.id)]
    return any(kind != AREA for kind, _ in named) and all(
        kinds[kind].own(state, key, worker) for kind, key in named
    )


def _outside(state: State, command: Command, ctx: Context) -> str | None:
    """An area that the command touches and the scope does not hold; the root where it touches nothing that
    lies anywhere."""
    touched: set[str] = set()
    for mention in mentions(type(command)):
        for key in mention.touched(command, ctx.id):
            areas = _areas(state, mention, key, ctx)
            if mention.touch is not CONCERNS:
                touched |= areas
            elif areas and not any(_meet(area, one) for area in areas for one in ctx.scope.areas):
                return min(areas)
    return next(
        (area for area in sorted(touched or {state.jurisdiction}) if not _within(area, ctx.scope.areas)), None
    )


def _areas(state: State, mention: Mention, key: str, ctx: Context) -> set[str]:
    """The areas that one reference touches."""
    table = kinds[mention.kind]
    if mention.touch is ARRIVES and table.nowhere(state, key):
        return set()
    areas = table.areas(state, key)
    return areas | table.belongs(state, key, ctx.actor) if mention.touch is IDENTITY else areas


def _within(area: str, mine: Iterable[str]) -> bool:
    return any(inside(area, one) for one in mine)


def _meet(one: str, other: str) -> bool:
    return inside(one, other) or inside(other, one)
