"""Numbers and call signs given by the log, in its order, so that no two writers give the same."""

from typing import Final

from events.signs import sign
from services.decisions.authorise import covers
from services.decisions.base import Context
from services.decisions.state import State
from services.decisions.table import Table

COUNTERS: Final = Table("counters", int)
"""The highest number given so far, by kind: request, worker, team."""
CALL_SIGNS: Final = Table("call_signs", str)
"""Call sign in use, case folded -> its owner as `kind/id`. Workers and teams share the same air."""


def next_number(state: State, kind: str) -> int:
    """Return the number after the highest given to this kind; the first is 1."""
    return state[COUNTERS].get(kind, 0) + 1


def counted(state: State, kind: str, number: int | None) -> None:
    """Note a number that an event gave; None in events from before numbers."""
    if number is not None and number > state[COUNTERS].get(kind, 0):
        state.put(state[COUNTERS], kind, number)


def next_sign(state: State, kind: str, prefix: str) -> tuple[int, str]:
    """Return the next number whose call sign is unused, and that call sign."""
    number = next_number(state, kind)
    while sign(prefix, number).casefold() in state[CALL_SIGNS]:
        number += 1
    return number, sign(prefix, number)


def free_sign(state: State, wanted: str, owner: str, ctx: Context) -> None:
    """Require that no other active worker or team uses this call sign."""
    holder = state[CALL_SIGNS].get(wanted.casefold(), owner)
    kind, _, key = holder.partition("/")
    known = {kind: key} if covers(state, kind, key, ctx.scope) else {}
    ctx.rule(holder == owner, "call_sign.taken", call_sign=wanted, **known)


def is_free(state: State, wanted: str, owner: str) -> bool:
    """Whether this owner may use the call sign."""
    return state[CALL_SIGNS].get(wanted.casefold(), owner) == owner


def hold_sign(state: State, owner: str, before: str | None, after: str | None) -> None:
    """Give up one call sign and take another. One that somebody else holds stays theirs."""
    signs = state[CALL_SIGNS]
    if before and signs.get(before.casefold()) == owner:
        state.put(signs, before.casefold(), None)
    if after and after.casefold() not in signs:
        state.put(signs, after.casefold(), owner)
