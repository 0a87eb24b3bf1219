"""How far the views are, whoever folds them: a port."""

from typing import Protocol

from services.log.port import Stored
from services.views.port import OutboxStep


class ViewProgress(Protocol):
    """Of all jurisdictions: by the projector of this process, or by those of others."""

    positions: dict[str, int]
    trouble: str | None
    """Why the views cannot be written or read just now."""
    parked: dict[str, str]
    """Jurisdictions whose log holds what the program cannot read, and why."""

    def offer(self, jurisdiction: str, stored: Stored) -> None:
        """A commit was accepted."""
        ...

    async def reached(self, jurisdiction: str, position: int, seconds: float) -> bool:
        """Wait until the views show `position`; whether they do."""
        ...

    async def steps(self, jurisdiction: str, after: int, limit: int = 1000) -> list[OutboxStep] | None:
        """As Views.steps."""
        ...

    async def catch_up(self, jurisdiction: str) -> None:
        """See to it, or look, now."""
        ...

    async def run(self) -> None:
        """Until cancelled."""
        ...
