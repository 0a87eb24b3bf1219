"""UUIDs for what is made often."""

import os
from collections.abc import Iterator
from typing import Final
from uuid import UUID

TOGETHER: Final = 64
_BYTES: Final = 16


def ids() -> Iterator[str]:
    """Yield UUIDs of version 4 (RFC 9562).

    Randomness is read for many at once: each read lets go of the interpreter, and another thread may take it.
    """
    while True:
        drawn = os.urandom(TOGETHER * _BYTES)
        for begin in range(0, len(drawn), _BYTES):
            yield str(UUID(bytes=drawn[begin : begin + _BYTES], version=4))
