"""Notify listeners when views advance or clients must reload."""

from collections.abc import Callable

Advanced = Callable[[str, int], None]
"""Called with (jurisdiction, position)."""
OfJurisdiction = Callable[[str], None]
"""Called with a jurisdiction."""


class Announcements:
    """Notifications within one process. Listeners are called in order of registration and must not block."""

    def __init__(self) -> None:
        self._advanced: list[Advanced] = []
        self._reset: list[OfJurisdiction] = []
        self._erased: list[OfJurisdiction] = []
        self._erasing: dict[str, int] = {}
        """Jurisdiction -> position of the last erasure not yet in the views."""

    def on_advanced(self, listener: Advanced) -> None:
        """Register a listener for each advance of the views."""
        self._advanced.append(listener)

    def on_reset(self, listener: OfJurisdiction) -> None:
        """Register a listener for rebuilt or erased rows, which clients must reload."""
        self._reset.append(listener)

    def on_erased(self, listener: OfJurisdiction) -> None:
        """Register a listener for erasures in the views; it is called after the reset listeners."""
        self._erased.append(listener)

    def advanced(self, jurisdiction: str, position: int) -> None:
        """Announce that the views have reached `position`."""
        for listener in self._advanced:
            listener(jurisdiction, position)
        self._reset_if_erased(jurisdiction, position)

    def erased(self, jurisdiction: str, position: int, shown: int) -> None:
        """Announce a destroyed key, whose event is at or before `position`. The views are at `shown`."""
        self._erasing[jurisdiction] = position
        self._reset_if_erased(jurisdiction, shown)

    def reset(self, jurisdiction: str) -> None:
        """Announce that clients must reload."""
        for listener in self._reset:
            listener(jurisdiction)

    def _reset_if_erased(self, jurisdiction: str, shown: int) -> None:
        if self._erasing.get(jurisdiction, shown + 1) <= shown:
            del self._erasing[jurisdiction]
            self.reset(jurisdiction)
            for listener in self._erased:
                listener(jurisdiction)
