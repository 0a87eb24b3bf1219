"""Codes that must be terms of a list, such as reasons: checked before a command is decided."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel

from events.terms import BUILT_IN, List, term_id
from services.decisions.base import Context
from services.decisions.fields import OfList
from services.decisions.state import State
from services.decisions.term.table import TERMS


def check(state: State, command: BaseModel, ctx: Context) -> None:
    """Require that codes are terms of their lists. Of an observed command it is only noted."""
    for field, list_ in of_lists(type(command)):
        given = getattr(command, field)
        if given is not None and not _known(state, list_, given, ctx):
            offered = codes(state, list_)
            ctx.rule(False, "term.unlisted", field=field, code=given, list=list_, known=offered)


def codes(state: State, list_: List) -> tuple[str, ...]:
    """Return the codes that a list offers: the built-in ones first, without retired ones."""
    prefix = term_id(list_, "")
    own = {key.removeprefix(prefix): term for key, term in state[TERMS].items() if key.startswith(prefix)}
    every = dict.fromkeys((*BUILT_IN[list_], *own))
    return tuple(code for code in every if code not in own or not own[code].retired)


def _known(state: State, list_: List, code: str, ctx: Context) -> bool:
    """Whether a list has a code. What is told late may have a reason that was retired since."""
    own = state[TERMS].get(term_id(list_, code))
    return code in BUILT_IN[list_] if own is None else ctx.late or not own.retired


@cache
def of_lists(command: type[BaseModel]) -> tuple[tuple[str, List], ...]:
    """Return the fields of a command that take a term, each with its list."""
    hints = get_type_hints(command, include_extras=True)
    return tuple(
        (name, mark.name)
        for name in command.model_fields
        for mark in _marks(hints[name])
        if isinstance(mark, OfList)
    )


def _marks(hint: Any) -> Iterator[Any]:
    """Yield the marks around a type and around its parts."""
    yield from getattr(hint, "__metadata__", ())
    for part in get_args(hint):
        if isinstance(part, type) or get_args(part):
            yield from _marks(part)
