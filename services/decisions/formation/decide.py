"""Decisions about the rules of formation."""

from collections.abc import Iterable

from events.base import Event
from events.formation import FormationRules, FormationSet, Thresholds
from services.decisions.base import Context, Refused, decides
from services.decisions.formation.commands import Set
from services.decisions.formation.table import FORMATION, formation_at
from services.decisions.state import State


@decides(Set)
def _set(state: State, c: Set, ctx: Context) -> Iterable[Event]:
    if c.names and c.purpose is None:
        raise Refused("formation.no_purpose")
    thresholds = Thresholds(members=c.members, enterprises=c.enterprises, level=c.level)
    rules = FormationRules(thresholds=thresholds, names=c.names, purpose=c.purpose if c.names else None)
    said = any(one.at == ctx.at for one in state[FORMATION].values())
    if rules != formation_at(state, ctx.at) or (ctx.late and not said):  # others may be told of before
        yield FormationSet(rules=rules)
