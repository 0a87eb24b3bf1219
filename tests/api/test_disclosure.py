"""Who sees what: what the rules mask is in no answer and in no stream, and what they show is in them."""

import json
from typing import Any

import httpx
import pytest
from service import J, Service
from test_stream import opened

from events.disclosure import CLASSES
from projections.catalog import public_views

HERE = "230717"
SECRETS = {
    "name": ("Nadia Unmistakable", "Resident Irreplaceable"),
    "need": ("insulin before noon",),
    "community": ("Harmony Gardens",),
    "address": ("Door777",),
    "phone": ("13800001234", "13900005678"),
}
"""Class -> texts that only personal data of this class holds."""


async def city(service: Service) -> None:
    await service.ok("area.define", area=HERE, name="County 1")
    worker = {"worker": "W1", "role": "courier", "home_area": HERE}
    await service.ok("worker.register", **worker, name="Nadia Unmistakable", phone="13800001234")
    await service.ok("worker.check_in", worker="W1", area=HERE)
    contact = {"contact_name": "Resident Irreplaceable", "contact_phone": "13900005678"}
    where = {"address": "Harmony Gardens Door777", "text": "insulin before noon"}
    await service.ok("request.open", request="R1", category="medicine", area=HERE, **contact, **where)


async def rules(service: Service, scope: str, **sights: str) -> None:
    await service.ok("jurisdiction.set_disclosure", rules={scope: sights})


async def told(service: Service, client: httpx.AsyncClient) -> str:
    """Return all that a token can read: every view, candidates, files, what it finds, and a stream."""
    found = [await service.rows(view, client) for view in public_views()]
    bodies = [json.dumps(found, ensure_ascii=False)]
    paths = ("roster/W1", "requests/R1", "requests.csv", "roster.csv", "candidates?request=R1")
    answers = [await client.get(f"/api/v1/{J}/{path}") for path in paths]
    wanted = ({"name": "a"}, {"phone": "13800001234"})
    answers += [await client.post(f"/api/v1/{J}/find", json=one) for one in wanted]
    bodies += [answer.text for answer in answers]
    async with opened(client) as stream:
        await stream.step()
        last = await service.ok("request.amend", request="R1", priority=1)
        await stream.reach(last["position"])
        await service.ok("request.amend", request="R1", priority=2)
        bodies.append(json.dumps([*stream.rows.values()], ensure_ascii=False, default=str))
    return "\n".join(bodies)


def seen(text: str) -> set[str]:
    return {kind for kind, secrets in SECRETS.items() if any(one in text for one in secrets)}


ALL = dict.fromkeys(CLASSES, "clear")
NONE = dict.fromkeys(CLASSES, "masked")


@pytest.mark.parametrize(
    ("scope", "sights", "expected"),
    [
        ("viewer", {}, set[str]()),
        ("analyst", {}, set[str]()),
        ("gateway", {}, set[str]()),
        ("worker:W1", {}, set[str]()),
        ("dispatcher", {}, {"name", "need", "community"}),
        ("admin", {}, {"name", "need", "community"}),
        ("dispatcher", NONE, set[str]()),
        ("dispatcher", {**NONE, "phone": "clear"}, {"phone"}),
        ("dispatcher", {"community": "masked"}, {"name", "need"}),
        ("dispatcher", ALL, set(SECRETS)),
        ("viewer", {"name": "clear"}, {"name"}),
    ],
)
async def test_what_is_masked_is_in_no_answer_and_no_stream(
    service: Service, scope: str, sights: dict[str, str], expected: set[str]
) -> None:
    await city(service)
    if sights:
        await rules(service, scope, **sights)
    client = await service.as_(scope)
    if scope.startswith("worker"):
        pages = [await client.get(f"/api/v1/{J}/{path}") for path in ("me", "roster")]
        text = pages[1].text
    else:
        text = await told(service, client)
    assert seen(text) == expected


async def test_phones_and_house_numbers_open_on_demand_and_on_record(service: Service) -> None:
    await city(service)
    desk = await service.as_("dispatcher", areas=[HERE])

    row: dict[str, Any] = (await service.rows("requests", desk))[0]
    assert (row["address"], row["contact_phone"]) == ("Harmony Gardens", "139****5678")
    assert await service.rows("activity", name="personal.revealed") == []

    shown = (await service.rows("requests", desk, reveal="true"))[0]
    assert (shown["address"], shown["contact_phone"]) == ("Harmony Gardens Door777", "13900005678")
    assert len(await service.rows("activity", name="personal.revealed")) == 1


async def test_what_is_masked_stays_masked_when_revealed_but_an_admin_opens_it(service: Service) -> None:
    await city(service)
    await rules(service, "dispatcher", phone="masked")

    desk = (await service.rows("requests", await service.as_("dispatcher"), reveal="true"))[0]
    admin = (await service.rows("requests", reveal="true"))[0]

    assert (desk["contact_phone"], desk["address"]) == ("139****5678", "Harmony Gardens Door777")
    assert admin["contact_phone"] == "13900005678"


async def test_a_copy_kept_under_other_rules_is_not_current(service: Service) -> None:
    await city(service)
    desk, url = await service.as_("dispatcher"), f"/api/v1/{J}/requests"
    kept = (await desk.get(url)).headers["etag"]
    assert (await desk.get(url, headers={"If-None-Match": kept})).status_code == 304

    await rules(service, "dispatcher", need="masked")

    answer = await desk.get(url, headers={"If-None-Match": kept})
    assert (answer.status_code, "insulin" in answer.text) == (200, False)


async def test_an_open_stream_starts_over_when_the_rules_change(service: Service) -> None:
    await city(service)
    desk = await service.as_("dispatcher")
    async with opened(desk, views="requests") as stream:
        await stream.step()
        assert stream.rows["requests", "R1"]["text"] == "insulin before noon"
        await rules(service, "dispatcher", need="masked")
        while stream.rows.get(("requests", "R1"), {}).get("text") != "***":
            await stream.step()
    assert "reset" in stream.events


async def test_a_desk_of_another_area_sees_nothing_of_it(service: Service) -> None:
    await city(service)
    await service.ok("area.define", area="230718", name="County 2")
    assert seen(await told(service, await service.as_("dispatcher", areas=["230718"]))) == set()


async def test_what_is_never_shown_is_not_told_by_searching(service: Service) -> None:
    await city(service)
    await rules(service, "dispatcher", name="masked", phone="masked")
    async with await service.as_("dispatcher", jurisdictions=[J]) as desk:
        for asked in ({"name": "Nadia"}, {"phone": "13800001234"}):
            assert (await desk.post(f"/api/v1/{J}/find", json=asked)).status_code == 403
        for text in ("Nadia", "13800001234"):
            assert (await desk.post(f"/api/v1/{J}/find", json={"text": text})).json()["items"] == []
        assert (await desk.post(f"/api/v1/{J}/find", json={"text": "C-0001"})).json()["items"]


async def test_what_is_shown_in_clear_is_kept_on_no_disk(service: Service) -> None:
    await city(service)
    async with await service.as_("dispatcher") as desk, await service.as_("viewer") as wall:
        for client, view, kept in (
            (desk, "roster", "no-store"),
            (desk, "requests/R1", "no-store"),
            (desk, "areas", "private, no-cache"),
            (wall, "roster", "private, no-cache"),
        ):
            assert (await client.get(f"/api/v1/{J}/{view}")).headers["cache-control"] == kept, view
