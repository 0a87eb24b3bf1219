"""Recorded commands by id, so that a repeat gets the first outcome. Internal."""

from collections.abc import Iterable

import msgspec

from events.base import EventEnvelope
from projections.base import Row, View


class CommandRow(Row, frozen=True, kw_only=True):
    """One accepted command."""

    position: int
    """Position of its last event."""
    name: str
    """Name of its first event."""
    body: str
    """Keyed hash of (name, claimed at, plain data)."""


def keys(envelope: EventEnvelope) -> Iterable[str]:
    return (envelope.command,)


def evolve(row: CommandRow | None, envelope: EventEnvelope, key: str) -> CommandRow | None:
    if row is None:
        return CommandRow(position=envelope.position, name=envelope.name, body=envelope.body)
    return msgspec.structs.replace(row, position=envelope.position)


VIEW = View(
    name="commands",
    row=CommandRow,
    keys=keys,
    evolve=evolve,
    begins=lambda envelope: True,  # all events of a command are in one commit
    public=False,
)
