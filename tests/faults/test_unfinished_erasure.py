"""An erasure is recorded before its keys are deleted. A crash in between is made up for."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from services import wiring
from services.application import expiring
from services.application.muster import Muster
from services.decisions.base import Command
from services.decisions.worker.commands import Erase, Register
from services.recorder.envelope import CommandEnvelope
from services.vault import Erased

J = "2307"


async def ask(muster: Muster, command: Command) -> str:
    envelope = CommandEnvelope(id=str(uuid4()), command=command, actor="admin/a", received=datetime.now(UTC))
    async with asyncio.timeout(5):
        return (await muster.commands.submit(J, [envelope]))[0].outcome


async def sealable(muster: Muster) -> bool:
    """Return whether the worker's key still exists."""
    await muster.vault.ensure(J, ["worker/W1"])
    try:
        muster.vault.seal(J, "worker/W1", "c", "name", "synthetic 001")
    except Erased:
        return False
    return True


async def test_another_process_of_a_cluster_finishes_it_though_no_command_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(expiring, "LOOK_SECONDS", 0.02)
    first = await wiring.embedded(tmp_path)

    async def killed(jurisdiction: str, subjects: object) -> None:
        await asyncio.Event().wait()

    async with first.running():
        assert await ask(first, Register(worker="W1", role="courier", name="synthetic 001")) == "accepted"
        monkeypatch.setattr(first.vault, "erase_all", killed)
        asking = asyncio.create_task(ask(first, Erase(worker="W1")))
        await first.progress.reached(J, 3, 5)
        assert await sealable(first)
        asking.cancel()
    await asyncio.wait((asking,))

    second = await wiring.embedded(tmp_path)
    second.commands.shared = True  # as in a cluster: state is loaded on demand
    async with second.running(), asyncio.timeout(5):
        while await sealable(second):
            await asyncio.sleep(0.02)
