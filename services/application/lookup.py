"""Commands that are recorded, by id, from their view: for writers, who keep the ids of the last ones only."""

from collections.abc import Sequence

from projections.commands import CommandRow
from services.decisions.state import RecordedCommand
from services.views.port import RowUnreadable, Views, ViewsUnavailable


async def recorded_commands(
    views: Views, jurisdiction: str, ids: Sequence[str], upto: int
) -> dict[str, RecordedCommand]:
    """Those of the ids that the view knows. Raises ViewsUnavailable where it has not reached `upto`."""
    head = await views.head(jurisdiction)
    if head.position < upto or "commands" in await views.degraded(jurisdiction):
        raise ViewsUnavailable(f"the view of {jurisdiction}'s commands is being rebuilt")
    try:
        rows = (await views.load(jurisdiction, {"commands": ids})).get("commands", {})
    except RowUnreadable as error:
        raise ViewsUnavailable(str(error)) from error
    return {
        key: RecordedCommand(row.position, row.body, row.name)
        for key, row in rows.items()
        if isinstance(row, CommandRow)
    }
