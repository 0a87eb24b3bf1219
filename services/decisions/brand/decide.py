"""Decisions about brands."""

from collections.abc import Iterable
from typing import Any

from events.base import Event
from events.brand import LEAST, LOOKS, BrandAmended, BrandRegistered, BrandRetired, contrast
from events.brand_facts import BrandThen, standing
from services.decisions import lookups
from services.decisions.amending import news, not_changed_since, subject
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.brand.commands import Amend, Register, Retire
from services.decisions.brand.table import BRANDS
from services.decisions.state import State


@decides(Register)
def _register(state: State, c: Register, ctx: Context) -> Iterable[Event]:
    key, area = c.brand or ctx.id, c.area or state.jurisdiction
    known = state[BRANDS].get(key)
    given: dict[str, Any] = {"trade": c.trade, "area": area, **{name: getattr(c, name) for name in LOOKS}}
    if known and ctx.observed and all(getattr(known, name) == value for name, value in given.items()):
        return
    lookups.fresh(known, "brand.exists", brand=key)
    lookups.open_area(state, area, ctx)
    _legible(c.colour, c.ink)
    _own(state, key, c.trade, c.mark, c.colour, ctx)
    yield BrandRegistered(brand=key, **given)


@decides(Amend)
def _amend(state: State, c: Amend, ctx: Context) -> Iterable[Event]:
    row = _in_use(state, c.brand, ctx)
    given = changes(c, "brand")
    new = news(state, subject(f"brand/{c.brand}", row, row.since), given, ctx)
    not_changed_since(state, subject(f"brand/{c.brand}", row, row.since), c, new, ctx)
    if not new:
        return
    then = {**{name: getattr(standing(row.facts, ctx.at) or row, name) for name in LOOKS}, **given}
    _legible(str(then["colour"]), str(then["ink"]))
    _legible(given.get("colour", row.colour), given.get("ink", row.ink))
    _own(state, c.brand, "", given.get("mark", ""), given.get("colour", ""), ctx)
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


def _legible(colour: str, ink: str) -> None:
    """Require the contrast of text. It is cut after two digits, so that 4.499 does not read as enough."""
    found = contrast(colour, ink)
    if found < LEAST:
        ratio = f"{int(found * 100) / 100:.2f}"
        raise Refused("brand.contrast", colour=colour, ink=ink, ratio=ratio, least=str(LEAST))


def _own(state: State, key: str, trade: str, mark: str, colour: str, ctx: Context) -> None:
    """Require that no other brand in use has this trade, mark or colour."""
    for other, row in state[BRANDS].items():
        if other == key or (row.retired_at is not None and row.retired_at <= ctx.at):
            continue
        for field, value in (("trade", trade), ("mark", mark), ("colour", colour)):
            if value and getattr(row, field) == value:
                raise Refused("brand.taken", field=field, value=value[:60], brand=other)
