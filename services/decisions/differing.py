"""How the log differs now from what a sheet says of things that are kept with their dated history.

None of them is amended by another saying: a row in which people and sheet differ is listed, and accepting it
asks for its command again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from events import undertaking_history, unit_history
from events.post_history import Charge, standing
from services.decisions.base import Command
from services.decisions.post.commands import Appoint, ChargePost, Create
from services.decisions.post.table import POSTS
from services.decisions.saying import GONE, Difference
from services.decisions.service.commands import Record
from services.decisions.service.table import SERVICES
from services.decisions.state import State
from services.decisions.undertaking.commands import PlanStep, SetUp
from services.decisions.undertaking.table import UNDERTAKINGS
from services.decisions.unit.commands import Establish
from services.decisions.unit.table import UNITS


def _unit(state: State, c: Establish, instant: datetime) -> Iterator[Difference]:
    known = state[UNITS].get(c.unit or "")
    if known is None:
        return
    now = unit_history.standing(known.changes, instant)
    if now is None:
        yield Difference(GONE, "dissolved", "")
        return
    for field in ("name", "duty", "parent", "area"):
        yield from _difference(field, getattr(now, field), getattr(c, field))


def _post(state: State, c: Create, instant: datetime) -> Iterator[Difference]:
    known = state[POSTS].get(c.post or "")
    if known is None:
        return
    now = standing(known.changes, instant)
    if now is None:
        yield Difference(GONE, "abolished", "")
        return
    yield from _difference("name", now.name, c.name)
    for field in ("unit", "area", "parent", "first"):
        yield from _difference(field, getattr(now.place, field), getattr(c, field))


def _charge(state: State, c: ChargePost, instant: datetime) -> Iterator[Difference]:
    known = state[POSTS].get(c.post)
    now = standing(known.changes, instant) if known else None
    if now and Charge(c.task, c.area, c.trade) not in now.charges:
        yield Difference("charge", "", " ".join((c.task, c.area, c.trade or "*")))


def _holder(state: State, c: Appoint, instant: datetime) -> Iterator[Difference]:
    known = state[POSTS].get(c.post)
    now = standing(known.changes, instant) if known else None
    if now:
        yield from _difference("holder", now.term.holder if now.term else None, c.holder)


def _service(state: State, c: Record, instant: datetime) -> Iterator[Difference]:
    known = state[SERVICES].get(c.service or "")
    if known is None or not known.actual:
        return
    if known.withdrawn:
        yield Difference(GONE, "withdrawn", "")
        return
    for field in ("area", "since", "until"):
        yield from _difference(field, getattr(known, field), getattr(c, field))


def _undertaking(state: State, c: SetUp, _: datetime) -> Iterator[Difference]:
    known = state[UNDERTAKINGS].get(c.undertaking or "")
    if known is None or (now := undertaking_history.standing(known.facts)) is None:
        return
    if now.state == "withdrawn":
        yield Difference(GONE, now.state, "")
        return
    for field in ("title", "leader", "goal"):
        yield from _difference(field, getattr(now, field), getattr(c, field))


def _step(state: State, c: PlanStep, _: datetime) -> Iterator[Difference]:
    known = state[UNDERTAKINGS].get(c.undertaking)
    now = undertaking_history.standing(known.facts) if known else None
    if now and not any(one.step == c.step for one in now.steps):
        yield Difference("step", "", c.step)


def _difference(field: str, log: Any, sheet: Any) -> Iterator[Difference]:
    if log != sheet:
        yield Difference(field, _text(log), _text(sheet))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


DATED: Final[dict[type[Command], Callable[[State, Any, datetime], Iterator[Difference]]]] = {
    Establish: _unit,
    Create: _post,
    ChargePost: _charge,
    Appoint: _holder,
    Record: _service,
    SetUp: _undertaking,
    PlanStep: _step,
}
"""Command -> how the log differs now."""
