"""Chapters 组织: each with its dated history, so that it can be read as of any instant."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from events.base import EventEnvelope
from events.chapter import ChapterFormed, ChapterProposed
from events.chapter_history import FACTS, FORMED, ChapterFact, ChapterTerm, facts_of, standing, terms
from events.dated import dated, until
from events.formation import Basis, Route, Thresholds
from projections.base import Row, View

PROPOSED = "proposed"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """The route that the rule proposed, before the chapter was formed."""

    at: datetime
    enterprise: str
    area: str
    route: Route
    trade: str | None
    basis: Basis
    thresholds: Thresholds


class ChapterRow(Row, frozen=True, kw_only=True):
    """One chapter as it stands, or the route proposed for one."""

    chapter: str
    area: str
    name: str = ""
    """Empty while it is only proposed."""
    route: Route
    trade: str | None = None
    state: str = PROPOSED
    """`proposed`, `alive`, `merged` or `dissolved`."""
    enterprises: tuple[str, ...] = ()
    """Those that belong to it; of a proposal, those it is for."""
    formed_at: datetime | None = None
    since: datetime | None = None
    """Begin of the present term, or of the last one."""
    ends: datetime | None = None
    """End of that term. Past and not renewed: the chapter lives on and is overdue."""
    ended_at: datetime | None = None
    into: str | None = None
    """The chapter it merged into."""
    proposed: Route | None = None
    """Route by the rule; None if the rule had nothing to say."""
    basis: Basis | None = None
    """What the rule went by, if it was about one enterprise."""
    thresholds: Thresholds | None = None
    """Those that the rule used then."""
    reason: str | None = None
    """Why another route was taken than the proposed one."""
    proposal: Proposal | None = None
    """What was proposed before it was formed."""
    terms: tuple[ChapterTerm, ...] = ()
    history: tuple[ChapterFact, ...] = ()
    """All facts in order of their time."""


EVENTS = (ChapterProposed, *FACTS)


def keys(envelope: EventEnvelope) -> Iterable[str]:
    e = envelope.data
    return (e.chapter,) if isinstance(e, ChapterProposed) else facts_of(envelope)


def evolve(row: ChapterRow | None, envelope: EventEnvelope, key: str) -> ChapterRow | None:
    match envelope.data:
        case ChapterProposed() as e:
            return _proposed(
                key,
                Proposal(
                    at=envelope.at,
                    enterprise=e.enterprise,
                    area=e.area,
                    route=e.route,
                    trade=e.trade,
                    basis=e.basis,
                    thresholds=e.thresholds,
                ),
            )
        case ChapterFormed() as e:
            row = ChapterRow(
                chapter=key,
                area=e.area,
                name=e.name,
                route=e.route,
                trade=e.trade,
                proposed=e.proposed,
                basis=e.basis,
                thresholds=e.thresholds,
                reason=e.reason,
                proposal=row.proposal if row else None,
            )
        case _:
            pass
    fact = facts_of(envelope).get(key)
    return row and fact and _stood(row, dated(row.history, fact))


def at(row: ChapterRow, instant: datetime) -> ChapterRow | None:
    """Return the row as it stood at an instant; None before it was proposed or formed."""
    known = until(row.history, instant)
    if known:
        return _stood(row, known)
    proposal = row.proposal
    return _proposed(row.chapter, proposal) if proposal and proposal.at <= instant else None


def _proposed(key: str, proposal: Proposal) -> ChapterRow:
    return ChapterRow(
        chapter=key,
        area=proposal.area,
        route=proposal.route,
        trade=proposal.trade,
        enterprises=(proposal.enterprise,),
        proposed=proposal.route,
        basis=proposal.basis,
        thresholds=proposal.thresholds,
        proposal=proposal,
    )


def _stood(row: ChapterRow, facts: tuple[ChapterFact, ...]) -> ChapterRow:
    """Return the row after these facts."""
    now = standing(facts)
    if now is None:
        return msgspec.structs.replace(row, history=facts)
    return msgspec.structs.replace(
        row,
        state=now.state,
        enterprises=now.enterprises,
        formed_at=next(fact.at for fact in facts if fact.kind == FORMED),
        since=now.since,
        ends=now.ends,
        ended_at=now.ended_at,
        into=now.into,
        terms=tuple(terms(facts)),
        history=facts,
    )


VIEW = View(
    name="chapters",
    row=ChapterRow,
    keys=keys,
    evolve=evolve,
    events=EVENTS,
    filters=(
        "chapter",
        "area",
        "name",
        "route",
        "trade",
        "state",
        "formed_at",
        "since",
        "ends",
        "ended_at",
    ),
    sort="name",
    at=at,
)
