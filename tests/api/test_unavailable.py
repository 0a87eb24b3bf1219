"""A store that is unavailable for a while: clear errors meanwhile, and full recovery afterwards."""

import asyncio

import pytest
from service import J, Service
from test_stream import opened

from services.access import AccessUnavailable
from services.vault import Vault, VaultUnavailable


async def away(*_: object) -> None:
    raise VaultUnavailable("the key store cannot be used: gone for a test")


async def test_keys_that_cannot_be_reached_are_a_503(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="Courier 1")
    monkeypatch.setattr(Vault, "keyring", away)
    answer = await service.http.get(f"/api/v1/{J}/roster")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert "gone for a test" not in answer.text
    monkeypatch.undo()
    assert await service.rows("roster")


async def test_streams_go_on_when_they_are_back(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await service.ok("worker.register", worker="W1", role="courier", name="Courier 1")
    async with opened(service.http, views="roster") as stream:
        await stream.step()
        monkeypatch.setattr(Vault, "keyring", away)
        done = await service.ok("worker.register", worker="W2", role="courier", name="Courier 2")
        await asyncio.sleep(0.6)
        assert not service.muster.background.died.is_set()
        monkeypatch.undo()
        await stream.reach(done["position"])

        assert ("roster", "W2") in stream.rows


async def test_tokens_that_cannot_be_written_are_a_503(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> str:
        raise AccessUnavailable("gone for a test")

    monkeypatch.setattr(service.tokens, "session", gone)
    answer = await service.http.post("/api/v1/session", json={"token": "mst_x"})

    assert answer.status_code == 503
