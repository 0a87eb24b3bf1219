"""kill -9 under load and during an import: nothing acknowledged is lost, nothing is recorded twice."""

import asyncio
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx
from scale import scaled
from server import Server, muster

J = "K1"
ROUNDS = scaled("MUSTER_KILLS", 4, 25)
SENDERS = 8
ROWS = scaled("MUSTER_KILLED_ROWS", 3_000, 6_000)


class Ledger:
    """The commands sent, and the positions of those acknowledged."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, int] = {}
        self.open: dict[str, dict[str, object]] = {}
        self.longest = 0.0


async def _sender(client: httpx.AsyncClient, ledger: Ledger, number: int) -> None:
    """Send new commands until the connection breaks. Unanswered ones stay open."""
    while True:
        key = str(uuid4())
        body: dict[str, object] = {"worker": f"W{number}", "area": J}
        ledger.open[key] = body
        await _send(client, ledger, key, body)


async def _send(client: httpx.AsyncClient, ledger: Ledger, key: str, body: dict[str, object]) -> None:
    answer = await client.post(
        f"/api/v1/{J}/commands/worker.check_in", json=body, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 200, answer.text
    if key in ledger.acknowledged:
        assert answer.json()["position"] == ledger.acknowledged[key]
    ledger.acknowledged[key] = answer.json()["position"]
    ledger.open.pop(key, None)


async def _life(server: Server, ledger: Ledger, seconds: float) -> None:
    """Repeat open commands with the same ids, send more, and kill the server meanwhile."""
    async with httpx.AsyncClient(base_url=server.url, headers=server.headers, trust_env=False) as client:
        for number in range(SENDERS):
            await client.post(
                f"/api/v1/{J}/commands/worker.register",
                json={"worker": f"W{number}", "role": "courier"},
                headers={"Idempotency-Key": f"00000000-0000-4000-8000-{number:012d}"},
            )
        for key, body in list(ledger.open.items()):
            await _send(client, ledger, key, body)
        senders = [asyncio.create_task(_sender(client, ledger, number)) for number in range(SENDERS)]
        await asyncio.sleep(seconds)
        server.kill()
        results = await asyncio.gather(*senders, return_exceptions=True)
    assert all(isinstance(result, httpx.TransportError) for result in results), results


async def test_killed_under_load(tmp_path: Path) -> None:
    chance, ledger = random.Random(328), Ledger()
    for _ in range(ROUNDS):
        await _life(Server(tmp_path), ledger, chance.uniform(0.02, 0.25))
    server = Server(tmp_path)
    async with httpx.AsyncClient(base_url=server.url, headers=server.headers, trust_env=False) as client:
        for key, body in list(ledger.open.items()):
            await _send(client, ledger, key, body)
        lines = (await client.get(f"/api/v1/{J}/log", timeout=60)).text.splitlines()
    assert server.stop() == 0
    positions = {}
    for line in lines:
        event = json.loads(line)
        if event["type"] == "worker.checked_in":
            assert event["command"] not in positions, "recorded twice"
            positions[event["command"]] = event["position"]
    assert positions == ledger.acknowledged
    assert len(positions) > ROUNDS
    checked = muster("verify", "--data", str(tmp_path))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_killed_during_an_import_and_imported_again(tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    rows = "".join(f"Worker {i},0000{i:07d},courier,Firm {i % 9}\n" for i in range(ROWS))
    sheet.write_text("name,phone,role,organisation\n" + rows)
    data = tmp_path / "data"
    arguments = ["import", str(sheet), "-m", "roster", "-j", J, "--data", str(data)]
    for delay in (0.8, 1.4, 2.0):
        with subprocess.Popen(
            [sys.executable, "-m", "services.cli", *arguments], stderr=subprocess.DEVNULL
        ) as child:
            time.sleep(delay)
            child.kill()
    again = muster(*arguments, "--json")
    assert again.returncode == 0, again.stderr
    total = json.loads(again.stdout)["files"][0]
    assert total["rows"] == ROWS == total["applied"] + total["known"]
    shown = muster("show", "roster", "--data", str(data), "--format", "json", "--limit", "10000")
    assert len(json.loads(shown.stdout)) == ROWS
    assert muster("verify", "--data", str(data)).returncode == 0


def test_a_second_writer_is_refused_and_told_whom_to_ask(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        second = muster("serve", "--data", str(tmp_path), "--port", "0")
        rebuild = muster("rebuild", "--data", str(tmp_path))
    finally:
        server.stop()
    assert (second.returncode, rebuild.returncode) == (1, 1)
    assert str(server.process.pid) in second.stderr
    assert "Traceback" not in second.stderr + rebuild.stderr


def test_a_flipped_byte_is_found_by_position(tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text("name,phone,role\n" + "".join(f"Worker {i},0000{i},courier\n" for i in range(50)))
    data = tmp_path / "data"
    assert muster("import", str(sheet), "-m", "roster", "-j", J, "--data", str(data)).returncode == 0
    stored = (data / "log.sqlite").read_bytes()
    place = stored.index(b'"role":"courier"') + 9
    (data / "log.sqlite").write_bytes(stored[:place] + b"x" + stored[place + 1 :])
    checked = muster("verify", "--data", str(data))
    assert checked.returncode == 1
    assert "at position" in checked.stdout
    assert "Traceback" not in checked.stderr
