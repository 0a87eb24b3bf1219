"""Decisions about needs. Observed facts are recorded even if they change nothing: they are counted."""

from collections.abc import Iterable

from events.base import Event
from events.need import NeedChanged, NeedClosed, NeedOpened
from events.need_facts import NeedThen, need_at
from services.decisions import lookups
from services.decisions.base import Context, Refused, changes, decides
from services.decisions.need.commands import Change, Close, Open
from services.decisions.need.table import NEEDS
from services.decisions.state import State
from services.decisions.station.rules import active_at


@decides(Open)
def _open(state: State, c: Open, ctx: Context) -> Iterable[Event]:
    key, known = c.need or ctx.id, state[NEEDS].get(c.need or ctx.id)
    station = active_at(state, c.station, ctx)
    if known:
        lookups.fresh((known.station, known.item) != (c.station, c.item), "need.exists", need=key)
        then = need_at(known.facts, ctx.at)
        ctx.rule(not then or then.state != "open", "need.exists", need=key)
    yield NeedOpened(
        need=key,
        station=c.station,
        area=station.area,
        item=c.item,
        side=c.side,
        priority=c.priority,
        quantity=c.quantity,
    )


@decides(Change)
def _change(state: State, c: Change, ctx: Context) -> Iterable[Event]:
    then = _open_at(state, c.need, ctx)
    given = changes(c, "need")
    priority, quantity = given.get("priority", then.priority), given.get("quantity", then.quantity)
    if ctx.observed or (priority, quantity) != (then.priority, then.quantity):
        yield NeedChanged(
            need=c.need, station=then.station, area=then.area, priority=priority, quantity=quantity
        )


@decides(Close)
def _close(state: State, c: Close, ctx: Context) -> Iterable[Event]:
    if c.need not in state[NEEDS] and ctx.observed and c.station and c.item:
        area = active_at(state, c.station, ctx).area
        yield NeedClosed(need=c.need, station=c.station, area=area, reason=c.reason, item=c.item)
        return
    then = _known_at(state, c.need, ctx)
    known = state[NEEDS][c.need]
    if (c.station or known.station, c.item or known.item) != (known.station, known.item):
        raise Refused("need.other", need=c.need, item=known.item, station=known.station)
    if ctx.observed:
        ctx.rule(then.state == "open", "need.closed", need=c.need, closed=then.closed_at)
    if ctx.observed or then.state == "open":
        yield NeedClosed(need=c.need, station=then.station, area=then.area, reason=c.reason)


def _known_at(state: State, key: str, ctx: Context) -> NeedThen:
    """Return a need as it stood at the command's time."""
    now = lookups.known(state, NEEDS, key)
    then = need_at(now.facts, ctx.at)
    ctx.rule(then is not None, "need.later", need=key, since=now.facts[0].at)
    active_at(state, now.station, ctx)
    return then or now


def _open_at(state: State, key: str, ctx: Context) -> NeedThen:
    then = _known_at(state, key, ctx)
    ctx.rule(then.state == "open", "need.closed", need=key, closed=then.closed_at)
    return then
