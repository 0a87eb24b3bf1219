"""Two people who change one thing: an amendment says what it was based on, so that nothing is overwritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from pydantic import Field

from events.base import Event, EventEnvelope
from services.decisions.base import BASED_ON, Command, Context
from services.decisions.fields import WHOLE
from services.decisions.state import State
from services.decisions.table import Table


class Change(msgspec.Struct, frozen=True, gc=False):
    """The last change of one field."""

    position: int
    actor: str
    at: datetime


CHANGES: Final = Table("changes", dict[str, Change])
"""`kind/id` -> field -> its last change. Only what was ever amended is in it."""
BasedOn = Annotated[
    int | None,
    Field(
        ge=0,
        description="Position up to which the sender knew the row: refused if a field was changed since",
    ),
    WHOLE,
]
_NO_FIELDS: Final = frozenset({*Event.__struct_fields__, "assignments"})


def not_changed_since(
    state: State, subject: str, command: Command, wanted: Mapping[str, Any], ctx: Context
) -> None:
    """Require that none of the wanted fields changed after the position the command is based on.

    `subject` is `kind/id`; `wanted` holds the new values that differ from the present ones.
    """
    based_on = getattr(command, BASED_ON, None)
    if based_on is None:
        return
    changes = state[CHANGES].get(subject, {})
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


def note_changes(state: State, subject: str, event: Event, envelope: EventEnvelope) -> None:
    """Note who changed which fields of `kind/id`, and when."""
    kind = subject.partition("/")[0]
    names = (name for name in event.__struct_fields__ if name not in _NO_FIELDS and name != kind)
    given = [name for name in names if getattr(event, name) is not msgspec.UNSET]
    change = Change(envelope.position, envelope.actor, envelope.at)
    state.put(state[CHANGES], subject, {**state[CHANGES].get(subject, {}), **dict.fromkeys(given, change)})
