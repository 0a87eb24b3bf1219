"""Decisions about named members."""

from collections.abc import Iterable

from events.base import Event
from events.member import MemberErased, MemberLeft, MemberNamed
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.chapter.rules import living
from services.decisions.formation.table import formation_at
from services.decisions.member.commands import Erase, Leave, Name
from services.decisions.member.table import MEMBERS
from services.decisions.state import State


@decides(Name)
def _name(state: State, c: Name, ctx: Context) -> Iterable[Event]:
    key, rules = c.member or ctx.id, formation_at(state, ctx.now)
    if not rules.names or rules.purpose is None:
        raise Refused("member.not_named")
    lookups.fresh(state[MEMBERS].get(key), "member.exists", member=key)
    chapter, then = living(state, c.chapter, ctx)
    inside = c.enterprise in then.enterprises
    ctx.rule(inside, "chapter.not_in", chapter=c.chapter, enterprise=c.enterprise)
    yield MemberNamed(
        member=key,
        chapter=c.chapter,
        enterprise=c.enterprise,
        area=chapter.area,
        name=c.name,
        purpose=rules.purpose,
    )


@decides(Leave)
def _leave(state: State, c: Leave, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, MEMBERS, c.member)
    if known.left_at is None:
        yield MemberLeft(member=c.member, area=known.area)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, MEMBERS, c.member)
    if not known.erased:
        yield MemberErased(member=c.member, area=known.area)
