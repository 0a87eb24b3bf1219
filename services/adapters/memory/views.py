"""One view in memory: rows computed elsewhere, with the filters, order and cursors of the live view.

It is the SQLite adapter without a file, so that a question about the past gives the same pages.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from events.commit import Head
from projections.base import Row, View
from services.adapters.sqlite.views import SqliteViews
from services.views.port import Page, Query


async def views_of(jurisdiction: str, view: View[Any], rows: Mapping[str, Row], head: Head) -> SqliteViews:
    """A store that holds these rows of one view; to be closed by whoever asked for it."""
    store = await asyncio.to_thread(SqliteViews, None, {view.name: view})
    await store.fill(jurisdiction, {view.name: rows}, head)
    return store


async def page_of(
    view: View[Any], rows: Mapping[str, Row], head: Head, query: Query, jurisdiction: str = "-"
) -> Page:
    """One page of these rows. Raises BadQuery."""
    store = await views_of(jurisdiction, view, rows, head)
    try:
        return await store.query(jurisdiction, view.name, query)
    finally:
        await store.close()
