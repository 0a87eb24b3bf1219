"""Rules that everything of the alliance shares: it began by then, has not ended, and who owns it."""

from collections.abc import Mapping

from events.alliance_history import ENDED, AllianceThen, standing
from services.decisions.alliance.table import AllianceRow
from services.decisions.base import Context
from services.decisions.post.rules import holds
from services.decisions.state import State


def begun(row: AllianceRow, key: str, ctx: Context) -> tuple[AllianceRow, AllianceThen]:
    """Return a row that began by the command's time, and how it was then."""
    then = standing(row.facts, ctx.at)
    ctx.rule(then, "alliance.not_yet", id=key, since=row.facts[0].at)
    return row, then or _first(row)


def in_force(row: AllianceRow, key: str, ctx: Context) -> tuple[AllianceRow, AllianceThen]:
    """Return a row that began by the command's time and has not ended then, or later."""
    row, then = begun(row, key, ctx)
    ends = next((one.at for one in row.facts if one.kind in ENDED), None)
    ctx.rule(ends is None, "alliance.ended", id=key, since=ends)
    return row, then


def _first(row: AllianceRow) -> AllianceThen:
    first = row.facts[0]
    return AllianceThen(state="", began=first.at, since=first.at)


def same(known: AllianceRow | None, fields: Mapping[str, object], ctx: Context) -> bool:
    """Whether an observed command says again what is known."""
    if known is None or not ctx.observed or known.facts[0].at != ctx.at:
        return False
    return all(getattr(known, name) == value for name, value in fields.items())


def acts_for(state: State, row: AllianceRow, ctx: Context) -> bool:
    """Whether the sender acts for the post that answers for it or delivers it."""
    return any(holds(state, ctx.actor, post, ctx.at) for post in (row.owner, row.delivers) if post)
