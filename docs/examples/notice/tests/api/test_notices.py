"""Notices over HTTP: command, view, stream, limited tokens, erasure."""

import json

from service import J, Service

MINE, OTHER = "230717", "230718"


async def city(service: Service) -> None:
    """Two areas, and a notice in each."""
    for area in (MINE, OTHER):
        await service.ok("area.define", area=area, name=area)
        await service.ok("notice.post", notice=f"N{area}", area=area, title="Water", contact="Person 001")


async def test_a_notice_is_put_up_read_and_withdrawn(service: Service) -> None:
    await city(service)
    await service.ok("worker.register", worker="W1", role="rider")
    async with await service.as_("worker:W1") as phone:
        read = await service.send("notice.confirm", client=phone, notice=f"N{MINE}", worker="W1")
        other = await service.send("notice.confirm", client=phone, notice=f"N{MINE}", worker="W2")
        seen = await service.rows("notices", client=phone)
    assert (read.status_code, other.status_code, len(seen)) == (200, 403, 2)
    await service.ok("notice.withdraw", notice=f"N{OTHER}")
    rows = {row["notice"]: row for row in await service.rows("notices")}
    assert (rows[f"N{MINE}"]["confirmed"], rows[f"N{OTHER}"]["state"]) == (1, "withdrawn")
    about = await service.rows("activity", subject=f"notice/N{MINE}")
    assert [row["name"] for row in about] == ["notice.confirmed", "notice.posted"]


async def test_a_refusal_carries_its_values(service: Service) -> None:
    answer = await service.send("notice.withdraw", notice="N9")
    assert (answer.status_code, answer.json()["code"]) == (409, "notice.unknown")
    assert answer.json()["values"] == {"notice": "N9"}
    assert answer.json()["detail"] == "Notice N9 does not exist."


async def test_a_token_of_one_area_reaches_its_notices_alone(service: Service) -> None:
    await city(service)
    async with await service.as_("dispatcher", areas=[MINE]) as desk:
        assert [row["notice"] for row in await service.rows("notices", client=desk)] == [f"N{MINE}"]
        mine = await service.send("notice.withdraw", client=desk, notice=f"N{MINE}")
        other = await service.send("notice.withdraw", client=desk, notice=f"N{OTHER}")
    assert (mine.status_code, other.status_code) == (200, 409)


async def test_the_contact_is_masked_and_gone_once_erased(service: Service) -> None:
    await city(service)
    masked = [row["contact"] for row in await service.rows("notices")]
    shown = [row["contact"] for row in await service.rows("notices", reveal="true")]
    assert "Person 001" not in masked
    assert shown == ["Person 001"] * 2
    await service.ok("notice.erase", notice=f"N{MINE}")
    now = {row["notice"]: row["contact"] for row in await service.rows("notices", reveal="true")}
    before = await service.rows("notices", as_of=3)
    assert now == {f"N{MINE}": None, f"N{OTHER}": "Person 001"}
    assert [row["contact"] for row in before] == [None]


async def test_a_stream_shows_it(service: Service) -> None:
    await city(service)
    url = f"/api/v1/{J}/stream?views=notices"
    async with service.http.stream("GET", url) as answer:
        snapshot = await anext(line async for line in answer.aiter_lines() if line.startswith("data:"))
    rows = json.loads(snapshot.removeprefix("data:"))["rows"]
    assert {row["key"] for row in rows} == {f"N{MINE}", f"N{OTHER}"}
