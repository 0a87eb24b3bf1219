"""Rows that change often, in memory: they are a fold, so they may be lost."""

from collections.abc import Mapping
from typing import Any, Final

from projections.base import View
from services.views.port import Batch, Rows, Standing

MOST: Final = 20_000
"""Rows kept, of all jurisdictions together: some 20 MB."""


class HotRows:
    """The rows of the last batches, as of the head at which they were written.

    A batch folded on them expects that head: if another process has moved it, nothing is written.
    """

    def __init__(self, catalog: Mapping[str, View[Any]]) -> None:
        self._changing = [name for name, view in catalog.items() if view.begins is None]
        """Views whose rows change. Those of others are written once."""
        self.standing: dict[str, Standing] = {}
        self._rows: dict[str, Rows] = {}
        self._count = 0

    def known(self, jurisdiction: str) -> Rows:
        """Return the rows kept of a jurisdiction; None also for those known to be missing."""
        return self._rows.get(jurisdiction, {})

    def written(self, batch: Batch) -> None:
        """Keep what a batch that was written has read and changed."""
        where = batch.jurisdiction
        self.standing[where] = Standing(batch.head, batch.aside | batch.degraded.keys())
        if self._count > MOST:
            self._rows.clear()
            self._count = 0
        mine = self._rows.setdefault(where, {})
        for view in self._changing:
            if view in batch.before:
                kept = mine.setdefault(view, {})
                self._count -= len(kept)
                kept |= batch.before[view]
                kept |= batch.after.get(view, {})
                self._count += len(kept)

    def forget(self, jurisdiction: str) -> None:
        """Read everything of a jurisdiction from the store again."""
        self.standing.pop(jurisdiction, None)
        gone = self._rows.pop(jurisdiction, {})
        self._count -= sum(map(len, gone.values()))
