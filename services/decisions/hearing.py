"""A sheet is a source with a memory: only what is new in it is applied.

A row that says the same as last time changes nothing. If people have decided otherwise since, or had when
the sheet first spoke of it, the two disagree: the log stands, unless the row is accepted.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache, partial
from typing import Any, Final, NamedTuple

import msgspec

from events.base import Event
from events.sheet import SheetSaid, Stated
from events.team import ACTIVE, FORMING
from services.decisions.area.commands import DefineArea
from services.decisions.authorise import authorise
from services.decisions.base import SAID, Command, Context, Refused, commands, decider, personal_fields
from services.decisions.differing import DATED
from services.decisions.saying import GONE, Difference, Heard, SheetSays, row_named, thing_field, thing_fields
from services.decisions.sheet.table import SAYINGS, Saying, saying_id
from services.decisions.state import State
from services.decisions.table import kinds
from services.decisions.team.commands import Activate, Join, Leave
from services.decisions.team.table import TEAMS
from services.decisions.worker.table import WORKERS

_OWN_COMMANDS: Final = frozenset(("members", "leader"))
"""Fields that have commands of their own afterwards."""


@cache
def _amendments() -> dict[type[Command], type[Command]]:
    """Return the commands that make a thing, each with the one that amends it."""
    return {commands[one.AMENDS]: one for one in commands.values() if one.AMENDS}


@cache
def _says_what(command: type[Command]) -> bool:
    """Whether a command says what a thing is, so that the log can say otherwise."""
    return bool(command.AMENDS) or command in _amendments()


def said_by(command: Command) -> SheetSays | None:
    """Return which sheet says so, if one does."""
    return getattr(command, SAID) if _can_say(type(command)) else None


@cache
def _can_say(cls: type[Command]) -> bool:
    return SAID in cls.model_fields


def heard(state: State, command: Command, said: SheetSays, ctx: Context) -> Iterator[Event]:
    """Decide what a row of a sheet says. Raises Refused if it disagrees with the log and is not accepted."""
    before = state[SAYINGS].get(saying_id(said.sheet, row_of(command)))
    now = Saying(_stated(command), said.personal if isinstance(said, Heard) else {})
    found = differences(state, command, before, ctx.now)
    if before == now and not found:
        return
    if not said.accept and _disagrees(command, before, now, found):
        raise _differs(command, found)
    row = _Row(command, before, now, found)
    yield from _applied(state, row, ctx, accepted=said.accept)
    stated, personal = (tuple(map(Stated, part, part.values())) for part in (now.stated, now.personal))
    yield SheetSaid(sheet=said.sheet, row=row_of(command), stated=stated, personal=personal)


def disagreement(state: State, command: Command, instant: datetime) -> Refused | None:
    """Return how a row of a sheet disagrees with the log, as its refusal would; None if it does not."""
    said = said_by(command)
    if said is None:
        return None
    before = state[SAYINGS].get(saying_id(said.sheet, row_of(command)))
    now = Saying(_stated(command), before.personal if before else {})
    found = differences(state, command, before, instant)
    return _differs(command, found) if _disagrees(command, before, now, found) else None


def _disagrees(command: Command, before: Saying | None, now: Saying, found: list[Difference]) -> bool:
    """Whether the log stands: the row says nothing new, or what it is about is gone or was made by people."""
    if before == now or any(one.field == GONE for one in found):
        return bool(found)
    made = type(command) in _amendments() or (isinstance(command, Join) and any(one.log for one in found))
    return before is None and made and bool(found)


def _differs(command: Command, found: list[Difference]) -> Refused:
    return Refused(
        "sheet.differs",
        row=row_of(command),
        log=tuple(f"{one.field}: {one.log}" for one in found),
        sheet=tuple(f"{one.field}: {one.sheet}" for one in found),
    )


class _Row(NamedTuple):
    """What a row says now, said before, and how the log differs."""

    command: Command
    before: Saying | None
    now: Saying
    found: list[Difference]


def _applied(state: State, row: _Row, ctx: Context, *, accepted: bool) -> Iterable[Event]:
    """Decide a row's command; if its thing exists, amend what is new in the sheet, or everything if
    accepted."""
    command, amend = row.command, _amendments().get(type(row.command))
    if isinstance(command, Join):
        return _joined(state, command, row.before, ctx)
    wanted = {one.field for one in row.found}
    if amend is None or not _exists(state, command) or GONE in wanted:
        return decider(type(command))(state, command, ctx)
    if not accepted:
        wanted &= _news(row)
    if wanted - set(amend.model_fields):  # it cannot be amended, which its own command says
        return decider(type(command))(state, command, ctx)
    given = {field: getattr(command, field) for field in sorted(wanted | _personal_news(row))}
    if not given:
        return ()
    key = thing_field(amend.NAME)
    whole = {key: getattr(command, key), **given}
    amendment = amend.model_construct(_fields_set=set(whole), **whole)
    authorise(state, amendment, ctx)
    return decider(amend)(state, amendment, ctx)


def _joined(state: State, c: Join, before: Saying | None, ctx: Context) -> Iterator[Event]:
    """Let a worker join, and leave the team in which the sheet had them last time."""
    yield from decider(Join)(state, c, ctx)
    left = before.stated.get("team") if before else None
    if left and left != c.team and left in state[TEAMS]:
        leave = Leave(team=left, worker=c.worker, reason="moved")
        authorise(state, leave, ctx)
        yield from decider(Leave)(state, leave, ctx)


def _news(row: _Row) -> set[str]:
    """Return the fields that the sheet says differently from last time, also those it says no more."""
    old, new = row.before.stated if row.before else {}, row.now.stated
    return {field for field in {*old, *new} if old.get(field) != new.get(field)}


def _personal_news(row: _Row) -> set[str]:
    """Return the personal fields that the sheet says differently from last time."""
    if row.before is None:
        return set()
    old, new = row.before.personal, row.now.personal
    return {field for field in {*old, *new} if old.get(field) != new.get(field)}


def said_names(state: State) -> dict[str, dict[str, str]]:
    """Return what sheets called areas last time: sheet -> code -> name."""
    found: dict[str, dict[str, str]] = {}
    for key, saying in state[SAYINGS].items():
        sheet, name, area = key.split(" ", 2)
        if name == DefineArea.NAME:
            found.setdefault(sheet, {})[area] = saying.stated.get("name", "")
    return found


def row_of(command: Command) -> str:
    """Return what a row's saying is kept under."""
    return row_named(command.NAME, partial(getattr, command))


def _stated(command: Command) -> dict[str, str]:
    """Return the fields given, as text, without the id and personal data."""
    left_out = {SAID, *thing_fields(command.NAME), *personal_fields(type(command))}
    given = command.model_dump(mode="json", include=command.model_fields_set - left_out)
    return {field: _text(value) for field, value in sorted(given.items())}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


# -- differences -------------------------------------------------------------------------------------------


def differences(state: State, command: Command, before: Saying | None, instant: datetime) -> list[Difference]:
    """Return how the log differs now from what a command says; none if the thing does not exist."""
    if (dated := DATED.get(type(command))) is not None:
        return list(dated(state, command, instant))
    match command:
        case Join():
            return _membership(state, command)
        case Activate():
            known = state[TEAMS].get(command.team)
            return [] if known is None or known.state in (FORMING, ACTIVE) else [_gone(known.state)]
        case _ if _says_what(type(command)) and (row := _row(state, command)) is not None:
            return list(_fields(row, command, before.stated if before else ()))
        case _:
            return []


def _membership(state: State, c: Join) -> list[Difference]:
    known, team = state[WORKERS].get(c.worker), state[TEAMS].get(c.team)
    if known is None or team is None or c.worker in team.members:
        return []
    return [_gone("retired")] if known.retired else [Difference("team", ", ".join(known.teams), c.team)]


def _row(state: State, command: Command) -> Any:
    kind = command.NAME.partition(".")[0]
    return state[kinds[kind]].get(getattr(command, thing_field(command.NAME)) or "")


def _exists(state: State, command: Command) -> bool:
    return _row(state, command) is not None


def _fields(row: Any, command: Command, before: Iterable[str]) -> Iterator[Difference]:
    """Yield the fields said now or before in which a row differs."""
    for name in ("retired", "closed"):
        if getattr(row, f"{name}_at", None):
            yield _gone(name)
            return
    said = {*command.model_fields_set, *before} & set(type(command).model_fields)
    comparable = said & set(row.__struct_fields__) - _OWN_COMMANDS - set(personal_fields(type(command)))
    for field in sorted(comparable):
        log, sheet = getattr(row, field), getattr(command, field)
        if log != sheet:
            yield Difference(field, _text(msgspec.to_builtins(log)), _text(msgspec.to_builtins(sheet)))


def _gone(how: str) -> Difference:
    return Difference(GONE, how, "")
