"""One box for everything: numbers, call signs, names, places, phones; and nothing after an erasure."""

import json

import httpx
import pytest
from service import J, Service


async def found(service: Service, text: str) -> list[tuple[str, str, str]]:
    """Return (kind, id, label) of the finds."""
    answer = await service.http.post(f"/api/v1/{J}/find", json={"text": text})
    assert answer.status_code == 200, answer.text
    return [(one["kind"], one["id"], one["label"]) for one in answer.json()["items"]]


async def a_city(service: Service) -> None:
    await service.ok("area.define", area=f"{J}17", name="南山街道")
    await service.ok("worker.register", worker="W1", role="courier", name="José Núñez", phone="13800001234")
    await service.ok("worker.register", worker="W2", role="courier", name="王小明")
    await service.ok("team.form", team="T1", name="Ambulance 7", kind="ambulance", area=f"{J}17")
    await service.ok("incident.declare", incident="I1", name="Flood")
    await service.ok("request.open", request="R1", category="grocery", area=J, contact_name="李红")
    await service.ok("request.open", request="R2", category="grocery", area=J)
    await service.ok("request.complete", request="R2")


async def test_everything_is_found_by_what_people_say(service: Service) -> None:
    await a_city(service)
    for text, kind, key in (
        ("r-2", "request", "R2"),
        ("#1", "request", "R1"),
        ("lh", "request", "R1"),
        ("c-0001", "worker", "W1"),
        ("nunez", "worker", "W1"),
        ("wxm", "worker", "W2"),
        ("+86 138 0000 1234", "worker", "W1"),
        ("t-0001", "team", "T1"),
        ("AMBU", "team", "T1"),
        ("nsjd", "area", f"{J}17"),
        ("flood", "incident", "I1"),
    ):
        assert (kind, key) in [one[:2] for one in await found(service, text)], text
    assert (await found(service, "R-0001"))[0] == ("request", "R1", "R-0001")
    assert await found(service, "nobody of this name") == []


async def test_what_is_cut_short_says_so(service: Service) -> None:
    await a_city(service)
    answer = await service.http.post(f"/api/v1/{J}/find", json={"text": "C-", "limit": 1})
    assert (len(answer.json()["items"]), answer.json()["more"]) == (1, True)


async def test_a_name_is_not_found_any_more_once_it_is_erased_or_changed(service: Service) -> None:
    await a_city(service)
    assert await found(service, "wxm")
    await service.ok("worker.amend", worker="W2", name="赵大")
    assert await found(service, "wxm") == []
    assert await found(service, "zd")
    await service.ok("worker.erase", worker="W2")
    assert await found(service, "zd") == []


async def test_a_worker_does_not_search_what_only_others_may_see(service: Service) -> None:
    await a_city(service)
    async with await service.as_("worker", worker="W1", jurisdictions=[J]) as courier:
        for asked in ({"text": "C-"}, {"text": "R-0001"}, {"name": "王"}, {"phone": "13800001234"}):
            answer = await courier.post(f"/api/v1/{J}/find", json=asked)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), asked


async def test_a_phone_number_leads_only_to_those_whose_data_one_may_open(service: Service) -> None:
    await a_city(service)
    here = f"{J}17"
    await service.ok(
        "worker.check_in", worker="W9", area=here, walk_in=True, role="courier", phone="13900005678"
    )
    async with await service.as_("dispatcher", areas=[here], jurisdictions=[J]) as desk:
        answer = await desk.post(f"/api/v1/{J}/find", json={"text": "13900005678"})
        assert answer.json()["items"] == []
        answer = await desk.post(f"/api/v1/{J}/find", json={"text": "W9"})
        assert [one["id"] for one in answer.json()["items"]] == ["W9"]


NORTH, SOUTH = f"{J}17", f"{J}18"
ASKED = (
    *("R-0002", "#2", "C-0002", "T-0002", "south", "Southern", "zhaoliu", "zl", "赵六", "钱七", "qianqi"),
    *("13800009999", "+86 139 0000 8888", "W-south", "R-south", SOUTH, "a", "1"),
)
SECRETS = (
    "W-south",
    "R-south",
    "T-south",
    "赵六",
    "钱七",
    "赵*",
    "钱*",
    "13800009999",
    "*9999",
    "*8888",
    SOUTH,
)


async def two_counties(service: Service) -> None:
    """A person, a team and a request with a contact in each of two areas."""
    people = {NORTH: ("north", "孙八", "周九", "1380000111", "13900002222")}
    people[SOUTH] = ("south", "赵六", "钱七", "13800009999", "13900008888")
    for area, (name, worker, contact, phone, called) in people.items():
        await service.ok("area.define", area=area, name=f"{name.title()}ern County")
        one = {"worker": f"W-{name}", "role": "courier", "home_area": area}
        await service.ok("worker.register", **one, name=worker, phone=phone)
        await service.ok("worker.check_in", worker=f"W-{name}", area=area)
        await service.ok("team.form", team=f"T-{name}", name=f"{name} riders", kind="courier", area=area)
        who = {"contact_name": contact, "contact_phone": called}
        await service.ok("request.open", request=f"R-{name}", category="grocery", area=area, **who)


async def answers(client: httpx.AsyncClient) -> str:
    """Return all that is found by everything somebody may ask for."""
    told = list[str]()
    for text in ASKED:
        answer = await client.post(f"/api/v1/{J}/find", json={"text": text, "limit": 100})
        assert answer.status_code == 200, answer.text
        told.append(json.dumps(answer.json()["items"], ensure_ascii=False))
    return "\n".join(told)


@pytest.mark.parametrize("scope", ["viewer", "analyst", "dispatcher"])
async def test_who_is_limited_to_an_area_finds_nothing_outside_it(service: Service, scope: str) -> None:
    await two_counties(service)
    told = await answers(await service.as_(scope, areas=[NORTH]))
    assert "W-north" in told
    assert [one for one in SECRETS if one in told] == []


@pytest.mark.parametrize("scope", ["viewer", "analyst"])
async def test_who_sees_no_names_does_not_find_by_them(service: Service, scope: str) -> None:
    await two_counties(service)
    for text in ("赵六", "zhaoliu", "钱七", "13800009999", "13900008888"):
        answer = await (await service.as_(scope)).post(f"/api/v1/{J}/find", json={"text": text})
        assert answer.json()["items"] == [], text


async def test_names_are_searched_by_whom_the_rules_show_them_to(service: Service) -> None:
    await two_counties(service)

    async def ids(client: httpx.AsyncClient, text: str) -> list[str]:
        answer = await client.post(f"/api/v1/{J}/find", json={"text": text})
        return [one["id"] for one in answer.json()["items"]]

    desk, viewer = await service.as_("dispatcher"), await service.as_("viewer")
    assert await ids(desk, "zl") == ["W-south"]
    assert await ids(desk, "13900008888") == ["R-south"]
    assert await ids(viewer, "zl") == []

    await service.ok("jurisdiction.set_disclosure", rules={"viewer": {"name": "clear"}})
    assert await ids(viewer, "zl") == ["W-south"]
    assert await ids(viewer, "13900008888") == [], "phones are not shown to viewers"

    await service.ok(
        "jurisdiction.set_disclosure", rules={"dispatcher": {"name": "masked", "phone": "masked"}}
    )
    assert await ids(desk, "zl") == []
    assert await ids(desk, "13900008888") == []
    for wanted in ({"name": "赵"}, {"phone": "13900008888"}):
        refused = await desk.post(f"/api/v1/{J}/find", json=wanted)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
