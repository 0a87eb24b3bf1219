"""Moves into a running cluster and back: every hash stays the same, and every process is notified."""

from pathlib import Path

import httpx
from town import Town

from events.commit import decode
from projections.catalog import views as catalog
from services.adapters.postgres.pool import Pool
from services.adapters.postgres.views import PgViews
from services.views.port import Query
from tests.story import told_in
from tests.transfer.places import Place, item, ok

J = "2308"
"""The same story is played in 2307 of the same cluster."""
NEW = ("worker.register", {"worker": "W9", "role": "rider", "name": "Courier 9"})
LATE = ("worker.retire", {"worker": "W9"})


async def send(client: httpx.AsyncClient, n: int, step: tuple[str, object]) -> httpx.Response:
    """Send the n-th command over HTTP, always with the same id."""
    one = item(n, step[0], dict(step[1]))  # type: ignore[call-overload]
    return await client.post(
        f"/api/v1/{J}/commands/{one['name']}", json=one["data"], headers={"Idempotency-Key": one["id"]}
    )


async def test_up_and_back_down(town: Town, tmp_path: Path) -> None:
    env, data = town.cluster.env, ("--data", tmp_path / "cli")
    (tmp_path / "secret").write_text("a passphrase of some length")
    secret = ("--passphrase-file", tmp_path / "secret")
    api, here = town.clients()[0], Place(tmp_path / "here", J)
    await here.plays()
    board, names = await here.rows(), here.names()

    ok("export", "--move", "--to", "the cluster", "--out", tmp_path / "up", "--data", here.folder)
    ok("keys", "export", *secret, "--out", tmp_path / "up.keys", "--data", here.folder)
    ok("keys", "load", *secret, tmp_path / "up.keys", *data, env=env)
    ok("load", tmp_path / "up", *data, env=env)

    below = await here.commits()
    assert (await town.commits(J))[: len(below)] == below
    again = [await send(api, n, step) for n, step in enumerate(told_in(J)[:10])]
    assert {answer.json()["outcome"] for answer in again} == {"known"}
    taken = await send(api, 1000, NEW)
    assert (taken.status_code, taken.json()["outcome"]) == (200, "accepted")
    people = (await api.get(f"/api/v1/{J}/roster", params={"after": taken.json()["position"]})).json()[
        "items"
    ]
    read = {person["worker"]: person["name"] for person in people if person["name"]}
    named = [worker for worker, name in names.items() if name]
    assert read == {worker: f"Courier {worker[1:]}" for worker in [*named, "W9"]}, "an admin reads names"
    found = await api.post(f"/api/v1/{J}/find", json={"phone": "00000099"})
    assert found.status_code == 200, found.text
    assert "W1" in found.text
    assert await town.audit(J) == []
    views = await PgViews.open(await Pool.open(town.cluster.database.dsn), catalog)
    above, _ = await views.snapshot(J, {name: Query() for name in catalog})
    await views.close()
    for name in ("teams", "requests", "assignments", "ledger", "areas", "incidents"):
        assert dict(above[name]) == board[name], name

    ok("export", "--move", "--jurisdiction", J, "--out", tmp_path / "down", *data, env=env)
    refused = await send(api, 1001, LATE)
    assert (refused.status_code, refused.json()["code"]) == (409, "jurisdiction.moved")
    assert (await send(api, 1000, NEW)).json()["outcome"] == "known"
    ok("keys", "export", "--jurisdiction", J, *secret, "--out", tmp_path / "down.keys", *data, env=env)
    ok("keys", "load", *secret, tmp_path / "down.keys", "--data", here.folder)
    ok("load", tmp_path / "down", "--data", here.folder)

    away = await town.commits(J)
    back = await here.commits()
    assert back[: len(away)] == away
    assert [event.name for event in decode(back[-1].data).events] == ["jurisdiction.resumed"]
    assert [one["outcome"] for one in await here.does(NEW, LATE, first=1000)] == ["known", "accepted"]
    assert here.names() == names
    ok("verify", "--data", here.folder)
    await api.aclose()
