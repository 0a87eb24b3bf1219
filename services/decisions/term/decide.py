"""Decisions about terms."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import asdict

from events.base import Event
from events.terms import BUILT_IN, CATEGORY, Names, TermDefined, term_id
from services.decisions.amending import Subject, news
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
    wanted: dict[str, Any] = {"names": names, "confirm": c.confirm, "retired": c.retired}
    known = state[TERMS].get(key)
    about = Subject(f"term/{key}", asdict(known) if known else {}, None)
    if new := news(state, about, wanted, ctx):
        yield TermDefined(term=key, list=c.list, code=c.code, **{**wanted, **new})
