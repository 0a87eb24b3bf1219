"""Hold a process that cannot start, so that a supervisor restarts it at most every ten seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from services.cli.common import Fail, say_error

LEAST_SECONDS: Final = 10.0
LOG_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
"""Log format of a cluster's processes: with the time, to compare two logs."""


@contextmanager
def held() -> Iterator[None]:
    """Say at once why a process of a cluster cannot begin, and end it later; at a terminal at once too."""
    begun = time.monotonic()
    try:
        yield
    except Fail as failure:
        if sys.stderr.isatty():
            raise
        say_error(str(failure))
        time.sleep(max(0.0, LEAST_SECONDS - (time.monotonic() - begun)))
        raise typer.Exit(failure.status) from failure
