"""The scale of tests: a part by default, everything with `make long`."""

import os

LONG = bool(os.environ.get("MUSTER_LONG"))


def scaled(name: str, short: int, long: int) -> int:
    """Return the number in the environment variable `name`; else `short`, or `long` with `make long`."""
    return int(os.environ.get(name) or (long if LONG else short))
