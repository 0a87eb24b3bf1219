"""Service at home over HTTP: one's own and one's area's, as of any date, by area and period, as files."""

from datetime import datetime, timedelta
from typing import Any

from service import J, Service

HOME, OTHER = "230717001", "230718001"


def ago(service: Service, hours: float) -> str:
    return (service.muster.clock.now() - timedelta(hours=hours)).isoformat()


async def city(service: Service) -> None:
    """Two couriers who reported two days ago; the first one served three hours, and one hour elsewhere."""
    await service.ok("jurisdiction.establish", name="伊春市", timezone="Asia/Shanghai")
    for code in ("230717", HOME, "230718", OTHER):
        await service.ok("area.define", area=code, name=f"Area {code}")
    for who, home in (("W1", HOME), ("W2", OTHER)):
        await service.ok("worker.register", worker=who, role="courier", home_area=home, name=f"Courier {who}")
        await service.ok("worker.report", worker=who, area=home, at=ago(service, 48))
    await record(service, "S1", HOME, 30, 27)
    await record(service, "S2", OTHER, 10, 9)


async def record(service: Service, key: str, area: str, begin: float, end: float, who: str = "W1") -> None:
    await service.ok(
        "service.record",
        service=key,
        worker=who,
        area=area,
        since=ago(service, begin),
        until=ago(service, end),
    )


async def people(service: Service, **asked: Any) -> dict[str, dict[str, Any]]:
    return {row["worker"]: row for row in await service.rows("reporting", **asked)}


async def test_who_reported_who_served_and_who_could_be_asked(service: Service) -> None:
    await city(service)
    found = await people(service)
    assert {who: (row["person_times"], row["hours"], row["state"]) for who, row in found.items()} == {
        "W1": (2, 4.0, "reported"),
        "W2": (0, 0.0, "reported"),
    }
    assert found["W2"]["ask"] == "free"
    await service.ok("worker.check_in", worker="W2", area=OTHER)
    assert (await people(service, worker="W2"))["W2"]["ask"] == "on_duty"
    assert [row["worker"] for row in await service.rows("reporting", ask="on_duty")] == ["W2"]


async def test_the_past_is_answered_as_of_any_instant(service: Service) -> None:
    await city(service)
    before, between = ago(service, 60), ago(service, 28.5)
    assert await people(service, at=before) == {}
    (row,) = await service.rows("service", at=between)
    assert (row["ongoing"], row["hours"]) == (True, 1.5)
    later = await service.http.get(f"/api/v1/{J}/service", params={"at": ago(service, -5)})
    assert later.json()["code"] == "parameter.invalid"


async def test_sums_by_area_and_period_are_files_too(service: Service) -> None:
    await city(service)
    rows = await service.rows("service_sums", level=1)
    assert {row["area"]: (row["person_times"], row["hours"]) for row in rows} == {
        "230717": (1, 3.0),
        "230718": (1, 1.0),
    }
    (whole,) = await service.rows("service_sums", level=0)
    assert (whole["people"], whole["person_times"], whole["hours"]) == (1, 2, 4.0)
    for view in ("service", "service_sums", "reporting"):
        got = await service.http.get(f"/api/v1/{J}/{view}.csv", params={"headings": "zh"})
        assert got.status_code == 200
        assert "人次" in got.text or view == "service"
        got = await service.http.get(f"/api/v1/{J}/{view}.xlsx")
        assert got.content[:2] == b"PK"


async def test_a_couriers_token_sees_its_own_service_alone(service: Service) -> None:
    await city(service)
    async with await service.as_("worker:W1") as mine:
        assert {row["worker"] for row in await service.rows("service", client=mine)} == {"W1"}
        assert {row["worker"] for row in await service.rows("reporting", client=mine)} == {"W1"}
        assert await service.rows("service", client=mine, worker="W2") == []
        got = await mine.get(f"/api/v1/{J}/service_sums")
        assert got.json()["code"] == "forbidden"


async def test_a_community_worker_sees_what_lies_in_their_area(service: Service) -> None:
    await city(service)
    async with await service.as_("dispatcher", areas=["230717"]) as desk:
        assert {row["area"] for row in await service.rows("service", client=desk)} == {HOME}
        assert {row["worker"] for row in await service.rows("reporting", client=desk)} == {"W1"}
        (row,) = await service.rows("service_sums", client=desk, level=1)
        assert (row["area"], row["person_times"]) == ("230717", 1)


async def test_a_forgotten_check_out_is_confirmed(service: Service) -> None:
    await city(service)
    await service.ok("worker.check_in", worker="W2", area=OTHER, at=ago(service, 40))
    await service.ok("worker.check_out", worker="W2", at=ago(service, 12))
    (row,) = await service.rows("service", worker="W2")
    assert (row["state"], row["hours"]) == ("long", 0.0)
    await service.ok(
        "worker.confirm_service",
        **{name: row[name] for name in ("worker", "source", "shown_by", "since", "until")},
    )
    (row,) = await service.rows("service", worker="W2")
    assert (row["state"], row["hours"]) == ("counted", 28.0)
    assert datetime.fromisoformat(row["parts"][0]["since"]) == datetime.fromisoformat(row["since"])
