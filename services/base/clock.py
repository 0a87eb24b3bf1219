"""Port: the clock. It is the system's, a scenario's, or shared by several processes."""

import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HANDS: Final = struct.Struct("<qq")


class Clock(Protocol):
    """A clock in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The system clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SharedClock:
    """Scenario time in a small file, set by one process and read by all that have the file.

    The file has two numbers in microseconds since 1970: the scenario time, and the wall time since which it
    has been running; 0 = it is stopped.
    """

    def __init__(self, path: Path) -> None:
        """Open the file. If it is missing, create it with the system time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(file).st_size < _HANDS.size:
            os.pwrite(file, _HANDS.pack(_wall(), _wall()), 0)
        self._hands = mmap.mmap(file, _HANDS.size)
        os.close(file)

    def now(self) -> datetime:
        """Return the scenario time in UTC."""
        instant, since = _HANDS.unpack_from(self._hands)
        return _EPOCH + timedelta(microseconds=instant + (_wall() - since if since else 0))

    def set(self, instant: datetime, *, going: bool = False) -> None:
        """Stop the clock at an instant or, with `going`, run from it."""
        micros = (instant - _EPOCH) // timedelta(microseconds=1)
        _HANDS.pack_into(self._hands, 0, micros, _wall() if going else 0)


def _wall() -> int:
    return time.time_ns() // 1000
