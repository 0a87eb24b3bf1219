"""What a projector needs: shared views, checkpoints, and an announcer."""

from typing import Protocol

from services.views.changes import Announcement
from services.views.port import Views


class SharedViews(Views, Protocol):
    """A view store whose outbox other processes can read."""

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[tuple[int, int, bytes]] | None:
        """Return (after, upto, packed) beyond a position; None if the outbox does not reach back that far."""
        ...

    async def positions(self) -> dict[str, int]:
        """Return the position of each jurisdiction's live views."""
        ...


class Checkpoints(Protocol):
    """How far each partition is known to be projected; only a hint."""

    async def load(self) -> dict[int, int]: ...
    async def read(self) -> dict[int, int]:
        """Like `load`, but not held back by parked jurisdictions."""
        ...

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        """Save (projected, read) offsets by partition."""
        ...


class Announcer(Protocol):
    """Sends announcements to the API processes."""

    async def send(self, announcement: Announcement) -> None: ...


class TopicTruncated(Exception):
    """The topic ends before the offset already projected."""

    def __init__(self, partition: int, start: int, stop: int) -> None:
        super().__init__(
            f"partition {partition} ends at offset {stop}, but was projected up to {start}: the topic was "
            "truncated or restored to an earlier state; restore the log or empty the views database"
        )
