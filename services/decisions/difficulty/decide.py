"""Decisions about difficulties."""

from collections.abc import Iterable

from events.base import Event
from events.difficulty import (
    Channel,
    DifficultyAnswered,
    DifficultyAttached,
    DifficultyClosed,
    DifficultyConfirmed,
    DifficultyDeclined,
    DifficultyErased,
    DifficultyMerged,
    DifficultyOffered,
    DifficultyRaised,
    DifficultyReopened,
    DifficultyReturned,
    DifficultyTaken,
    DifficultyWaitsSet,
    DifficultyWithdrawn,
)
from events.difficulty_history import MOST_ASKERS, MOST_FILES, days_of
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.difficulty.commands import (
    AnswerIt,
    Ask,
    Attach,
    CloseIt,
    Confirm,
    DeclineIt,
    Erase,
    GiveBack,
    Merge,
    Offer,
    Register,
    Reopen,
    SetWindows,
    Take,
    Withdraw,
)
from services.decisions.difficulty.rules import (
    at_its_time,
    due,
    first_owner,
    heir,
    is_askers_word,
    is_owners,
    is_receivers,
    original,
    owner_now,
    works,
)
from services.decisions.difficulty.table import DIFFICULTIES, RECEIPTS, WINDOWS, Difficulty, then_of
from services.decisions.enterprise.decide import known_at
from services.decisions.post.rules import standing_post
from services.decisions.state import State
from services.decisions.visit.table import VISITS


@decides(Register)
def _register(state: State, c: Register, ctx: Context) -> Iterable[Event]:
    heard = lookups.known(state, VISITS, c.visit) if c.visit else None
    enterprise = c.enterprise or (heard.enterprise if heard else None)
    firm = known_at(state, enterprise, ctx) if enterprise else None
    row = Difficulty(
        area=c.area or (heard.area if heard else None) or (firm.area if firm else None) or state.jurisdiction,
        category=c.category,
        channel="visit" if c.visit else "office",
        enterprise=enterprise,
        group=c.group or (heard.group if heard else None),
        trade=c.trade or (firm.trade if firm else None),
        visit=c.visit,
        receipt=c.receipt,
    )
    yield from _raised(state, c.difficulty or ctx.id, row, c, ctx)


@decides(Ask)
def _ask(state: State, c: Ask, ctx: Context) -> Iterable[Event]:
    area = c.area or state.jurisdiction
    row = Difficulty(area=area, category=c.category, channel="below", trade=c.trade, receipt=c.receipt)
    yield from _raised(state, c.difficulty or ctx.id, row, c, ctx)


def _raised(state: State, key: str, row: Difficulty, c: Register | Ask, ctx: Context) -> Iterable[Event]:
    known = state[DIFFICULTIES].get(key)
    lookups.fresh(known, "difficulty.exists", difficulty=key)
    lookups.open_area(state, row.area, ctx)
    if row.receipt and row.receipt in state[RECEIPTS]:
        raise Refused("difficulty.receipt_taken")
    owner = first_owner(state, row.area, row.trade, ctx)
    if owner is None:
        raise Refused("difficulty.nobody", area=row.area)
    channel: Channel = "below" if isinstance(c, Ask) else "visit" if row.visit else "office"
    yield DifficultyRaised(
        difficulty=key,
        area=row.area,
        category=row.category,
        channel=channel,
        owner=owner,
        owner_area=works(state, owner, ctx),
        due=due(state, "act", ctx),
        enterprise=row.enterprise,
        group=row.group,
        trade=row.trade,
        visit=row.visit,
        receipt=row.receipt,
        text=c.text,
        contact=c.contact,
    )


@decides(Attach)
def _attach(state: State, c: Attach, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, DIFFICULTIES, c.difficulty)
    then = then_of(row, ctx.at)
    ctx.rule(then, "difficulty.not_yet", difficulty=c.difficulty, since=row.facts[0].at)
    held = [one.file for one in then.files] if then else []
    if c.file in held:
        return
    if len(held) >= MOST_FILES:
        raise Refused("file.too_many", subject=f"difficulty/{c.difficulty}", most=MOST_FILES)
    yield DifficultyAttached(difficulty=c.difficulty, area=row.area, medium=c.medium, file=c.file)


@decides(Offer)
def _offer(state: State, c: Offer, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "offered", ctx)
    is_owners(state, c.difficulty, then, ctx)
    standing_post(state, c.to, ctx)
    own = owner_now(state, then, ctx.at)
    ctx.rule(c.to not in (own, then.owner), "difficulty.to_itself", difficulty=c.difficulty, post=c.to)
    if then.offered_to != c.to:
        until = due(state, "offer", ctx)
        yield DifficultyOffered(
            difficulty=c.difficulty,
            area=row.area,
            to=c.to,
            to_area=works(state, c.to, ctx),
            until=until,
            note=c.note,
        )


@decides(Take)
def _take(state: State, c: Take, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "taken", ctx)
    is_receivers(state, c.difficulty, then, ctx)
    owner = heir(state, then.offered_to or then.owner, ctx.at)
    yield DifficultyTaken(
        difficulty=c.difficulty,
        area=row.area,
        owner=owner,
        owner_area=works(state, owner, ctx),
        due=due(state, "act", ctx),
    )


@decides(GiveBack)
def _give_back(state: State, c: GiveBack, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "returned", ctx)
    is_receivers(state, c.difficulty, then, ctx)
    yield DifficultyReturned(
        difficulty=c.difficulty,
        area=row.area,
        reason=c.reason,
        note=c.note,
        due=due(state, "act", ctx),
    )


@decides(AnswerIt)
def _answer(state: State, c: AnswerIt, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "answered", ctx)
    is_owners(state, c.difficulty, then, ctx)
    yield DifficultyAnswered(
        difficulty=c.difficulty, area=row.area, answer=c.answer, until=due(state, "confirm", ctx)
    )


@decides(Confirm)
def _confirm(state: State, c: Confirm, ctx: Context) -> Iterable[Event]:
    key = original(state, c.difficulty, ctx)
    row, then = at_its_time(state, key, "confirmed", ctx)
    is_askers_word(state, key, then, ctx)
    if c.difficulty not in then.confirmed:
        yield DifficultyConfirmed(difficulty=key, area=row.area, asker=c.difficulty)


@decides(Reopen)
def _reopen(state: State, c: Reopen, ctx: Context) -> Iterable[Event]:
    key = original(state, c.difficulty, ctx)
    row, then = at_its_time(state, key, "reopened", ctx)
    is_askers_word(state, key, then, ctx)
    yield DifficultyReopened(
        difficulty=key, area=row.area, asker=c.difficulty, due=due(state, "act", ctx), text=c.text
    )


@decides(Withdraw)
def _withdraw(state: State, c: Withdraw, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "withdrawn", ctx)
    is_askers_word(state, c.difficulty, then, ctx)
    alone = len(then.askers) <= 1
    ctx.rule(alone, "difficulty.others_ask", difficulty=c.difficulty, others=len(then.askers) - 1)
    yield DifficultyWithdrawn(difficulty=c.difficulty, area=row.area)


@decides(DeclineIt)
def _decline(state: State, c: DeclineIt, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "declined", ctx)
    is_owners(state, c.difficulty, then, ctx)
    yield DifficultyDeclined(difficulty=c.difficulty, area=row.area, reason=c.reason, answer=c.answer)


@decides(CloseIt)
def _close(state: State, c: CloseIt, ctx: Context) -> Iterable[Event]:
    row, then = at_its_time(state, c.difficulty, "closed", ctx)
    is_owners(state, c.difficulty, then, ctx)
    yield DifficultyClosed(difficulty=c.difficulty, area=row.area, reason=c.reason, answer=c.answer)


@decides(Merge)
def _merge(state: State, c: Merge, ctx: Context) -> Iterable[Event]:
    if c.difficulty == c.into:
        raise Refused("difficulty.into_itself", difficulty=c.difficulty)
    row, then = at_its_time(state, c.difficulty, "merged", ctx)
    is_owners(state, c.difficulty, then, ctx)
    _, into = at_its_time(state, c.into, "took_over", ctx)
    many = len(into.askers) + len(then.askers)
    ctx.rule(many <= MOST_ASKERS, "difficulty.too_many", difficulty=c.into, most=MOST_ASKERS)
    yield DifficultyMerged(difficulty=c.difficulty, area=row.area, into=c.into, askers=then.askers)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, DIFFICULTIES, c.difficulty)
    if not known.erased:
        yield DifficultyErased(difficulty=c.difficulty, area=known.area)


@decides(SetWindows)
def _set_windows(state: State, c: SetWindows, ctx: Context) -> Iterable[Event]:
    new = DifficultyWaitsSet(act=c.act, offer=c.offer, confirm=c.confirm)
    known = [one for one in state[WINDOWS].get(state.jurisdiction, ()) if one.at <= ctx.at]
    if not known or known[-1].days != days_of(new):
        yield new
