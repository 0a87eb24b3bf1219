"""Views over HTTP: filters, pages, the past, read-your-writes, caching."""

import pytest
from service import J, Service


async def crew(service: Service, count: int) -> None:
    for code, name in (("230717", "County 1"), ("230718", "County 2")):
        await service.ok("area.define", area=code, name=name)
    for i in range(count):
        await service.ok(
            "worker.register", worker=f"W{i}", role="courier" if i % 2 else "rider", name=f"Worker {i}"
        )
    for i in range(0, count, 2):
        await service.ok("worker.check_in", worker=f"W{i}", area="230717" if i % 4 else "230718")


async def test_filters_repeat_as_or_and_areas_hold_what_lies_inside(service: Service) -> None:
    await crew(service, 8)
    assert {r["worker"] for r in await service.rows("roster", area="230717")} == {"W2", "W6"}
    assert {r["worker"] for r in await service.rows("roster", area=["230717", "230718"])} == {
        "W0",
        "W2",
        "W4",
        "W6",
    }
    assert len(await service.rows("roster", presence=["available", "off_duty"])) == 8
    assert len(await service.rows("roster", role="rider", presence="off_duty")) == 0


async def test_headcount_sums_to_the_roster(service: Service) -> None:
    await crew(service, 8)
    counted = sum(row["count"] for row in await service.rows("headcount", presence="available"))
    assert counted == len(await service.rows("roster", presence="available")) == 4


async def test_pages_visit_every_row_once(service: Service) -> None:
    await crew(service, 8)
    seen, cursor = [], None
    while True:
        query = {"limit": 3, "sort": "-area"} | ({"cursor": cursor} if cursor else {})
        page = (await service.http.get(f"/api/v1/{J}/roster", params=query)).json()
        seen += [row["key"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == [f"W{i}" for i in range(8)]


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "many"},
        {"cursor": "bm9uc2Vuc2U"},
        {"sort": "shoe_size"},
        {"sort": ""},
        {"as_of": "yesterday"},
        {"at": "2026-01-01T00:00:00"},
        {"after": "-1"},
        {"reveal": "maybe"},
    ],
)
async def test_an_unknown_or_bad_parameter_is_refused(service: Service, query: dict[str, str]) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    answer = await service.http.get(f"/api/v1/{J}/roster", params=query)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"].startswith("parameter.")


async def test_after_waits_or_says_so(service: Service) -> None:
    done = await service.send("worker.register", worker="W1", role="courier")
    assert await service.rows("roster", after=done.json()["position"])
    answer = await service.http.get(f"/api/v1/{J}/roster", params={"after": 1000})
    assert (answer.status_code, answer.json()["code"], answer.json()["position"]) == (504, "view.behind", 2)


async def test_as_of_shows_what_was_known_then(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    done = await service.ok("worker.check_in", worker="W1", area=J)
    await service.ok("worker.check_out", worker="W1")
    then = (await service.rows("roster", as_of=done["position"]))[0]
    before = (await service.rows("roster", as_of=done["position"] - 1))[0]
    assert (before["presence"], then["presence"]) == ("off_duty", "available")
    one = (await service.http.get(f"/api/v1/{J}/roster/W1", params={"as_of": done["position"]})).json()
    assert one["presence"] == "available"


async def test_at_shows_what_was_so_late_facts_included(service: Service) -> None:
    await service.ok(
        "worker.register", worker="W1", role="courier", at="2026-01-05T07:00:00+08:00", observed=True
    )
    await service.ok("worker.check_in", worker="W1", area=J, at="2026-01-05T09:05:00+08:00")
    await service.ok("worker.check_in", worker="W1", area=J, at="2026-01-05T08:00:00+08:00")
    await service.ok("worker.check_out", worker="W1", at="2026-01-05T09:00:00+08:00")
    expected = {"07:30": 0, "08:30": 1, "09:02": 0, "09:06": 1}
    for clock, on_duty in expected.items():
        rows = await service.rows("headcount", at=f"2026-01-05T{clock}:00+08:00", presence="available")
        assert sum(row["count"] for row in rows) == on_duty, clock
    assert (await service.rows("roster"))[0]["presence"] == "available"


async def test_a_row_by_key(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    assert (await service.http.get(f"/api/v1/{J}/roster/W1")).json()["worker"] == "W1"
    answer = await service.http.get(f"/api/v1/{J}/roster/W2")
    assert (answer.status_code, answer.json()["code"]) == (404, "row.unknown")


async def test_an_etag_covers_position_filters_and_who_asks(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    first = await service.http.get(f"/api/v1/{J}/roster")
    again = await service.http.get(f"/api/v1/{J}/roster", headers={"If-None-Match": first.headers["etag"]})
    filtered = await service.http.get(
        f"/api/v1/{J}/roster?role=courier", headers={"If-None-Match": first.headers["etag"]}
    )
    async with await service.as_("viewer") as viewer:
        other = await viewer.get(f"/api/v1/{J}/roster", headers={"If-None-Match": first.headers["etag"]})
    await service.ok("worker.check_in", worker="W1", area=J)
    changed = await service.http.get(f"/api/v1/{J}/roster", headers={"If-None-Match": first.headers["etag"]})
    assert [a.status_code for a in (again, filtered, other, changed)] == [304, 200, 200, 200]


async def test_an_unknown_jurisdiction_is_404(service: Service) -> None:
    answer = await service.http.get("/api/v1/9999/roster")
    assert (answer.status_code, answer.json()["code"]) == (404, "jurisdiction.unknown")
    async with await service.as_("dispatcher") as desk:
        answer = await service.send("worker.register", client=desk, role="courier")
    assert (answer.status_code, answer.json()["code"]) == (404, "jurisdiction.unknown")


async def test_the_index_lists_what_there_is(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    index = (await service.http.get("/api/v1")).json()
    assert index["jurisdictions"] == [J]
    expected = {
        "roster", "headcount", "teams", "requests", "ledger", "presence", "assignments", "busy", "activity",
        "anomalies", "incidents", "areas",
    }  # fmt: skip
    assert expected <= index["views"].keys()
    assert "personal.reveal" not in index["commands"]


async def test_person_times_are_derived_from_the_facts_late_ones_included(service: Service) -> None:
    await service.ok(
        "worker.register", worker="W1", role="courier", at="2026-01-05T07:00:00+08:00", observed=True
    )
    for clock in ("09:05", "08:00"):
        await service.ok("worker.check_in", worker="W1", area=J, at=f"2026-01-05T{clock}:00+08:00")
    await service.ok("worker.check_out", worker="W1", at="2026-01-05T09:00:00+08:00")
    rows = await service.rows("intervals", worker="W1", sort="since")
    assert [(row["since"][11:16], (row["until"] or "on")[11:16]) for row in rows] == [
        ("00:00", "01:00"),
        ("01:05", ""),
    ]
    assert rows[0]["seconds"] == 3600
    bad = await service.http.get(f"/api/v1/{J}/intervals", params={"as_of": "1"})
    assert bad.status_code == 400
