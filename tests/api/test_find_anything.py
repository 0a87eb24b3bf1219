"""One box for everything: numbers, call signs, names, places, phones; and nothing after an erasure."""

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
