"""Decisions about duty lists."""

from collections.abc import Iterable
from typing import Final

from events.base import Event
from events.duty_item import (
    DutyItemErased,
    DutyItemListed,
    DutyItemShown,
    DutyItemStruck,
    DutyItemTakenOver,
)
from services.decisions import lookups
from services.decisions.base import Context, Refused, decides
from services.decisions.duty_item.commands import Erase, ListItem, Show, Strike, TakeOver
from services.decisions.duty_item.table import DUTY_ITEMS, DutyItem
from services.decisions.post.rules import standing_post
from services.decisions.post.table import POSTS
from services.decisions.state import State

MOST_FILES: Final = 40


@decides(ListItem)
def _list(state: State, c: ListItem, ctx: Context) -> Iterable[Event]:
    key = c.duty_item or ctx.id
    known = state[DUTY_ITEMS].get(key)
    if known and ctx.observed and (known.post, known.title, known.due) == (c.post, c.title, c.due):
        return
    lookups.fresh(known, "duty_item.exists", duty_item=key)
    standing_post(state, c.post, ctx)
    area = state[POSTS][c.post].area
    yield DutyItemListed(duty_item=key, area=area, post=c.post, title=c.title, due=c.due)


def _on_list(state: State, key: str, ctx: Context) -> DutyItem:
    """Return a duty that was on the list at the command's time."""
    row = lookups.known(state, DUTY_ITEMS, key)
    ctx.rule(row.listed_at <= ctx.at, "duty_item.not_yet", duty_item=key, since=row.listed_at)
    gone = row.struck_at
    ctx.rule(gone is None or ctx.at < gone, "duty_item.struck", duty_item=key, since=gone)
    return row


@decides(Show)
def _show(state: State, c: Show, ctx: Context) -> Iterable[Event]:
    row = _on_list(state, c.duty_item, ctx)
    if c.file in row.files:
        return
    if len(row.files) >= MOST_FILES:
        raise Refused("duty_item.files", duty_item=c.duty_item, most=MOST_FILES)
    yield DutyItemShown(duty_item=c.duty_item, area=row.area, post=row.post, file=c.file, note=c.note)


@decides(TakeOver)
def _take_over(state: State, c: TakeOver, ctx: Context) -> Iterable[Event]:
    row = _on_list(state, c.duty_item, ctx)
    then = standing_post(state, row.post, ctx)
    if then is None or then.term is None:
        raise Refused("duty_item.vacant", duty_item=c.duty_item, post=row.post)
    if then.term.holder != row.holder:
        holder = then.term.holder
        yield DutyItemTakenOver(duty_item=c.duty_item, area=row.area, post=row.post, holder=holder)


@decides(Strike)
def _strike(state: State, c: Strike, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, DUTY_ITEMS, c.duty_item)
    ctx.rule(row.listed_at <= ctx.at, "duty_item.not_yet", duty_item=c.duty_item, since=row.listed_at)
    if row.struck_at is None:
        yield DutyItemStruck(duty_item=c.duty_item, area=row.area, post=row.post, reason=c.reason)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    row = lookups.known(state, DUTY_ITEMS, c.duty_item)
    if not row.erased:
        yield DutyItemErased(duty_item=c.duty_item, area=row.area, post=row.post)
