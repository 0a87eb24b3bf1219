"""Decisions about notices."""

from collections.abc import Iterable

from events.notice import NoticeConfirmed, NoticeErased, NoticePosted, NoticeWithdrawn
from services.decisions.notice.commands import Confirm, Erase, Post, Withdraw
from services.decisions.notice.table import NOTICES

from events.base import Event
from services.decisions import lookups
from services.decisions.base import Context, decides
from services.decisions.state import State


@decides(Post)
def _post(state: State, c: Post, ctx: Context) -> Iterable[Event]:
    key = c.notice or ctx.id
    known = state[NOTICES].get(key)
    if known and ctx.observed and (known.area, known.title) == (c.area, c.title):
        return
    lookups.fresh(known, "notice.exists", notice=key)
    lookups.open_area(state, c.area, ctx)
    yield NoticePosted(notice=key, area=c.area, title=c.title, contact=c.contact)


@decides(Confirm)
def _confirm(state: State, c: Confirm, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, NOTICES, c.notice)
    lookups.active_worker(state, c.worker, ctx)
    if c.worker in known.confirmed:
        return
    ctx.rule(not known.withdrawn, "notice.withdrawn", notice=c.notice)
    yield NoticeConfirmed(notice=c.notice, worker=c.worker, area=known.area)


@decides(Withdraw)
def _withdraw(state: State, c: Withdraw, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, NOTICES, c.notice)
    if not known.withdrawn:
        yield NoticeWithdrawn(notice=c.notice, area=known.area)


@decides(Erase)
def _erase(state: State, c: Erase, ctx: Context) -> Iterable[Event]:
    known = lookups.known(state, NOTICES, c.notice)
    if not known.erased:
        yield NoticeErased(notice=c.notice, area=known.area)
