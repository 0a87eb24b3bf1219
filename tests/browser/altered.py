"""`muster`, with this machine's clock ahead by what a file says, or with pages of another folder."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from services.base.clock import SystemClock
from services.cli import main
from services.console import pages

AHEAD, WEB = "ALTERED_AHEAD", "ALTERED_WEB"
"""Names a file with a number of seconds; names a folder."""


def alter() -> None:
    """By the environment. What runs under the altered clock takes it for the machine's own."""
    if file := os.environ.get(AHEAD):
        true, ahead = SystemClock.now, Path(file)

        def now(self: SystemClock) -> datetime:
            return true(self) + timedelta(seconds=float(ahead.read_text()))

        SystemClock.now = now
    if folder := os.environ.get(WEB):
        pages.WEB = Path(folder)  # pyright: ignore[reportConstantRedefinition, reportAttributeAccessIssue]


if __name__ == "__main__":
    alter()
    main()
