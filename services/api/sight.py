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
    found = await muster(request).views.get(jurisdiction, RULES, jurisdiction)
    here: Any = found.items[0][1] if found.items and found.degraded is None else None
    return sight_of(asker, here.disclosure if here else None)
