"""How much of a test is run: a part by default, the whole with `make long`."""

import os

LONG = bool(os.environ.get("MUSTER_LONG"))


def scaled(name: str, short: int, long: int) -> int:
    """The number in the environment variable `name`; else `short`, or `long` with `make long`."""
    return int(os.environ.get(name) or (long if LONG else short))
