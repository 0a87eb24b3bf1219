"""Two people who change one thing: an amendment says what it was based on, so that nothing is overwritten."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from pydantic import Field

from events.amendment import Amendment, present
from events.base import EventEnvelope
from services.decisions.base import BASED_ON, Command, Context
from services.decisions.fields import WHOLE
from services.decisions.state import State
from services.decisions.table import Table


class Change(msgspec.Struct, frozen=True, gc=False):
    """The change that a field's present value comes from."""

    position: int
    actor: str
    at: datetime


CHANGES: Final = Table("changes", dict[str, Change])
"""`kind/id` -> field -> the change of the latest time. Only what was ever amended is in it."""
BasedOn = Annotated[
    int | None,
    Field(
        ge=0,
        description="Position up to which the sender knew the row: refused if a field was changed since",
    ),
    WHOLE,
]


class Subject(NamedTuple):
    """What an amendment is about, as decisions know it."""

    key: str
    """`kind/id`."""
    row: Mapping[str, Any]
    """The present values of its fields; without personal data."""
    made: datetime | None
    """When it began, which set all its fields; None if amendments alone set them."""


def subject(key: str, row: msgspec.Struct, made: datetime | None) -> Subject:
    """Return the subject of an amendment of this row."""
    return Subject(key, msgspec.structs.asdict(row), made)


def superseded(state: State, about: Subject, fields: Iterable[str], ctx: Context) -> tuple[str, ...]:
    """Return which of these fields have a value of a later time: in them, only the past changes."""
    times = ((name, _set_at(state, about, name)) for name in sorted(fields))
    return tuple(name for name, at in times if at is not None and at > ctx.at)


def news(state: State, about: Subject, given: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
    """Return what an amendment records: the fields to set, and which of them are superseded, if any.

    Empty if it changes nothing. What is told of the past is recorded even if it is so already: something
    of a time in between may still arrive.
    """
    late = superseded(state, about, given, ctx)
    told = ctx.observed and ctx.late
    fields = {
        name: value
        for name, value in given.items()
        if name in late
        or name not in about.row
        or about.row[name] != value
        or (told and _set_at(state, about, name) != ctx.at)
    }
    return {**fields, "superseded": late} if late else fields


def in_the_present(new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `news` that the present takes over."""
    late = new.get("superseded", ())
    return {name: value for name, value in new.items() if name != "superseded" and name not in late}


def _set_at(state: State, about: Subject, field: str) -> datetime | None:
    """Return the time from which a field has its present value."""
    change = state[CHANGES].get(about.key, {}).get(field)
    times = [at for at in (about.made, change and change.at) if at is not None]
    return max(times, default=None)


def not_changed_since(
    state: State, about: Subject, command: Command, new: Mapping[str, Any], ctx: Context
) -> None:
    """Require that no field that `news` would change has changed since the position a command is based on."""
    based_on = getattr(command, BASED_ON, None)
    if based_on is None:
        return
    changes = state[CHANGES].get(about.key, {})
    wanted = in_the_present(new)
    since = {name: one for name in wanted if (one := changes.get(name)) and one.position > based_on}
    if not since:
        return
    newest = max(since.values(), key=lambda one: one.position)
    ctx.rule(
        False,
        "amend.conflict",
        field=next(name for name, one in since.items() if one is newest),
        fields=tuple(since),
        by=newest.actor,
        at=newest.position,
        changed=newest.at,
    )


def note_changes(state: State, key: str, event: Amendment, envelope: EventEnvelope) -> None:
    """Note who changed which fields of `kind/id`, and when, as far as that is their present."""
    change = Change(envelope.position, envelope.actor, envelope.at)
    changed = dict.fromkeys(present(event), change)
    if changed:
        state.put(state[CHANGES], key, {**state[CHANGES].get(key, {}), **changed})
