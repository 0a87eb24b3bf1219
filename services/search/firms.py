"""Enterprises found by parts of their name, code or id: a form at a province asks for a few of 100,000."""

import asyncio
from collections.abc import Sequence
from heapq import nsmallest
from typing import Any

from msgspec import Struct

from events.area import inside
from events.enterprise_facts import OPEN
from services.application.announcing import Announcements
from services.application.following import Followed
from services.application.progress import ViewProgress
from services.search.folding import folded
from services.views.port import Query, Views


class Firm(Struct, frozen=True, gc=False):
    """An enterprise, with what it is found by."""

    enterprise: str
    name: str
    area: str
    code: str | None
    open: bool
    in_ledger: bool
    text: str
    """Name, code and id, folded."""


class Asked(Struct, frozen=True):
    """What is looked for."""

    text: str
    limit: int
    ledger: bool = False
    """Only what is in the ledger; otherwise all that trade."""
    areas: tuple[str, ...] = ()
    """Areas that the caller is limited to; none = all."""


class Firms:
    """The enterprises of all jurisdictions that were asked for."""

    def __init__(self, views: Views, progress: ViewProgress, announcements: Announcements) -> None:
        self._views, self._progress = views, progress
        self._kept: dict[str, Followed[Firm]] = {}
        announcements.on_reset(self._forget)

    def _forget(self, jurisdiction: str) -> None:
        """Read all rows again, after rows were rebuilt or erased."""
        self._kept.pop(jurisdiction, None)

    async def find(self, jurisdiction: str, asked: Asked) -> tuple[list[Firm], int]:
        """Return the best finds, one more than the limit if there are more, and the position they are of.

        Raises ViewsUnavailable.
        """
        followed = Followed(jurisdiction, {"enterprises": Query()}, _firm)
        kept = self._kept.setdefault(jurisdiction, followed)
        async with kept.lock:
            await kept.bring_up_to_date(self._views, self._progress)
            rows = kept.rows.get("enterprises", {})
            return await asyncio.to_thread(found, list(rows.values()), asked), kept.position or 0


def _firm(view: str, row: Any) -> Firm:
    text = folded(f"{row.name} {row.code or ''} {row.enterprise}")
    return Firm(row.enterprise, row.name, row.area, row.code, row.state == OPEN, row.in_ledger, text)


def found(firms: Sequence[Firm], asked: Asked) -> list[Firm]:
    """Return the best finds by name, first those that begin with the text; one more than the limit if there
    are more."""
    wanted = folded(asked.text)
    words = wanted.split()
    some = (one for one in firms if all(word in one.text for word in words) and _may(one, asked))
    return nsmallest(
        asked.limit + 1, some, key=lambda one: (not one.text.startswith(wanted), one.name, one.enterprise)
    )


def _may(one: Firm, asked: Asked) -> bool:
    wanted = one.in_ledger if asked.ledger else one.open
    return wanted and (not asked.areas or any(inside(one.area, outer) for outer in asked.areas))
