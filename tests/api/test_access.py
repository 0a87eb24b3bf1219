"""Tokens: what each scope may do and see."""

from service import J, Service

from projections.catalog import public_views


async def test_without_a_token_nothing(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with service.client(None) as nobody:
        answers = [
            await nobody.get("/api/v1"),
            await nobody.get(f"/api/v1/{J}/roster"),
            await nobody.get(f"/api/v1/{J}/stream?views=roster"),
            await nobody.post(f"/api/v1/{J}/commands", json=[]),
        ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert all("www-authenticate" in answer.headers for answer in answers)


async def test_personal_data_is_masked_until_asked_for_and_the_asking_is_recorded(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="张三", phone="13800001234")
    masked = (await service.rows("roster"))[0]
    assert (masked["name"], masked["phone"]) == ("张三", "138****1234")
    shown = (await service.rows("roster", reveal="true"))[0]
    assert (shown["name"], shown["phone"]) == ("张三", "13800001234")
    log = (await service.http.get(f"/api/v1/{J}/log")).text
    assert "personal.revealed" in log
    assert "worker/W1" in log


async def test_personal_data_is_nowhere_on_disk_or_in_the_log(service: Service, tmp_path) -> None:
    name, phone, text = "Somebody Unmistakable", "00000123456", "third floor, ring twice"
    await service.ok("worker.register", worker="W1", role="courier", name=name, phone=phone)
    await service.ok("request.open", request="R1", category="grocery", area=J, text=text, contact_phone=phone)
    await service.rows("roster", reveal="true")
    log = (await service.http.get(f"/api/v1/{J}/log")).content
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for secret in (name, phone, text):
        assert secret.encode() not in log
        assert secret.encode() not in stored


async def test_a_viewer_sees_masked_and_commands_nothing(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="张三")
    async with await service.as_("viewer") as viewer:
        assert (await service.rows("roster", client=viewer))[0]["name"] == "张*"
        assert (await viewer.get(f"/api/v1/{J}/roster?reveal=true")).status_code == 403
        assert (await viewer.get(f"/api/v1/{J}/log")).status_code == 403
        assert (await viewer.post(f"/api/v1/{J}/find", json={"name": "张"})).status_code == 403
        assert (await service.send("worker.check_in", client=viewer, worker="W1", area=J)).status_code == 403


async def test_a_token_reaches_only_its_jurisdictions(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    async with await service.as_("dispatcher", jurisdictions=["9999"]) as other:
        assert (await other.get(f"/api/v1/{J}/roster")).status_code == 403
        assert (await service.send("worker.check_in", client=other, worker="W1", area=J)).status_code == 403
        assert (await other.get("/api/v1")).json()["jurisdictions"] == []


async def test_a_token_reaches_only_its_areas(service: Service) -> None:
    for code in ("230717", "230718"):
        await service.ok("area.define", area=code, name=code)
        await service.ok("worker.register", worker=f"W{code}", role="courier", home_area=code)
    async with await service.as_("dispatcher", areas=["230717"]) as desk:
        assert [r["worker"] for r in await service.rows("roster", client=desk)] == ["W230717"]
        assert (await desk.get(f"/api/v1/{J}/roster/W230718")).status_code == 404
        inside = await service.send("worker.check_in", client=desk, worker="W230717", area="230717")
        outside = await service.send("worker.check_in", client=desk, worker="W230718", area="230718")
        across = await service.send("worker.check_in", client=desk, worker="W230717", area="230718")
    assert (inside.status_code, outside.status_code, across.status_code) == (200, 409, 403)
    assert outside.json()["code"] == "worker.unknown"


async def test_a_worker_sends_own_facts_and_sees_own_rows(service: Service) -> None:
    for worker in ("W1", "W2"):
        await service.ok("worker.register", worker=worker, role="courier")
    async with await service.as_("worker:W1") as phone:
        own = await service.send("worker.check_in", client=phone, worker="W1", area=J)
        others = await service.send("worker.check_in", client=phone, worker="W2", area=J)
        opens = await service.send("request.open", client=phone, category="grocery", area=J)
        rows = await service.rows("roster", client=phone)
        requests = await phone.get(f"/api/v1/{J}/requests")
    assert (own.status_code, others.status_code, opens.status_code) == (200, 403, 403)
    assert [row["worker"] for row in rows] == ["W1"]
    assert requests.status_code == 403


async def test_only_an_admin_erases_and_then_nobody_can_read(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="张三", phone="13800001234")
    async with await service.as_("dispatcher") as desk:
        assert (await service.send("worker.erase", client=desk, worker="W1")).status_code == 403
    before = await service.rows("roster", as_of=2)
    await service.ok("worker.erase", worker="W1")
    after = await service.rows("roster", as_of=2)
    assert (before[0]["name"], after[0]["name"]) == ("张三", None)
    found = (await service.http.post(f"/api/v1/{J}/find", json={"phone": "13800001234"})).json()
    assert found["workers"] == []


async def test_find_by_phone_and_by_part_of_a_name(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="张三", phone="138 0000 1234")
    await service.ok("request.open", request="R1", category="grocery", area=J, contact_phone="+8613800001234")
    by_phone = (await service.http.post(f"/api/v1/{J}/find", json={"phone": "13800001234"})).json()
    by_name = (await service.http.post(f"/api/v1/{J}/find", json={"name": "三"})).json()
    assert [row["key"] for row in by_phone["workers"]] == ["W1"]
    assert [row["key"] for row in by_phone["requests"]] == ["R1"]
    assert [row["name"] for row in by_name["workers"]] == ["张三"]


async def test_a_revoked_token_is_out_within_a_second(service: Service) -> None:
    async with await service.as_("viewer") as viewer:
        assert (await viewer.get("/api/v1")).status_code == 200
        name = next(token.name for token in await service.tokens.list() if token.scope == "viewer")
        await service.tokens.revoke(name)
        assert (await viewer.get("/api/v1")).status_code == 401


async def test_a_session_names_the_views_that_its_token_may_read(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="rider")
    async with await service.as_("worker", worker="W1") as phone:
        told = (await phone.get("/api/v1/session")).json()["views"]
        for view in public_views():
            status = (await phone.get(f"/api/v1/{J}/{view}")).status_code
            assert (status == 200) == (view in told), view


async def test_a_token_becomes_a_cookie(service: Service) -> None:
    secret = await service.tokens.create("desk-1", "dispatcher")
    async with service.client(None) as browser:
        signed = await browser.post("/api/v1/session", json={"token": secret})
        cookie = signed.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        told = (await browser.get("/api/v1/session")).json()
        assert told["actor"] == "dispatcher/desk-1"
        assert told["rights"] == [
            "exact_positions",
            "import_files",
            "issue_codes",
            "read_log",
            "read_metrics",
            "report_positions",
            "reveal",
        ]
        assert told["views"] == public_views()
        for header, status in (
            ({"Sec-Fetch-Site": "cross-site"}, 401),
            ({"Origin": "https://elsewhere.example"}, 401),
            ({"Origin": "null"}, 401),
            ({"Origin": "http://["}, 401),
            ({"Origin": service.url}, 404),
            ({}, 404),  # no such jurisdiction yet
        ):
            asked = await browser.post(f"/api/v1/{J}/find", json={"name": "x"}, headers=header)
            assert asked.status_code == status, header
            read = await browser.get(f"/api/v1/{J}/roster", params={"reveal": "true"}, headers=header)
            assert read.status_code == status, "a reveal is recorded too"
        foreign = await browser.delete("/api/v1/session", headers={"Origin": "https://elsewhere.example"})
        assert foreign.status_code == 403
        assert (await browser.get("/api/v1/session")).status_code == 200
        await browser.delete("/api/v1/session")
        assert (await browser.get("/api/v1/session")).status_code == 401
    async with service.client(None) as browser:
        assert (await browser.post("/api/v1/session", json={"token": "wrong"})).status_code == 401


async def test_who_has_no_home_area_stays_nameless_to_a_desk_that_checked_them_in(
    service: Service,
) -> None:
    """Otherwise a desk of one area could read any person without a home area by id."""
    await service.ok("area.define", area="230717", name="County 1")
    await service.ok("worker.register", worker="W1", role="volunteer", name="张三", phone="13800001234")
    walk_in = {"worker": "W2", "area": "230717", "walk_in": True, "name": "李四", "phone": "13800005678"}
    async with await service.as_("dispatcher", areas=["230717"]) as desk:
        arrived = await service.send("worker.check_in", client=desk, worker="W1", area="230717")
        walked_in = await service.send("worker.check_in", client=desk, **walk_in)
        assert (arrived.status_code, walked_in.status_code) == (200, 200)
        rows = await service.rows("roster", client=desk, reveal="true", after=walked_in.json()["position"])
        found = [
            (await desk.post(f"/api/v1/{J}/find", json=wanted)).json()["workers"]
            for wanted in ({"name": "张三"}, {"phone": "13800001234"})
        ]
        taken = await service.send("worker.amend", client=desk, worker="W1", home_area="230717")
        code = await desk.post(f"/api/v1/{J}/codes", json={"worker": "W1"})
        assert (taken.status_code, code.status_code) == (403, 403)
    assert {row["worker"]: (row["name"], row["phone"]) for row in rows} == {
        "W1": (None, None),
        "W2": ("李四", "13800005678"),
    }
    assert found == [[], []]
    asked = await service.rows("activity", name="personal.revealed")
    assert [row["detail"]["subjects"] for row in asked] == [["worker/W2"]]
    shown = await service.rows("roster", reveal="true")
    assert {row["worker"]: row["name"] for row in shown} == {"W1": "张三", "W2": "李四"}


async def test_a_number_that_nothing_recorded_is_not_found_by(service: Service) -> None:
    """A check-in of a registered worker may carry a phone number, but no event records it."""
    await service.ok("worker.register", worker="W1", role="courier", phone="13800001234")
    await service.ok("worker.check_in", worker="W1", area=J, walk_in=True, phone="13800009999")
    found = [
        [row["worker"] for row in answer.json()["workers"]]
        for answer in [
            await service.http.post(f"/api/v1/{J}/find", json={"phone": phone})
            for phone in ("13800001234", "13800009999")
        ]
    ]
    assert found == [["W1"], []]


async def test_a_worker_reads_their_own_facts(service: Service) -> None:
    for key in ("W1", "W2"):
        await service.ok("worker.register", worker=key, role="courier")
        await service.ok("worker.check_in", worker=key, area=J)
    async with await service.as_("worker:W1") as phone:
        facts = await service.rows("presence", client=phone)
    assert {row["worker"] for row in facts} == {"W1"}


async def test_who_registers_again_without_a_number_is_not_found_by_the_old_one(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier", phone="13800001234")
    await service.ok("worker.retire", worker="W1")
    await service.ok("worker.register", worker="W1", role="courier", phone=None)
    answer = await service.http.post(f"/api/v1/{J}/find", json={"phone": "13800001234"})
    assert answer.json()["workers"] == []


async def test_a_closed_jurisdiction_is_named_apart_and_still_read(service: Service) -> None:
    await service.ok("area.define", area="230717", name="County")
    assert (await service.http.get("/api/v1")).json()["closed"] == []
    await service.ok("jurisdiction.close", reason="drill_over")
    index = (await service.http.get("/api/v1")).json()
    assert (index["jurisdictions"], index["closed"]) == ([J], [J])
    assert (await service.send("area.close", area="230717")).json()["code"] == "jurisdiction.closed"
    assert {row["area"] for row in await service.rows("areas")} >= {"230717"}
    await service.ok("jurisdiction.reopen")
    assert (await service.http.get("/api/v1")).json()["closed"] == []


async def test_who_was_erased_elsewhere_is_as_unknown_as_nobody(service: Service) -> None:
    for key, where in (("W1", "230718"), ("W2", "230717")):
        await service.ok("area.define", area=where, name=f"County {where}")
        await service.ok("worker.register", worker=key, role="courier", name="Person 1", home_area=where)
        await service.ok("worker.erase", worker=key)
    async with await service.as_("dispatcher", areas=["230717"]) as desk:
        told = [
            (await service.send("worker.amend", client=desk, worker=key, name="Person 2")).json()["code"]
            for key in ("W1", "W2", "W3")
        ]
    assert told == ["worker.unknown", "subject.erased", "worker.unknown"]
