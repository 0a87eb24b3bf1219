"""Decisions about brands."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from sys import maxsize
from typing import Any, Final

from events.base import Event
from events.brand import LEAST, LOOKS, BrandAmended, BrandRegistered, BrandRetired, contrast
from events.brand_facts import BrandFact, BrandThen, standing
from events.dated import dated, later
from services.decisions import lookups
from services.decisions.amending import news, not_changed_since, subject
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.brand.commands import Amend, Register, Retire
from services.decisions.brand.table import BRANDS
from services.decisions.state import State

_LAST: Final = maxsize
"""Position of what is about to be recorded: after all that is."""


@decides(Register)
def _register(state: State, c: Register, ctx: Context) -> Iterable[Event]:
    key, area = c.brand or ctx.id, c.area or state.jurisdiction
    known = state[BRANDS].get(key)
    given: dict[str, Any] = {"trade": c.trade, "area": area, **{name: getattr(c, name) for name in LOOKS}}
    if known and ctx.observed and all(getattr(known, name) == value for name, value in given.items()):
        return
    lookups.fresh(known, "brand.exists", brand=key)
    lookups.open_area(state, area, ctx)
    _fits(state, key, (_fact(BrandRegistered.NAME, ctx, given),), ctx)
    yield BrandRegistered(brand=key, **given)


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    row = _in_use(state, c.brand, ctx)
    given = changes(c, "brand")
    new = news(state, subject(f"brand/{c.brand}", row, row.since), given, ctx)
    not_changed_since(state, subject(f"brand/{c.brand}", row, row.since), c, new, ctx)
    if not new:
        return
    _fits(state, c.brand, dated(row.facts, _fact(BrandAmended.NAME, ctx, given)), ctx)
    yield BrandAmended(brand=c.brand, area=row.area, **new)


@decides(Retire)
def _retire(state: State, c: Retire, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, BRANDS, c.brand)
    if row.retired_at is None:
        _in_use(state, c.brand, ctx)
        yield BrandRetired(brand=c.brand, area=row.area, reason=c.reason)


def _in_use(state: State, key: str, ctx: Context) -> BrandThen:
    """Return a brand that was registered by the command's time and is not retired."""
    row = lookups.known(state, BRANDS, key)
    ctx.rule(row.since <= ctx.at, "brand.not_yet", brand=key, since=row.since)
    ctx.rule(row.retired_at is None, "brand.retired", brand=key, since=row.retired_at)
    return row


def _fact(what: str, ctx: Context, details: dict[str, Any]) -> BrandFact:
    """Return the fact that would be recorded."""
    return BrandFact(ctx.at, _LAST, what, ctx.actor, details)


def _since(facts: tuple[BrandFact, ...], instant: datetime) -> Iterator[BrandThen]:
    """Yield a brand as it stands at an instant and after each later change, as long as it is in use."""
    for when in (instant, *later(facts, instant)):
        then = standing(facts, when)
        if then and then.retired_at is None:
            yield then


def _fits(state: State, key: str, facts: tuple[BrandFact, ...], ctx: Context) -> None:
    """Require that a brand can be read, and shares its trade, mark and colour with none, from then on."""
    for then in _since(facts, ctx.at):
        _legible(then.colour, then.ink)
    mine = tuple(_since(facts, ctx.at))
    for other, row in state[BRANDS].items():
        if other != key:
            _differ(mine, tuple(_since(row.facts, ctx.at)), other)


def _differ(mine: tuple[BrandThen, ...], theirs: tuple[BrandThen, ...], other: str) -> None:
    for field in ("trade", "mark", "colour"):
        both = {getattr(one, field) for one in mine} & {getattr(one, field) for one in theirs}
        if both:
            raise Refused("brand.taken", field=field, value=str(min(both))[:60], brand=other)


def _legible(colour: str, ink: str) -> None:
    """Require the contrast of text. It is cut after two digits, so that 4.499 does not read as enough."""
    found = contrast(colour, ink)
    if found < LEAST:
        ratio = f"{int(found * 100) / 100:.2f}"
        raise Refused("brand.contrast", colour=colour, ink=ink, ratio=ratio, least=str(LEAST))
