"""Look up recorded commands by id in their view; writers keep only the most recent ids."""

from collections.abc import Sequence

from projections.areas import AreaRow
from projections.commands import CommandRow
from services.decisions.state import RecordedCommand
from services.views.port import Query, RowUnreadable, Views, ViewsUnavailable


async def recorded_commands(
    views: Views, jurisdiction: str, ids: Sequence[str], upto: int
) -> dict[str, RecordedCommand]:
    """Return the commands the view has. Raise ViewsUnavailable if it has not reached `upto`."""
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


async def open_areas(views: Views, jurisdiction: str) -> list[tuple[str, str]]:
    """Return (code, name) of the jurisdiction's areas without closed ones, the root included."""
    found, _ = await views.snapshot(jurisdiction, {"areas": Query()})
    rows = [row for _, row in found["areas"] if isinstance(row, AreaRow)]
    return [(row.area, row.name) for row in rows if not row.closed]
