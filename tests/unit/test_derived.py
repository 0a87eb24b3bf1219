"""Person-times and hours are derived a few workers at a time, and their pages are those of all at once."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from events.commit import Head
from projections import presence, roster
from projections.base import Row, View
from projections.catalog import views as catalog
from projections.fold import fold
from projections.hours import HOURS, Span, cuts, table
from projections.presence import INTERVALS
from services.adapters.memory.views import page_of
from services.adapters.sqlite.views import SqliteViews
from services.api import derived
from services.api.derived import Days
from services.history import facts
from services.views.port import Query
from tests.given import Given, area, given, t, worker

J = "2307"
ZONE = "Asia/Shanghai"
DAYS = Days(date(2022, 3, 1), date(2022, 3, 31), "day")
WORKERS = ("W1", "W1-1", "W1.1", "W10", "W2", "Wx", "工1")


@pytest.fixture(scope="module")
def duties() -> Given:
    """Several duties each, of workers whose ids begin alike."""
    case = given(
        area.define(area="230717", name="County 1"),
        area.define(area="230718", name="County 2"),
        *(worker.register(worker=one, role="courier") for one in WORKERS),
    )
    for hour in range(1, 7):
        for n, one in enumerate(WORKERS):
            place = "230717" if (hour + n) % 2 else "230718"
            told = (
                worker.check_out(worker=one)
                if (hour + n) % 3 == 0
                else worker.check_in(worker=one, area=place)
            )
            case.and_(told, now=t(f"{hour:02d}:{n:02d}"))
    return case


class Read:
    """A service with these rows, that counts the facts it reads."""

    def __init__(self, views: SqliteViews, case: Given) -> None:
        self.views, self.timezone = self, ZONE
        self.clock = SimpleNamespace(now=lambda: t("08:00"))
        self.facts = 0
        self._views, self._case = views, case

    async def load(self, *args: Any) -> Any:
        return await self._views.load(*args)

    async def query(self, jurisdiction: str, view: str, query: Query) -> Any:
        page = await self._views.query(jurisdiction, view, query)
        self.facts += len(page.items)
        return page


@pytest.fixture
async def service(duties: Given) -> AsyncIterator[Any]:
    names = ("presence", "roster", "jurisdictions")
    store = SqliteViews(None, {name: catalog[name] for name in names})
    rows = {name: fold(catalog[name], duties.log.commits) for name in names}
    await store.fill(J, rows, Head(len(duties.log.commits), ""))
    yield Read(store, duties)
    await store.close()


def everything(case: Given, view: View[Any]) -> dict[str, Row]:
    """Return the rows of all workers, derived at once."""
    told: Any = fold(presence.VIEW, case.log.commits).values()
    if view is INTERVALS:
        return dict(presence.keyed(told))
    known: Any = fold(roster.VIEW, case.log.commits)
    zone = ZoneInfo(ZONE)
    span = list(cuts(Span(date(2022, 3, 1), date(2022, 3, 31), "day"), zone))
    return dict(table(presence.derived(told), known, span, t("08:00")))


ORDERS = [
    (view, order)
    for view in (INTERVALS, HOURS)
    for order in (None, "-key", "worker", *(f"-{one}" for one in view.filters if one != "late_seconds"))
]


@pytest.mark.parametrize(("view", "order"), ORDERS, ids=lambda one: getattr(one, "name", one))
@pytest.mark.parametrize("limit", [1, 4])
async def test_pages_are_those_of_all_rows(
    service: Any,
    duties: Given,
    monkeypatch: pytest.MonkeyPatch,
    view: View[Any],
    order: str | None,
    limit: int,
) -> None:
    monkeypatch.setattr(facts, "FACTS_AT_ONCE", 5)
    whole = everything(duties, view)
    query = Query(sort=order, limit=limit)
    found: list[str] = []
    while True:
        page = await derived.page(service, J, view, query, DAYS)
        assert all(whole[key] == row for key, row in page.items)
        found += [key for key, _ in page.items]
        if page.next is None:
            break
        query = msgspec.structs.replace(query, cursor=page.next)
    expected = await page_of(view, whole, Head(), Query(sort=order, limit=1000))
    assert found == [key for key, _ in expected.items]
    assert found


async def test_filters_and_areas_are_those_of_all_rows(service: Any, duties: Given) -> None:
    query = Query(areas=["230717"], filters={"worker": ["W1", "W10"]})
    expected = await page_of(INTERVALS, everything(duties, INTERVALS), Head(), query)
    page = await derived.page(service, J, INTERVALS, query, DAYS)
    assert page.items == expected.items
    assert {presence.worker_of(key) for key, _ in page.items} == {"W1", "W10"}


async def test_a_page_in_the_order_of_ids_reads_only_its_own_workers(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "FACTS_AT_ONCE", 5)
    page = await derived.page(service, J, INTERVALS, Query(limit=1), DAYS)
    assert service.facts <= 10
    service.facts = 0
    last = await derived.page(service, J, INTERVALS, Query(limit=1, cursor=page.next), DAYS)
    assert last.items
    assert service.facts <= 15


async def test_a_file_has_all_rows_in_any_order(service: Any, duties: Given, tmp_path: Path) -> None:
    query = Query(sort="-since", limit=1000)
    store = await derived.stored(service, J, INTERVALS, query, DAYS, tmp_path / "rows.sqlite")
    expected = await page_of(INTERVALS, everything(duties, INTERVALS), Head(), query)
    assert (await store.query(J, INTERVALS.name, query)).items == expected.items
    await store.close()


async def test_names_are_those_of_workers_within_reach(service: Any) -> None:
    here = await derived.page(service, J, HOURS, Query(within=["230717"], limit=1000), DAYS)
    roles = {getattr(row, "role", "?") for _, row in here.items}
    assert roles == {"courier", None}, "somebody is elsewhere by now"


def test_days_of_a_span_are_cut_once() -> None:
    found = list(cuts(Span(date(2022, 3, 30), date(2022, 4, 2), "month"), ZoneInfo(ZONE)))
    assert [name for name, *_ in found] == ["2022-03", "2022-04"]
    assert found[0][4] == found[1][3] == datetime(2022, 3, 31, 16, tzinfo=UTC)
