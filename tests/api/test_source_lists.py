"""Source lists over HTTP: compared with the ledger, judged, undone, as of any date, within one's areas."""

from datetime import timedelta
from typing import Any

import pytest
from service import J, Service

CODE, OTHER_CODE = "91110000600037341L", "91230700MA18WUXT5L"
MINE, OTHER = "230717", "230718"


async def city(service: Service) -> None:
    """Three enterprises, and a registry export that names four."""
    await service.ok("jurisdiction.establish", name="伊春市", timezone="Asia/Shanghai")
    await service.ok("area.define", area=MINE, name="伊美区")
    await service.ok("area.define", area=OTHER, name="乌翠区")
    known = {
        "E1": ("伊春市宏达物流有限公司", CODE),
        "E2": ("鑫源商贸有限公司", None),
        "E3": ("顺丰速运有限公司", None),
    }
    for key, (name, code) in known.items():
        await service.ok("enterprise.register", enterprise=key, area=MINE, name=name, code=code)
    await service.ok("source_list.declare", source_list="L1", kind="registry", title="Registry export")
    entries = {
        "X1": ("宏达物流（伊春）有限公司", CODE, MINE),
        "X2": ("伊春市鑫源贸易有限公司", None, MINE),
        "X3": ("伊春市宏远物流有限公司", None, MINE),
        "X4": ("伊春市顺丰速运有限公司", OTHER_CODE, OTHER),
    }
    for key, (name, code, area) in entries.items():
        await service.ok(
            "entry.list", entry=key, source_list="L1", area=area, name=name, code=code, trade="courier"
        )


async def states(service: Service, **asked: Any) -> dict[str, str]:
    return {row["entry"]: row["state"] for row in await service.rows("comparison", **asked)}


async def test_codes_come_first_then_names_and_nothing_matches_by_itself(service: Service) -> None:
    await city(service)
    rows = {row["entry"]: row for row in await service.rows("comparison")}
    assert {key: row["state"] for key, row in rows.items()} == {
        "X1": "code",
        "X2": "candidate",
        "X3": "missing",
        "X4": "candidate",
    }
    assert (rows["X1"]["enterprise"], rows["X1"]["known_as"]) == ("E1", "伊春市宏达物流有限公司")
    (one,) = rows["X2"]["candidates"]
    assert (one["enterprise"], one["why"]) == ("E2", "trade")


async def test_a_verdict_counts_from_its_time_and_is_undone(service: Service) -> None:
    await city(service)
    before = service.muster.clock.now()
    await service.ok(
        "match.judge", match="M1", entry="X2", enterprise="E2", verdict="same", reason="same_firm"
    )
    await service.ok("match.judge", entry="X4", enterprise="E3", verdict="different", reason="other_firm")
    assert await states(service) == {"X1": "code", "X2": "verdict", "X3": "missing", "X4": "missing"}
    assert (await states(service, at=before.isoformat()))["X2"] == "candidate"
    await service.ok("match.undo", match="M1")
    assert (await states(service))["X2"] == "candidate"


async def test_completeness_is_counted_by_list_county_and_trade_with_its_change(service: Service) -> None:
    await city(service)
    before = service.muster.clock.now()
    await service.ok("match.judge", entry="X2", enterprise="E2", verdict="same", reason="same_firm")
    rows = await service.rows("completeness", since=before.isoformat())
    found = {
        row["key"]: (row["matched"], row["entries"], row["missing"], row["matched_before"]) for row in rows
    }
    assert found == {
        "L1/list": (2, 4, 1, 1),
        f"L1/area/{MINE}": (2, 3, 1, 1),
        f"L1/area/{OTHER}": (0, 1, 0, 0),
        "L1/trade/courier": (2, 4, 1, 1),
    }
    assert [row["share"] for row in rows if row["by"] == "list"] == [0.5]


@pytest.mark.parametrize(
    ("path", "query", "known"),
    [
        ("completeness", {"by": "county"}, ["list", "area", "trade"]),
        ("comparison", {"state": "lost"}, ["code", "verdict", "names", "candidate", "missing"]),
        ("comparison.csv", {"state": "lost"}, ["code", "verdict", "names", "candidate", "missing"]),
    ],
)
async def test_a_word_that_is_not_known_is_refused_with_those_that_are(
    service: Service, path: str, query: dict[str, str], known: list[str]
) -> None:
    await city(service)
    answer = await service.http.get(f"/api/v1/{J}/{path}", params=query)
    assert (answer.status_code, sorted(answer.json()["values"]["choices"])) == (400, sorted(known))


async def test_who_covers_one_county_counts_its_entries_alone(service: Service) -> None:
    await city(service)
    async with await service.as_("dispatcher", areas=[OTHER]) as desk:
        rows = await service.rows("comparison", client=desk)
        assert [(row["entry"], row["candidates"], row["elsewhere"]) for row in rows] == [("X4", [], 1)]
        counted = await service.rows("completeness", client=desk, by="list")
        assert [row["entries"] for row in counted] == [1]


async def test_a_match_elsewhere_is_told_without_its_enterprise(service: Service) -> None:
    await city(service)
    await service.ok("match.judge", entry="X4", enterprise="E3", verdict="same", reason="same_firm")
    async with await service.as_("dispatcher", areas=[OTHER]) as desk:
        (row,) = await service.rows("comparison", client=desk)
    assert (row["state"], row["elsewhere"]) == ("verdict", 1)
    assert [row[name] for name in ("enterprise", "known_as", "known_area")] == [None, None, None]


async def test_a_workers_token_sees_nothing_of_it(service: Service) -> None:
    await city(service)
    await service.ok("worker.register", worker="W1", role="rider")
    async with await service.as_("worker:W1") as phone:
        for path in ("comparison", "completeness", "entries", "matches", "source_lists"):
            answer = await phone.get(f"/api/v1/{J}/{path}")
            assert answer.status_code == 403, path


async def test_what_is_missing_is_a_file_of_its_own(service: Service) -> None:
    await city(service)
    answer = await service.http.get(
        f"/api/v1/{J}/comparison.csv", params={"state": "missing", "headings": "zh"}
    )
    lines = answer.text.splitlines()
    assert len(lines) == 2
    assert "伊春市宏远物流有限公司" in lines[1]


async def test_the_future_is_not_known(service: Service) -> None:
    await city(service)
    later = (service.muster.clock.now() + timedelta(days=1)).isoformat()
    for asked in ({"at": later}, {"since": later}):
        answer = await service.http.get(f"/api/v1/{J}/completeness", params=asked)
        assert answer.status_code == 400


async def test_a_list_of_other_areas_is_not_told_of(service: Service) -> None:
    await city(service)
    await service.ok("source_list.declare", source_list="L2", kind="tax", title="Tax list", areas=[MINE])
    async with await service.as_("dispatcher", areas=[OTHER]) as desk:
        counted = await service.rows("completeness", client=desk)
        lists = await service.rows("source_lists", client=desk)
    assert {row["source_list"] for row in (*counted, *lists)} == {"L1"}
