"""Who answers for what over HTTP: at any date, up and down the tree, by what a token may see."""

from typing import Any

import httpx
from service import J, Service

from services.application.deadlines import Deadlines

COUNTY, STREET, OTHER = "230717", "230717001", "230718"


async def city(service: Service) -> None:
    """An office of the city with a head, and an officer who answers for one county."""
    for area in (COUNTY, STREET, OTHER):
        await service.ok("area.define", area=area, name=f"Area {area}")
    await service.ok("unit.establish", unit="U1", name="Committee", duty="lead", area=J)
    await service.ok(
        "unit.establish", unit="U2", name="Street office", duty="guarantee", parent="U1", area=COUNTY
    )
    await service.ok("post.create", post="P0", name="Secretary", unit="U1", area=J, first=True)
    await service.ok("post.create", post="P1", name="Officer", unit="U2", area=COUNTY, parent="P0")
    await service.ok("post.charge", post="P1", task="answer", area=COUNTY)
    await service.ok("post.charge", post="P0", task="answer", area=J, trade="courier")
    await service.ok("post.appoint", post="P0", holder="H0", holder_name="Zhang San")
    await service.ok("post.appoint", post="P1", holder="H1", holder_name="Person 001")


async def asked(service: Service, client: httpx.AsyncClient | None = None, **query: str) -> dict[str, Any]:
    answer = await (client or service.http).get(f"/api/v1/{J}/responsibility", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_one_question_is_answered_up_and_down_the_tree(service: Service) -> None:
    await city(service)
    found = await asked(service, area=STREET)
    assert (found["answer"]["post"], found["answer"]["charge"]["area"]) == ("P1", COUNTY)
    assert [(one["area"], one["post"]) for one in found["up"]] == [(COUNTY, "P1"), (J, None)]
    assert {one["trade"]: one["post"] for one in found["trades"]}["courier"] == "P0"
    assert found["chain"] == ["P1", "P0"]
    whole = await asked(service)
    assert [(one["area"], one["post"]) for one in whole["down"]] == [(COUNTY, "P1"), (OTHER, None)]
    assert [one["code"] for one in whole["gaps_areas"]] == [J, OTHER]
    assert whole["gaps_areas_count"] == 2
    assert "courier" not in [one["code"] for one in whole["gaps_trades"]]
    assert [(one["unit"], one["depth"], one["posts"]) for one in whole["units"]] == [
        ("U1", 0, ["P0"]),
        ("U2", 1, ["P1"]),
    ]
    assert (whole["lead"], whole["first"], whole["vacant"]) == ("U1", "P0", [])


async def test_a_trade_that_is_not_there_gets_no_plausible_answer(service: Service) -> None:
    await city(service)
    answer = await service.http.get(f"/api/v1/{J}/responsibility", params={"trade": "no_trade"})
    assert (answer.status_code, answer.json()["code"]) == (404, "row.unknown")
    assert answer.json()["values"]["key"] == "trade.no_trade"


async def test_the_duty_rises_while_the_post_is_vacant(service: Service) -> None:
    await city(service)
    await service.ok("post.vacate", post="P1", reason="transferred")
    found = await asked(service, area=STREET)
    assert (found["answer"]["post"], found["answer"]["charged"], found["answer"]["passed"]) == (
        "P0",
        "P1",
        ["P1"],
    )
    assert found["vacant"] == ["P1"]
    posts = {one["post"]: one for one in found["posts"]}
    assert posts["P1"]["rises_to"] == "P0"
    assert posts["P1"]["vacant_since"] is not None
    rows = await service.rows("posts", state="vacant")
    assert [row["post"] for row in rows] == ["P1"]


async def test_the_answer_is_that_of_the_date(service: Service) -> None:
    """Facts of January, reported now: names, parents and holders are those of the day asked for."""
    await service.ok("area.define", area=COUNTY, name="County 1")
    began, left, today = "2022-01-05T00:00:00Z", "2022-01-09T00:00:00Z", "2022-02-01T00:00:00Z"
    await service.ok("unit.establish", unit="U1", name="Committee", duty="lead", area=J, at=began)
    await service.ok("post.create", post="P1", name="Officer", unit="U1", area=J, at=began)
    await service.ok("post.charge", post="P1", task="answer", area=COUNTY, at=began)
    await service.ok("post.appoint", post="P1", holder="H1", holder_name="Person 001", at=began)
    await service.ok("post.vacate", post="P1", at=left)
    await service.ok("unit.rename", unit="U1", name="Work Committee", at=left)
    seen = [await asked(service, area=COUNTY, at=at) for at in ("2022-01-04T00:00:00Z", began, left)]
    assert [one["answer"]["post"] for one in seen] == [None, "P1", None]
    assert [one["units"] and one["units"][0]["name"] for one in seen] == [[], "Committee", "Work Committee"]
    assert [row["state"] for row in await service.rows("posts", at=today)] == ["vacant"]
    assert [row["holder"] for row in await service.rows("posts", at=began)] == ["H1"]
    assert [row["name"] for row in await service.rows("units", at=began)] == ["Committee"]
    future = await service.http.get(f"/api/v1/{J}/responsibility", params={"at": "2199-01-01T00:00:00Z"})
    assert (future.status_code, future.json()["code"]) == (400, "parameter.invalid")
    nowhere = await service.http.get(f"/api/v1/{J}/responsibility", params={"area": "999"})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "row.unknown")


async def test_the_end_of_a_term_is_recorded_when_it_comes(service: Service) -> None:
    """The live row agrees with what is read with `at`: the planned end was all that ended the term."""
    began, ends = "2022-01-05T00:00:00Z", "2022-01-09T00:00:00Z"
    await service.ok("unit.establish", unit="U1", name="Committee", duty="lead", area=J, at=began)
    await service.ok("post.create", post="P1", name="Officer", unit="U1", area=J, at=began)
    term = {"holder": "H1", "holder_name": "Person 001", "until": ends}
    await service.ok("post.appoint", post="P1", at=began, **term)
    parts = service.muster
    await Deadlines(parts.commands, parts.progress, parts.views, parts.clock).tick()
    [row] = await service.rows("posts")
    assert (row["state"], row["vacant_since"], row["holder"]) == ("vacant", ends, None)
    [told] = await service.rows("activity", name="post.vacated")
    assert (told["at"], told["actor"]) == (ends, "service/ticker")


async def test_names_are_masked_until_revealed_and_gone_once_erased(service: Service) -> None:
    await city(service)
    async with await service.as_("viewer") as viewer:
        seen = {one["post"]: one["holder_name"] for one in (await asked(service, viewer))["posts"]}
        refused = await viewer.get(f"/api/v1/{J}/responsibility", params={"reveal": "true"})
    assert seen == {"P0": "Z*", "P1": "P*"}
    assert refused.status_code == 403
    async with await service.as_("dispatcher") as desk:
        shown = {
            one["post"]: one["holder_name"] for one in (await asked(service, desk, reveal="true"))["posts"]
        }
    assert shown == {"P0": "Zhang San", "P1": "Person 001"}
    await service.ok("holder.erase", holder="H1")
    row = (await service.rows("posts", post="P1", reveal="true"))[0]
    assert row["holder_name"] is None
    assert [one["holder_name"] for one in row["terms"]] == [None]
    assert row["holder"] == "H1"
    again = await service.send("post.appoint", post="P1", holder="H1", holder_name="Person 001")
    assert again.json()["code"] == "subject.erased"


async def test_no_sealed_name_leaves_in_the_history_of_a_post(service: Service) -> None:
    await city(service)
    await service.ok("post.vacate", post="P1")
    await service.ok("post.appoint", post="P1", holder="H2", holder_name="Person 002")
    async with await service.as_("viewer") as viewer:
        row = (await service.rows("posts", client=viewer, post="P1"))[0]
    assert [one["holder_name"] for one in row["terms"]] == ["P*", "P*"]
    assert "sealed" not in str(row)
    names = [one["term"]["holder_name"] for one in row["changes"] if one.get("term")]
    assert names == ["P*", "P*"]


async def test_a_token_of_one_area_sees_what_reaches_into_it(service: Service) -> None:
    await city(service)
    await service.ok("post.create", post="P2", name="Other", unit="U1", area=OTHER)
    async with await service.as_("dispatcher", areas=[COUNTY]) as desk:
        rows = await service.rows("posts", client=desk)
        found = await asked(service, desk)
        other = await desk.get(f"/api/v1/{J}/responsibility", params={"area": OTHER})
        mine = await service.send("post.rename", client=desk, post="P1", name="Liaison")
        above = await service.send("post.rename", client=desk, post="P0", name="Liaison")
        beside = await service.send("post.rename", client=desk, post="P2", name="Liaison")
        whole = await service.send("post.charge", client=desk, post="P1", task="answer", area=J)
        under = await service.send(
            "post.create", client=desk, post="P3", name="Station", unit="U2", area=COUNTY, parent="P0"
        )
    assert [row["post"] for row in rows] == ["P0", "P1"]
    assert found["answer"]["area"] == COUNTY
    assert other.status_code == 404
    codes = [one.json().get("code") for one in (mine, above, beside, whole, under)]
    assert codes == [None, "forbidden", "post.unknown", "forbidden", None]
    async with await service.as_("worker:W1") as phone:
        assert (await phone.get(f"/api/v1/{J}/responsibility")).status_code == 403
