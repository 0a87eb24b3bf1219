"""Memory that Python has freed, given back to the system."""

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from functools import cache


def give_back() -> None:
    """Free what is unreachable, and give back the free pages of the heaps, where there is glibc.

    It holds up other threads for a moment: for the rare times at which much was let go.
    """
    gc.collect()
    trim()


def trim() -> None:
    """Give back the free pages of the heaps, where there is glibc. It holds up nobody."""
    if found := _trim():
        found(0)


@cache
def _trim() -> Callable[[int], int] | None:
    with suppress(OSError, AttributeError):
        return ctypes.CDLL("libc.so.6").malloc_trim
    return None
