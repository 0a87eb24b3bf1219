"""Decisions about source lists. Nothing merges by itself, and nothing here changes an enterprise."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import Event
from events.source_list import (
    SAME,
    EntryListed,
    EntryStruck,
    Listing,
    MatchJudged,
    MatchUndone,
    Said,
    SourceListDeclared,
    SourceListWithdrawn,
    edition_at,
    standing,
)
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.enterprise.table import ENTERPRISES
from services.decisions.source_list.commands import Declare, Judge, List, Strike, Undo, Withdraw
from services.decisions.source_list.table import (
    ENTRIES,
    MATCHES,
    MOST_EDITIONS,
    MOST_VERDICTS,
    SOURCE_LISTS,
    Edition,
    Entry,
)
from services.decisions.state import State


@decides(Declare)
def _declare(state: State, c: Declare, ctx: Context) -> Iterable[Event]:
    known = state[SOURCE_LISTS].get(c.source_list)
    areas = tuple(lookups.area(state, one) for one in dict.fromkeys(c.areas)) or (state.jurisdiction,)
    if known:
        lookups.fresh(known.kind != c.kind, "source_list.exists", source_list=c.source_list)
        again = ctx.at in known.editions
        if Edition(ctx.at, c.title) in known.issues and known.areas == areas:
            return
        if not again and len(known.editions) >= MOST_EDITIONS:
            raise Refused("source_list.too_many", source_list=c.source_list, most=MOST_EDITIONS)
    yield SourceListDeclared(
        source_list=c.source_list, kind=c.kind, title=c.title, edition=ctx.at, areas=areas
    )


@decides(Withdraw)
def _withdraw(state: State, c: Withdraw, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, SOURCE_LISTS, c.source_list)
    edition = c.edition or max(known.editions, default=None)
    if edition is None or edition not in known.editions:
        raise Refused("source_list.no_edition", source_list=c.source_list, edition=edition or ctx.at)
    yield SourceListWithdrawn(source_list=c.source_list, edition=edition)


@decides(List)
def _list(state: State, c: List, ctx: Context) -> Iterable[Event]:
    source = lookups.known(state, SOURCE_LISTS, c.source_list)
    lookups.area(state, c.area)
    edition = edition_at(source.editions, ctx.at)
    if edition is None:
        raise Refused("source_list.no_edition", source_list=c.source_list, edition=ctx.at)
    known = state[ENTRIES].get(c.entry)
    lookups.fresh(known and known.source_list != c.source_list, "entry.exists", entry=c.entry)
    before = _listing(known, edition)
    now = Listing(edition=edition, area=c.area, name=c.name, code=c.code, trade=c.trade)
    if before == now:
        return
    if before:
        raise Refused("entry.listed", entry=c.entry, name=before.name, edition=edition)
    yield EntryListed(
        entry=c.entry,
        source_list=c.source_list,
        edition=edition,
        area=c.area,
        name=c.name,
        code=c.code,
        trade=c.trade,
    )


def _listing(known: Entry | None, edition: datetime) -> Listing | None:
    """Return what an edition says about an entry."""
    return next((one for one in known.listings if one.edition == edition), None) if known else None


@decides(Strike)
def _strike(state: State, c: Strike, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, ENTRIES, c.entry)
    found = _listing(known, c.edition) if c.edition else next(reversed(known.listings), None)
    if found:
        source, edition = known.source_list, found.edition
        yield EntryStruck(entry=c.entry, source_list=source, edition=edition, area=found.area)


@decides(Judge)
def _judge(state: State, c: Judge, ctx: Context) -> Iterable[Event]:
    entry = lookups.known(state, ENTRIES, c.entry)
    lookups.known(state, ENTERPRISES, c.enterprise)
    key = c.match or ctx.id
    lookups.fresh(key in state[MATCHES], "match.exists", match=key)
    said = standing(entry.said, ctx.at)
    before = said.get(c.enterprise)
    if before and (before.verdict, before.reason, before.by) == (c.verdict, c.reason, ctx.actor):
        return
    if c.verdict == SAME:
        new = Said(
            match=key,
            enterprise=c.enterprise,
            verdict=SAME,
            reason=c.reason,
            by=ctx.actor,
            at=ctx.at,
            position=state.head.position + 1,
        )
        _refuse_two(c.entry, c.enterprise, (*entry.said, new), ctx)
    if len(entry.said) >= MOST_VERDICTS:
        raise Refused("match.too_many", entry=c.entry, most=MOST_VERDICTS)
    yield MatchJudged(
        match=key,
        entry=c.entry,
        enterprise=c.enterprise,
        verdict=c.verdict,
        reason=c.reason,
        area=_area(state, entry),
    )


def _refuse_two(entry: str, enterprise: str, said: tuple[Said, ...], ctx: Context) -> None:
    """Refuse verdicts by which an entry is another enterprise as well, at that time or after it."""
    changes = (when for one in said for when in (one.at, one.undone_at) if when and when > ctx.at)
    for when in (ctx.at, *sorted(changes)):
        same = [key for key, one in standing(said, when).items() if one.verdict == SAME]
        other = next((key for key in same if key != enterprise), None)
        if other and enterprise in same:
            raise Refused("match.taken", entry=entry, enterprise=enterprise, other=other)


def _area(state: State, entry: Entry) -> str:
    """Return where an entry lies: the whole jurisdiction if it was struck out of all editions."""
    return entry.area or state.jurisdiction


@decides(Undo)
def _undo(state: State, c: Undo, ctx: Context) -> Iterable[Event]:
    found = lookups.known(state, MATCHES, c.match)
    entry = state[ENTRIES][found.entry]
    verdict = next(one for one in entry.said if one.match == c.match)
    if verdict.undone_at is None:
        ctx.rule(ctx.at >= verdict.at, "match.before", match=c.match, judged=verdict.at)
        back = msgspec.structs.replace(verdict, undone_at=ctx.at)
        left = tuple(back if one is verdict else one for one in entry.said)
        _refuse_two(found.entry, verdict.enterprise, left, ctx)
        yield MatchUndone(match=c.match, entry=found.entry, area=_area(state, entry))
