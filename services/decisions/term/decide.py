"""Decisions about terms."""

from collections.abc import Iterable

from events.base import Event
from events.terms import BUILT_IN, CATEGORY, Names, Term, TermDefined, term_id
from services.decisions.base import Context, Refused, decides
from services.decisions.state import State
from services.decisions.term.commands import Define
from services.decisions.term.table import TERMS


@decides(Define)
def _define(state: State, c: Define, ctx: Context) -> Iterable[Event]:
    if c.confirm and c.list != CATEGORY:
        raise Refused("term.confirm", list=c.list)
    built_in = BUILT_IN[c.list].get(c.code)
    names = Names(en=c.names.en, zh=c.names.zh)
    if built_in is None and names == Names():
        raise Refused("term.unnamed", list=c.list, code=c.code)
    key = term_id(c.list, c.code)
    wanted = Term(names=names, confirm=c.confirm, retired=c.retired)
    if state[TERMS].get(key) == wanted:
        return
    yield TermDefined(term=key, list=c.list, code=c.code, names=names, confirm=c.confirm, retired=c.retired)
