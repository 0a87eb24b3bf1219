"""Look up recorded commands by id in their view; writers keep only the most recent ids."""

from collections.abc import Sequence
from contextlib import suppress

from events.base import EventEnvelope
from events.catalog import envelopes
from events.commit import decode
from projections.areas import AreaRow
from projections.commands import CommandRow
from projections.jurisdictions import CLOSED, JurisdictionRow
from projections.where import lies_in
from services.decisions.state import RecordedCommand
from services.log.port import Log
from services.vault.phones import region_of
from services.views.port import Query, RowUnreadable, Views, ViewsUnavailable


async def recorded_commands(
    views: Views, jurisdiction: str, ids: Sequence[str], upto: int
) -> dict[str, RecordedCommand]:
    """Return the commands the view has. Raise ViewsUnavailable if it has not reached `upto`."""
    standing = (await views.standing([jurisdiction]))[jurisdiction]
    if standing.head.position < upto or "commands" in standing.aside:
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


async def event_of(log: Log, jurisdiction: str, command: str, position: int) -> EventEnvelope | None:
    """Return the event of a command recorded at a position, from the log. Raise LogUnavailable."""
    async for batch in log.read(jurisdiction, position - 1):
        events = (event for stored in batch for event in envelopes(decode(stored.data)))
        return next((event for event in events if event.command == command), None)
    return None


async def region_in(views: Views, jurisdiction: str) -> str:
    """Return the region of a jurisdiction's phone numbers, by its time zone."""
    row = (await views.load(jurisdiction, {"jurisdictions": [jurisdiction]}))["jurisdictions"].get(
        jurisdiction
    )
    return region_of(row.timezone if isinstance(row, JurisdictionRow) else None)


async def open_areas(views: Views, jurisdiction: str, within: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return (code, name) of the jurisdiction's areas without closed ones. The root is always included;
    `within` limits the others to what the caller may see."""
    found, _ = await views.snapshot(jurisdiction, {"areas": Query()})
    rows = [row for _, row in found["areas"] if isinstance(row, AreaRow)]
    seen = [row for row in rows if row.area == jurisdiction or lies_in(row, within)]
    return [(row.area, row.name) for row in seen if not row.closed]


async def names_of(views: Views, jurisdictions: Sequence[str]) -> dict[str, str]:
    """Return the names of these jurisdictions. One that cannot be read now has none."""
    found: dict[str, str] = {}
    for code in jurisdictions:
        with suppress(ViewsUnavailable, RowUnreadable):
            row = (await views.load(code, {"jurisdictions": [code]}))["jurisdictions"][code]
            if isinstance(row, JurisdictionRow):
                found[code] = row.name
    return found


async def closed_of(views: Views, jurisdictions: Sequence[str]) -> list[str]:
    """Return those of these jurisdictions that are closed. One that cannot be read now counts as open."""
    found: list[str] = []
    for code in jurisdictions:
        with suppress(ViewsUnavailable, RowUnreadable):
            row = (await views.load(code, {"jurisdictions": [code]}))["jurisdictions"][code]
            if isinstance(row, JurisdictionRow) and row.state == CLOSED:
                found.append(code)
    return found
