"""Sign-in by one-time code: who may create one, what it gives access to, and that it cannot be guessed."""

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from each import each
from service import J, Service

from services.api.phone import sign_in_codes as codes
from services.api.problems import Problem

MONTH = 30 * 24 * 3600


async def code_for(service: Service, worker: str = "W1", **more: object) -> str:
    answer = await service.http.post(f"/api/v1/{J}/codes", json={"worker": worker, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["code"]


@pytest.fixture
async def crew(service: Service) -> Service:
    """Register W1 and W2."""
    for code in ("230717", "230718"):
        await service.ok("area.define", area=code, name=code)
    for n in ("1", "2"):
        await service.ok("worker.register", worker=f"W{n}", role="courier", home_area=f"23071{6 + int(n)}")
    return service


class TestMakingOne:
    async def test_it_comes_with_a_link_whose_fragment_no_server_is_sent(self, crew: Service) -> None:
        answer = await crew.http.post(f"/api/v1/{J}/codes", json={"worker": "W1", "minutes": 30})
        body = answer.json()
        left = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)

        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert body["link"] == f"/go#code={body['code']}"
        assert body["worker"] == "W1"
        assert timedelta(minutes=29) < left <= timedelta(minutes=30)

    async def test_whoever_was_registered_a_moment_ago_gets_one(
        self, crew: Service, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The first look comes before the views show them."""
        views, looks = crew.muster.views, 0
        load = views.load

        async def later(*asked: Any) -> Any:
            nonlocal looks
            looks += 1
            return {"roster": {}} if looks == 1 else await load(*asked)

        monkeypatch.setattr(views, "load", later)
        await code_for(crew)
        assert looks > 1

    @each("scope", ["viewer", "analyst", "gateway", "worker:W1"])
    async def test_others_than_the_command_centre_may_not(self, crew: Service, scope: str) -> None:
        async with await crew.as_(scope) as asker:
            answer = await asker.post(f"/api/v1/{J}/codes", json={"worker": "W1"})

        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    async def test_a_dispatcher_makes_them_for_workers_of_their_areas(self, crew: Service) -> None:
        async with await crew.as_("dispatcher", areas=["230717"]) as desk:
            inside = await desk.post(f"/api/v1/{J}/codes", json={"worker": "W1"})
            outside = await desk.post(f"/api/v1/{J}/codes", json={"worker": "W2"})

        assert (inside.status_code, outside.status_code) == (200, 404)

    async def test_for_who_is_not_on_the_roster_there_is_none(self, crew: Service) -> None:
        answer = await crew.http.post(f"/api/v1/{J}/codes", json={"worker": "W9"})

        assert (answer.status_code, answer.json()["code"]) == (404, "worker.unknown")

    @each("minutes", [0, 1441, 1.5, "15"])
    async def test_it_is_for_a_day_at_most(self, crew: Service, minutes: object) -> None:
        answer = await crew.http.post(f"/api/v1/{J}/codes", json={"worker": "W1", "minutes": minutes})

        assert answer.status_code == 422


class TestSigningIn:
    async def test_it_opens_that_workers_sight_for_a_month(self, crew: Service) -> None:
        code = await code_for(crew)
        async with crew.client(None) as phone:
            answer = await phone.post("/api/v1/session", json={"code": code.lower().replace("-", " ")})
            who = (await phone.get("/api/v1/session")).json()
            rows = await crew.rows("roster", client=phone)

        assert answer.status_code == 200
        assert f"Max-Age={MONTH}" in answer.headers["set-cookie"]
        assert (who["actor"], who["jurisdictions"]) == ("worker/W1", [J])
        assert [row["worker"] for row in rows] == ["W1"]

    async def test_a_desks_session_still_ends_with_the_shift(self, crew: Service) -> None:
        secret = await crew.tokens.create("desk-1", "dispatcher")
        async with crew.client(None) as browser:
            answer = await browser.post("/api/v1/session", json={"token": secret})

        assert "Max-Age=43200" in answer.headers["set-cookie"]

    async def test_it_works_once(self, crew: Service) -> None:
        code = await code_for(crew)
        async with crew.client(None) as phone, crew.client(None) as other:
            first = await phone.post("/api/v1/session", json={"code": code})
            again = await other.post("/api/v1/session", json={"code": code})

        assert (first.status_code, again.status_code) == (200, 401)
        assert again.json()["code"] == "code.unknown"

    async def test_of_phones_that_race_one_gets_in(self, crew: Service) -> None:
        code = await code_for(crew)
        async with crew.client(None) as phone:
            answers = await asyncio.gather(
                *(phone.post("/api/v1/session", json={"code": code}) for _ in range(8))
            )

        assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7

    async def test_a_newer_one_makes_it_void(self, crew: Service) -> None:
        older, newer = await code_for(crew), await code_for(crew)
        other = await code_for(crew, "W2")
        async with crew.client(None) as phone:
            answers = [
                (await phone.post("/api/v1/session", json={"code": code})).status_code
                for code in (older, newer, other)
            ]

        assert answers == [401, 200, 200]

    @each("body", [{}, {"token": "mst_x", "code": "AAAA-AAAA-AA"}, {"code": ""}])
    async def test_a_token_or_a_code_is_given_not_both(self, service: Service, body: dict[str, str]) -> None:
        async with service.client(None) as phone:
            answer = await phone.post("/api/v1/session", json=body)

        assert answer.status_code == 422

    async def test_signing_out_ends_the_phones_token(self, crew: Service) -> None:
        async with crew.client(None) as phone:
            await phone.post("/api/v1/session", json={"code": await code_for(crew)})
            held = next(token for token in await crew.tokens.list() if token.worker == "W1")
            await phone.delete("/api/v1/session")
            answer = await phone.get("/api/v1/session")

        assert held.name.startswith("phone-W1-")
        assert answer.status_code == 401
        assert next(t for t in await crew.tokens.list() if t.id == held.id).revoked_at

    async def test_signing_out_leaves_a_token_made_by_hand(self, crew: Service) -> None:
        secret = await crew.tokens.create("phone-W1-1", "worker:W1")
        async with crew.client(None) as phone:
            await phone.post("/api/v1/session", json={"token": secret})
            await phone.delete("/api/v1/session")

        assert await crew.tokens.principal(secret)

    async def test_no_code_is_ever_logged(self, crew: Service, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        code = await code_for(crew)
        async with crew.client(None) as phone:
            await phone.post("/api/v1/session", json={"code": code})
            await phone.post("/api/v1/session", json={"code": code})

        assert "sign-in code for worker/W1" in caplog.text
        assert code not in caplog.text
        assert code.replace("-", "") not in caplog.text


class TestForeignPages:
    """Pages of other origins must not sign users in as somebody else, or create codes in their name."""

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_cannot_sign_anybody_in(self, crew: Service, site: str) -> None:
        secret = await crew.tokens.create("desk-1", "dispatcher")
        async with crew.client(None) as browser:
            answer = await browser.post(
                "/api/v1/session", json={"token": secret}, headers={"Sec-Fetch-Site": site}
            )

        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
    )
    @each(
        ("path", "body"),
        [
            ("/api/v1/session", {"token": "x"}),
            (f"/api/v1/{J}/codes", {"worker": "W1"}),
            (f"/api/v1/{J}/find", {"name": "x"}),
            (f"/api/v1/{J}/telemetry", {"fixes": []}),
        ],
    )
    async def test_cannot_send_a_form(
        self, crew: Service, kind: str, path: str, body: dict[str, object]
    ) -> None:
        answer = await crew.http.post(path, content=json.dumps(body), headers={"Content-Type": kind})

        assert (answer.status_code, answer.json()["code"]) == (415, "media_type")


class TestGuessing:
    async def test_after_ten_wrong_codes_an_address_waits(self, crew: Service) -> None:
        code = await code_for(crew)
        async with crew.client(None) as phone:
            answers = [
                await phone.post("/api/v1/session", json={"code": f"AAAA-AAAA-{n:02}"}) for n in range(10)
            ]
            late = await phone.post("/api/v1/session", json={"code": code})
            by_token = await phone.post(
                "/api/v1/session", json={"token": await crew.tokens.create("d", "dispatcher")}
            )

        assert {answer.status_code for answer in answers} == {401}
        assert (late.status_code, late.json()["code"]) == (429, "too_many")
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert by_token.status_code == 200

    def test_it_is_let_in_again_as_wrong_ones_are_a_minute_old(self) -> None:
        now = [100.0]
        wrong = codes.WrongCodes(lambda: now[0])
        for _ in range(codes.WRONG_A_MINUTE):
            wrong.check("a")
            wrong.note("a")
            now[0] += 2
        with pytest.raises(Problem) as refused:
            wrong.check("a")
        wrong.check("b")
        now[0] = 160.5
        wrong.check("a")

        assert refused.value.headers == {"Retry-After": "41"}

    def test_who_tries_from_many_addresses_delays_others_by_a_second_at_most(self) -> None:
        now = [100.0]
        wrong = codes.WrongCodes(lambda: now[0])
        for n in range(10_000):
            wrong.note(str(n))
        with pytest.raises(Problem) as refused:
            wrong.check("honest")
        now[0] += 1
        wrong.check("honest")

        assert refused.value.headers == {"Retry-After": "2"}

    def test_it_forgets_addresses_rather_than_grow(self) -> None:
        now = [100.0]
        wrong = codes.WrongCodes(lambda: now[0])
        for _ in range(codes.WRONG_A_MINUTE):
            wrong.note("oldest")
        for n in range(codes.MOST_ADDRESSES):
            wrong.note(str(n))
        now[0] += 2  # past the limit on all addresses together

        wrong.check("oldest")
