"""Tells whoever listens that the views advanced, and that screens must start over."""

from collections.abc import Callable

Advanced = Callable[[str, int], None]
"""Called with (jurisdiction, position)."""
OfJurisdiction = Callable[[str], None]
"""Called with a jurisdiction."""


class Announcements:
    """Within one process. Listeners are called in the order in which they came, and must not block."""

    def __init__(self) -> None:
        self._advanced: list[Advanced] = []
        self._reset: list[OfJurisdiction] = []
        self._erased: list[OfJurisdiction] = []
        self._erasing: dict[str, int] = {}
        """Position of the last erasure that the views do not show yet."""

    def on_advanced(self, listener: Advanced) -> None:
        """Called each time the views advance."""
        self._advanced.append(listener)

    def on_reset(self, listener: OfJurisdiction) -> None:
        """Called once rows were rebuilt or erased: screens must fetch them again."""
        self._reset.append(listener)

    def on_erased(self, listener: OfJurisdiction) -> None:
        """Called once the views show an erasure, after the screens."""
        self._erased.append(listener)

    def advanced(self, jurisdiction: str, position: int) -> None:
        """The views show `position` now."""
        for listener in self._advanced:
            listener(jurisdiction, position)
        self._reset_if_erased(jurisdiction, position)

    def erased(self, jurisdiction: str, position: int, shown: int) -> None:
        """A key was destroyed; its event is at `position` or before. The views show `shown`."""
        self._erasing[jurisdiction] = position
        self._reset_if_erased(jurisdiction, shown)

    def reset(self, jurisdiction: str) -> None:
        """Screens must start over."""
        for listener in self._reset:
            listener(jurisdiction)

    def _reset_if_erased(self, jurisdiction: str, shown: int) -> None:
        if self._erasing.get(jurisdiction, shown + 1) <= shown:
            del self._erasing[jurisdiction]
            self.reset(jurisdiction)
            for listener in self._erased:
                listener(jurisdiction)
