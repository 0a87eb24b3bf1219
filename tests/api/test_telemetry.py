"""Phone positions over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from service import J, Service

from services.api.phone import telemetry
from services.locations.port import Fix
from services.views.port import ViewsUnavailable

NOW = datetime.now(UTC)


async def crew(service: Service) -> None:
    await service.ok("area.define", area="230717", name="county")
    await service.ok("area.define", area="230718", name="other county")
    for n, area in ((1, "230717"), (2, "230718"), (3, "230717")):
        await service.ok("worker.register", worker=f"W{n}", role="rider", home_area=area)
    for n, area in ((1, "230717"), (2, "230718")):
        await service.ok("worker.check_in", worker=f"W{n}", area=area)


def position(worker: str | None = None, seconds: float = 5, **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(seconds=seconds)
    found = {"at": at.isoformat(), "lon": 128.91234, "lat": 47.72345, **more}
    return found | ({"worker": worker} if worker else {})


async def report(service: Service, client: httpx.AsyncClient, *fixes: dict[str, Any], **more: Any) -> Any:
    body = {"sent_at": datetime.now(UTC).isoformat(), "fixes": list(fixes), **more}
    return await client.post(f"/api/v1/{J}/telemetry", json=body)


async def places(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/{J}/places", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_the_last_place_of_who_is_on_duty(service: Service) -> None:
    await crew(service)
    given = [
        position("W1", 60),
        position("W1", 10, lon=128.95),
        position("W2"),
        position("W3"),
        position("W9"),
    ]
    answer = await report(service, service.http, *given)

    assert answer.json()["kept"] >= 2
    assert [(one["index"], one["code"]) for one in answer.json()["refused"]] == [
        (3, "worker.off_duty"),
        (4, "worker.unknown"),
    ]
    found = await places(service.http)
    assert [(one["worker"], one["lon"], one["presence"]) for one in found] == [
        ("W1", 128.95, "available"),
        ("W2", 128.91234, "available"),
    ]
    assert 9 < found[0]["age"] < 30
    assert [one["worker"] for one in await places(service.http, area="230718")] == ["W2"]
    assert [one["worker"] for one in await places(service.http, worker="W1")] == ["W1"]
    assert (await report(service, service.http, position("W1", 30))).json() == {
        "kept": 0,
        "older": 1,
        "refused": [],
    }


async def test_a_place_ends_with_the_duty(service: Service) -> None:
    await crew(service)
    await report(service, service.http, position("W1"), position("W2"))
    await service.ok("worker.check_out", worker="W1")

    assert [one["worker"] for one in await places(service.http)] == ["W2"]
    await service.muster.sweeper.sweep(J)
    assert await service.muster.locations.workers(J) == ["W2"]


async def test_an_erased_worker_has_no_place_at_once(service: Service) -> None:
    await crew(service)
    await report(service, service.http, position("W1"), position("W2"))
    await service.ok("worker.erase", worker="W1")
    async with asyncio.timeout(5):
        while await service.muster.locations.workers(J) != ["W2"]:
            await asyncio.sleep(0.01)


async def test_a_place_of_yesterday_is_nobodys(service: Service) -> None:
    await crew(service)
    answer = await report(service, service.http, position("W1", 13 * 3600))
    assert answer.json() == {"kept": 0, "older": 1, "refused": []}

    old = Fix(worker="W1", at=datetime.now(UTC) - timedelta(hours=13), lon=128.9, lat=47.7)
    await service.muster.locations.record(J, [old])
    assert await places(service.http) == []
    await service.muster.sweeper.sweep(J)
    assert await service.muster.locations.workers(J) == []


async def test_what_has_moved_keeps_no_places(service: Service) -> None:
    await crew(service)
    await report(service, service.http, position("W1"))
    await service.ok("jurisdiction.move", to="another log")

    assert (await report(service, service.http, position("W1"))).status_code == 409
    await service.muster.sweeper.sweep(J)
    assert await service.muster.locations.workers(J) == []


async def test_places_wait_for_a_roster_that_is_folded_anew(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crew(service)
    await report(service, service.http, position("W1"))

    async def aside(_: str) -> dict[str, int]:
        return {"roster": 0}

    monkeypatch.setattr(service.muster.views, "degraded", aside)
    assert (await report(service, service.http, position("W1"))).status_code == 503
    with pytest.raises(ViewsUnavailable):
        await service.muster.sweeper.sweep(J)
    assert await service.muster.locations.workers(J) == ["W1"]


async def test_a_page_is_of_the_roster_and_goes_on(service: Service) -> None:
    await crew(service)
    await service.ok("worker.check_in", worker="W3", area="230717")
    await report(service, service.http, position("W1"), position("W3"))
    seen, cursor, body = [], {}, {"next": ""}
    for _ in range(3):
        body = (await service.http.get(f"/api/v1/{J}/places", params={"limit": 1} | cursor)).json()
        seen += [one["worker"] for one in body["items"]]
        cursor = {"cursor": body["next"]}
    assert (seen, body["next"]) == (["W1", "W3"], None)


async def test_positions_are_counted(service: Service) -> None:
    await crew(service)
    await report(service, service.http, position("W1"), position("W1", 60), position("W9"))
    told = (await service.http.get("/metrics")).text
    assert {f'muster_fixes_total{{outcome="{one}"}} 1.0' for one in ("kept", "older", "refused")} <= set(
        told.splitlines()
    )


async def test_a_device_clock_that_is_wrong_is_taken_out(service: Service) -> None:
    await crew(service)
    ahead = timedelta(hours=3)
    fix = {"worker": "W1", "at": (datetime.now(UTC) + ahead).isoformat(), "lon": 128.9, "lat": 47.7}
    sent = (datetime.now(UTC) + ahead).isoformat()
    answer = await service.http.post(f"/api/v1/{J}/telemetry", json={"sent_at": sent, "fixes": [fix]})

    assert answer.json()["kept"] == 1
    assert (await places(service.http))[0]["age"] < 10


async def test_a_chinese_datum_is_converted_at_the_border(service: Service) -> None:
    await crew(service)
    await report(service, service.http, position("W1", lon=116.410245, lat=39.916404), datum="GCJ-02")
    (found,) = await places(service.http)
    assert abs(found["lon"] - 116.404) < 0.0003
    assert abs(found["lat"] - 39.915) < 0.0003


async def test_each_sees_and_reports_what_is_theirs(service: Service) -> None:
    await crew(service)
    worker = await service.as_("worker:W1", jurisdictions=[J])
    viewer = await service.as_("viewer", jurisdictions=[J])
    local = await service.as_("dispatcher", jurisdictions=[J], areas=["230718"])

    mine = await report(service, worker, position(), position("W2"))
    assert (mine.json()["kept"], mine.json()["refused"][0]["code"]) == (1, "forbidden")
    assert (await report(service, viewer, position("W1"))).status_code == 403
    not_here = await report(service, local, position("W1"), position("W2"))
    assert [one["index"] for one in not_here.json()["refused"]] == [0]

    assert [one["worker"] for one in await places(worker)] == ["W1"]
    assert [one["worker"] for one in await places(worker, worker="W2")] == ["W1"], "only their own"
    assert [one["worker"] for one in await places(local)] == ["W2"]
    seen = await places(viewer)
    assert [(one["lon"], one["lat"], one["accuracy"]) for one in seen] == [(128.912, 47.723, 100.0)] * 2


async def test_what_is_wrong_is_said(service: Service) -> None:
    await crew(service)
    bad = (
        ({"fixes": []}, 422),
        ({"sent_at": "yesterday", "fixes": [position("W1")]}, 422),
        ({"sent_at": NOW.isoformat(), "fixes": [position("W1", lat=91)]}, 422),
        ({"sent_at": NOW.isoformat(), "fixes": [position("W1")], "datum": "MARS"}, 422),
        ({"sent_at": NOW.isoformat(), "fixes": [position("W1")] * 501}, 413),
    )
    for body, status in bad:
        answer = await service.http.post(f"/api/v1/{J}/telemetry", json=body)
        assert (answer.status_code, "code" in answer.json()) == (status, True), answer.text
    far = {
        "sent_at": "0001-01-01T00:00:00Z",
        "fixes": [position("W1", lat=47) | {"at": "9999-12-31T00:00:00Z"}],
    }
    assert (await service.http.post(f"/api/v1/{J}/telemetry", json=far)).status_code == 422
    for query in ("view=x", "limit=1&limit=2", "presence=off_duty", "limit=0", "cursor=zzz", "area=%00"):
        assert (await service.http.get(f"/api/v1/{J}/places?{query}")).status_code == 400, query


async def test_a_token_that_reports_too_often_is_slowed_down(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crew(service)
    monkeypatch.setattr(telemetry, "pace", telemetry.Pace(lambda: 7))
    answers = [
        await report(service, service.http, position("W1")) for _ in range(telemetry.MOST_A_SECOND + 2)
    ]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert len(slowed) == 2
    assert slowed[0].headers["retry-after"] == "1"


async def test_positions_are_never_in_the_log(service: Service) -> None:
    await crew(service)
    await report(service, service.http, position("W1", lon=128.77777))
    text = (await service.http.get(f"/api/v1/{J}/log")).text
    assert "W1" in text
    assert "128.77777" not in text
