"""Real Chromium on real services. Tests fail on any error of the console, and on any request to elsewhere."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from chromium import FLAGS, chromium
from phones import Phones
from playwright.sync_api import Browser, sync_playwright
from screens import Screen, Screens
from serving import Line, Served, served

from services.base.clock import SharedClock

STAGE = "2022-04-04T10:00+08:00"
"""Day 8 of the Yichun scenario: 300 on duty, 80 unfinished requests, 67 teams."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One of a module: it may not live beside another module's asyncio tests."""
    with sync_playwright() as playwright:
        path = chromium(playwright.chromium)
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def screens(browser: Browser) -> Iterator[Screens]:
    opened = Screens(browser)
    yield opened
    wrong = opened.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def phones(browser: Browser, tmp_path: Path) -> Iterator[Phones]:
    opened = Phones(browser.browser_type, tmp_path)
    yield opened
    wrong = opened.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def screen(window: Screen) -> Iterator[Screen]:
    """The `window` that a module opens once for its tests, as at first; fails by what went wrong in it."""
    window.wrong.clear()
    window.page.set_viewport_size({"width": 1440, "height": 900})
    yield window
    assert not window.wrong, "\n".join(window.wrong)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Served]:
    """An empty service."""
    with served(tmp_path / "data") as service:
        yield service


@pytest.fixture
def city(service: Served) -> Served:
    """A service with a small city."""
    service.city()
    return service


@pytest.fixture
def line(service: Served) -> Iterator[Line]:
    """What lies between the browser and the service."""
    line = Line(service.port)
    yield line
    line.close()


def _played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Yichun scenario up to the stage, played once for all workers of the run."""
    root = tmp_path_factory.getbasetemp()
    shared = (root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root) / "played"
    with shared.with_suffix(".lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not (shared / "played").exists():
            command = [
                sys.executable,
                "-m",
                "services.cli",
                "demo",
                "--speed",
                "max",
                "--exit",
                "--until",
                STAGE,
            ]
            subprocess.run(
                [*command, "--data", str(shared), "--port", "0"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            (shared / "played").touch()
    return shared


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service in the midst of the lockdown, day 8 at ten; its clock goes on from there."""
    data = tmp_path_factory.mktemp("stage") / "data"
    shutil.copytree(_played(tmp_path_factory), data)
    clock = data.parent / "clock"
    _set(clock)
    with served(data, env={"MUSTER_CLOCK": str(clock)}) as service:
        yield service


def _set(clock: Path) -> None:
    SharedClock(clock).set(datetime.fromisoformat(STAGE), going=True)
