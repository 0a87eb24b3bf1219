"""Access tokens over HTTP: listed, created, limited and revoked by admins, within their jurisdictions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from each import each
from service import J, Service

URL = "/api/v1/tokens"


async def made(service: Service, **given: Any) -> tuple[dict[str, Any], str]:
    answer = await service.http.post(URL, json={"name": "desk-1", "scope": "dispatcher", **given})
    assert answer.status_code == 200, answer.text
    return answer.json()["token"], answer.json()["secret"]


async def listed(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in (await client.get(URL)).json()["items"]}


async def test_a_token_is_made_used_and_listed_without_its_secret(service: Service) -> None:
    await service.ok("area.define", area="230717", name="County 1")
    token, secret = await made(service, areas=["230717"])
    assert (token["areas"], token["last_used_at"], token["own"]) == (["230717"], None, False)

    async with service.client(secret) as desk:
        assert (await desk.get(f"/api/v1/{J}/roster")).status_code == 200

    found = await service.http.get(URL)
    assert secret not in found.text
    seen = (await listed(service.http))["desk-1"]
    assert datetime.now(UTC) - datetime.fromisoformat(seen["last_used_at"]) < timedelta(minutes=3)
    assert (await listed(service.http))["local"]["own"]


async def test_a_token_is_limited_and_revoked_at_once(service: Service) -> None:
    await service.ok("area.define", area="230717", name="County 1")
    token, secret = await made(service)
    async with service.client(secret) as desk:
        limited = await service.http.patch(f"{URL}/{token['id']}", json={"areas": ["230717"]})
        assert (limited.status_code, limited.json()["areas"]) == (200, ["230717"])
        assert (await service.send("area.define", client=desk, area="230718", name="x")).status_code == 403
        assert (await service.http.delete(f"{URL}/{token['id']}")).status_code == 200
        assert (await desk.get("/api/v1")).status_code == 401
    again = await service.http.delete(f"{URL}/{token['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "token.unknown")
    assert (await listed(service.http))["desk-1"]["revoked_at"]


@each(
    ("given", "status", "code"),
    [
        ({"name": "local"}, 409, "token.exists"),
        ({"scope": "worker"}, 409, "token.worker"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 409, "token.expires"),
        ({"name": "no spaces"}, 422, "invalid"),
        ({"scope": "king"}, 422, "invalid"),
        ({"areas": ["../x"]}, 422, "invalid"),
    ],
)
async def test_what_is_wrong_is_refused(
    service: Service, given: dict[str, Any], status: int, code: str
) -> None:
    answer = await service.http.post(URL, json={"name": "desk-1", "scope": "dispatcher", **given})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_limits_or_revokes_the_token_they_use(service: Service) -> None:
    own = (await listed(service.http))["local"]["id"]
    for answer in (
        await service.http.patch(f"{URL}/{own}", json={"areas": ["230717"]}),
        await service.http.delete(f"{URL}/{own}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "token.own")


@each("scope", ["viewer", "analyst", "dispatcher", "gateway", "worker:W1"])
async def test_only_admins_of_a_whole_jurisdiction_manage_tokens(service: Service, scope: str) -> None:
    client = await service.as_(scope)
    new = await client.post(URL, json={"name": "x", "scope": "admin"})
    assert (new.status_code, (await client.get(URL)).status_code) == (403, 403)
    limited = await service.as_("admin", areas=["230717"])
    assert (await limited.get(URL)).status_code == 403


async def test_an_admin_of_one_jurisdiction_gives_and_sees_no_more_than_that(service: Service) -> None:
    here = await service.as_("admin", jurisdictions=[J])
    assert "local" not in await listed(here)

    beyond = await here.post(URL, json={"name": "a", "scope": "admin", "jurisdictions": ["9999"]})
    whole = await here.post(URL, json={"name": "b", "scope": "admin"})
    other = (await listed(service.http))["local"]["id"]

    assert beyond.status_code == 403
    assert whole.json()["token"]["jurisdictions"] == [J]
    assert (await here.delete(f"{URL}/{other}")).status_code == 404


async def test_an_admin_cannot_outlast_its_own_token_by_making_or_renewing_others(service: Service) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    heir, later = {"name": "heir", "scope": "admin"}, (soon + timedelta(hours=1)).isoformat()
    token, _ = await made(service, expires_at=soon.isoformat())
    async with await service.as_("admin", expires=soon) as passing:
        for body in (heir, {**heir, "expires_at": later}):
            answer = await passing.post(URL, json=body)
            assert (answer.status_code, answer.json()["code"]) == (409, "token.expires"), answer.text
        for until in (None, later):
            answer = await passing.patch(f"{URL}/{token['id']}", json={"expires_at": until})
            assert (answer.status_code, answer.json()["code"]) == (409, "token.expires"), answer.text
        assert (await passing.post(URL, json={**heir, "expires_at": soon.isoformat()})).status_code == 200
        assert (await passing.patch(f"{URL}/{token['id']}", json={"areas": [J]})).status_code == 200
