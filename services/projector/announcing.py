"""Tells the API processes of the steps that the views took, each once."""

from services.projector.ports import Announcer, SharedViews
from services.views.changes import MOST_PACKED, Announcement


class StepAnnouncements:
    """How far each jurisdiction was announced. Readers find out what was lost: nothing is sent twice."""

    def __init__(self, views: SharedViews, announcer: Announcer) -> None:
        self._views, self._announcer = views, announcer
        self._announced: dict[str, int] = {}

    async def begin(self, jurisdiction: str) -> None:
        """What is in the views before the first batch was announced by others."""
        if jurisdiction not in self._announced:
            self._announced[jurisdiction] = (await self._views.head(jurisdiction)).position

    def stop(self, jurisdiction: str) -> None:
        """Others announce from here on."""
        self._announced.pop(jurisdiction, None)

    @property
    def jurisdictions(self) -> list[str]:
        """Those that are announced here."""
        return list(self._announced)

    async def announce(self, jurisdiction: str, reset: bool) -> None:
        """All steps since the last time; with `reset` streams must start over after them."""
        announced = self._announced.get(jurisdiction)
        if announced is None:
            return  # it is another process's by now
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
        """Streams must start over where the views are."""
        position = (await self._views.head(jurisdiction)).position
        await self._announcer.send(
            Announcement(jurisdiction=jurisdiction, after=position, upto=position, reset=True)
        )
