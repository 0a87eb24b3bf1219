"""Rules of undertakings: how they stood at a time, whose they are, and when deadlines are over."""

from datetime import date, datetime, timedelta
from typing import Final

from events.answering import chain, risen
from events.undertaking import Due
from events.undertaking_history import UndertakingThen, fits, standing
from events.workdays import NO_CALENDAR, calendar_of, deadline
from services.decisions import lookups
from services.decisions.base import Context, Refused
from services.decisions.post.rules import holds, standing_post
from services.decisions.post.table import CHARGES, POSTS
from services.decisions.state import State
from services.decisions.undertaking.table import UNDERTAKINGS, Undertaking
from services.decisions.unit.table import UNITS

_MOMENT: Final = timedelta(microseconds=1)


def at_its_time(state: State, key: str, kind: str, ctx: Context) -> tuple[Undertaking, UndertakingThen]:
    """Return it at the command's time; this kind of fact must fit it, then and with what was told since."""
    row = lookups.known(state, UNDERTAKINGS, key)
    then = standing(row.facts, ctx.at)
    ctx.rule(then, "undertaking.not_yet", undertaking=key, since=row.facts[0].at)
    then = then or standing(row.facts)
    if then is None:  # it cannot be: what is known was set up
        raise Refused("undertaking.unknown", undertaking=key)
    ctx.rule(fits(then, kind), "undertaking.state", undertaking=key, state=then.state, since=then.since)
    return row, then


def not_ended_since(state: State, key: str, row: Undertaking, ctx: Context) -> None:
    """Require that nothing recorded of a later time ended it or opened it again: that would change its
    meaning."""
    ends = ("done", "withdrawn", "reopened")
    since = next((one.at for one in row.facts if one.at > ctx.at and one.kind in ends), None)
    ctx.rule(since is None, "undertaking.told_since", undertaking=key, since=since)


def leads(state: State, then: UndertakingThen, ctx: Context) -> bool:
    """Whether the sender acts for the post that leads it, risen while that is vacant."""
    return holds(state, ctx.actor, risen(state[POSTS], state[CHARGES], then.leader, ctx.at), ctx.at)


def is_leaders(state: State, key: str, then: UndertakingThen, ctx: Context) -> None:
    """Require that the sender acts for the post that leads it."""
    ctx.rule(leads(state, then, ctx), "undertaking.not_yours", undertaking=key, post=then.leader)


def is_others(state: State, key: str, then: UndertakingThen, ctx: Context) -> None:
    """Require that it is not the leader's own word: nobody moves the deadline that they are measured by."""
    ctx.rule(not leads(state, then, ctx), "undertaking.own_favour", undertaking=key, post=then.leader)


def responsible(state: State, leader: str, unit: str | None, ctx: Context) -> str:
    """Return the unit that is responsible: the one given, else that of the leading post, which must stand."""
    then = standing_post(state, leader, ctx)
    key = unit or (then.place.unit if then else None)
    if key is None:
        raise Refused("undertaking.no_unit", post=leader)
    lookups.known(state, UNITS, key)
    return key


def due_of(state: State, due: datetime | None, days: int | None, ctx: Context) -> Due | None:
    """Return the deadline that a command sets; None if it sets none. Raises Refused if nobody can tell it."""
    if due is not None and days is not None:
        raise Refused("undertaking.two_deadlines")
    zone = state.meta.zone
    if days is not None:
        start = ctx.at.astimezone(zone).date()
        calendar = calendar_of(zone.key) or NO_CALENDAR
        found = calendar.later(start, days)
        if found is None:
            year = max(calendar.years) + 1 if start.year in calendar.years else start.year
            raise Refused("undertaking.year_unpublished", days=days, year=str(year))
        return _due(state, found)
    if due is None:
        return None
    day = (due - _MOMENT).astimezone(zone).date()
    if day < ctx.at.astimezone(zone).date():
        raise Refused("undertaking.due_before", due=due, since=ctx.at)
    return _due(state, day)


def _due(state: State, day: date) -> Due:
    found = deadline(day, state.meta.zone)
    return Due(day.isoformat(), found.ends, found.confirmed, found.calendar)


def finding_due(state: State, days: int | None, ctx: Context) -> Due | None:
    """Return the deadline of what was found; None if there is none, or nobody can tell."""
    zone = state.meta.zone
    calendar = calendar_of(zone.key) or NO_CALENDAR
    found = None if days is None else calendar.later(ctx.at.astimezone(zone).date(), days)
    return _due(state, found) if found else None


def again(state: State, due: Due) -> Due:
    """Return a deadline by the calendar of today."""
    return _due(state, date.fromisoformat(due.day))


def next_above(state: State, post: str, instant: datetime) -> str | None:
    """Return the next post above one that has a holder; None at the top."""
    higher = (key for key, then in chain(state[POSTS], state[CHARGES], post, instant) if then.term)
    return next((key for key in higher if key != post), None)
