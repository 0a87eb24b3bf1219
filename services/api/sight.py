"""The caller's sight of personal data, by the rules of the jurisdiction as the views have them."""

from typing import Any, Final

from starlette.requests import Request

from events.disclosure import Shown
from services.access import Principal, sight_of
from services.api.context import muster

RULES: Final = "jurisdictions"
"""The view whose only row holds the rules."""


async def sight(request: Request, jurisdiction: str, asker: Principal) -> Shown:
    """Return what the caller sees. While the view of the rules is set aside, nothing is clear."""
    views = muster(request).views
    if RULES in await views.degraded(jurisdiction):
        return sight_of(asker, None)
    here: Any = (await views.load(jurisdiction, {RULES: [jurisdiction]}))[RULES].get(jurisdiction)
    return sight_of(asker, here.disclosure if here else None)
