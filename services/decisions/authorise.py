"""Check that a sender's scope covers what a command touches, derived from the references in its fields.

Side effects elsewhere of a permitted command are allowed: standing down a team releases its assignments
wherever they are. Taking members out of another team is checked where it is decided.
"""

from collections.abc import Iterable

from events.area import inside
from services.decisions.base import Command, Context, Refused
from services.decisions.references import ARRIVES, CONCERNS, IDENTITY, NAMED, SEALS, Mention, mentions
from services.decisions.state import State
from services.decisions.table import AREA, kinds


def authorise(state: State, command: Command, ctx: Context) -> None:
    """Raise Refused if the sender's scope does not cover what the command touches."""
    scope = ctx.scope
    if scope.worker is not None and not _own(state, command, ctx, scope.worker):
        raise Refused("forbidden", worker=scope.worker)
    if scope.areas and (outside := _outside(state, command, ctx)):
        raise Refused("forbidden", area=outside)


def refuse_outside(areas: Iterable[str], ctx: Context) -> None:
    """Raise Refused if one of these areas is outside the sender's scope."""
    for area in sorted(areas):
        if ctx.scope.areas and not _within(area, ctx.scope.areas):
            raise Refused("forbidden", area=area)


def _own(state: State, command: Command, ctx: Context, worker: str) -> bool:
    """Whether a command is a worker's own: it refers to something, and only to what is theirs."""
    if not command.IS_OWN:
        return False
    owned = [one for one in mentions(type(command)) if one.touch is not SEALS]
    named = [(one.kind, key) for one in owned for key in one.touched(command, ctx.id)]
    return any(kind != AREA for kind, _ in named) and all(
        kinds[kind].own(state, key, worker) for kind, key in named
    )


def _outside(state: State, command: Command, ctx: Context) -> str | None:
    """Return an area that the command touches outside the scope; the root if the command touches nothing
    with an area."""
    touched: set[str] = set()
    for mention in (one for one in mentions(type(command)) if one.touch is not NAMED):
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
    """Return the areas touched by one reference."""
    table = kinds[mention.kind]
    if mention.touch is ARRIVES and table.nowhere(state, key):
        return set()
    areas = table.areas(state, key)
    return areas | table.belongs(state, key, ctx.actor) if mention.touch is IDENTITY else areas


def _within(area: str, mine: Iterable[str]) -> bool:
    return any(inside(area, one) for one in mine)


def _meet(one: str, other: str) -> bool:
    return inside(one, other) or inside(other, one)
