"""What a projector needs of the world: views that are shared, checkpoints, and somebody to tell."""

from typing import Protocol

from services.views.changes import Announcement
from services.views.port import Views


class SharedViews(Views, Protocol):
    """A view store that keeps its outbox for other processes."""

    async def packed_steps(
        self, jurisdiction: str, after: int, limit: int = 1000
    ) -> list[tuple[int, int, bytes]] | None:
        """(after, upto, packed) beyond a position; None where they no longer reach back that far."""
        ...

    async def positions(self) -> dict[str, int]:
        """How far the live views of each jurisdiction are."""
        ...


class Checkpoints(Protocol):
    """How far each partition was certainly projected; a hint."""

    async def load(self) -> dict[int, int]: ...
    async def read(self) -> dict[int, int]:
        """The same, those that are parked aside."""
        ...

    async def save(self, offsets: dict[int, tuple[int, int]]) -> None:
        """By partition: projected, and read."""
        ...


class Announcer(Protocol):
    """Tells the API processes."""

    async def send(self, announcement: Announcement) -> None: ...


class TopicTruncated(Exception):
    """The topic ends before what was projected of it."""

    def __init__(self, partition: int, start: int, stop: int) -> None:
        super().__init__(
            f"partition {partition} ends at offset {stop}, but was projected up to {start}: the topic was "
            "cut, or is an earlier state of it; restore the log, or empty the database of the views"
        )
