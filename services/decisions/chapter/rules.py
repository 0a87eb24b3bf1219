"""Rules about routes and about chapters at the time that a command speaks of."""

from collections.abc import Sequence
from datetime import datetime

from events.area import inside
from events.chapter_history import ENDS, LEFT, MERGED, ChapterFact, Standing, standing, void_leaving
from events.dated import dated, later
from events.enterprise_facts import Standing as Firm
from events.enterprise_facts import in_ledger
from events.formation import JOINT, OWN, Basis, Route, counted_in, fits
from services.decisions import lookups
from services.decisions.base import Context, Refused
from services.decisions.chapter.table import CHAPTERS, Chapter, Proposal
from services.decisions.enterprise.table import ENTERPRISES, enterprise_at
from services.decisions.formation.table import formation_at
from services.decisions.state import State


def living(state: State, key: str, ctx: Context) -> tuple[Chapter, Standing]:
    """Return a chapter that lived at the command's time."""
    found = lookups.known(state, CHAPTERS, key)
    formed = found.facts[0].at if found.facts else None
    then = standing(found.facts, ctx.at)
    if then is None:
        ctx.rule(False, "chapter.not_formed", chapter=key, formed=formed)
        then = standing(found.facts)
    if then is None:
        raise Refused("chapter.not_formed", chapter=key)
    ctx.rule(then.state not in ENDS, "chapter.ended", chapter=key, state=then.state, ended=then.ended_at)
    return found, then


def nothing_later(key: str, chapter: Chapter, ctx: Context) -> None:
    """Require that no fact of the chapter is later: it would be left without a chapter."""
    after = later(chapter.facts, ctx.at)
    ctx.rule(not after, "chapter.later", chapter=key, later=min(after, default=None))


def not_handed_over(key: str, chapter: Chapter, ctx: Context) -> None:
    """Require that the chapter is not merged later: that merger says which enterprises it handed over."""
    later_on = (fact for fact in chapter.facts if fact.kind == MERGED and fact.at > ctx.at)
    for fact in later_on:
        ctx.rule(False, "chapter.handed_over", chapter=key, into=fact.other, merged=fact.at)


def left_once(key: str, chapter: Chapter, enterprise: str, ctx: Context) -> None:
    """Require of a late departure that every later departure is of an enterprise that still belonged to
    it."""
    later_on = tuple(fact for fact in chapter.facts if fact.at > ctx.at)
    if later_on:
        new = ChapterFact(ctx.at, chapter.facts[-1].position + 1, LEFT, enterprises=(enterprise,))
        void = void_leaving(dated(chapter.facts, new))
        since = void.at if void else None
        ctx.rule(void is None, "chapter.left_later", chapter=key, enterprise=enterprise, later=since)


def tells_anew(chapter: Chapter, enterprise: str, ctx: Context) -> bool:
    """Whether it is told of the past, and of no such time before, that an enterprise belongs to it: it
    counts again if a time between at which it left is still told."""
    begins = (fact for fact in chapter.facts if fact.at == ctx.at and fact.kind not in (LEFT, *ENDS))
    return ctx.late and all(enterprise not in fact.enterprises for fact in begins)


def ends_later(ends: datetime | None, ctx: Context) -> None:
    """Require a term to end after it begins."""
    if ends is not None and ends <= ctx.at:
        raise Refused("chapter.ends_first", ends=ends, begins=ctx.at)


def fits_route(route: Route, enterprises: Sequence[str], trade: str | None) -> None:
    """Require what a route needs: one enterprise, or a trade."""
    if not enterprises:
        raise Refused("chapter.no_enterprises")
    if route == OWN and len(enterprises) > 1:
        raise Refused("chapter.own_one", enterprises=len(enterprises))
    if route == JOINT and trade is None:
        raise Refused("chapter.no_trade")


def _ledgered(state: State, key: str, instant: datetime) -> Firm | None:
    """Return an enterprise as it stood in the ledger at an instant; None if it was not in it."""
    then = enterprise_at(state, key, instant)
    return then if in_ledger(then) else None


def proposal(state: State, key: str, instant: datetime) -> Proposal | None:
    """Apply the rule to an enterprise and the ledger of an instant; None if it was not in the ledger."""
    return next(iter(proposals(state, (key,), instant)), None)


def proposals(state: State, keys: Sequence[str], instant: datetime) -> list[Proposal]:
    """Apply the rule to those of the enterprises that were in the ledger at an instant."""
    thresholds, found = formation_at(state, instant).thresholds, list[Proposal]()
    counts: dict[tuple[str | None, str], int] = {}  # each trade once: the whole ledger is looked through
    for key in keys:
        if firm := _ledgered(state, key, instant):
            place = firm.trade, counted_in(firm.area, state.jurisdiction, thresholds)
            if place not in counts:
                counts[place] = _of_trade(state, *place, instant)
            basis = Basis(members=firm.members, trade=firm.trade, area=place[1], enterprises=counts[place])
            found.append(Proposal(key, fits(basis, thresholds), basis, thresholds))
    return found


def _of_trade(state: State, trade: str | None, area: str, instant: datetime) -> int:
    """Count a trade's enterprises that were in the ledger and in the area."""
    if trade is None:
        return 0
    firms = (_ledgered(state, key, instant) for key in state[ENTERPRISES])
    return sum(1 for firm in firms if firm and firm.trade == trade and inside(firm.area, area))


def common_route(found: Sequence[Proposal]) -> Route | None:
    """Return the route that fits all of them; None if they differ, or there are none."""
    routes: set[Route] = {one.route for one in found}
    return routes.pop() if len(routes) == 1 else None
