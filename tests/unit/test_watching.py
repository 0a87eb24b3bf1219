"""Health checks see stores that hang, and do not wait for them."""

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.application import watching
from services.application.background import Background
from services.application.watching import STILL_SECONDS, Reach, Watch
from services.log.port import LogUnavailable
from services.views.port import ViewsUnavailable
from tests.make import BEGIN

J = "2307"


class Stores:
    """A log whose end is at 5, views at 3, and a clock that a test moves."""

    def __init__(self) -> None:
        self.now, self.hangs, self.fails = BEGIN, False, False
        self.positions = {J: 3}
        self.writer = SimpleNamespace(state=SimpleNamespace(head=SimpleNamespace(position=5)))
        self.aside = {"areas": 2}

    def watch(self, background: Background, reach: Reach | None = None) -> Watch:
        commands: Any = SimpleNamespace(writers={J: self.writer}, jurisdictions=lambda: [J])
        progress: Any = SimpleNamespace(positions=self.positions)
        views: Any = SimpleNamespace(degraded=self.degraded)
        alerting: Any = SimpleNamespace(watched=self.watched)
        clock: Any = SimpleNamespace(now=lambda: self.now)
        return Watch(commands, progress, views, alerting, background, clock, reach)

    async def degraded(self, jurisdiction: str) -> dict[str, int]:
        if self.hangs:
            await asyncio.sleep(30)
        if self.fails:
            raise ViewsUnavailable("gone for a test")
        return self.aside

    async def watched(self, jurisdiction: str) -> Any:
        await self.degraded(jurisdiction)
        alert = SimpleNamespace(kind="untouched", level=1)
        return SimpleNamespace(alerts=[alert, alert])


async def rounds(watch: Watch, stores: Stores, moments: list[datetime]) -> list[str | None]:
    """Return what is said of the views after a look at each of these moments."""
    found: list[str | None] = []
    for moment in moments:
        stores.now = moment
        watch.look()
        found.append(watch.still.get(J))
    return found


async def test_what_was_known_is_told_at_once_while_the_store_hangs() -> None:
    stores, background = Stores(), Background()
    async with background.running():
        watch = stores.watch(background)
        assert await watch.degraded() == {J: {"areas": 2}}
        assert await watch.alerts() == {J: {("untouched", "1"): 2}}
        stores.hangs = True
        begun = time.monotonic()
        assert await watch.degraded() == {J: {"areas": 2}}
        assert await watch.alerts() == {J: {("untouched", "1"): 2}}
        assert time.monotonic() - begun < 5 * watching.WAIT_SECONDS


async def test_a_store_that_fails_leaves_what_was_known() -> None:
    stores, background = Stores(), Background()
    async with background.running():
        watch = stores.watch(background)
        await watch.degraded()
        stores.fails = True
        assert await watch.degraded() == {J: {"areas": 2}}
        stores.fails, stores.aside = False, {}
        assert await watch.degraded() == {}


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_log_that_does_not_answer_is_silent_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PROBE_SECONDS", 0.01)
    monkeypatch.setattr(watching, "ANSWER_SECONDS", 0.05)
    stores, background, state = Stores(), Background(), {"now": "well"}

    async def reach(jurisdictions: Iterable[str]) -> dict[str, str]:
        if state["now"] == "hangs":
            await asyncio.sleep(30)
        if state["now"] == "gone":
            raise LogUnavailable("topic muster.commits does not exist")
        return {key: "the topic was truncated" for key in jurisdictions if state["now"] == "cut"}

    async with background.running():
        watch = stores.watch(background, reach)
        background.start("watch", watch.run())
        for state["now"], why in (("hangs", "no answer within"), ("gone", "does not exist")):
            await until(lambda why=why: why in (watch.silence or ""))
            assert watch.silence
            assert watch.silence.startswith("the log is silent since 2022")
            state["now"] = "well"
            await until(lambda: watch.silence is None)
        assert watch.damaged == {}
        state["now"] = "cut"
        await until(lambda: watch.damaged == {J: "the topic was truncated"})
        assert watch.silence is None, "the other jurisdictions are served"


async def test_views_that_stand_still_behind_the_log_are_named() -> None:
    stores, background = Stores(), Background()
    async with background.running():
        watch = stores.watch(background)
        late = timedelta(seconds=STILL_SECONDS)
        assert await rounds(watch, stores, [BEGIN, BEGIN + late / 2]) == [None, None]
        assert await rounds(watch, stores, [BEGIN + late]) == [
            f"its views stand at 3 of 5 since {BEGIN.isoformat(timespec='seconds')}"
        ]
        stores.positions[J] = 4
        assert await rounds(watch, stores, [BEGIN + late]) == [None]
        stores.positions[J] = 5
        assert await rounds(watch, stores, [BEGIN + 3 * late]) == [None]
