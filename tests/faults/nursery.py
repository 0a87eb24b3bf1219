"""Bear processes that write to a data folder until they are killed; a fork is faster than a start.

For each line `SEED FOLDER` on standard input, a child is forked. It prints `born PID`, then what the service
acknowledged to it, one JSON object per line; when it was killed, `dead` is printed.
"""

import asyncio
import json
import os
import random
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from projections.catalog import views as catalog
from services import wiring
from services.application.muster import Muster
from services.files.form import SealedFile, name_of
from services.intake.running.sinks import Embedded
from services.views.rebuild import rebuild_all

J = "K1"


def say(**what: Any) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


class Life:
    """One process's random acts."""

    def __init__(self, muster: Muster, seed: int) -> None:
        self._muster, self._chance, self._seed = muster, random.Random(seed), seed
        self._sink, self._made = Embedded(muster.commands, muster.clock, muster.views), 0

    async def live(self) -> None:
        """Act in four tasks at once, until the end."""
        await self._send(self._item("worker.register", worker="W0", role="courier"))
        await asyncio.gather(*(self._act_on() for _ in range(4)))

    async def _act_on(self) -> None:
        acts = (self._single, self._batch, self._erase, self._picture, self._rebuild, self._sheet)
        while True:
            await self._chance.choices(acts, (8, 3, 2, 2, 1, 1))[0]()

    def _item(self, name: str, /, **data: Any) -> dict[str, Any]:
        self._made += 1
        id_ = str(UUID(int=self._seed << 64 | self._made, version=4))
        return {"id": id_, "name": name, "data": data}

    def _person(self) -> dict[str, Any]:
        worker = f"W{self._seed}-{self._made}"
        return self._item("worker.register", worker=worker, role="courier", name="Test Person")

    async def _send(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        for item in items:
            say(sent=item["id"])
        answers = await self._sink.submit(J, list(items))
        for item, answer in zip(items, answers, strict=True):
            if answer["outcome"] == "accepted":
                say(accepted=item["id"], position=answer["position"])
        return answers

    async def _single(self) -> None:
        await self._send(self._item("worker.check_in", worker="W0", area=J))

    async def _batch(self) -> None:
        await self._send(*(self._person() for _ in range(20)))

    async def _sheet(self) -> None:
        """An import sends many batches; only its end tells its user that all is there."""
        for _ in range(5):
            await self._send(*(self._person() for _ in range(50)))

    async def _erase(self) -> None:
        person = self._person()
        worker = person["data"]["worker"]
        await self._send(person)
        (answer,) = await self._send(self._item("worker.erase", worker=worker))
        if answer["outcome"] == "accepted":
            say(erased=f"worker/{worker}")

    async def _picture(self) -> None:
        subject = f"request/R{self._seed}-{self._made}"
        self._made += 1
        box = await self._muster.vault.seal_file(J, subject, "image/jpeg", self._chance.randbytes(9_000))
        stored = SealedFile(subject, "image/jpeg", box or b"").packed()
        await self._muster.files.put(J, name_of(stored), subject, stored, self._muster.clock.now())
        say(picture=name_of(stored), of=subject)

    async def _rebuild(self) -> None:
        view = self._chance.choice(sorted(catalog))
        await rebuild_all(self._muster.log, self._muster.views, J, {view: catalog[view]})


async def run(folder: Path, seed: int) -> None:
    muster = await wiring.embedded(folder)
    async with muster.running():
        say(open=True)
        await Life(muster, seed).live()


def main() -> None:
    for line in sys.stdin:
        seed, folder = line.split(maxsplit=1)
        child = os.fork()
        if child == 0:
            asyncio.run(run(Path(folder.strip()), int(seed)))
            os._exit(1)
        say(born=child)
        _, status = os.waitpid(child, 0)
        say(dead=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
