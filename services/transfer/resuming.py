"""Resume a jurisdiction after a load, with a command through its writer."""

import asyncio
from typing import Final

from services.application.commands import Commands
from services.base.clock import Clock
from services.decisions.jurisdiction.commands import Resume
from services.recorder.envelope import CommandEnvelope
from services.transfer.errors import TransferFailed
from services.transfer.loading import Loaded

ACTOR: Final = "service/transfer"
TRIES: Final = 10


async def resume(
    commands: Commands, clock: Clock, loaded: Loaded, *, source: str | None = None, restored: bool = False
) -> int:
    """Resume the jurisdiction here and return the position. Raise TransferFailed or Parked."""
    manifest = loaded.manifest
    command = Resume(
        position=manifest.position,
        hash=manifest.hash,
        source=source or f"log {manifest.log}",
        restored=restored,
    )
    for attempt in range(TRIES):
        received = clock.now()
        envelope = CommandEnvelope(id=loaded.resume_id, command=command, actor=ACTOR, received=received)
        outcome = (await commands.submit(manifest.jurisdiction, [envelope]))[0]
        if outcome.outcome in ("accepted", "known"):
            return outcome.position or 0
        if outcome.outcome == "refused":
            raise TransferFailed(str(outcome.code), **outcome.values)
        await asyncio.sleep(min(0.1 * 2**attempt, 5))
    raise TransferFailed("transfer.unavailable", variant="resume", jurisdiction=manifest.jurisdiction)
