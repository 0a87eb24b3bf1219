"""A realistic mix of events: the Yichun scenario, recorded in a separate log."""

import asyncio
from pathlib import Path

import msgspec

from events.commit import Recorded, decode
from services import wiring
from services.decisions.state import RecordedCommand
from services.demo.driver import ScenarioClock, play
from services.demo.scenarios import SCENARIOS
from services.intake.running.sinks import envelope_of
from services.recorder.writer import Writer


async def yichun(folder: Path, seed: int = 328) -> list[Recorded]:
    """Record the scenario and return its events in order, without projecting them."""
    story = await asyncio.to_thread(SCENARIOS["yichun"], seed)
    clock = ScenarioClock(story.starts)
    muster = await wiring.embedded(folder, clock=clock, timezone=story.timezone)
    writer = Writer(
        story.jurisdiction,
        log=muster.log,
        vault=muster.vault,
        clock=clock,
        timezone=story.timezone,
        lookup=lambda ids, upto: _nothing(),
        recorded=lambda jurisdiction, stored, *, bulk: None,
        erased=lambda jurisdiction, position: None,
    )

    async def submit(items: list[dict[str, object]], actor: str) -> list[dict[str, object]]:
        group = [envelope_of(item, clock.now(), actor) for item in items]
        return msgspec.to_builtins(await writer.submit(group))

    writing = asyncio.create_task(writer.run())
    await play(story.timed, submit, clock, None, live_from=story.live_from)
    writing.cancel()
    batches = [batch async for batch in muster.log.read(story.jurisdiction)]
    await muster.close()
    return [event for batch in batches for stored in batch for event in decode(stored.data).events]


async def _nothing() -> dict[str, RecordedCommand]:
    return {}
