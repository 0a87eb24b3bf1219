"""Log a recurring event at most once a minute, with how often it was suppressed."""

import time

SECONDS = 60.0


class Throttle:
    """Of one event: when it was logged last, and how often it was suppressed since."""

    def __init__(self) -> None:
        self._logged, self._suppressed = -SECONDS, 0

    def more(self) -> str | None:
        """Return what to add to the line about suppressed ones; None if this one is not to be logged."""
        now = time.monotonic()
        if now - self._logged < SECONDS:
            self._suppressed += 1
            return None
        more = f", and {self._suppressed} others before it" if self._suppressed else ""
        self._logged, self._suppressed = now, 0
        return more
