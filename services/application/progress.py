"""Port: the progress of the views, whichever process projects them."""

from collections.abc import Collection
from typing import Protocol

from services.log.port import Stored
from services.views.port import OutboxStep
from services.views.scrub import Compared


class ViewProgress(Protocol):
    """Progress of all jurisdictions, projected by this process or by others."""

    positions: dict[str, int]
    trouble: str | None
    """Why the views cannot be written or read at the moment, or None."""
    scrub: Compared | None
    """What comparing the views with the log has found, if that is done where they are projected."""
    parked: dict[str, str]
    """Jurisdiction -> why this version cannot read its log."""

    def offer(self, jurisdiction: str, stored: Stored, *, bulk: bool = False) -> None:
        """Take note of an accepted commit; one of an import alone, `bulk`, may wait a moment for more."""
        ...

    async def reached(self, jurisdiction: str, position: int, seconds: float) -> bool:
        """Wait until the views reach `position`; return whether they did."""
        ...

    async def steps(
        self, jurisdiction: str, after: int, limit: int = 1000, views: Collection[str] | None = None
    ) -> list[OutboxStep] | None:
        """Return steps as Views.steps does."""
        ...

    async def catch_up(self, jurisdiction: str) -> None:
        """Project, or check progress, immediately."""
        ...

    async def run(self) -> None:
        """Run until cancelled."""
        ...
