"""Streams: snapshot + patches == fresh snapshot == pages, for every type of event."""

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import apsw
import httpx
import pytest
from service import J, Service, running
from story import STORY, upload_of

from events.catalog import newest
from projections.catalog import public_views
from services.api import hub as hubs
from services.api import lag as lags
from services.api import stream as streams
from services.api.hub import Client, Hub
from services.api.lag import Lag
from services.application.announcing import Announcements
from services.application.deadlines import Deadlines
from services.base.clock import SystemClock
from services.decisions.assignment.table import OFFERS
from services.decisions.jurisdiction.commands import Resume
from services.log.port import LogUnavailable
from services.recorder.envelope import CommandEnvelope
from services.vault import Vault, VaultUnavailable

VIEWS = public_views()
Rows = dict[tuple[str, str], Any]


class Stream:
    """A client that applies snapshots and patches by the documented rules."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.rows: Rows = {}
        self.position = -1
        self.events: list[str] = []
        self.told: list[dict[str, Any]] = []
        """The data of each event, without rows."""

    async def step(self) -> str:
        """Process one event and return its name."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line:
                if "event" in fields:
                    break
                continue
            name, _, value = line.partition(": ")
            fields[name] = value
        data = json.loads(fields["data"])
        self._take(fields["event"], data)
        self.events.append(fields["event"])
        self.told.append({name: value for name, value in data.items() if name != "rows"})
        return fields["event"]

    def _take(self, event: str, data: dict[str, Any]) -> None:
        if event == "snapshot":
            self.rows = {(row["view"], row["key"]): row["row"] for row in data["rows"]}
            self.position = data["position"]
        elif event == "patch" and data["upto"] > self.position:
            assert data["after"] == self.position, "a gap"
            for row in data["rows"]:
                if row["row"] is None:
                    self.rows.pop((row["view"], row["key"]), None)
                else:
                    self.rows[row["view"], row["key"]] = row["row"]
            self.position = data["upto"]

    async def ping(self) -> dict[str, Any]:
        """Return the next ping."""
        async with asyncio.timeout(20):
            while await self.step() != "ping":
                pass
        return self.told[-1]

    async def reach(self, position: int) -> None:
        async with asyncio.timeout(20):
            while self.position < position:
                await self.step()


@contextlib.asynccontextmanager
async def opened(client: httpx.AsyncClient, last: int | None = None, **query: Any) -> AsyncIterator[Stream]:
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    query = {"views": ",".join(VIEWS)} | query
    async with client.stream("GET", f"/api/v1/{J}/stream", params=query, headers=headers) as answer:
        assert answer.status_code == 200, await answer.aread()
        yield Stream(answer.aiter_lines())


async def fresh(client: httpx.AsyncClient, **query: Any) -> Stream:
    async with opened(client, **query) as stream:
        await stream.step()
        return stream


async def pages(service: Service) -> Rows:
    rows: Rows = {}
    for view in VIEWS:
        for row in await service.rows(view, limit=1000):
            rows[view, row["key"]] = row
    return rows


AT_THE_DOOR: tuple[tuple[str, dict[str, Any]], ...] = (
    ("area.bound", {"area": "230717", "boundary": [[[[129, 47], [129.1, 47], [129, 47.1], [129, 47]]]]}),
    ("worker.raise_sos", {"worker": "W4", "sos": "S1"}),
    ("worker.acknowledge_sos", {"worker": "W4", "sos": "S1"}),
    ("worker.end_sos", {"worker": "W4", "sos": "S1", "reason": "safe"}),
    ("worker.check_welfare", {"worker": "W4"}),
    ("request.open", {"request": "R8", "category": "grocery", "area": "230717"}),
    ("assignment.dispatch", {"assignment": "A8", "request": "R8", "worker": "W4"}),
    ("assignment.attach_proof", {"assignment": "A8", "request": "R8", "kind": "code", "code": "apple"}),
    ("assignment.give_back", {"assignment": "A8", "request": "R8", "reason": "nobody_home"}),
)


LONG_AGO = "2026-01-01T00:00:00Z"
DIFFICULTIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("post.create", {"post": "P9", "name": "Post 9", "unit": "U8", "area": J, "at": LONG_AGO}),
    ("post.charge", {"post": "P8", "task": "answer", "area": "230718", "at": LONG_AGO}),
    *(
        ("difficulty.register", {"difficulty": f"Q{n}", "category": "pay", "text": "Text", "area": "230718"})
        for n in range(6)
    ),
    ("difficulty.offer", {"difficulty": "Q1", "to": "P9"}),
    ("difficulty.give_back", {"difficulty": "Q1", "reason": "other"}),
    ("difficulty.offer", {"difficulty": "Q1", "to": "P9"}),
    ("difficulty.take", {"difficulty": "Q1"}),
    ("difficulty.answer", {"difficulty": "Q1", "answer": "Done"}),
    ("difficulty.confirm", {"difficulty": "Q1"}),
    ("difficulty.reopen", {"difficulty": "Q1"}),
    ("difficulty.decline", {"difficulty": "Q2", "reason": "other"}),
    ("difficulty.close", {"difficulty": "Q3", "reason": "other"}),
    ("difficulty.withdraw", {"difficulty": "Q4"}),
    ("difficulty.merge", {"difficulty": "Q5", "into": "Q1"}),
    *(
        (
            "difficulty.register",
            {"difficulty": key, "category": "pay", "text": "Text", "area": "230718", "at": LONG_AGO},
        )
        for key in ("WA", "WO", "WE")
    ),
    ("difficulty.offer", {"difficulty": "WO", "to": "P9", "at": LONG_AGO}),
    ("difficulty.answer", {"difficulty": "WA", "answer": "Done", "at": LONG_AGO}),
)
"""The last three wait since long ago, until the service moves them on."""
SUPERVISED: tuple[tuple[str, dict[str, Any]], ...] = (
    *(
        (
            "undertaking.set_up",
            {
                "undertaking": key,
                "title": "Title",
                "leader": "P9",
                "at": LONG_AGO,
                "due": "2026-01-09T00:00:00Z",
            },
        )
        for key in ("U1", "U2", "U3")
    ),
    *(
        ("undertaking.plan_step", {"undertaking": "U1", "step": step, "due": "2199-05-06T00:00:00Z"})
        for step in ("One", "Two")
    ),
    ("undertaking.finish_step", {"undertaking": "U1", "step": "One"}),
    ("undertaking.drop_step", {"undertaking": "U1", "step": "Two", "reason": "Reason"}),
    ("undertaking.hand_over", {"undertaking": "U1", "leader": "P8"}),
    ("undertaking.reschedule", {"undertaking": "U1", "due": "2199-05-06T00:00:00Z", "reason": "Reason"}),
    ("undertaking.finish", {"undertaking": "U1"}),
    ("undertaking.reopen", {"undertaking": "U1", "reason": "Reason"}),
    ("undertaking.withdraw", {"undertaking": "U2", "reason": "Reason"}),
)
"""The last one waits since long ago: its leader is reminded, then it goes up."""
REVIEWED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("enterprise.register", {"enterprise": "E8", "name": "Firm 8", "at": LONG_AGO}),
    ("review.open", {"enterprise": "E8", "at": LONG_AGO}),
    ("unit.establish", {"unit": "U8", "name": "Unit 8", "area": J, "at": LONG_AGO}),
    ("post.create", {"post": "P8", "name": "Post 8", "unit": "U8", "area": J, "at": LONG_AGO}),
    ("review.delegate", {"enterprise": "E8", "stage": "screen", "to": "P8"}),
    ("enterprise.register", {"enterprise": "E9", "name": "Firm 9"}),
    ("review.open", {"enterprise": "E9"}),
    ("review.judge", {"enterprise": "E9", "stage": "screen", "verdict": "approve"}),
    ("review.send_back", {"enterprise": "E9", "stage": "screen", "reason": "incomplete"}),
    ("enterprise.register", {"enterprise": "E10", "name": "Firm 10"}),
    ("review.open", {"enterprise": "E10"}),
    *(
        ("review.judge", {"enterprise": "E10", "stage": stage, "verdict": "approve"})
        for stage in ("screen", "verify", "check_city", "check_county")
    ),
    ("chapter.propose", {"chapter": "C10", "enterprise": "E10"}),
    *DIFFICULTIES,
    *SUPERVISED,
    ("commitment.finish", {"commitment": "CM1"}),
    ("commitment.rate", {"commitment": "CM1", "enterprise": "RE1", "score": 5}),
    ("commitment.make", {"commitment": "CM2", "kind": "decision", "title": "Title", "owner": "P8"}),
    ("commitment.drop", {"commitment": "CM2", "reason": "Reason"}),
)
"""Observed: who may judge follows from posts, which one sender alone cannot fill."""


async def play(service: Service) -> int:
    """Play the whole story, and the events that need more than a body."""
    for name, body in STORY:
        more: dict[str, Any] = {}
        if upload := upload_of(name, body):
            more = (await service.http.post(f"/api/v1/{J}/files", **upload)).json()
        await service.ok(name, **body | more)
    key = str(uuid4())
    came = str(uuid4())
    assert (await service.send("worker.check_in", key=came, worker="W4", area="230717")).status_code == 200
    await service.ok("worker.correct_duty", worker="W4", fact=came, area="230719", reason="wrong_place")
    for name, body in AT_THE_DOOR:
        await service.ok(name, **body)
    for name, body in REVIEWED:
        await service.ok(name, **body, observed=True)
    (given, *_) = await service.rows("verdicts_without_right", enterprise="E10")
    await service.ok("review.confirm", enterprise="E10", given=given["given"], observed=True)
    deadlines = Deadlines(
        service.muster.commands, service.muster.progress, service.muster.views, service.muster.clock
    )
    for _ in ("reminded", "went up"):
        await deadlines.tick()
    tapped = await service.send("worker.set_presence", key=key, worker="W4", presence="on_break")
    assert tapped.status_code == 200
    await service.ok("worker.take_back", worker="W4", command=key)
    await service.rows("roster", reveal="true")
    await service.ok("request.open", request="R9", category="grocery", area="230717")
    soon = service.muster.clock.now() + timedelta(milliseconds=50)
    await service.ok(
        "assignment.offer", assignment="A9", request="R9", worker="W4", expires_at=soon.isoformat()
    )
    writer = service.muster.commands.writer(J)
    async with asyncio.timeout(5):
        while writer.state[OFFERS]:
            await asyncio.sleep(0.05)
    await service.ok("worker.set_presence", worker="W4", presence="available")
    await service.ok("jurisdiction.close", reason="over")
    await service.ok("jurisdiction.reopen")
    await service.ok("jurisdiction.move", to="elsewhere")
    return await come_back(service)


async def come_back(service: Service) -> int:
    """Resume a moved jurisdiction as `muster load` does. Return the position after it."""
    end = await service.muster.log.end(J)
    resume = CommandEnvelope(
        id=str(uuid4()),
        command=Resume(position=end.position, hash=end.hash),
        actor="service/load",
        received=service.muster.clock.now(),
    )
    (outcome,) = await service.muster.commands.submit(J, [resume])
    assert outcome.outcome == "accepted", outcome
    return outcome.position or 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_snapshot_and_patches_equal_a_fresh_snapshot_and_the_pages(service: Service) -> None:
    await service.ok("area.define", area="230719", name="County 3")
    async with opened(service.http) as stream:
        await stream.step()
        last = await play(service)
        await stream.reach(last)
        again = await fresh(service.http)
        assert stream.position == again.position
        assert stream.rows == again.rows
        assert stream.rows == await pages(service)
    log = (await service.http.get(f"/api/v1/{J}/log")).text.splitlines()
    envelope = {json.loads(line)["type"] for line in log}
    assert newest.keys() - envelope <= {
        "log.fenced",
        "jurisdiction.repaired",
        "difficulty.attached",  # sent by the service with a file
        "undertaking.days_confirmed",  # needs a calendar that has a further year
    }


async def test_one_stream_too_many_is_refused_and_there_is_room_again_once_one_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MOST_STREAMS", 2)
    async with running(tmp_path / "data") as service:
        await service.ok("worker.register", worker="W1", role="courier")
        http, asked, query = service.http, f"/api/v1/{J}/stream", {"views": "roster"}
        async with opened(http, views="roster") as first, opened(http, views="teams") as second:
            await first.step()
            await second.step()
            answer = await http.get(asked, params=query)
            assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
        status = 503
        async with asyncio.timeout(5):
            while status != 200:
                async with http.stream("GET", asked, params=query) as again:
                    status = again.status_code


async def test_rows_that_leave_a_filter_are_removed(service: Service) -> None:
    for worker in ("W1", "W2"):
        await service.ok("worker.register", worker=worker, role="courier")
    async with opened(service.http, views="roster", presence="available") as stream:
        await stream.step()
        assert stream.rows == {}
        last = await service.ok("worker.check_in", worker="W1", area=J)
        await stream.reach(last["position"])
        assert [key for _, key in stream.rows] == ["W1"]
        last = await service.ok("worker.check_out", worker="W1")
        await stream.reach(last["position"])
        assert stream.rows == {}


async def test_a_stream_resumes_where_it_broke_off(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="roster") as stream:
        await stream.step()
    last = await service.ok("worker.check_in", worker="W1", area=J)
    async with opened(service.http, last=stream.position, views="roster") as resumed:
        resumed.rows, resumed.position = stream.rows, stream.position
        await resumed.reach(last["position"])
        assert set(resumed.events) <= {"patch", "ping"}
        assert resumed.rows == (await fresh(service.http, views="roster")).rows


async def test_who_was_away_while_views_were_folded_anew_starts_over_even_at_the_very_head(
    service: Service,
) -> None:
    """Nothing was recorded meanwhile, so position and steps alone would not show the new rows."""
    await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="roster") as stream:
        await stream.step()
    views = service.muster.views
    assert await views.rebuild(J, "roster", {}, await views.head(J))
    async with opened(service.http, last=stream.position, views="roster") as resumed:
        await resumed.step()
        assert resumed.events == ["snapshot"]
        assert resumed.rows == {}


async def test_a_step_that_touches_no_row_asked_for_still_moves_the_position(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="teams") as stream:
        await stream.step()
        last = await service.ok("worker.check_in", worker="W1", area=J)
        await stream.reach(last["position"])
        assert stream.rows == {}


@pytest.mark.parametrize(("scope", "name"), [("viewer", "张*"), ("dispatcher", "张三"), ("gateway", "张*")])
async def test_streams_show_what_the_reader_sees_unasked(service: Service, scope: str, name: str) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="张三", phone="13800001234")
    async with await service.as_(scope) as client:
        stream = await fresh(client, views="roster")
    row = stream.rows["roster", "W1"]
    assert (row["name"], row["phone"]) == (name, "138****1234")


async def test_a_restricted_token_streams_only_its_areas(service: Service) -> None:
    for code in ("230717", "230718"):
        await service.ok("area.define", area=code, name=code)
        await service.ok("worker.register", worker=f"W{code}", role="courier", home_area=code)
    async with (
        await service.as_("viewer", areas=["230717"]) as viewer,
        opened(viewer, views="roster") as stream,
    ):
        await stream.step()
        assert [key for _, key in stream.rows] == ["W230717"]
        await service.ok("worker.check_in", worker="W230718", area="230718")
        last = await service.ok("worker.check_in", worker="W230717", area="230717")
        await stream.reach(last["position"])
        assert [key for _, key in stream.rows] == ["W230717"]


@pytest.mark.parametrize("query", [{"views": "shoes"}, {"views": ""}, {"views": "roster", "colour": "red"}])
async def test_bad_parameters_are_refused(service: Service, query: dict[str, str]) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    answer = await service.http.get(f"/api/v1/{J}/stream", params=query)
    assert answer.status_code == 400


async def test_the_server_ends_though_streams_are_open(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="roster") as stream:
        await stream.step()
        service_ends = asyncio.get_running_loop().time()
        service.stop.set()
        async with asyncio.timeout(4):
            while not service.ended.is_set():
                await asyncio.sleep(0.02)
        assert asyncio.get_running_loop().time() - service_ends < 4


async def test_an_erasure_makes_streams_start_over(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="Courier 1")
    async with opened(service.http, views="roster") as stream:
        await stream.step()
        await service.ok("worker.erase", worker="W1")
        async with asyncio.timeout(5):
            while "reset" not in stream.events:
                await stream.step()
            while await stream.step() != "snapshot":
                pass
        assert stream.rows == {}


# -- pings ---------------------------------------------------------------------------------------------------


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send pings and poll the log's end many times a second."""
    monkeypatch.setattr(streams, "PING_SECONDS", 0.1)
    monkeypatch.setattr(streams, "FIRST_PING_SECONDS", 0.1)
    monkeypatch.setattr(lags, "LOOK_SECONDS", 0.05)


async def test_snapshot_patch_and_ping_tell_the_time_of_the_service(service: Service, often: None) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    before = service.muster.clock.now()
    async with opened(service.http, views="roster") as stream:
        await stream.step()
        last = await service.ok("worker.register", worker="W2", role="courier")
        await stream.reach(last["position"])
        await stream.ping()
        after = service.muster.clock.now()
        assert {"snapshot", "patch", "ping"} <= set(stream.events)
        times = [datetime.fromisoformat(told["now"]) for told in stream.told]
        assert times == sorted(times)
        assert before <= times[0] <= times[-1] <= after


async def test_a_ping_tells_what_was_sent_before_it_and_that_this_is_all(
    service: Service, often: None
) -> None:
    last = await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="roster") as stream:
        for _ in range(3):
            found = await stream.ping()
            assert (found["position"], found["behind"]) == (last["position"], 0.0)


async def test_pings_come_though_patches_come_all_the_time(service: Service, often: None) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="roster") as stream:
        for n in range(40):
            await service.ok("worker.register", worker=f"P{n}", role="courier")
        await stream.reach(41)
        assert stream.events.count("ping") >= 1
        assert all(told.get("behind", 0.0) < 1 for told in stream.told)


async def test_where_views_are_stuck_it_says_for_how_long(
    service: Service, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.ok("worker.register", worker="W1", role="courier")

    async def full(*_: object) -> None:
        raise OSError("the disk is full, for a test")

    async with opened(service.http, views="roster") as stream:
        await stream.ping()
        monkeypatch.setattr(service.muster.views, "write_all", full)
        answer = (await service.send("worker.register", worker="W2", role="courier")).json()
        behind = [(await stream.ping())["behind"] for _ in range(12)]
        assert behind == sorted(behind)
        assert 0.6 <= behind[-1] <= 3
        async with opened(service.http, views="roster") as late:
            assert (await late.ping())["behind"] >= behind[-1], "who comes later is told the whole time"
        monkeypatch.undo()
        await stream.reach(answer["position"])
    async with opened(service.http, views="roster") as stream:
        assert (await stream.ping())["behind"] == 0.0


async def told(stream: Stream, degraded: dict[str, int]) -> None:
    """Wait until pings name exactly these stale views."""
    async with asyncio.timeout(20):
        while (await stream.ping()).get("degraded") != degraded:
            pass


async def test_a_view_that_is_set_aside_is_named_to_who_is_looking(
    service: Service, tmp_path: Path, often: None
) -> None:
    """After a failed fold, this view's rows are stale while all others go on."""
    last = await service.ok("worker.register", worker="W1", role="courier")
    async with opened(service.http, views="roster,headcount") as stream:
        await told(stream, {})
        with apsw.Connection(str(tmp_path / "data" / "views.sqlite")) as db:
            db.setbusytimeout(2000)
            db.execute("INSERT INTO degraded VALUES (?, ?, ?)", (J, "headcount", last["position"]))
        await told(stream, {"headcount": last["position"]})


async def test_where_views_go_on_and_the_stream_does_not_it_says_so(
    service: Service, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.ok("worker.register", worker="W1", role="courier")

    async def away(*_: object) -> None:
        raise VaultUnavailable("gone for a test")

    async with opened(service.http, views="roster") as stream:
        await stream.ping()
        monkeypatch.setattr(Vault, "keyring", away)
        await service.ok("worker.register", worker="W2", role="courier", name="Courier 2")
        behind = [(await stream.ping())["behind"] for _ in range(10)]
        assert behind[-1] >= 0.5
        monkeypatch.undo()
        async with asyncio.timeout(20):
            while (await stream.ping())["behind"]:
                pass
        assert ("roster", "W2") in stream.rows


async def test_where_the_end_of_the_log_cannot_be_seen_it_says_so(
    service: Service, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    monkeypatch.setattr(lags, "PATIENCE_SECONDS", 0.3)

    async def gone(*_: object) -> None:
        raise LogUnavailable("gone for a test")

    async with opened(service.http, views="roster") as stream:
        await stream.ping()
        monkeypatch.setattr(service.muster.log, "end", gone)
        behind = [(await stream.ping())["behind"] for _ in range(10)]
        assert behind[-1] >= 0.5
        assert not service.muster.background.died.is_set()


async def test_views_that_cannot_be_asked_do_not_make_a_current_screen_look_late(
    service: Service, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stale views are unknown then, but the log's end is known."""
    await service.ok("worker.register", worker="W1", role="courier")

    async def hangs(*_: object) -> None:
        await asyncio.sleep(60)

    async def breaks(*_: object) -> None:
        raise RuntimeError("for a test")

    monkeypatch.setattr(lags, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(lags, "LOOK_SECONDS", 0.2)
    async with opened(service.http, views="roster") as stream:
        await stream.ping()
        for ill in (hangs, breaks):
            monkeypatch.setattr(service.muster.views, "degraded", ill)
            assert [(await stream.ping())["behind"] for _ in range(10)] == [0.0] * 10
        assert not service.muster.background.died.is_set()


async def test_pings_do_not_pile_up_where_nobody_takes_them(often: None) -> None:
    parts: Any = SimpleNamespace(clock=SystemClock())
    hub = Hub(parts, Announcements(), parts, parts.clock)
    lag = Lag(parts, parts, parts, parts.clock, commanded={}, sent=hub.sent, snapshots=None)
    request: Any = SimpleNamespace(app=SimpleNamespace(state=SimpleNamespace(muster=parts, lag=lag)))

    async def goes_on() -> bool:
        return True

    frames = streams.patches(request, hub, J, Client(7), goes_on)
    await anext(frames)
    await asyncio.sleep(1)
    begun = asyncio.get_running_loop().time()
    await anext(frames)
    await anext(frames)
    assert asyncio.get_running_loop().time() - begun >= 0.09, "one was due, not ten"


# -- parameters and rights -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"views": "requests", "priority": "soon"},
        {"views": "roster,requests", "priority": "1.5"},
        {"views": "handovers", "written_at": "yesterday"},
        {"views": "roster", "worker": "W\0"},
        {"views": "roster", "worker": "W" * 1001},
        {"views": "roster", "worker": [f"W{n}" for n in range(101)]},
        {"views": "roster", "area": "2307;"},
        {"views": "roster", "limit": "3"},
    ],
    ids=lambda query: str(query)[:60],
)
async def test_a_filter_that_makes_no_sense_is_refused_before_it_opens(
    service: Service, query: dict[str, Any]
) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    answer = await service.http.get(f"/api/v1/{J}/stream", params=query)

    assert answer.status_code == 400
    assert answer.json()["code"] in ("parameter.invalid", "parameter.unknown")


async def ended(stream: Stream) -> None:
    """Read until the stream ends."""
    async with asyncio.timeout(20):
        with contextlib.suppress(KeyError):  # the response ends between two events
            while True:
                await stream.step()


async def test_it_ends_with_the_token_that_opened_it(service: Service, often: None) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    desk = service.client(await service.tokens.create("desk-1", "dispatcher"))
    async with opened(desk, views="roster") as stream, opened(service.http, views="roster") as other:
        await stream.ping()
        await service.tokens.revoke("desk-1")
        await ended(stream)
        last = await service.ok("worker.register", worker="W2", role="courier")
        await other.reach(last["position"])

    assert stream.events[-1] == "reset"
    await desk.aclose()


async def test_it_ends_with_the_session_that_opened_it(service: Service, often: None) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    secret = await service.tokens.create("desk-1", "dispatcher")
    async with service.client(None) as browser:
        await browser.post("/api/v1/session", json={"token": secret})
        async with opened(browser, views="roster") as stream:
            await stream.ping()
            await service.tokens.end_session(browser.cookies["muster_session"])
            await ended(stream)

    assert stream.events[-1] == "reset"
    assert await service.tokens.principal(secret)


async def test_the_log_is_followed_as_long_as_the_token_holds(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with await service.as_("analyst") as asker:
        name = (await service.tokens.list())[-1].name
        async with asker.stream("GET", f"/api/v1/{J}/log", params={"follow": "true"}) as answer:
            lines = answer.aiter_lines()
            assert json.loads(await anext(lines))["type"] == "jurisdiction.established"
            await service.tokens.revoke(name)
            async with asyncio.timeout(20):
                assert [json.loads(line)["type"] async for line in lines] == ["worker.registered"]


# -- compressed ----------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def raw(service: Service, accept: str) -> AsyncIterator[tuple[httpx.Headers, AsyncIterator[bytes]]]:
    """Open a stream of all views. Yields its headers and raw bytes."""
    query, headers = {"views": ",".join(VIEWS)}, {"Accept-Encoding": accept}
    async with service.http.stream("GET", f"/api/v1/{J}/stream", params=query, headers=headers) as answer:
        yield answer.headers, answer.aiter_raw()


async def until(chunks: AsyncIterator[bytes], reader: Any, wanted: bytes) -> bytes:
    """Read until the data ends with a whole event of this kind, and return it."""
    found = b""
    async with asyncio.timeout(5):
        while not (wanted in found and found.endswith(b"\n\n")):
            found += reader.decompress(await anext(chunks))
    return found


async def test_who_takes_gzip_gets_it_and_can_read_each_event_at_once(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="Courier 1")
    async with raw(service, "gzip") as (headers, chunks):
        assert headers["content-encoding"] == "gzip"
        assert headers["vary"] == "Accept-Encoding"
        reader = zlib.decompressobj(31)
        await until(chunks, reader, b"event: snapshot")
        for n in range(2, 30):
            await service.ok("worker.register", worker=f"W{n}", role="courier", name=f"Courier {n}")
            assert f'"key":"W{n}"'.encode() in await until(chunks, reader, f'"key":"W{n}"'.encode())


@pytest.mark.parametrize("accept", ["identity", "br", "gzip;q=0"])
async def test_who_does_not_take_gzip_gets_text(service: Service, accept: str) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with raw(service, accept) as (headers, chunks):
        assert "content-encoding" not in headers
        assert (await anext(chunks)).startswith(b"id: 2\nevent: snapshot\n")


async def test_a_large_patch_is_the_same_to_both(service: Service) -> None:
    await service.ok("area.define", area="230719", name="County 3")
    plain = service.client(await service.tokens.create("plain", "viewer"))
    plain.headers["Accept-Encoding"] = "identity"
    async with opened(service.http, views="roster") as packed, opened(plain, views="roster") as text:
        await packed.step()
        await text.step()
        items = [
            {"id": str(uuid4()), "name": "worker.register", "data": {"worker": f"W{n}", "role": "courier"}}
            for n in range(400)
        ]
        answer = await service.http.post(f"/api/v1/{J}/commands", json=items)
        for stream in (packed, text):
            await stream.reach(answer.json()["position"])
        assert len(packed.rows) == 400
        assert packed.rows == text.rows
    await plain.aclose()
