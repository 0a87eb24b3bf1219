"""The streams' loop survives an unreadable step: those streams are reset, the others continue."""

import asyncio
from types import SimpleNamespace
from typing import Any

from services.api.hub import Hub, pause_after
from services.application.announcing import Announcements
from services.base.clock import SystemClock
from services.views.port import OutboxStep, RowUnreadable


async def steps(jurisdiction: str, after: int, limit: int = 1000) -> list[OutboxStep]:
    """Return announced steps. In one jurisdiction they come from a program with other rows."""
    if jurisdiction == "2308":
        raise RowUnreadable("roster", "W1", "it lacks a field")
    return [OutboxStep(after, 3, ())] if after < 3 else []


async def test_a_step_that_cannot_be_read_resets_its_own_screens_only() -> None:
    progress: Any = SimpleNamespace(steps=steps)
    vault: Any = None
    hub = Hub(progress, Announcements(), vault, SystemClock())
    running = asyncio.create_task(hub.run())
    _, bad = hub.join(("bad",), "2308", {}, 1)
    _, good = hub.join(("good",), "2307", {}, 1)
    async with asyncio.timeout(5):
        assert await bad.frames.get() is None
        assert await good.frames.get()

    assert not running.done()
    running.cancel()
    await asyncio.wait((running,))


def test_patches_come_more_often_the_less_they_cost_and_never_take_more_than_a_twentieth() -> None:
    assert pause_after(0.0001) == 0.05
    assert pause_after(0.005) == 0.1
    assert pause_after(1.0) == 0.25
