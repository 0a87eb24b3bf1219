"""The first rows chosen in memory are those of a store's page, in each order, with each filter and cursor."""

from itertools import product
from random import Random

import msgspec
import pytest

from events.commit import Head
from projections.roster import VIEW, RosterRow
from services.adapters.memory.views import page_of
from services.views.first import first
from services.views.port import Query
from services.views.table import Table

AREAS = ("230717", "230718", "230718001", "B1-3", "B1-30")


def rows(random: Random) -> dict[str, RosterRow]:
    return {
        f"W{n}": RosterRow(
            worker=f"W{n}",
            area=random.choice(AREAS),
            role="courier",
            presence=random.choice(("available", "off_duty")),
            call_sign=random.choice((None, "C-1", "C-2", "信使")),
        )
        for n in range(30)
    }


@pytest.mark.parametrize("sort", [way + name for way in ("", "-") for name in ("key", "call_sign", "area")])
async def test_they_are_those_of_the_page(sort: str) -> None:
    held = rows(Random(7))
    filters = ({}, {"presence": ["available"]}, {"call_sign": [None, "C-2"]})
    for some, areas, within in product(filters, ((), ("230718",)), ((), ("B1-3", "2307"))):
        query: Query | None = Query(filters=some, areas=areas, within=within, sort=sort, limit=4)
        while query:
            page = await page_of(VIEW, held, Head(), query)
            found = list(first(Table(VIEW), query, held))
            assert found[:4] == [key for key, _ in page.items]
            assert (len(found) > 4) == (page.next is not None)
            query = msgspec.structs.replace(query, cursor=page.next) if page.next else None
