"""Check that a sender's scope covers what a command touches, derived from the references in its fields.

A sender limited to areas learns nothing about what lies outside them: it is refused as if it did not exist.
Side effects elsewhere of a permitted command are allowed: standing down a team releases its assignments
wherever they are. Taking members out of another team is checked where it is decided.
"""

from collections.abc import Iterable

from events.area import inside, meets
from services.decisions.base import Command, Context, Refused, Scope
from services.decisions.references import ARRIVES, CONCERNS, IDENTITY, NAMED, OPEN, SEALS, Mention, mentions
from services.decisions.state import State
from services.decisions.table import AREA, kinds


def authorise(state: State, command: Command, ctx: Context) -> None:
    """Raise Refused if the sender's scope does not cover what the command touches."""
    scope = ctx.scope
    if scope.worker is not None and not _own(state, command, ctx, scope.worker):
        raise Refused("forbidden", worker=scope.worker)
    if not scope.areas:
        return
    for mention in mentions(type(command)):
        if mention.kind != AREA and mention.touch is not NAMED:
            _refuse_unseen(state, command, mention, ctx)
    if outside := _outside(state, command, ctx):
        raise Refused("forbidden", area=outside)


def covers(state: State, kind: str, key: str, scope: Scope) -> bool:
    """Whether a sender may know of this thing, which exists: whether its row is among those they read."""
    if not scope.areas:
        return True
    table = kinds[kind]
    lies = meets if table.spans else inside
    here = any(lies(area, one) for area in table.areas(state, key) for one in scope.areas)
    return here or any(_within(area, scope.areas) for area in table.passed(state, key))


def _refuse_unseen(state: State, command: Command, mention: Mention, ctx: Context) -> None:
    """Refuse references to what the sender may not see, all as if there were no such thing.

    What is missing is refused here as well: a second reason for a refusal must not tell the two apart. Only
    an id for something new cannot hide that it is taken.
    """
    table = kinds[mention.kind]
    creates = mention.new or mention.own_id or getattr(command, "walk_in", False)
    for key in mention.touched(command, ctx.id):
        exists = table.has(state, key)
        if exists and (covers(state, mention.kind, key, ctx.scope) or _arrives(state, mention, key)):
            continue
        if exists and creates:
            raise Refused(f"{mention.kind}.exists", **{mention.kind: key})
        if not creates:
            raise Refused(f"{mention.kind}.unknown", **{mention.kind: key})


def _arrives(state: State, mention: Mention, key: str) -> bool:
    return mention.touch is ARRIVES and kinds[mention.kind].nowhere(state, key)


def _own(state: State, command: Command, ctx: Context, worker: str) -> bool:
    """Whether a command is a worker's own: it refers to something, and only to what is theirs."""
    if not command.IS_OWN:
        return False
    owned = [one for one in mentions(type(command)) if one.touch not in (SEALS, OPEN)]
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
            elif areas and not any(meets(area, one) for area in areas for one in ctx.scope.areas):
                return min(areas)
    return next(
        (area for area in sorted(touched or {state.jurisdiction}) if not _within(area, ctx.scope.areas)), None
    )


def _areas(state: State, mention: Mention, key: str, ctx: Context) -> set[str]:
    """Return the areas touched by one reference."""
    table = kinds[mention.kind]
    if _arrives(state, mention, key):
        return set()
    if theirs := {area for area in table.passed(state, key) if _within(area, ctx.scope.areas)}:
        return theirs
    areas = table.areas(state, key)
    return areas | table.belongs(state, key, ctx.actor) if mention.touch is IDENTITY else areas


def _within(area: str, mine: Iterable[str]) -> bool:
    return any(inside(area, one) for one in mine)
