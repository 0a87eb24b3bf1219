"""Person-times in every order come from an index, and are those derived from all facts, whatever happened."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events.catalog import envelopes
from events.commit import Head, decode
from projections import presence
from projections.catalog import views as catalog
from projections.presence import INTERVALS
from services.adapters.memory.views import page_of
from services.adapters.sqlite.views import SqliteViews
from services.application.announcing import Announcements
from services.application.progress import ViewProgress
from services.decisions.area.commands import DefineArea
from services.decisions.base import Command, Refused
from services.decisions.worker.commands import CheckIn, CheckOut, CorrectDuty, Register, TakeBack
from services.history import person_times
from services.history.facts import Facts
from services.history.person_times import PersonTimes
from services.views.batch import run_batch
from services.views.port import OutboxStep, Page, Query
from tests.make import BEGIN, Chain, read
from tests.make import JURISDICTION as J

CATALOG: Final = {"presence": catalog["presence"]}
WORKERS: Final = ("W1", "W2", "工1")
AREAS: Final = (f"{J}17", f"{J}18")
ORDERS: Final = [way + field for field in ("key", *INTERVALS.filters) for way in ("", "-")]
QUERIES: Final = [
    Query(areas=[AREAS[0]]),
    Query(within=[AREAS[1]]),
    Query(filters={"until": [None]}),
    Query(filters={"area": [AREAS[0]], "until": [None]}, areas=[J]),
]
ACTS = st.tuples(
    st.sampled_from(["in", "in", "out", "back", "correct"]),
    st.sampled_from(WORKERS),
    st.sampled_from(AREAS),
    st.integers(1, 300),
    st.integers(0, 9),
)


class City:
    """A growing log, its facts in a view store, and person-times that follow."""

    def __init__(self) -> None:
        self.chain, self.views = Chain(), SqliteViews(None, CATALOG)
        self.positions, self.missed = dict[str, int](), False
        self.announcements = Announcements()
        self.told: dict[str, list[str]] = {worker: [] for worker in WORKERS}
        progress: Any = self
        following: ViewProgress = progress
        self.times = PersonTimes(self.views, following, self.announcements)
        for one in (*(DefineArea(area=one, name=one) for one in AREAS), *map(_registered, WORKERS)):
            self.chain.commit(one)

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        return None if self.missed else await self.views.steps(jurisdiction, after, limit)

    def act(self, kind: str, worker: str, area: str, ago: int, which: int) -> None:
        """Tell a fact, or take back or correct one told before."""
        told = self.told[worker]
        command: Command
        if kind == "in":
            command = CheckIn(worker=worker, area=area)
        elif kind == "out":
            command = CheckOut(worker=worker)
        elif not told:
            return
        elif kind == "back":
            command = TakeBack(worker=worker, command=told[-1])
        else:
            at = BEGIN - timedelta(seconds=ago)
            command = CorrectDuty(worker=worker, fact=told[which % len(told)], happened_at=at, reason="typo")
        try:
            stored = self.chain.commit(command, at=BEGIN - timedelta(seconds=ago), observed=True)
        except Refused:
            return
        if stored and kind in ("in", "out"):
            told.append(next(envelopes(decode(stored.data))).command)

    async def project(self) -> None:
        after = self.positions.get(J, 0)
        batches = [one async for batch in read(self.chain.commits, after) for one in batch]
        head = await run_batch(
            self.views, J, batches, lambda _, after: read(self.chain.commits, after), CATALOG
        )
        self.positions[J] = head.position

    async def expected(self, query: Query) -> Page:
        """Return the page of all rows, derived at once."""
        facts = Facts(self.views, J, Query(), None)
        rows = {key: row async for some in facts for key, row in presence.keyed(some).items()}
        return await page_of(INTERVALS, rows, Head(), query)

    async def agrees(self) -> None:
        for query in (*(Query(sort=order) for order in ORDERS), *QUERIES):
            expected = (await self.expected(replace(query, limit=1000))).items
            found, page = [], replace(query, limit=3)
            while True:
                got = await self.times.page(J, page)
                found += got.items
                if got.next is None:
                    break
                page = replace(page, cursor=got.next)
            assert found == expected, query
            assert got.head.position == self.positions[J]

    async def close(self) -> None:
        await self.times.close()
        await self.views.close()


def _registered(worker: str) -> Command:
    return Register(worker=worker, role="courier")


@settings(max_examples=8, deadline=None)
@given(acts=st.lists(st.lists(ACTS, min_size=1, max_size=8), min_size=1, max_size=4))
def test_after_any_history_every_order_and_filter_is_that_of_all_facts(acts: Any) -> None:
    async def run() -> None:
        city = City()
        for some in acts:
            for act in some:
                city.act(*act)
            await city.project()
            await city.agrees()
        await city.close()

    asyncio.run(run())


async def test_it_is_built_once_and_then_only_reads_those_who_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    derived, keyed = list[str](), presence.keyed

    def counted(rows: Any) -> Any:
        derived.extend({row.worker for row in rows})
        return keyed(rows)

    monkeypatch.setattr(person_times, "keyed", counted)
    city = City()
    for worker in WORKERS:
        city.act("in", worker, AREAS[0], 100, 0)
    await city.project()
    assert not city.times.built(J)
    await city.times.page(J, Query(sort="-since"))
    assert city.times.built(J)
    assert sorted(derived) == sorted(WORKERS)
    derived.clear()
    city.act("out", "W2", AREAS[0], 50, 0)
    await city.project()
    page = await city.times.page(J, Query(sort="-until", limit=1))
    assert [(key, derived) for key, _ in page.items] == [("W2!000001", ["W2"])]
    await city.close()


async def test_steps_that_are_gone_and_facts_that_were_rebuilt_make_it_build_again() -> None:
    city = City()
    city.act("in", "W1", AREAS[0], 100, 0)
    await city.project()
    await city.agrees()
    city.missed = True
    city.act("out", "W1", AREAS[0], 50, 0)
    await city.project()
    await city.agrees()
    city.missed = False
    rows, head = await city.views.snapshot(J, {"presence": Query()})
    kept = dict(rows["presence"][:1])
    assert await city.views.rebuild(J, "presence", kept, head)
    city.announcements.reset(J)
    assert len((await city.times.page(J, Query(filters={"until": [None]}))).items) == 1
    await city.close()
