"""Tell what goes on and on once a minute, with how often it went untold."""

import time

SECONDS = 60.0


class Seldom:
    """Of one thing: when it was told last, and how often it came since."""

    def __init__(self) -> None:
        self._said, self._unsaid = -SECONDS, 0

    def more(self) -> str | None:
        """Return what to add about those untold before this one; None if this one is not to be told yet."""
        now = time.monotonic()
        if now - self._said < SECONDS:
            self._unsaid += 1
            return None
        more = f", and {self._unsaid} others before it" if self._unsaid else ""
        self._said, self._unsaid = now, 0
        return more
