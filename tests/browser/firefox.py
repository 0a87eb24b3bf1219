"""Finds a Firefox, or installs Debian's: the main stories run in it too, and are never skipped."""

import os
import shutil
from pathlib import Path

from chromium import apt_installed

NAMES = ("firefox-esr", "firefox")
CHANNEL = "moz-firefox"
"""Playwright drives an ordinary Firefox by WebDriver BiDi; only its own builds need none."""
PREFERENCES = {"security.sandbox.content.level": 0, "webgl.force-enabled": True}
"""Tests run as root in containers, without a GPU."""
DRIVER = f"--require {Path(__file__).parent / 'older_firefox.cjs'}"
"""Node options of Playwright's driver."""


def firefox() -> str:
    """The path of a Firefox. Raises RuntimeError that says what to install."""
    found = _found() or (_found() if apt_installed("firefox-esr") else None)
    if found is None:
        raise RuntimeError(
            "Browser tests need Firefox: install it (Debian: apt-get install firefox-esr), or name one in "
            "MUSTER_FIREFOX."
        )
    return found


def _found() -> str | None:
    there = (path for name in NAMES if (path := shutil.which(name)))
    return os.environ.get("MUSTER_FIREFOX") or next(there, None)
