"""What an import records waits a moment for more, so that a row is written once; nobody waits for that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from events.catalog import envelopes
from events.commit import Head, decode
from projections.base import View
from projections.catalog import views as catalog
from projections.fold import StraightRows, folds
from services.adapters.sqlite.views import SqliteViews
from services.decisions.area.commands import DefineArea
from services.decisions.base import Refused, commands
from services.decisions.worker.commands import CheckIn, Register
from services.log.port import Stored
from services.views import loop
from services.views.loop import Projector
from tests.make import JURISDICTION as J
from tests.make import Chain, chain
from tests.story import STORY

COMMITS = chain(
    DefineArea(area="230717", name="county"),
    Register(worker="W1", role="courier"),
    *(CheckIn(worker="W1", area=area) for area in ("230717", J, "230717")),
)


class Nothing:
    """A log with nothing to catch up with."""

    async def jurisdictions(self) -> list[str]:
        return []

    async def end(self, jurisdiction: str) -> Head:
        return COMMITS[-1].head

    async def read(self, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
        yield [one for one in COMMITS if one.head.position > after]


@asynccontextmanager
async def projecting(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Projector, SqliteViews]]:
    """Run a projector that waits for ever, unless somebody is in a hurry."""
    monkeypatch.setattr(loop, "PATIENCE_SECONDS", 3600)
    views = SqliteViews(None, catalog)
    projector = Projector(Nothing(), views, lambda jurisdiction, position: None)  # type: ignore[arg-type]
    running = asyncio.create_task(projector.run())
    yield projector, views
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await views.close()


async def test_an_import_is_written_at_once_when_somebody_asks(monkeypatch: pytest.MonkeyPatch):
    async with projecting(monkeypatch) as (projector, views):
        for one in COMMITS:
            projector.offer(J, one, bulk=True)
            await asyncio.sleep(0)
        assert (await views.head(J)).position == 0
        assert await projector.reached(J, COMMITS[-1].head.position, 60)
        assert len(await views.steps(J, 0) or ()) == 1


async def test_an_import_is_written_with_the_next_command_of_anybody(monkeypatch: pytest.MonkeyPatch):
    async with projecting(monkeypatch) as (projector, views):
        for one in COMMITS[:-1]:
            projector.offer(J, one, bulk=True)
        projector.offer(J, COMMITS[-1])
        while not projector.positions.get(J):
            await asyncio.sleep(0.001)
        assert (await views.head(J)) == COMMITS[-1].head


async def test_an_import_is_written_when_it_fills_a_transaction(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loop, "MOST_EVENTS", 2)
    async with projecting(monkeypatch) as (projector, _):
        projector.offer(J, COMMITS[0], bulk=True)
        projector.offer(J, COMMITS[1], bulk=True)
        while not projector.positions.get(J):
            await asyncio.sleep(0.001)


async def test_an_offered_commit_is_shown_while_a_view_is_folded_again(monkeypatch: pytest.MonkeyPatch):
    folding = asyncio.Event()

    async def slow(*_: object, **__: object) -> None:
        folding.set()
        await asyncio.Event().wait()

    async def stale(_: SqliteViews, jurisdiction: str) -> list[str]:
        return ["roster"]

    async def jurisdictions(_: Nothing) -> list[str]:
        return [J]

    monkeypatch.setattr(loop, "rebuild_all", slow)
    monkeypatch.setattr(SqliteViews, "stale", stale)
    monkeypatch.setattr(Nothing, "jurisdictions", jurisdictions)
    monkeypatch.setattr(Nothing, "read", _first_two)
    async with projecting(monkeypatch) as (projector, views):
        await asyncio.wait_for(folding.wait(), 5)
        assert (await views.head(J)) == COMMITS[1].head
        projector.offer(J, COMMITS[2])
        assert await projector.reached(J, COMMITS[2].head.position, 5)


async def _first_two(_: Nothing, jurisdiction: str, after: int = 0) -> AsyncIterator[list[Stored]]:
    yield [one for one in COMMITS[:2] if one.head.position > after]


@pytest.mark.parametrize("view", [one for one in catalog.values() if one.begins], ids=lambda view: view.name)
def test_rows_that_begin_with_an_event_were_not_there_before_its_commit(view: View[Any]):
    folded = StraightRows({view.name: view})
    made = Chain(J)
    for name, body in STORY:
        with suppress(Refused):  # of what depends on the time of day
            made.commit(commands[name].model_validate(body))
    assert len(made.commits) > len(STORY) // 2
    for stored in made.commits:
        known = set(folded.rows[view.name])
        for event in envelopes(decode(stored.data)):
            if folds(view, type(event.data)) and view.begins and view.begins(event):
                assert known.isdisjoint(view.keys(event))
            folded.take(event)
