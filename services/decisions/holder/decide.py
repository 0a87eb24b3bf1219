"""Decisions about holders."""

from collections.abc import Iterable

from events.base import Event
from events.holder import HolderErased
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.holder.commands import Erase
from services.decisions.holder.table import HOLDERS
from services.decisions.state import State


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, HOLDERS, c.holder)
    if not known.erased:
        yield HolderErased(holder=c.holder, posts=known.posts)
