"""The parts of a process together: announcements, and loops whose death ends the process."""

import asyncio

import pytest

from services.application.announcing import Announcements
from services.application.background import Background


class Heard:
    """A record of all announcements, in order."""

    def __init__(self, announcements: Announcements) -> None:
        self.all: list[object] = []
        announcements.on_advanced(lambda jurisdiction, position: self.all.append((jurisdiction, position)))
        announcements.on_reset(lambda jurisdiction: self.all.append(f"reset {jurisdiction}"))
        announcements.on_erased(lambda jurisdiction: self.all.append(f"erased {jurisdiction}"))


def test_screens_start_over_only_once_the_views_show_an_erasure() -> None:
    announcements = Announcements()
    heard = Heard(announcements)

    announcements.erased("2307", 7, shown=5)
    announcements.advanced("2307", 6)
    announcements.advanced("2308", 9)
    assert heard.all == [("2307", 6), ("2308", 9)]

    announcements.advanced("2307", 7)
    announcements.advanced("2307", 8)
    assert heard.all[2:] == [("2307", 7), "reset 2307", "erased 2307", ("2307", 8)]


def test_an_erasure_that_is_shown_already_is_announced_at_once() -> None:
    announcements = Announcements()
    heard = Heard(announcements)

    announcements.erased("2307", 7, shown=7)

    assert heard.all == ["reset 2307", "erased 2307"]


async def test_a_loop_that_dies_is_named_and_the_others_go_on() -> None:
    background, ended = Background(), asyncio.Event()

    async def dies() -> None:
        raise ValueError("broken")

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with background.running():
        background.start("other", goes_on())
        background.start("ticker", dies())
        async with asyncio.timeout(5):
            await background.died.wait()
        assert background.failure == "the ticker died: broken"
        assert not ended.is_set()
    assert ended.is_set()


async def test_what_fails_inside_is_raised_as_itself_and_nothing_starts_afterwards() -> None:
    background = Background()

    with pytest.raises(LookupError):
        async with background.running():
            raise LookupError

    with pytest.raises(RuntimeError, match="not running"):
        background.start("late", asyncio.sleep(0))
