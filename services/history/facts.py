"""The facts that person-times follow from, a few workers at a time, however long the log is."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from events.commit import Head
from projections.catalog import views as catalog
from projections.presence import PresenceRow, worker_of
from services.views.port import Query, Views
from services.views.query import cursor, sort_of
from services.views.table import Table

FACTS_AT_ONCE: Final = 5_000
"""Facts in memory at the same time, except that those of one worker are never apart."""
_PRESENCE: Final = Table(catalog["presence"])
_BY_WORKER: Final = "worker"


class Facts:
    """The facts that derived rows follow from, some workers at a time in the order of their ids."""

    def __init__(self, views: Views, jurisdiction: str, query: Query, after: str | None) -> None:
        """`after`: begin with this worker."""
        self.head = Head()
        """That of the first facts; later ones may be newer."""
        self.degraded: int | None = None
        self._views, self._jurisdiction = views, jurisdiction
        first = Query(filters=_of_whom(query), sort=_BY_WORKER)
        begin = cursor(sort_of(_PRESENCE, first), after, "") if after else None
        few = min(FACTS_AT_ONCE, max(100, 4 * query.limit))
        self._query = msgspec.structs.replace(first, limit=few, cursor=begin)

    async def __aiter__(self) -> AsyncIterator[list[PresenceRow]]:
        held: list[Any] = []
        query, most = self._query, self._query.limit
        while True:
            page = await self._views.query(self._jurisdiction, _PRESENCE.view.name, query)
            if query is self._query:
                self.head, self.degraded = page.head, page.degraded
            held += [row for _, row in page.items]
            if page.next is None:
                yield held
                return
            last = held[-1].worker  # may have more on the next page
            cut = next((n for n in range(len(held), 0, -1) if held[n - 1].worker != last), 0)
            if cut:
                yield held[:cut]
                held = held[cut:]
            most = min(FACTS_AT_ONCE, 4 * most)
            query = msgspec.structs.replace(query, limit=most, cursor=page.next)


def _of_whom(query: Query) -> dict[str, Sequence[Any]]:
    """Return the filter of the facts: the workers asked for, or those of the keys asked for."""
    if "worker" in query.filters:
        return {"worker": query.filters["worker"]}
    if "key" in query.filters:
        return {"worker": sorted({worker_of(key) for key in query.filters["key"]})}
    return {}
