"""Whether a sender's scope holds what a command touches: derived from the references in its fields."""

from collections.abc import Iterable

from events.area import inside
from services.decisions.base import Command, Context, Refused
from services.decisions.references import ARRIVES, CONCERNS, mentions
from services.decisions.state import State
from services.decisions.table import kinds


def authorise(state: State, command: Command, ctx: Context) -> None:
    """Raises Refused where the asker's scope does not hold what the command touches."""
    scope = ctx.scope
    if scope.worker is not None and not _own(state, command, scope.worker):
        raise Refused("forbidden", worker=scope.worker)
    if scope.areas and (outside := _outside(state, command, scope.areas)):
        raise Refused("forbidden", area=outside)


def _own(state: State, command: Command, worker: str) -> bool:
    """Whether all that an own command refers to is the worker's own."""
    if not command.IS_OWN:
        return False
    return all(
        kinds[one.kind].own(state, key, worker)
        for one in mentions(type(command))
        for key in one.keys(command)
    )


def _outside(state: State, command: Command, mine: Iterable[str]) -> str | None:
    """An area that the command touches and these do not hold; the root where it touches nothing that lies
    anywhere."""
    touched: set[str] = set()
    for mention in mentions(type(command)):
        table = kinds[mention.kind]
        for key in mention.keys(command):
            areas = table.areas(state, key)
            if mention.touch is CONCERNS:
                if areas and not any(_meet(area, one) for area in areas for one in mine):
                    return min(areas)
            elif not (mention.touch is ARRIVES and table.nowhere(state, key)):
                touched |= areas
    for area in sorted(touched or {state.jurisdiction}):
        if not any(inside(area, one) for one in mine):
            return area
    return None


def _meet(one: str, other: str) -> bool:
    return inside(one, other) or inside(other, one)
