"""A writer of commands, as in a process of its own."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from services.base.clock import SystemClock
from services.decisions.base import Command
from services.decisions.state import RecordedCommand
from services.log.chained import ChainedLog
from services.recorder.envelope import CommandEnvelope
from services.recorder.recording import OnRecorded
from services.recorder.writer import Writer

J = "2307"


def _unheard(*_: object, **__: object) -> None: ...


async def _nothing(ids: object, upto: int) -> dict[str, RecordedCommand]:
    return {}


def office(log: ChainedLog, vault: Any, snapshots: Any = None, recorded: OnRecorded = _unheard) -> Writer:
    """Return the writer; `recorded` hears of each commit."""
    return Writer(
        J,
        log=log,
        vault=vault,
        clock=SystemClock(),
        timezone="Asia/Shanghai",
        lookup=_nothing,
        recorded=recorded,
        erased=lambda code, position: None,
        snapshots=snapshots,
    )


async def ask(writer: Writer, command: Command, key: str | None = None) -> str:
    envelope = CommandEnvelope(
        id=key or str(uuid4()), command=command, actor="admin/a", received=datetime.now(UTC)
    )
    async with asyncio.timeout(5):
        return (await writer.submit([envelope]))[0].outcome
