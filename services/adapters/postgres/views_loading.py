"""Load rows by their keys, of several views and jurisdictions in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache

from services.adapters.postgres.views_pool import ViewsPool
from services.adapters.postgres.views_table import PgTable
from services.views.port import BadQuery, Rows, RowUnreadable
from services.views.table import encoder

MOST_CHOSEN = 12
"""A statement is kept for each choice of so many views. For more, one asks all: there would be too many."""

Keys = Mapping[str, Sequence[str]]
"""View -> keys."""


class Loading:
    """Loads rows of these tables."""

    def __init__(self, pool: ViewsPool, tables: Mapping[str, PgTable]) -> None:
        self._pool, self._tables = pool, tables
        self._sql = cache(self._statement)

    async def load(self, wanted: Mapping[str, Keys]) -> dict[str, Rows | RowUnreadable]:
        """Return rows by jurisdiction, all as of one head; or why they cannot be read. Raises BadQuery."""
        views = self._chosen(wanted)
        if not views:
            return {code: {} for code in wanted}
        try:
            asked = [[encoder.encode(keys.get(v, ())).decode() for keys in wanted.values()] for v in views]
        except ValueError as error:
            raise BadQuery("parameter.invalid", variant="key") from error
        found: dict[str, Rows | RowUnreadable] = {
            code: {view: dict.fromkeys(some) for view, some in keys.items()} for code, keys in wanted.items()
        }
        for number, code, key, data in await self._pool.fetch(self._sql(views), list(wanted), *asked):
            rows = found[code]
            if data is None or isinstance(rows, RowUnreadable):
                continue
            try:
                rows[views[number]][key] = self._tables[views[number]].decode(key, data)
            except RowUnreadable as error:
                found[code] = error
        return found

    def _chosen(self, wanted: Mapping[str, Keys]) -> tuple[str, ...]:
        """Return the views to ask, always in the same order."""
        some = {view for keys in wanted.values() for view, asked in keys.items() if asked}
        return tuple(view for view in self._tables if len(some) > MOST_CHOSEN or view in some)

    def _statement(self, views: tuple[str, ...]) -> str:
        return " UNION ALL ".join(self._tables[view].select(n, n + 2) for n, view in enumerate(views))
