"""One view of rows computed elsewhere, with the live view's filters, order and cursors: in memory or a file.

It is the SQLite adapter without a file, so that queries about the past return the same pages.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from events.commit import Head
from projections.base import Row, View
from services.adapters.sqlite.views import SqliteViews
from services.views.port import Page, Query


async def views_of(jurisdiction: str, view: View[Any], rows: Mapping[str, Row], head: Head) -> SqliteViews:
    """Return a store holding these rows of one view. The caller closes it."""
    store = await asyncio.to_thread(SqliteViews, None, {view.name: view})
    await store.fill(jurisdiction, {view.name: rows}, head)
    return store


ViewFile = SqliteViews


async def file_of(view: View[Any], file: Path) -> ViewFile:
    """Return a new file for more rows of one view than memory should hold. The caller closes it."""
    return await asyncio.to_thread(ViewFile, file, {view.name: view})


async def page_of(
    view: View[Any], rows: Mapping[str, Row], head: Head, query: Query, jurisdiction: str = "-"
) -> Page:
    """Return one page of these rows. Raises BadQuery."""
    store = await views_of(jurisdiction, view, rows, head)
    try:
        return await store.query(jurisdiction, view.name, query)
    finally:
        await store.close()
