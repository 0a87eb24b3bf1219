"""The driver and the live table, with a fake service that is only a list."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from services.demo.driver import Played, ScenarioClock, Stuck, play
from services.demo.scenarios import Story, Timed
from services.demo.screen import board
from services.demo.table import LiveTable
from services.views.port import ViewsUnavailable

T0 = datetime(2022, 3, 28, 2, tzinfo=UTC)
Item = dict[str, Any]


def timed(number: int, seconds: float, actor: str = "worker/w", expect: str | None = "accepted") -> Timed:
    item = {"id": str(number), "name": "worker.check_out", "data": {"worker": "w"}}
    return Timed(T0 + timedelta(seconds=seconds), item, actor, expect)


class Service:
    """A fake service that records commands, and their time by the scenario's clock."""

    def __init__(self, clock: ScenarioClock, *answers: str) -> None:
        self.clock, self.groups = clock, list[tuple[datetime, str, list[str]]]()
        self._answers = list(answers)

    async def submit(self, items: list[Item], actor: str) -> list[Item]:
        self.groups.append((self.clock.now(), actor, [item["id"] for item in items]))
        return [self._answer(item) for item in items]

    def _answer(self, item: Item) -> Item:
        outcome, _, code = (self._answers.pop(0) if self._answers else "accepted").partition(" ")
        return {"id": item["id"], "outcome": outcome, "code": code or None}


@pytest.fixture
def clock() -> ScenarioClock:
    return ScenarioClock(T0)


async def test_what_is_due_together_of_one_actor_goes_together_at_its_own_instant(
    clock: ScenarioClock,
) -> None:
    service = Service(clock)
    story = [timed(1, 0), timed(2, 0), timed(3, 0, "worker/x"), timed(4, 7200)]
    played = await play(story, service.submit, clock, None)
    assert service.groups == [
        (T0, "worker/w", ["1", "2"]),
        (T0, "worker/x", ["3"]),
        (T0 + timedelta(hours=2), "worker/w", ["4"]),
    ]
    assert (played.sent, played.ended, played.unforeseen) == (4, True, 0)


async def test_at_most_500_go_together(clock: ScenarioClock) -> None:
    service = Service(clock)
    await play([timed(n, 0) for n in range(1201)], service.submit, clock, None)
    assert [len(ids) for _, _, ids in service.groups] == [500, 500, 201]


async def test_the_clock_never_goes_back(clock: ScenarioClock) -> None:
    clock.set(T0 + timedelta(hours=1))
    clock.set(T0)
    assert clock.now() == T0 + timedelta(hours=1)


async def test_pace_is_kept_from_the_live_part_on_and_the_clock_stands_at_each_instant(
    clock: ScenarioClock,
) -> None:
    service, loop = Service(clock), asyncio.get_running_loop()
    started = loop.time()
    story = [timed(1, 0), timed(2, 100_000), timed(3, 100_200)]
    played = await play(story, service.submit, clock, 1000, live_from=T0 + timedelta(seconds=100_000))
    assert 0.19 < loop.time() - started < 5  # 200 s at 1000 a second; the day before was skipped
    assert [at for at, _, _ in service.groups] == [one.received for one in story]
    assert played.live


async def test_outcomes_are_counted_and_what_nobody_foresaw_is_named(clock: ScenarioClock) -> None:
    service = Service(clock, "accepted", "known", "refused request.full", "refused offer.gone")
    story = [
        timed(1, 0),
        timed(2, 0, expect="known"),
        timed(3, 0, expect="request.full"),
        timed(4, 0, expect="accepted"),
    ]
    played = await play(story, service.submit, clock, None)
    assert played.outcomes == {"accepted": 1, "known": 1, "refused": 2}
    assert played.refused == {"request.full": 1, "offer.gone": 1}
    assert played.unforeseen == 1


async def test_pending_is_sent_again_with_the_same_ids_and_what_came_of_it_counts(
    clock: ScenarioClock,
) -> None:
    service = Service(clock, "accepted", "pending", "refused worker.unknown", "known", "accepted")
    played = await play([timed(n, 0) for n in (1, 2, 3)], service.submit, clock, None)
    assert [ids for _, _, ids in service.groups] == [["1", "2", "3"], ["2", "3"]]
    assert played.outcomes == {"accepted": 3}


async def test_a_service_that_never_answers_ends_the_play(
    clock: ScenarioClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.demo.driver.TRIES", 2)
    service = Service(clock, *["pending"] * 9)
    with pytest.raises(Stuck):
        await play([timed(1, 0)], service.submit, clock, None)


async def test_it_can_be_cancelled_while_it_waits(clock: ScenarioClock) -> None:
    service = Service(clock)
    task = asyncio.create_task(play([timed(1, 0), timed(2, 1e6)], service.submit, clock, 1))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [ids for _, _, ids in service.groups] == [["1"]]


# -- the table -------------------------------------------------------------------------------------------

STORY = Story(
    name="s",
    title="伊春市",
    jurisdiction="2307",
    timezone="Asia/Shanghai",
    starts=T0,
    live_from=datetime(2022, 3, 27, 16, tzinfo=UTC),
    ends=T0 + timedelta(days=14),
    days=14,
    timed=(),
)
LEDGER = {"received": 6, "open": 2, "assigned": 1, "in_progress": 1, "done": 1, "failed": 0, "cancelled": 1}
ROWS: dict[str, list[Item]] = {
    "areas": [
        {"area": "2307", "name": "伊春市"},
        {"area": "230717", "name": "伊美区"},
        {"area": "230717001001", "name": "永红社区"},
    ],
    "headcount": [
        {"area": "230717001001", "role": "rider", "presence": "en_route", "team": None, "count": 7},
        {"area": "230717", "role": "rider", "presence": "off_duty", "team": None, "count": 3},
    ],
    "teams": [{"state": "active", "live_count": 1}, {"state": "active", "live_count": 0}],
    "requests": [
        {"priority": 2, "opened_at": T0 - timedelta(minutes=5), "due_at": T0 - timedelta(minutes=1)},
        {"priority": 2, "opened_at": T0 - timedelta(hours=3), "due_at": None},
    ],
    "incidents": [LEDGER | {"merged": 0}],
    "activity": [
        {
            "position": 42,
            "name": "worker.checked_in",
            "at": T0 - timedelta(hours=1),
            "recorded_at": T0,
            "area": "230717001001",
            "worker": "rider-007",
            "team": None,
            "request": None,
            "incident": None,
            "assignment": None,
        }
    ],
}


def table(
    width: int = 80, height: int = 24, terminal: bool = True, rows: Any = None
) -> tuple[LiveTable, Any]:
    async def read(view: str, **_: Any) -> list[Item]:
        return ROWS[view]

    screen = io.StringIO()
    console = Console(
        file=screen,
        width=width,
        height=height,
        force_terminal=terminal,
        color_system=None,
        legacy_windows=False,
    )
    links = {"API": "http://127.0.0.1:8080/api/v1"}
    shown = LiveTable(rows=rows or read, clock=ScenarioClock(T0), story=STORY, links=links, console=console)
    return shown, screen


@pytest.fixture(params=[(80, 24), (120, 40), (200, 60)])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


async def test_the_board_fits_the_terminal_and_says_everything(size: tuple[int, int]) -> None:
    shown, _ = table(*size)
    await shown.refresh()
    console = Console(width=size[0], height=size[1], record=True, file=io.StringIO())
    console.print(board(shown.frame(), *size))
    text = console.export_text()
    lines = text.rstrip("\n").split("\n")
    assert len(lines) <= size[1]
    for words in (
        "day 1 of 14",
        "2022-03-28 10:00:00",
        "rider 骑手",
        "伊美区 7",
        "late 迟报 60 min",
        "/api/v1",
    ):
        assert words in text
    flat = " ".join(text.split())
    assert "received 收到 6 = open 待派 2 + assigned 已派 1 + in progress 进行中 1 + done 办结 1" in flat
    assert "active 启用 2 (busy 在忙 1)" in flat
    assert "…" not in text.replace(lines[1], "")


async def test_where_there_is_no_terminal_a_plain_line_is_printed() -> None:
    shown, screen = table(terminal=False)
    async with shown.shown():
        await shown.ended()
    lines = screen.getvalue().splitlines()
    assert lines[0] == "API: http://127.0.0.1:8080/api/v1"
    assert lines[-1].startswith(
        "2022-03-28 10:00 day 1 of 14 | HISTORY 前情 | on duty 7 | teams active 2 busy 1"
    )
    assert "received 6 = open 2 + assigned 1 + in_progress 1 + done 1 + failed 0 + cancelled 1" in lines[-1]
    assert "\x1b" not in screen.getvalue()


async def test_it_says_honestly_how_it_stands() -> None:
    shown, screen = table(terminal=False)
    for played, words in (
        (Played(live=True), "LIVE 运行中 |"),
        (Played(live=True, behind=4.2), "behind 滞后 4 s |"),
        (Played(live=True, ended=True), "ENDED 已结束 |"),
    ):
        shown.follow(played)
        await shown.ended()
        assert words in screen.getvalue().splitlines()[-1]


async def test_views_that_cannot_be_read_are_named_and_do_not_end_it() -> None:
    async def broken(view: str, **_: Any) -> list[Item]:
        raise ViewsUnavailable("the disk is full")

    shown, screen = table(terminal=False, rows=broken)
    await shown.ended()
    assert "not up to date: the disk is full" in screen.getvalue()


async def test_a_sum_that_does_not_add_up_is_shown_as_such() -> None:
    async def wrong(view: str, **_: Any) -> list[Item]:
        return [LEDGER | {"merged": 1}] if view == "incidents" else ROWS[view]

    shown, _ = table(rows=wrong)
    await shown.refresh()
    assert not shown.frame().figures.balanced
