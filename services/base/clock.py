"""The clock is a port: the world's, a scenario's, or one that several processes share."""

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
    """Tells the time, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SharedClock:
    """A scenario's time in a small file: one process sets it, all that are given the file tell it.

    Two numbers, in microseconds since 1970: the scenario's instant, and the wall time since which it goes on
    by itself; 0 = it stands until it is set again.
    """

    def __init__(self, path: Path) -> None:
        """Made if missing, then telling this machine's time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(file).st_size < _HANDS.size:
            os.pwrite(file, _HANDS.pack(_wall(), _wall()), 0)
        self._hands = mmap.mmap(file, _HANDS.size)
        os.close(file)

    def now(self) -> datetime:
        """In UTC."""
        instant, since = _HANDS.unpack_from(self._hands)
        return _EPOCH + timedelta(microseconds=instant + (_wall() - since if since else 0))

    def set(self, instant: datetime, *, going: bool = False) -> None:
        """Stand at an instant, or go on from it."""
        micros = (instant - _EPOCH) // timedelta(microseconds=1)
        _HANDS.pack_into(self._hands, 0, micros, _wall() if going else 0)


def _wall() -> int:
    return time.time_ns() // 1000
