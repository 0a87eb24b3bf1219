"""Memory that Python has freed, given back to the system."""

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Final

_ARENA_MAX: Final = -8
"""M_ARENA_MAX in malloc.h."""


def few_heaps(most: int) -> None:
    """With glibc, let threads share heaps. Each has one of its own otherwise, up to eight a core, and what is
    free in one is of no use to the others."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(_ARENA_MAX, most)


def give_back() -> None:
    """Free what is unreachable, and give back the free pages of the heaps, where there is glibc.

    It blocks other threads for a moment: use it only after much memory was freed.
    """
    gc.collect()
    trim()


def trim() -> None:
    """Return the free pages of the heaps to the system, with glibc. It blocks nothing."""
    if found := _trim():
        found(0)


@cache
def _trim() -> Callable[[int], int] | None:
    with suppress(OSError, AttributeError):
        return ctypes.CDLL("libc.so.6").malloc_trim
    return None
