"""Four API processes and two projectors: all show the same chain and the same board."""

import asyncio
import hashlib
import json
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import httpx
import pytest
from scale import scaled
from town import Town, command, ok

J = "RACE"
COMMANDS = scaled("MUSTER_RACE", 750, 20_000)
CLIENTS = 64
WORKERS = COMMANDS // 50
REQUESTS = COMMANDS // 66
TEAMS = 12


@pytest.fixture
async def apis(town: Town) -> AsyncIterator[list[httpx.AsyncClient]]:
    clients = town.clients()
    yield clients
    for client in clients:
        await client.aclose()


async def test_what_one_process_recorded_another_one_shows(apis: list[httpx.AsyncClient]) -> None:
    for n in range(24):
        writer, reader = apis[n % 4], apis[(n + 1 + n // 4) % 4]
        position = await ok(writer, "rw", "worker.register", worker=f"W{n}", role="courier")
        answer = await reader.get(f"/api/v1/rw/roster/W{n}", params={"after": position})
        assert answer.status_code == 200, answer.text
        assert answer.json()["worker"] == f"W{n}"
        assert answer.json()["position"] >= position


async def test_a_repeat_at_another_process_is_known(apis: list[httpx.AsyncClient]) -> None:
    key = str(uuid4())
    first = await command(apis[0], "rp", "worker.register", key=key, worker="W1", role="courier")
    again = [
        await command(api, "rp", "worker.register", key=key, worker="W1", role="courier") for api in apis
    ]
    other = await command(apis[1], "rp", "worker.register", key=key, worker="W2", role="courier")
    status = await apis[3].get(f"/api/v1/rp/commands/{key}")

    assert first.json()["outcome"] == "accepted"
    assert [(a.json()["outcome"], a.json()["position"]) for a in again] == [
        ("known", first.json()["position"])
    ] * 4
    assert (other.status_code, other.json()["code"]) == (422, "id_reused")
    assert status.json() == {"id": key, "status": "recorded", "position": first.json()["position"]}


class Race:
    """Thousands of commands from 64 clients at each of four processes."""

    def __init__(self, http: aiohttp.ClientSession, urls: list[str]) -> None:
        self.http, self.urls = http, urls
        self.acknowledged: dict[str, int] = {}
        self.winners: dict[str, list[str]] = {f"R{n}": [] for n in range(REQUESTS)}
        self.fights = [(f"R{n}", f"T{t}") for n in range(REQUESTS) for t in range(TEAMS)]
        self.left = COMMANDS
        self.repeats = 0
        random.Random(7).shuffle(self.fights)

    async def client(self, number: int) -> None:
        chance = random.Random(number)
        while self.left > 0:
            self.left -= 1
            name, body = self._next(chance)
            await self._send(self.urls[number % 4], chance, name, body)

    def _next(self, chance: random.Random) -> tuple[str, dict[str, Any]]:
        if self.fights and chance.random() < 0.25:
            request, team = self.fights.pop()
            dispatch = {"assignment": f"{request}-{team}", "request": request, "team": team}
            return "assignment.dispatch", dispatch
        return "worker.check_in", {"worker": f"W{chance.randrange(WORKERS)}", "area": J}

    async def _send(self, url: str, chance: random.Random, name: str, body: Any) -> None:
        key = str(uuid4())
        tries = [url]
        if chance.random() < 0.1:
            tries += [chance.choice(self.urls), chance.choice(self.urls)]
            self.repeats += 1
        told = set(await asyncio.gather(*(self._post(to, name, key, body) for to in tries)))
        if name == "worker.check_in" and len(told) > 1:
            told.discard(None)  # another command of that worker came at the same instant elsewhere
        assert len(told) == 1, (name, key, told)
        position = told.pop()
        if position is None:
            return
        self.acknowledged[key] = position
        if name == "assignment.dispatch":
            self.winners[body["request"]].append(body["team"])

    async def _post(self, url: str, name: str, key: str, body: Any) -> int | None:
        """Return its position; None = refused, which is allowed, or a check-in without effect."""
        path = f"{url}/api/v1/{J}/commands/{name}"
        async with self.http.post(path, json=body, headers={"Idempotency-Key": key}) as answer:
            told = await answer.json(content_type=None)
            if answer.status == 409:
                assert told["code"] == "request.full", told
                return None
            assert answer.status == 200, told
            return None if told["outcome"] == "unchanged" else told["position"]


@pytest.mark.timeout(600)
async def test_a_race_of_four_processes_has_one_outcome(town: Town, apis: list[httpx.AsyncClient]) -> None:
    for n in range(WORKERS):
        await ok(apis[n % 4], J, "worker.register", worker=f"W{n}", role="courier")
    for n in range(TEAMS):
        await ok(apis[0], J, "team.form", team=f"T{n}", name=f"team {n}", kind="vehicle", area=J)
        await ok(apis[0], J, "team.activate", team=f"T{n}")
    for n in range(REQUESTS):
        await ok(apis[n % 4], J, "request.open", request=f"R{n}", category="medicine", priority=2, area=J)

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=town.headers, connector=connector) as http:
        race = Race(http, town.cluster.urls)
        await asyncio.gather(*(race.client(n) for n in range(CLIENTS * 4)))

    recorded = await town.recorded(J)
    assert max(recorded.values()) == 1
    assert race.acknowledged.keys() <= recorded.keys()
    assert race.repeats > COMMANDS // 20
    contested = {request for request, _ in race.fights}
    fought = {request: teams for request, teams in race.winners.items() if request not in contested or teams}
    assert fought
    assert {request: len(teams) for request, teams in fought.items()} == dict.fromkeys(fought, 1)
    heads = [await _chain(api) for api in apis]
    assert len(set(heads)) == 1
    assert await town.audit(J) == []


async def _chain(api: httpx.AsyncClient) -> tuple[int, str]:
    """Return the number of events in the log of a process, and a hash over all of them."""
    async with api.stream("GET", f"/api/v1/{J}/log", timeout=120) as answer:
        hashed, lines = hashlib.sha256(), 0
        async for line in answer.aiter_lines():
            hashed.update(line.encode())
            lines += 1
    return lines, hashed.hexdigest()


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    event = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


class Screen:
    """The rows of a page after a snapshot and all patches."""

    def __init__(self) -> None:
        self.position = -1
        self.rows: dict[tuple[str, str], Any] = {}
        self.resets = self.patches = 0
        self.pings: list[dict[str, Any]] = []

    def take(self, event: str, data: Any) -> None:
        if event == "snapshot":
            self.position = data["position"]
            self.rows = {(row["view"], row["key"]): row["row"] for row in data["rows"]}
        elif event == "patch":
            assert data["after"] == self.position
            self.position, self.patches = data["upto"], self.patches + 1
            for row in data["rows"]:
                self.rows[row["view"], row["key"]] = row["row"]
                if row["row"] is None:
                    del self.rows[row["view"], row["key"]]
        elif event == "reset":
            self.resets += 1
        else:
            self.pings.append(data)

    async def watch(self, api: httpx.AsyncClient, jurisdiction: str, upto: asyncio.Future[int]) -> None:
        path = f"/api/v1/{jurisdiction}/stream"
        async with api.stream("GET", path, params={"views": "roster,headcount,requests"}) as answer:
            async for event, data in _events(answer):
                self.take(event, data)
                if upto.done() and self.position >= upto.result():
                    return


async def test_a_screen_at_one_process_follows_what_the_others_record(apis: list[httpx.AsyncClient]) -> None:
    code = "sc"
    await ok(apis[0], code, "worker.register", worker="W0", role="courier")
    await apis[3].get(f"/api/v1/{code}/roster", params={"after": 2})
    screen, last = Screen(), asyncio.get_running_loop().create_future()
    watching = asyncio.create_task(screen.watch(apis[3], code, last))
    position = 0
    for n in range(1, 60):
        api = apis[n % 3]
        await ok(api, code, "worker.register", worker=f"W{n}", role="courier")
        position = await ok(api, code, "worker.check_in", worker=f"W{n}", area=code)
        if n % 7 == 0:
            position = await ok(api, code, "worker.check_out", worker=f"W{n}")
        if n % 9 == 0:
            position = await ok(
                api, code, "request.open", request=f"R{n}", category="food", priority=3, area=code
            )
    async with asyncio.timeout(15):
        while screen.position < position:
            await asyncio.sleep(0.05)
    watching.cancel()

    fresh, at_once = Screen(), asyncio.get_running_loop().create_future()
    at_once.set_result(position)
    async with asyncio.timeout(15):
        await fresh.watch(apis[1], code, at_once)
    assert screen.rows == fresh.rows
    assert screen.position == fresh.position
    assert screen.patches > 2
    assert screen.resets == 0


async def _first_ping(api: httpx.AsyncClient, code: str) -> dict[str, Any]:
    """Return the first ping of a new stream."""
    path = f"/api/v1/{code}/stream"
    async with api.stream("GET", path, params={"views": "roster"}) as answer, asyncio.timeout(15):
        async for event, data in _events(answer):
            if event == "ping":
                return data
    raise AssertionError("the stream ended")


async def test_screens_say_for_how_long_projectors_have_stood_still(
    town: Town, apis: list[httpx.AsyncClient]
) -> None:
    """Uses a process that has never written there and follows the log only for its streams."""
    code = "bh"
    position = await ok(apis[0], code, "worker.register", worker="W1", role="courier")
    await apis[3].get(f"/api/v1/{code}/roster", params={"after": position})
    first = await _first_ping(apis[3], code)
    assert first["now"]
    assert (first["position"], first["behind"]) == (position, 0.0)
    assert not first.get("degraded"), "none is, whether or not it has been looked at yet"

    projectors = [town.cluster[f"projector-{n}"] for n in (1, 2)]
    for projector in projectors:
        projector.pause()
    try:
        later = await ok(apis[0], code, "worker.register", worker="W2", role="courier")
        await asyncio.sleep(2)
        stuck = await _first_ping(apis[3], code)
        unseen = await _first_ping(apis[2], code)
    finally:
        for projector in projectors:
            projector.resume()
    assert stuck["position"] == unseen["position"] == position < later
    assert stuck["behind"] >= 2
    assert unseen["behind"] >= 2, "also where nobody looked before"
    async with asyncio.timeout(15):
        while (found := await _first_ping(apis[3], code))["behind"]:
            pass
    assert found["position"] == later


async def test_an_erasure_empties_every_process_and_resets_its_screens(apis: list[httpx.AsyncClient]) -> None:
    code = "er"
    await ok(apis[0], code, "worker.register", worker="W1", role="courier", name="rider 1")
    await ok(apis[0], code, "worker.register", worker="W2", role="courier", name="rider 2")
    before = await apis[2].get(f"/api/v1/{code}/roster/W1", params={"after": 2})
    assert before.json()["name"]
    screen, never = Screen(), asyncio.get_running_loop().create_future()
    watching = asyncio.create_task(screen.watch(apis[2], code, never))
    while screen.position < 0:
        await asyncio.sleep(0.05)

    position = await ok(apis[0], code, "worker.erase", worker="W1")

    async with asyncio.timeout(10):
        while not screen.resets:
            await asyncio.sleep(0.05)
    after = await apis[2].get(f"/api/v1/{code}/roster/W2", params={"after": position})
    assert after.status_code == 200
    watching.cancel()
    async with asyncio.timeout(8):
        while (await apis[2].get(f"/api/v1/{code}/roster/W1")).json().get("name"):
            await asyncio.sleep(0.2)
