"""Alerts over HTTP: what they say, to whom, and that following the log finds what reading it all finds."""

from typing import Any

import httpx
import pytest
from service import J, Service

from services.application.alerting import Alerting
from services.application.announcing import Announcements

HERE, OTHER = "230717", "230718"


async def town(service: Service) -> None:
    """Set up two counties, and a courier in the first who is off duty."""
    for code, name in ((HERE, "County 1"), (OTHER, "County 2")):
        await service.ok("area.define", area=code, name=name)
    await service.ok("worker.register", worker="W1", role="courier", home_area=HERE)


async def ask(service: Service, client: httpx.AsyncClient | None = None, **query: Any) -> dict[str, Any]:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    answer = await (client or service.http).get(f"/api/v1/{J}/alerts", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def kinds(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(one["kind"], one["request"]) for one in found["items"]]


async def test_an_empty_board_is_clear(service: Service) -> None:
    await town(service)
    found = await ask(service)
    assert (found["items"], found["counts"], found["worst"]) == ([], {}, None)
    assert (found["all_clear"], found["on_duty"], found["waiting"]) == (True, 0, 0)


async def test_life_safety_with_nobody_on_duty_is_never_all_clear(service: Service) -> None:
    await town(service)
    for number in range(3):
        await service.ok("request.open", request=f"R{number}", category="medical", area=HERE, priority=1)

    alone = await ask(service)
    await service.ok("worker.check_in", worker="W1", area=HERE)
    there = await ask(service)
    await service.ok("assignment.dispatch", assignment="A0", request="R0", worker="W1")
    sent = await ask(service)

    assert alone["counts"] == {"nobody_on_duty": 3, "waiting": 3, "unacknowledged": 3}
    assert (alone["worst"], alone["all_clear"], alone["on_duty"], alone["waiting"]) == (1, False, 0, 3)
    assert (there["counts"], there["on_duty"]) == ({"waiting": 3, "unacknowledged": 3}, 1)
    assert (alone["things"], alone["requests"]) == ({"waiting": 3}, 3), "each request counts once"
    assert (sent["counts"]["waiting"], sent["waiting"], sent["all_clear"]) == (2, 2, False)


async def test_the_list_is_bounded_and_the_counts_are_whole(service: Service) -> None:
    await town(service)
    for number in range(3):
        await service.ok("request.open", request=f"R{number}", category="medical", area=HERE, priority=1)
    found = await ask(service, limit=2)
    assert (len(found["items"]), found["more"], sum(found["counts"].values())) == (2, True, 9)
    assert (found["things"], found["requests"]) == ({"waiting": 3}, 3)
    assert (await ask(service))["more"] is False


async def test_areas_limit_what_is_asked_and_what_is_seen(service: Service) -> None:
    await town(service)
    await service.ok("worker.check_in", worker="W1", area=HERE)
    await service.ok("request.open", request="R1", category="medical", area=HERE, priority=1)
    await service.ok("request.open", request="R2", category="grocery", area=OTHER)
    async with await service.as_("viewer", areas=[OTHER]) as viewer:
        seen = await ask(service, viewer)
    asked, here = await ask(service, area=OTHER), await ask(service, area=HERE)

    for found in (seen, asked):
        assert (kinds(found), found["on_duty"], found["waiting"]) == ([], 0, 1)
        assert not found["all_clear"], "nobody is there"
    assert {request for _, request in kinds(here)} == {"R1"}
    assert here["on_duty"] == 1


async def test_prometheus_reads_them_by_kind_and_level(service: Service) -> None:
    await town(service)
    await service.ok("request.open", request="R1", category="medical", area=HERE, priority=1)
    text = (await service.http.get("/metrics")).text
    assert f'muster_alerts{{jurisdiction="{J}",kind="waiting",level="1"}} 1.0' in text
    assert f'muster_alerts{{jurisdiction="{J}",kind="sos",level="1"}} 0.0' in text


async def test_a_worker_s_own_token_may_not_read_them(service: Service) -> None:
    await town(service)
    async with await service.as_("worker", jurisdictions=[J], worker="W1") as phone:
        answer = await phone.get(f"/api/v1/{J}/alerts")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_alerts_of_an_instant_are_those_that_were_shown_then(service: Service) -> None:
    await town(service)
    shown = [await ask(service)]
    await service.ok("request.open", request="R1", category="medical", area=HERE, priority=1)
    shown.append(await ask(service))
    await service.ok("worker.check_in", worker="W1", area=HERE)
    await service.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
    shown.append(await ask(service))
    await service.ok("request.complete", request="R1")

    assert [await ask(service, at=one["now"]) for one in shown] == shown
    assert [kinds(one) for one in shown] != [[], [], []]


async def test_alerts_of_an_instant_know_nothing_that_was_learned_later(service: Service) -> None:
    await town(service)
    await service.ok("request.open", request="R1", category="medical", area=HERE, priority=1)
    then = (await ask(service))["now"]
    await service.ok("worker.check_in", worker="W1", area=HERE, at=then, observed=True)

    found = await ask(service, at=then)
    assert (found["on_duty"], found["counts"]["nobody_on_duty"]) == (0, 1)
    assert "nobody_on_duty" not in (await ask(service))["counts"]
    async with await service.as_("viewer", areas=[OTHER]) as elsewhere:
        assert kinds(await ask(service, elsewhere, at=then)) == []


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"kind": "sos"}, {"area": "no such!"}, {"at": "noon"}, {"at": "2199-01-01T00:00:00Z"}],
)
async def test_bad_queries(service: Service, query: dict[str, Any]) -> None:
    await town(service)
    answer = await service.http.get(f"/api/v1/{J}/alerts", params=query)
    assert answer.status_code == 400


async def test_rows_followed_are_the_rows_read(service: Service) -> None:
    await town(service)
    kept = service.muster.alerting
    muster = service.muster

    async def same() -> None:
        await ask(service)
        fresh = Alerting(muster.views, muster.progress, Announcements(), muster.clock)
        mine, read = await kept.watched(J), await fresh.watched(J)
        assert {row.request for row in mine.known.requests} == {row.request for row in read.known.requests}
        assert sorted(one.id for one in mine.alerts) == sorted(one.id for one in read.alerts)
        for view in ("requests", "assignments", "roster", "teams"):
            rows: Any = [list(getattr(known, view)) for known in (mine.known, read.known)]
            assert sorted(map(repr, rows[0])) == sorted(map(repr, rows[1])), view

    await same()
    await service.ok("request.open", request="R1", category="medical", area=HERE, priority=1)
    await same()
    await service.ok("worker.check_in", worker="W1", area=HERE)
    await service.ok("assignment.offer", assignment="A1", request="R1", worker="W1")
    await same()
    await service.ok("assignment.accept", assignment="A1")
    await service.ok("assignment.release", assignment="A1", reason="swap")
    await same()
    await service.ok("worker.check_out", worker="W1")
    await service.ok("request.cancel", request="R1", reason="mistake")
    await same()
    muster.announcements.reset(J)
    await same()
