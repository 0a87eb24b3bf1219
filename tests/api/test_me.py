"""A worker sees only themselves, their active team and their tasks."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from service import J, Service

from projections.presence import IntervalRow
from services.api.hours import SHOWN, hours
from services.api.phone.worker_rows import WorkerReader

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def crew(service: Service) -> Service:
    """Put W1 and W2 in active team T1, W3 in T2, and requests R1 to R4, all in 230717."""
    await service.ok("area.define", area="230717", name="County 1")
    for n, name in enumerate(("张三", "李四", "王五"), 1):
        await service.ok("worker.register", worker=f"W{n}", role="courier", name=name, phone=f"1380000123{n}")
        await service.ok("worker.check_in", worker=f"W{n}", area="230717")
    for team, workers in (("T1", ("W1", "W2")), ("T2", ("W3",))):
        await service.ok("team.form", team=team, name=f"Team {team}", kind="courier", area="230717")
        for worker in workers:
            await service.ok("team.join", team=team, worker=worker)
        await service.ok("team.activate", team=team)
    for n in range(1, 5):
        await service.ok(
            "request.open",
            request=f"R{n}",
            category="grocery",
            area="230717",
            priority=n,
            contact_name="赵六",
            contact_phone="13900005678",
            address="3-2-501",
            text="rice",
        )
    return service


@pytest.fixture
async def phone(crew: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Return W1's client."""
    async with await crew.as_("worker:W1", jurisdictions=[J]) as one:
        yield one


async def me(phone: httpx.AsyncClient, **headers: str) -> dict[str, Any]:
    answer = await phone.get(f"/api/v1/{J}/me", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestASightOfOnesOwn:
    async def test_holds_tasks_of_the_worker_and_of_their_active_team(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        for n, unit in enumerate(({"worker": "W1"}, {"team": "T1"}, {"worker": "W2"}, {"team": "T2"}), 1):
            await crew.ok("assignment.offer", assignment=f"A{n}", request=f"R{n}", **unit)

        assert [r["key"] for r in await crew.rows("assignments", phone)] == ["A1", "A2"]
        assert [r["key"] for r in await crew.rows("assignments", phone, unit="T1")] == ["A2"]
        assert await crew.rows("assignments", phone, unit="T2") == []
        assert (await phone.get(f"/api/v1/{J}/assignments/A2")).status_code == 200
        assert (await phone.get(f"/api/v1/{J}/assignments/A3")).status_code == 404

    async def test_holds_that_team_and_no_other(self, crew: Service, phone: httpx.AsyncClient) -> None:
        assert [r["key"] for r in await crew.rows("teams", phone)] == ["T1"]
        assert await crew.rows("teams", phone, team="T2") == []
        assert (await phone.get(f"/api/v1/{J}/teams/T1")).status_code == 200
        assert (await phone.get(f"/api/v1/{J}/teams/T2")).status_code == 404

    async def test_holds_no_team_without_one(self, crew: Service) -> None:
        await crew.ok("worker.register", worker="W4", role="courier")
        async with await crew.as_("worker:W4") as phone:
            assert await crew.rows("teams", phone) == []
            assert [r["key"] for r in await crew.rows("roster", phone)] == ["W4"]

    async def test_holds_one_roster_row(self, crew: Service, phone: httpx.AsyncClient) -> None:
        assert [r["key"] for r in await crew.rows("roster", phone)] == ["W1"]
        assert (await phone.get(f"/api/v1/{J}/roster/W2")).status_code == 404
        assert (await phone.get(f"/api/v1/{J}/requests")).status_code == 403

    async def test_a_stream_holds_the_same_and_begins_anew_with_another_team(
        self, crew: Service, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.api.stream.TEAM_SECONDS", 0.0)
        await crew.ok("assignment.offer", assignment="A1", request="R1", team="T1")
        await crew.ok("assignment.offer", assignment="A2", request="R2", team="T2")
        seen: list[tuple[str, set[str]]] = []

        async def move() -> None:
            await crew.ok("team.leave", team="T1", worker="W1")
            await crew.ok("team.join", team="T2", worker="W1")

        async with (
            asyncio.timeout(20),
            phone.stream("GET", f"/api/v1/{J}/stream?views=roster,teams,assignments") as answer,
        ):
            event, moving = "", None
            async for line in answer.aiter_lines():
                event = line[7:] if line.startswith("event: ") else event
                if line.startswith("data: ") and event == "snapshot":
                    seen.append((event, {row["key"] for row in json.loads(line[6:])["rows"]}))
                    moving = moving or asyncio.create_task(move())
                    if {"T2", "A2"} <= seen[-1][1]:
                        break
            assert moving
            await moving

        assert seen[0][1] == {"W1", "T1", "A1"}
        assert seen[-1][1] == {"W1", "T2", "A2"}


class TestMe:
    async def test_tells_who_i_am_with_my_own_name_open(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        shown = await me(phone)

        assert shown["worker"] | {"since": None} == {
            "worker": "W1",
            "call_sign": "C-0001",
            "name": "张三",
            "phone": "138****1231",
            "area": "230717",
            "area_name": "County 1",
            "role": "courier",
            "presence": "available",
            "team": "T1",
            "since": None,
            "home_area": None,
            "home_area_name": None,
            "organisation": None,
        }
        assert "personal.revealed" not in (await crew.http.get(f"/api/v1/{J}/log")).text

    async def test_tells_of_my_team_with_the_others_masked(self, phone: httpx.AsyncClient) -> None:
        team = (await me(phone))["team"]

        assert (team["team"], team["name"], team["state"], team["leader"]) == (
            "T1",
            "Team T1",
            "active",
            None,
        )
        assert [(m["worker"], m["name"], m["presence"]) for m in team["members"]] == [
            ("W1", "张*", "available"),
            ("W2", "李*", "available"),
        ]

    async def test_tells_of_my_tasks_offers_first(self, crew: Service, phone: httpx.AsyncClient) -> None:
        await crew.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
        await crew.ok("assignment.offer", assignment="A2", request="R2", team="T1")
        await crew.ok("assignment.dispatch", assignment="A3", request="R3", worker="W2")
        tasks = (await me(phone))["tasks"]

        assert [(task["assignment"], task["state"], task["unit"]) for task in tasks] == [
            ("A2", "offered", "T1"),
            ("A1", "dispatched", "W1"),
        ]
        assert tasks[0]["expires_at"]
        request = tasks[1]["request"]
        assert (request["request"], request["area_name"], request["priority"]) == ("R1", "County 1", 1)
        assert [request[f] for f in ("contact_name", "contact_phone", "address", "text")] == [
            "赵*",
            "139****5678",
            "***",
            "***",
        ]

    async def test_tells_what_i_did_last_without_whom_i_did_it_for(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        for n in range(12):
            await crew.ok("request.open", request=f"D{n}", category="grocery", area="230717", text="rice")
            await crew.ok("assignment.dispatch", assignment=f"E{n}", request=f"D{n}", worker="W1")
            await crew.ok("assignment.done", assignment=f"E{n}")
        shown = await me(phone)

        assert shown["tasks"] == []
        assert [task["assignment"] for task in shown["recent"]] == [f"E{n}" for n in range(11, 1, -1)]
        assert {task["request"]["category"] for task in shown["recent"]} == {"grocery"}
        assert not {"text", "contact_name", "contact_phone", "address", "lon"} & set(
            shown["recent"][0]["request"]
        )

    async def test_tells_my_hours_until_now(self, crew: Service, phone: httpx.AsyncClient) -> None:
        began = datetime.now(UTC) - timedelta(hours=3)
        await crew.ok("worker.check_out", worker="W1")
        answer = await crew.send(
            "worker.check_in", worker="W1", area="230717", at=began.isoformat(), observed=True
        )
        assert answer.status_code == 200
        await crew.ok("worker.check_in", worker="W1", area="230717")
        shown = (await me(phone))["hours"]

        assert 3 * 3600 <= shown["total_seconds"] < 3 * 3600 + 60
        assert shown["on_since"]

    async def test_is_as_of_one_position(self, crew: Service, phone: httpx.AsyncClient) -> None:
        sent = await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")

        assert (await me(phone))["position"] == sent["position"]

    async def test_is_not_sent_again_while_only_time_goes_by(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        first = await phone.get(f"/api/v1/{J}/me")
        await crew.ok("worker.set_presence", worker="W3", presence="on_break")
        same = await phone.get(f"/api/v1/{J}/me", headers={"If-None-Match": first.headers["etag"]})
        await crew.ok("worker.set_presence", worker="W2", presence="on_break")
        other = await phone.get(f"/api/v1/{J}/me", headers={"If-None-Match": first.headers["etag"]})

        assert (same.status_code, same.content) == (304, b"")
        assert other.status_code == 200

    async def test_follows_the_worker_into_another_team(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        await crew.ok("assignment.offer", assignment="A1", request="R1", team="T1")
        await crew.ok("assignment.offer", assignment="A2", request="R2", team="T2")
        before = await me(phone)
        await crew.ok("team.leave", team="T1", worker="W1")
        without = await me(phone)
        await crew.ok("team.join", team="T2", worker="W1")
        after = await me(phone)

        assert [[task["assignment"] for task in one["tasks"]] for one in (before, without, after)] == [
            ["A1"],
            [],
            ["A2"],
        ]
        assert without["team"] is None
        assert [member["worker"] for member in after["team"]["members"]] == ["W3", "W1"]

    async def test_reads_once_when_it_knows_what_it_will_need(
        self, crew: Service, phone: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await me(phone)
        reads: list[object] = []
        snapshot = crew.muster.views.snapshot

        async def counted(*given: Any) -> Any:
            reads.append(given)
            return await snapshot(*given)

        monkeypatch.setattr(crew.muster.views, "snapshot", counted)
        await me(phone)

        assert len(reads) == 1

    async def test_is_a_workers_alone(self, crew: Service) -> None:
        answer = await crew.http.get(f"/api/v1/{J}/me")
        task = await crew.http.get(f"/api/v1/{J}/tasks/A1")

        assert (answer.status_code, task.status_code) == (403, 403)

    async def test_who_is_not_on_the_roster_is_told_so(self, crew: Service) -> None:
        async with await crew.as_("worker:W9") as phone:
            answer = await phone.get(f"/api/v1/{J}/me")

        assert (answer.status_code, answer.json()["code"]) == (404, "worker.unknown")
        assert await WorkerReader(crew.muster.views).read(J, "W9") is None


class TestATasksContact:
    async def test_is_opened_while_it_is_under_way_and_the_asking_is_in_the_log(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        await crew.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
        masked = (await phone.get(f"/api/v1/{J}/tasks/A1")).json()
        answer = await phone.get(f"/api/v1/{J}/tasks/A1?reveal=true")
        shown = answer.json()
        events = [json.loads(line) for line in (await crew.http.get(f"/api/v1/{J}/log")).text.splitlines()]
        asked = next(event for event in events if event["type"].endswith("personal.revealed"))

        assert masked["request"]["address"] == "***"
        assert (shown["assignment"], shown["request"]["area_name"]) == ("A1", "County 1")
        assert [shown["request"][f] for f in ("contact_name", "contact_phone", "address", "text")] == [
            "赵六",
            "13900005678",
            "3-2-501",
            "rice",
        ]
        assert answer.headers["cache-control"] == "no-store"
        assert "worker/W1" in json.dumps(asked)
        assert asked["data"] == {"view": "requests", "subjects": ["request/R1"]}

    async def test_of_the_team_is_opened_to_its_members(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        await crew.ok("assignment.dispatch", assignment="A1", request="R1", team="T1")
        answer = await phone.get(f"/api/v1/{J}/tasks/A1?reveal=true")

        assert answer.json()["request"]["contact_name"] == "赵六"

    async def test_is_closed_before_it_is_accepted_and_after_it_ended(
        self, crew: Service, phone: httpx.AsyncClient
    ) -> None:
        await crew.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
        offered = await phone.get(f"/api/v1/{J}/tasks/A1?reveal=true")
        await crew.ok("assignment.accept", assignment="A1")
        live = await phone.get(f"/api/v1/{J}/tasks/A1?reveal=true")
        await crew.ok("assignment.done", assignment="A1")
        ended = await phone.get(f"/api/v1/{J}/tasks/A1?reveal=true")
        after = (await phone.get(f"/api/v1/{J}/tasks/A1")).json()

        assert [answer.status_code for answer in (offered, live, ended)] == [403, 200, 403]
        assert "address" not in after["request"]

    async def test_of_others_is_closed(self, crew: Service, phone: httpx.AsyncClient) -> None:
        await crew.ok("assignment.dispatch", assignment="A1", request="R1", worker="W2")
        await crew.ok("assignment.dispatch", assignment="A2", request="R2", team="T2")
        answers = [
            await phone.get(f"/api/v1/{J}/tasks/{a}?reveal={r}")
            for a in ("A1", "A2")
            for r in ("true", "false")
        ]

        assert [answer.status_code for answer in answers] == [404] * 4
        assert "personal.revealed" not in (await crew.http.get(f"/api/v1/{J}/log")).text
        assert (await phone.get(f"/api/v1/{J}/tasks/A9")).status_code == 404
        assert (await phone.get(f"/api/v1/{J}/tasks/A%009")).status_code == 404

    @pytest.mark.parametrize("query", ["reveal=yes", "open=true", "reveal=true&reveal=true"])
    async def test_is_asked_for_in_one_way(self, phone: httpx.AsyncClient, query: str) -> None:
        assert (await phone.get(f"/api/v1/{J}/tasks/A1?{query}")).status_code == 400


def duty(since: datetime, until: datetime | None, area: str = J) -> IntervalRow:
    seconds = (until - since).total_seconds() if until else None
    return IntervalRow(worker="W1", area=area, since=since, until=until, seconds=seconds)


class TestHours:
    """Hours as of Tuesday 29 March 2022, noon in Shanghai."""

    NOW = datetime(2022, 3, 29, 12, tzinfo=SHANGHAI)

    def at(self, day: int, hour: int) -> datetime:
        return datetime(2022, 3, day, hour, tzinfo=SHANGHAI).astimezone(UTC)

    def test_of_a_night_shift_count_where_they_fall(self) -> None:
        intervals = [duty(self.at(27, 22), self.at(28, 2)), duty(self.at(28, 22), self.at(29, 6))]
        shown = hours(intervals, self.NOW, SHANGHAI)

        assert (shown.today_seconds, shown.week_seconds) == (6 * 3600, 10 * 3600)
        assert shown.total_seconds == 12 * 3600
        assert shown.on_since is None

    def test_of_a_duty_that_goes_on_count_until_now(self) -> None:
        intervals = [duty(self.at(29, 8), self.at(29, 10)), duty(self.at(29, 10), None, "230717")]
        shown = hours(intervals, self.NOW, SHANGHAI)

        assert shown.today_seconds == 4 * 3600
        assert shown.on_since == self.at(29, 8)
        assert shown.intervals[-1].seconds == 2 * 3600

    def test_a_gap_ends_a_duty(self) -> None:
        intervals = [duty(self.at(29, 8), self.at(29, 9)), duty(self.at(29, 10), None)]

        assert hours(intervals, self.NOW, SHANGHAI).on_since == self.at(29, 10)

    def test_list_the_newest_person_times(self) -> None:
        intervals = [
            duty(self.at(1, 1) + timedelta(hours=n), self.at(1, 1) + timedelta(hours=n)) for n in range(30)
        ]
        shown = hours(intervals, self.NOW, SHANGHAI).intervals

        assert len(shown) == SHOWN
        assert shown[-1].since == intervals[-1].since

    def test_of_nobody_are_none(self) -> None:
        shown = hours([], self.NOW, SHANGHAI)

        assert (shown.today_seconds, shown.on_since, shown.intervals) == (0, None, [])
