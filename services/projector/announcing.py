"""Announce each step of the views to the API processes, once."""

from services.projector.ports import Announcer, SharedViews
from services.views.changes import MOST_PACKED, Announcement


class StepAnnouncements:
    """Tracks how far each jurisdiction was announced. Nothing is resent; readers detect losses themselves."""

    def __init__(self, views: SharedViews, announcer: Announcer) -> None:
        self._views, self._announcer = views, announcer
        self._announced: dict[str, int] = {}

    async def begin(self, jurisdiction: str) -> None:
        """Start announcing a jurisdiction; steps before its first batch were announced elsewhere."""
        if jurisdiction not in self._announced:
            self._announced[jurisdiction] = (await self._views.head(jurisdiction)).position

    def stop(self, jurisdiction: str) -> None:
        """Stop announcing; another process takes over."""
        self._announced.pop(jurisdiction, None)

    @property
    def jurisdictions(self) -> list[str]:
        """Jurisdictions announced by this process."""
        return list(self._announced)

    async def announce(self, jurisdiction: str, reset: bool) -> None:
        """Announce all steps since the last call; `reset` makes streams start over after them."""
        announced = self._announced.get(jurisdiction)
        if announced is None:
            return  # another process has taken over
        steps = await self._views.packed_steps(jurisdiction, announced)
        if steps is None:
            upto = (await self._views.head(jurisdiction)).position
            steps, reset = [(announced, upto, b"")], True
        for n, (after, upto, packed) in enumerate(steps):
            fits = 0 < len(packed) <= MOST_PACKED
            await self._announcer.send(
                Announcement(
                    jurisdiction=jurisdiction,
                    after=after,
                    upto=upto,
                    reset=reset and n == len(steps) - 1,
                    packed=packed if fits else None,
                )
            )
            self._announced[jurisdiction] = upto

    async def announce_rebuilt(self, jurisdiction: str) -> None:
        """Make streams start over at the views' position."""
        position = (await self._views.head(jurisdiction)).position
        await self._announcer.send(
            Announcement(jurisdiction=jurisdiction, after=position, upto=position, reset=True)
        )
