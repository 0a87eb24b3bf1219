"""The three reviews over HTTP: from registration into the ledger, by posts, and the funnel at any date."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from service import J, Service

from services.api.heavy import HeavyReads
from services.api.problems import Problem
from services.decisions.review.table import REVIEWS_DUE
from services.views.port import Query

COUNTY, OTHER = "230717", "230718"
STAGES = ("screen", "verify", "check_city", "check_county")


async def city(service: Service) -> None:
    """A post for each stage, held by a token of the stage's name, and two enterprises on the path."""
    for area in (COUNTY, OTHER):
        await service.ok("area.define", area=area, name=f"Area {area}")
    await service.ok("unit.establish", unit="U1", name="Committee", area=J)
    await service.ok("post.create", post="lead", name="Lead", unit="U1", area=J, first=True)
    for task in ("answer", *STAGES):
        if task != "answer":
            await service.ok("post.create", post=task, name=f"Post {task}", unit="U1", area=J, parent="lead")
        key = "lead" if task == "answer" else task
        await service.ok("post.charge", post=key, task=task, area=J)
        await service.ok("post.appoint", post=key, holder=f"H-{key}", holder_name="Person 001", acts_as=key)
    for number, area in (("E1", COUNTY), ("E2", OTHER)):
        await service.ok("enterprise.register", enterprise=number, area=area, name=f"Firm {number}")
        await service.ok("review.open", enterprise=number)


async def judge(service: Service, stage: str, verdict: str = "approve", **said: Any) -> httpx.Response:
    async with service.client(await service.tokens.create(stage, "dispatcher")) as desk:
        body = {"enterprise": "E1", "stage": stage, "verdict": verdict, **said}
        return await service.send("review.judge", client=desk, **body)


async def funnel(service: Service, client: httpx.AsyncClient | None = None, **query: str) -> dict[str, Any]:
    assert await service.muster.progress.reached(J, (await service.muster.log.end(J)).position, 5)
    answer = await (client or service.http).get(f"/api/v1/{J}/reviews/funnel", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found | {"steps": {one["place"]: one for one in found["steps"]}}


async def test_an_enterprise_reaches_the_ledger_and_is_read_as_of_any_instant(service: Service) -> None:
    await city(service)
    for stage in STAGES:
        assert (await judge(service, stage)).status_code == 200
    (row,) = await service.rows("enterprises", in_ledger="true")
    assert (row["enterprise"], row["place"]) == ("E1", "passed")
    opened = next(fact["at"] for fact in row["history"] if fact["what"] == "review.opened")
    (then,) = await service.rows("enterprises", enterprise="E1", at=opened)
    assert (then["place"], then["in_ledger"], len(then["history"])) == ("screen", False, 2)
    about = await service.rows("activity", subject="enterprise/E1")
    assert {one["name"] for one in about} == {"review.judged", "review.opened", "enterprise.registered"}


async def test_refusals_say_whose_turn_it_is(service: Service) -> None:
    await city(service)
    early = (await judge(service, "verify")).json()
    assert early["code"] == "review.before_its_turn"
    assert (
        early["detail"]
        == "The verification of enterprise E1 has to wait: the trade department has not approved it yet."
    )
    own = await service.send("review.judge", enterprise="E1", stage="screen", verdict="approve")
    assert (own.status_code, own.json()["code"]) == (409, "review.not_yours")


async def test_a_contradiction_stays(service: Service) -> None:
    await city(service)
    await judge(service, "screen")
    await judge(service, "verify", "reject", reason="wrong_code")
    (row,) = await service.rows("enterprises", place="rejected")
    assert [one["verdict"] for one in row["review"]["verdicts"]] == ["approve", "reject"]
    assert row["contradicted"] == ["screen"]


async def test_the_funnel_counts_places_and_names_what_is_overdue(service: Service) -> None:
    await city(service)
    await judge(service, "screen")
    found = await funnel(service)
    assert {place: one["enterprises"] for place, one in found["steps"].items() if one["enterprises"]} == {
        "screen": 1,
        "verify": 1,
    }
    assert (found["enterprises"], found["in_ledger"], found["overdue"]) == (2, 0, [])
    assert found["steps"]["verify"]["ages"] == [1, 0, 0, 0]


async def test_silence_goes_up_by_name(service: Service) -> None:
    await city(service)
    old = "2026-01-01T00:00:00Z"
    await service.ok("enterprise.register", enterprise="E3", area=COUNTY, name="Firm E3", at=old)
    await service.ok("review.open", enterprise="E3", at=old)
    found = await funnel(service)
    assert [(one["enterprise"], one["posts"]) for one in found["overdue"]][:1] == [("E3", ["screen"])]
    assert found["names"]["screen"] == "Post screen"
    due = service.muster.commands.writer(J).state[REVIEWS_DUE]["E3"]
    assert due.isoformat() == "2026-01-06T00:00:00+00:00"


async def test_a_token_of_one_area_counts_its_own(service: Service) -> None:
    await city(service)
    async with await service.as_("dispatcher", areas=[COUNTY]) as desk:
        mine = await funnel(service, desk)
        assert (mine["enterprises"], mine["steps"]["screen"]["enterprises"]) == (1, 1)
        assert [row["enterprise"] for row in await service.rows("enterprises", client=desk)] == ["E1"]
        for elsewhere in (OTHER, f"{J}99"):  # one that there is and one that there is not
            other = await desk.get(f"/api/v1/{J}/reviews/funnel", params={"area": elsewhere})
            assert (other.status_code, other.json()["code"]) == (404, "row.unknown")
    for nonsense in ({"area": f"{J}99"}, {"trade": "快递"}):
        refused = await service.http.get(f"/api/v1/{J}/reviews/funnel", params=nonsense)
        assert (refused.status_code, refused.json()["code"]) == (404, "row.unknown")
    future = await service.http.get(f"/api/v1/{J}/reviews/funnel", params={"at": "2100-01-01T00:00:00Z"})
    assert future.status_code == 400


async def test_a_county_is_counted_with_what_lay_there_then_and_reads_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city(service)
    began, moved = "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"
    await service.ok("enterprise.register", enterprise="E9", area=COUNTY, name="Firm 9", at=began)
    await service.ok("enterprise.move", enterprise="E9", area=OTHER, at=moved)
    before = (await funnel(service, area=COUNTY, at="2026-01-04T00:00:00Z"))["enterprises"]
    after = (await funnel(service, area=COUNTY, at="2026-01-06T00:00:00Z"))["enterprises"]
    assert (before, after) == (1, 0)
    read: list[Query] = []
    snapshot = service.muster.views.snapshot

    async def spied(jurisdiction: str, queries: Mapping[str, Query]) -> object:
        read.extend(query for view, query in queries.items() if view == "enterprises")
        return await snapshot(jurisdiction, queries)

    monkeypatch.setattr(service.muster.views, "snapshot", spied)
    await funnel(service, area=COUNTY)
    assert [query.areas for query in read] == [(COUNTY,)]


async def test_a_lean_list_leaves_out_what_one_row_is_read_for(service: Service) -> None:
    await city(service)
    await judge(service, "screen")
    whole = {row["key"]: row for row in await service.rows("enterprises")}
    lean = {row["key"]: row for row in await service.rows("enterprises", lean="true")}
    assert (len(whole["E1"]["history"]), whole["E1"]["review"]["place"]) == (3, "verify")
    assert lean == {key: row | {"history": [], "review": None} for key, row in whole.items()}
    dated = await service.rows("enterprises", lean="true", at=whole["E1"]["since"])
    assert {row["key"]: row["history"] for row in dated}["E1"] == []
    params = {"views": "enterprises", "lean": "true"}
    async with service.http.stream("GET", f"/api/v1/{J}/stream", params=params) as stream:
        first = await anext(line async for line in stream.aiter_lines() if line.startswith("data:"))
    assert all(not one["row"]["history"] for one in json.loads(first[5:])["rows"])


@pytest.mark.parametrize("path", ["reviews/funnel", "responsibility"])
async def test_reads_of_whole_views_take_turns(
    service: Service, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await city(service)

    async def busy(self: HeavyReads, caller: str, read: object, work: object) -> None:
        raise Problem(429, "busy", variant="sender")

    monkeypatch.setattr(HeavyReads, "run", busy)
    answer = await service.http.get(f"/api/v1/{J}/{path}")
    assert answer.status_code == 429


async def test_a_post_elsewhere_is_named_to_nobody_limited_to_the_county(service: Service) -> None:
    await city(service)
    await service.ok("post.create", post="zq-elsewhere", name="Post 9", unit="U1", area=OTHER, parent="lead")
    await service.ok("post.create", post="zq-here", name="Post 8", unit="U1", area=COUNTY, parent="lead")
    async with await service.as_("dispatcher", areas=[COUNTY]) as desk:
        stream = f"/api/v1/{J}/stream?views=enterprises,activity"
        for post in ("zq-here", "zq-elsewhere"):
            for stage in ("screen", "verify"):
                body = {"enterprise": "E1", "stage": stage, "to": post}
                await service.ok("review.delegate", observed=True, **body)
        for path in ("enterprises", "enterprises/E1", "enterprises.csv", "activity", "activity.csv"):
            for_all, limited = [await one.get(f"/api/v1/{J}/{path}") for one in (service.http, desk)]
            assert "zq-elsewhere" in for_all.text, path
            assert limited.status_code == 200
            assert "zq-elsewhere" not in limited.text, path
            assert "zq-here" in limited.text, path
        async with desk.stream("GET", stream) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    assert "zq-here" in line
                    assert "zq-elsewhere" not in line
                    break


async def test_verdicts_without_right_are_listed_with_their_owner_and_confirmed(service: Service) -> None:
    """As of any date, as a file, and to a token of the county without posts elsewhere."""
    await city(service)
    given = await judge(service, "screen")
    begun = "2026-01-01T00:00:00Z"
    await service.ok("post.create", post="zq-office", name="Post 9", unit="U1", area=OTHER, parent="lead")
    (row,) = await service.rows("enterprises", enterprise="E1")
    when = row["history"][-1]["at"]
    await service.ok("post.vacate", post="screen", at=row["history"][-2]["at"])
    (found,) = await service.rows("verdicts_without_right", state="open")
    assert (found["enterprise"], found["given"]) == ("E1", given.json()["position"])
    assert (found["why"], found["owner"], found["owner_name"]) == ("holder", "lead", "Lead")
    assert await service.rows("verdicts_without_right", at=begun) == []
    assert len(await service.rows("verdicts_without_right", at=when)) == 1
    async with await service.as_("dispatcher", areas=[OTHER]) as desk:
        assert await service.rows("verdicts_without_right", client=desk) == []
    async with await service.as_("worker", worker="W1") as courier:
        answer = await courier.get(f"/api/v1/{J}/verdicts_without_right")
        assert answer.status_code == 403
    sheet = await service.http.get(f"/api/v1/{J}/verdicts_without_right.csv?headings=zh")
    assert "Firm E1" in sheet.text
    async with service.client(await service.tokens.create("lead", "dispatcher")) as lead:
        body = {"enterprise": "E1", "given": found["given"]}
        assert (await service.send("review.confirm", client=lead, **body)).status_code == 200
    (after,) = await service.rows("verdicts_without_right")
    assert (after["state"], after["owner"]) == ("confirmed", None)


async def test_a_form_finds_an_enterprise_by_part_of_its_name_or_code(service: Service) -> None:
    await city(service)

    async def find(client: httpx.AsyncClient, **asked: str) -> tuple[list[str], bool]:
        answer = await client.get(f"/api/v1/{J}/find/enterprises", params=asked)
        assert answer.status_code == 200, answer.text
        return [one["enterprise"] for one in answer.json()["items"]], answer.json()["more"]

    assert await find(service.http, text="firm") == (["E1", "E2"], False)
    assert await find(service.http, text="firm", limit="1") == (["E1"], True)
    assert await find(service.http, text="firm", ledger="true") == ([], False)
    for stage in STAGES:
        await judge(service, stage)
    await service.ok("enterprise.amend", enterprise="E2", name="Shunda", code="91110000600037341L")
    assert await find(service.http, text="firm", ledger="true") == (["E1"], False)
    assert await find(service.http, text="600037341") == (["E2"], False)
    async with await service.as_("dispatcher", areas=[COUNTY]) as desk:
        assert await find(desk, text="e") == (["E1"], False)
    async with await service.as_("worker", worker="W1") as courier:
        assert (await courier.get(f"/api/v1/{J}/find/enterprises?text=e")).status_code == 403
