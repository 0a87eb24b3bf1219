"""Views whose rows hold dated history: read as they were, found by what they were then."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from events.commit import Head
from projections.base import Row, View
from services.adapters.memory.views import views_of
from services.history.dated import DatedViews, past
from services.views.port import Query
from tests.make import BEGIN
from tests.make import JURISDICTION as J

DAY = timedelta(days=1)


class Firm(Row, frozen=True, kw_only=True):
    """One firm, and where it was since when."""

    firm: str
    area: str
    history: tuple[tuple[datetime, str], ...]


def stood(row: Firm, when: datetime) -> Firm | None:
    known = tuple(one for one in row.history if one[0] <= when)
    return msgspec.structs.replace(row, area=known[-1][1], history=known) if known else None


VIEW = View(
    name="firms",
    row=Firm,
    keys=lambda envelope: (),
    evolve=lambda row, envelope, key: row,
    filters=("area",),
    at=stood,
)
ROWS = {
    "E1": Firm(firm="E1", area="230718", history=((BEGIN, "230717"), (BEGIN + 2 * DAY, "230718"))),
    "E2": Firm(firm="E2", area="230718", history=((BEGIN + DAY, "230718"),)),
}


async def read(when: datetime, query: Query) -> list[tuple[str, str, int]]:
    views = await views_of(J, VIEW, ROWS, Head(7, "7" * 64))
    page = await DatedViews(views).at(J, VIEW, when, query)
    assert page.head.position == 7
    rows: list[Any] = [row for _, row in page.items]
    return [(row.firm, row.area, len(row.history)) for row in rows]


async def test_rows_are_as_they_were_and_without_what_came_after() -> None:
    assert await read(BEGIN - DAY, Query()) == []
    assert await read(BEGIN, Query()) == [("E1", "230717", 1)]
    assert await read(BEGIN + DAY, Query()) == [("E1", "230717", 1), ("E2", "230718", 1)]
    assert await read(BEGIN + 2 * DAY, Query()) == [("E1", "230718", 2), ("E2", "230718", 1)]


@pytest.mark.parametrize("key", [{}, {"key": ["E1"]}])
@pytest.mark.parametrize("there", [Query(areas=("230717",)), Query(within=("230717",))])
async def test_a_row_is_found_and_seen_where_it_was_then(there: Query, key: dict[str, list[str]]) -> None:
    there = msgspec.structs.replace(there, filters=key)
    assert await read(BEGIN + DAY, there) == [("E1", "230717", 1)]
    assert await read(BEGIN + 2 * DAY, there) == []


async def test_filters_apply_to_what_was() -> None:
    assert await read(BEGIN + DAY, Query(filters={"area": ["230718"]})) == [("E2", "230718", 1)]


async def test_pages_follow_each_other_until_the_view_moves_on() -> None:
    views = await views_of(J, VIEW, ROWS, Head(7, "7" * 64))
    dated = DatedViews(views)
    first = await dated.at(J, VIEW, BEGIN + DAY, Query(limit=1))
    second = await dated.at(J, VIEW, BEGIN + DAY, Query(limit=1, cursor=first.next))
    assert [key for page in (first, second) for key, _ in page.items] == ["E1", "E2"]
    await views.fill(J, {VIEW.name: {"E3": ROWS["E2"]}}, Head(8, "8" * 64))
    third = await dated.at(J, VIEW, BEGIN + DAY, Query())
    assert [key for key, _ in third.items] == ["E3"]
    assert third.head.position == 8


def test_a_view_without_dated_rows_says_so() -> None:
    undated = msgspec.structs.replace(VIEW, at=None)
    with pytest.raises(TypeError, match="firms"):
        past(undated, {}, BEGIN)
