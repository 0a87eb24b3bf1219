"""Whether views were folded from this log: their head must lie on its chain."""

from events.commit import Head
from services.log.port import LogMismatch
from services.views.port import Views
from services.views.rebuild import Source


async def refuse_other_log(log: Source, views: Views, jurisdiction: str) -> None:
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


async def _head_at(log: Source, jurisdiction: str, position: int) -> Head:
    """Return the head of the commit that holds a position."""
    batches = log.read(jurisdiction, position - 1)
    async for batch in batches:
        return batch[0].head
    return Head()
