"""A received command and its outcome."""

from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from services.decisions.base import FACT, Command, Context, Refused, Scope

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""Lower bound for event times, whatever a device's clock says."""
Kind = Literal["accepted", "known", "unchanged", "refused", "pending"]


class CommandEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """A valid command with its envelope. Personal fields are plain text and never leave it that way."""

    id: str
    command: Command
    actor: str
    received: datetime
    scope: Scope = Scope()
    at: datetime | None = None
    sent_at: datetime | None = None
    observed: bool = False
    bulk: bool = False
    """Whether it can wait for everything else: part of an import."""


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """Outcome of one command; `position` is the last log event that the sender should see.

    If it was not recorded, `code` and `values` say why; `services.refusals` words the message.
    """

    id: str
    outcome: Kind
    position: int | None = None
    code: str | None = None
    values: dict[str, Any] = {}
    anomalies: tuple[str, ...] = ()
    """Codes of rules that it was recorded against."""

    @classmethod
    def because(cls, command: str, outcome: Kind, why: Refused) -> "Outcome":
        """Build the outcome of a command not recorded, or not yet recorded, for this reason."""
        return cls(command, outcome, code=why.code, values=why.values)


def happened_at(envelope: CommandEnvelope, now: datetime) -> datetime:
    """Return the event time, corrected for clock error and never after now; claims happen now."""
    if envelope.at is None or not (envelope.observed or envelope.command.KIND == FACT):
        return now
    at = envelope.at + (envelope.received - envelope.sent_at) if envelope.sent_at else envelope.at
    return min(max(at, EARLIEST), now)


def context_of(envelope: CommandEnvelope, now: datetime, timezone: str) -> Context:
    """Return the decision's view of a command."""
    return Context(
        id=envelope.id,
        actor=envelope.actor,
        now=now,
        at=happened_at(envelope, now),
        claimed=envelope.at,
        observed=envelope.observed,
        scope=envelope.scope,
        timezone=timezone,
    )
