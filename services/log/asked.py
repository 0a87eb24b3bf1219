"""A command as it reached the service, and what became of it."""

import asyncio
from datetime import datetime
from typing import Literal

import msgspec

from services.decisions.base import FACT, Ask, Command, Scope

Kind = Literal["accepted", "known", "unchanged", "refused", "pending"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A valid command with its envelope. Personal fields are still plain; they never leave this object so."""

    id: str
    command: Command
    actor: str
    received: datetime
    scope: Scope = Scope()
    at: datetime | None = None
    sent_at: datetime | None = None
    observed: bool = False


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one command; `position` = the last event of the log that the sender should see."""

    id: str
    outcome: Kind
    position: int | None = None
    code: str | None = None
    detail: str | None = None


class Waiting(msgspec.Struct):
    """A command in a writer's queue, with the promise made to its sender."""

    asked: Asked
    answer: "asyncio.Future[Outcome]"


def happened_at(asked: Asked, now: datetime) -> datetime:
    """When it happened: the device's clock error taken out, never after now; claims happen now."""
    if asked.at is None or not (asked.observed or asked.command.KIND == FACT):
        return now
    at = asked.at + (asked.received - asked.sent_at) if asked.sent_at else asked.at
    return min(at, now)


def ask(asked: Asked, now: datetime, timezone: str) -> Ask:
    """The decision's view of a command."""
    return Ask(
        id=asked.id,
        actor=asked.actor,
        now=now,
        at=happened_at(asked, now),
        claimed=asked.at,
        observed=asked.observed,
        scope=asked.scope,
        timezone=timezone,
    )
