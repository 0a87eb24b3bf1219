"""Reports on an incident, from the log alone, each with the log position and hash it is based on."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from services.log.port import Log
from services.reports.facts import gather
from services.reports.incident import incident
from services.reports.peak import peak
from services.reports.render import render
from services.reports.requests import requests
from services.reports.response_times import response_times

Report = Callable[..., Awaitable[dict[str, Any]]]
"""(log, jurisdiction, incident or None, instant or None) -> report. Raises ValueError."""


def _report(make: Callable[..., dict[str, Any]]) -> Report:
    async def made(
        log: Log, jurisdiction: str, chosen: str | None, at: datetime | None = None
    ) -> dict[str, Any]:
        facts = await gather(log, jurisdiction)
        name = make.__name__.replace("_", "-")
        if at is not None and make is not peak:
            raise ValueError(f"the report {name} does not support --at; only `peak` does.")
        more = {"at": at} if at is not None else {}
        return {"report": name, **facts.stamp(), **make(facts, chosen, **more)}

    return made


REPORTS: Final[dict[str, Report]] = {
    "incident": _report(incident),
    "peak": _report(peak),
    "response-times": _report(response_times),
    "requests": _report(requests),
}
"""Reports on an incident. The message of a ValueError says what to do. The report of the institutions is not
about an incident: `services.reports.institutions`."""

__all__ = ["REPORTS", "Report", "render"]
