"""Decisions about chapters."""

from collections.abc import Iterable

from events.base import Event
from events.chapter import (
    ChapterDissolved,
    ChapterFormed,
    ChapterJoined,
    ChapterLeft,
    ChapterMerged,
    ChapterProposed,
    ChapterRenewed,
)
from events.chapter_history import ENDS, FORMED
from events.formation import JOINT, OWN, counted_in
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.chapter.commands import Dissolve, Form, Join, Leave, Merge, Propose, Renew
from services.decisions.chapter.rules import (
    common_route,
    ends_later,
    fits_route,
    left_once,
    living,
    not_handed_over,
    nothing_later,
    proposal,
    proposals,
    tells_anew,
)
from services.decisions.chapter.table import CHAPTERS, Chapter, Proposal
from services.decisions.enterprise.rules import not_ended
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.formation.table import formation_at
from services.decisions.state import State


@decides(Propose)
def _propose(state: State, c: Propose, ctx: Context) -> Iterable[Event]:
    key = c.chapter or ctx.id
    firm = lookups.known(state, ENTERPRISES, c.enterprise)
    lookups.fresh(state[CHAPTERS].get(key), "chapter.exists", chapter=key)
    found = proposal(state, c.enterprise, ctx.at)
    if found is None:
        raise Refused("chapter.not_in_ledger", enterprise=c.enterprise)
    yield ChapterProposed(
        chapter=key,
        area=found.basis.area if found.route == JOINT else firm.area,
        enterprise=c.enterprise,
        route=found.route,
        trade=firm.trade,
        basis=found.basis,
        thresholds=found.thresholds,
    )


@decides(Form)
def _form(state: State, c: Form, ctx: Context) -> Iterable[Event]:
    key = c.chapter or ctx.id
    known = state[CHAPTERS].get(key)
    if known and known.facts and ctx.observed and _same(known, c, ctx):
        return
    lookups.fresh(known and known.facts, "chapter.exists", chapter=key)
    proposed = known.proposal if known else None
    enterprises = c.enterprises or ((proposed.enterprise,) if proposed else ())
    yield _formed(state, key, c, tuple(dict.fromkeys(enterprises)), proposed, ctx)


def _same(known: Chapter, c: Form, ctx: Context) -> bool:
    """Whether an observed command says again what was formed: all that it gives, so that no news is lost."""
    formed = next(fact for fact in known.facts if fact.kind == FORMED)
    return (
        (known.name, formed.at, formed.ends) == (c.name, ctx.at, c.ends)
        and c.route in (None, known.route)
        and c.trade in (None, known.trade)
        and c.area in (None, known.area)
        and (not c.enterprises or set(c.enterprises) == set(formed.enterprises))
    )


def _formed(
    state: State,
    key: str,
    c: Form,
    enterprises: tuple[str, ...],
    recorded: Proposal | None,
    ctx: Context,
) -> ChapterFormed:
    firms = [lookups.known(state, ENTERPRISES, one) for one in enterprises]
    for one in enterprises:
        not_ended(state, one, ctx)
    found = [recorded] if recorded else proposals(state, enterprises, ctx.at)
    proposed = common_route(found)
    route = c.route or proposed
    if route is None:
        raise Refused("chapter.no_route")
    trade = c.trade or (firms[0].trade if firms and route in (OWN, JOINT) else None)
    fits_route(route, enterprises, trade)
    ends_later(c.ends, ctx)
    other = proposed is not None and route != proposed
    ctx.rule(not other or c.reason, "chapter.needs_reason", proposed=proposed, route=route)
    thresholds = found[0].thresholds if found else formation_at(state, ctx.at).thresholds
    usual = counted_in(firms[0].area, state.jurisdiction, thresholds) if route == JOINT else firms[0].area
    return ChapterFormed(
        chapter=key,
        area=lookups.open_area(state, c.area or usual, ctx),
        name=c.name,
        route=route,
        enterprises=enterprises,
        trade=trade,
        ends=c.ends,
        proposed=proposed,
        basis=found[0].basis if len(found) == 1 else None,
        thresholds=thresholds if found else None,
        reason=c.reason if other else None,
    )


@decides(Renew)
def _renew(state: State, c: Renew, ctx: Context) -> Iterable[Event]:
    known, then = living(state, c.chapter, ctx)
    ends_later(c.ends, ctx)
    if (then.since, then.ends) != (ctx.at, c.ends):
        yield ChapterRenewed(chapter=c.chapter, area=known.area, ends=c.ends)


@decides(Join)
def _join(state: State, c: Join, ctx: Context) -> Iterable[Event]:
    known, then = living(state, c.chapter, ctx)
    not_ended(state, c.enterprise, ctx)
    if c.enterprise in then.enterprises and (known.route == OWN or not tells_anew(known, c.enterprise, ctx)):
        return
    if known.route == OWN:
        raise Refused("chapter.own_one", chapter=c.chapter)
    not_handed_over(c.chapter, known, ctx)
    yield ChapterJoined(chapter=c.chapter, area=known.area, enterprise=c.enterprise)


@decides(Leave)
def _leave(state: State, c: Leave, ctx: Context) -> Iterable[Event]:
    known, then = living(state, c.chapter, ctx)
    lookups.known(state, ENTERPRISES, c.enterprise)
    ctx.rule(c.enterprise in then.enterprises, "chapter.not_in", chapter=c.chapter, enterprise=c.enterprise)
    not_handed_over(c.chapter, known, ctx)
    left_once(c.chapter, known, c.enterprise, ctx)
    yield ChapterLeft(chapter=c.chapter, area=known.area, enterprise=c.enterprise)


@decides(Merge)
def _merge(state: State, c: Merge, ctx: Context) -> Iterable[Event]:
    if c.chapter == c.into:
        raise Refused("chapter.into_itself", chapter=c.chapter)
    known, then = living(state, c.chapter, ctx)
    into, _ = living(state, c.into, ctx)
    nothing_later(c.chapter, known, ctx)
    if into.route == OWN:
        raise Refused("chapter.own_one", chapter=c.into)
    not_handed_over(c.into, into, ctx)
    yield ChapterMerged(chapter=c.chapter, area=known.area, into=c.into, enterprises=then.enterprises)


@decides(Dissolve)
def _dissolve(state: State, c: Dissolve, ctx: Context) -> Iterable[Event]:
    found = lookups.known(state, CHAPTERS, c.chapter)
    if found.facts and found.facts[-1].kind in ENDS and found.facts[-1].at <= ctx.at:
        return
    known, _ = living(state, c.chapter, ctx)
    nothing_later(c.chapter, known, ctx)
    yield ChapterDissolved(chapter=c.chapter, area=known.area, reason=c.reason)
