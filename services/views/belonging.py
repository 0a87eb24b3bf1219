"""Whether views were folded from this log: their head must lie on its chain."""

from typing import Protocol

from events.commit import Head
from services.log.port import LogMismatch
from services.views.rebuild import Source


class Folded(Protocol):
    """What was folded from a log, up to a head."""

    async def head(self, jurisdiction: str) -> Head:
        """Return the last position folded."""
        ...


class Disposable(Folded, Protocol):
    """What can be folded from the log again."""

    async def clear(self, jurisdiction: str) -> None:
        """Delete everything of a jurisdiction."""
        ...


async def refuse_other_log(log: Source, views: Folded, jurisdiction: str) -> None:
    """Raise LogMismatch unless the log leads through the views' head.

    A log restored from an older copy, an emptied one and another one do not. Raises LogDamaged too.
    """
    head = await views.head(jurisdiction)
    end = await log.end(jurisdiction)  # asked second: views never run ahead of the log
    if end == head or not head.position:
        return
    if end.position < head.position:
        raise LogMismatch(jurisdiction, head, end)
    through = await _head_at(log, jurisdiction, head.position)
    if through != head:
        raise LogMismatch(jurisdiction, head, through)


class Belonging:
    """Clears what was made from another log, such as before a restore; looks once per jurisdiction."""

    def __init__(self, log: Source, store: Disposable) -> None:
        self._log, self._store = log, store
        self._checked: set[str] = set()

    async def cleared(self, jurisdiction: str) -> bool:
        """Whether the store was of another log, and was cleared just now. Raises as `refuse_other_log` and
        the store do."""
        if jurisdiction in self._checked:
            return False
        other = False
        try:
            await refuse_other_log(self._log, self._store, jurisdiction)
        except LogMismatch:
            other = True
            await self._store.clear(jurisdiction)
        self._checked.add(jurisdiction)
        return other


async def _head_at(log: Source, jurisdiction: str, position: int) -> Head:
    """Return the head of the commit that holds a position."""
    batches = log.read(jurisdiction, position - 1)
    async for batch in batches:
        return batch[0].head
    return Head()
