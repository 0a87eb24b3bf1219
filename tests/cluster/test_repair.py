"""A bad record on a real topic: one city stops, and two people repair it by the manual without a restart."""

import asyncio
import re
from pathlib import Path

import httpx
from town import Town, command, ok

from services.adapters.kafka.transport import KafkaTransport
from services.log.identity import partition_of
from tests.command_line import Done, muster
from tests.manual import commands

J, OTHER = "RP", "RQ"
HEADING = "Repair of one jurisdiction"


async def produce(town: Town, position: int) -> None:
    """Write a record to the topic that follows no commit, as a stray producer would."""
    stray = (await town.commits(J))[0].data.replace(b'"first":1,', f'"first":{position},'.encode())
    transport = await KafkaTransport(town.connection).open()
    await transport.send(partition_of(J, transport.partitions), J.encode(), stray)
    await transport.close()


def typed(town: Town, number: int, *consents: Path, **values: object) -> Done:
    words = [J if word == "2307" else word for word in commands(HEADING, **values)[number]]
    people = [word for path in consents for word in ("--consent", path)]
    return muster(*words[1:], *people, env=town.cluster.env)


async def typing(town: Town, number: int, *consents: Path, **values: object) -> Done:
    return await asyncio.to_thread(lambda: typed(town, number, *consents, **values))


async def parked(api: httpx.AsyncClient) -> bool:
    answer = await command(api, J, "worker.register", worker="W2", role="courier")
    return answer.json().get("code") == "jurisdiction.parked"


async def admin(api: httpx.AsyncClient, name: str, folder: Path) -> Path:
    body = {"name": name, "scope": "admin"}
    made = await api.post("/api/v1/tokens", json=body)
    assert made.status_code == 200, made.text
    (folder / name).write_text(made.json()["secret"])
    return folder / name


async def test_by_the_manual(town: Town, tmp_path: Path) -> None:
    apis = town.clients()
    people = [await admin(apis[0], name, tmp_path) for name in ("repair-1", "repair-2")]
    await ok(apis[0], J, "worker.register", worker="W1", role="courier")
    await ok(apis[1], OTHER, "worker.register", worker="W1", role="courier")
    before = await town.commits(J)
    await produce(town, before[-1].head.position + 4)

    async with asyncio.timeout(20):
        while not all([await parked(api) for api in apis]):
            await asyncio.sleep(0.2)
    assert (await apis[0].get("/readyz")).status_code == 200
    await ok(apis[0], OTHER, "worker.register", worker="W2", role="courier")

    found = await typing(town, 0)
    assert found.returncode == 1
    assert "does not follow" in found.stdout.replace("\n", " ")
    shown = await typing(town, 1)
    told = re.search(r"--head (\d+:\w{64}) --dead (\w{64})", shown.stdout)
    assert told, shown
    values = {"HEAD": told[1], "DIGEST": told[2], "REASON": "written by a stray producer"}
    alone = await typing(town, 2, people[0], people[0], **values)
    assert "(repair.one_person)" in alone.stderr
    done = await typing(town, 2, *people, **values)
    assert (done.returncode, done.stderr) == (0, ""), done

    position = 0
    async with asyncio.timeout(20):
        for number, api in enumerate(apis):
            while await parked(api):
                await asyncio.sleep(0.1)
            position = await ok(api, J, "worker.register", worker=f"N{number}", role="courier")
    shown_again = await apis[0].get(f"/api/v1/{J}/roster/N3", params={"after": position})
    assert shown_again.status_code == 200, "the projector goes on too"
    assert await town.audit(J) == []
    again = await typing(town, 3)
    assert again.returncode == 0, again
    assert "admin/repair-1 and admin/repair-2: written by a stray producer" in again.stdout
    after = await town.commits(J)
    assert after[: len(before)] == before, "nothing acknowledged is lost"
    assert f"parked {J}" not in (await apis[0].get("/readyz")).text
