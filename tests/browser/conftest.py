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
from playwright.sync_api import Browser, expect, sync_playwright
from screens import Board, Screen, Screens
from serving import City, Line, Served, served
from windows import Windows

from services.base.clock import SharedClock

HERE = Path(__file__).parent
STAGE = "2022-03-31T10:00+08:00"
"""Day 4 of the Yichun scenario. A module may have a STAGE of its own."""
expect.set_options(timeout=15_000)  # other tests use the machine too; what comes sooner is not waited for


class Running:
    """The Chromium that modules use one after another (plugin of pytest)."""

    def __init__(self) -> None:
        self.playwright = sync_playwright().start()
        path = chromium(self.playwright.chromium)
        self.windows = Windows(self.playwright.chromium.launch(executable_path=path, args=list(FLAGS)))

    def end(self, config: pytest.Config) -> None:
        self.windows.browser.close()
        self.playwright.stop()
        config.pluginmanager.unregister(self)
        del config.stash[RUNNING]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """End before a test that may not run beside it: one with asyncio, or with another browser. Not after
        the last test of its kind, which may have to run again."""
        module = item.getparent(pytest.Module)
        if item.path.parent != HERE or (module and "browser" in vars(module.obj)):
            self.end(item.config)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.end(session.config)


RUNNING = pytest.StashKey[Running]()


@pytest.fixture(scope="module")
def browser(pytestconfig: pytest.Config) -> Browser:
    """A Chromium. A module may have another browser of its own."""
    if RUNNING not in pytestconfig.stash:
        pytestconfig.stash[RUNNING] = Running()
        pytestconfig.pluginmanager.register(pytestconfig.stash[RUNNING])
    return pytestconfig.stash[RUNNING].windows.browser


@pytest.fixture(scope="module")
def windows(pytestconfig: pytest.Config, browser: Browser) -> Windows:
    """Contexts of the browser, used again by the next module if the browser is."""
    running = pytestconfig.stash.get(RUNNING, None)
    return running.windows if running and running.windows.browser is browser else Windows(browser)


@pytest.fixture
def screens(windows: Windows) -> Iterator[Screens]:
    opened = Screens(windows)
    yield opened
    wrong = opened.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def phones(windows: Windows, tmp_path: Path) -> Iterator[Phones]:
    opened = Phones(windows, tmp_path)
    yield opened
    wrong = opened.close()
    assert not wrong, "\n".join(wrong)


BOARDS = pytest.StashKey[tuple[Windows, Board]]()


@pytest.fixture
def board(request: pytest.FixtureRequest, windows: Windows, service: Served) -> Iterator[Board]:
    """An admin's board that tests share as long as they share the browser. It is loaded again for a test that
    runs again."""
    stash = request.config.stash
    held = stash.get(BOARDS, None)
    if held is None or held[0] is not windows:
        held = windows, Board(windows, service.url, service.secret)
    stash[BOARDS] = held
    if getattr(request.node, "execution_count", 1) > 1:
        held[1].close()
    yield held[1]
    wrong = held[1].wrong()
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def screen(window: Screen) -> Iterator[Screen]:
    """The `window` that a module opens once for its tests, as at first; fails by what went wrong in it."""
    window.wrong.clear()
    window.page.set_viewport_size({"width": 1440, "height": 900})
    yield window
    assert not window.wrong, "\n".join(window.wrong)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of a process: each brings its own jurisdiction, and leaves it running."""
    with served(tmp_path_factory.mktemp("service") / "data") as service:
        yield service


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """An empty service of the test's own, to kill or to begin with."""
    with served(tmp_path / "data") as service:
        yield service


@pytest.fixture
def city(service: Served) -> City:
    """A small city of the test's own."""
    return service.city()


@pytest.fixture
def line(service: Served) -> Iterator[Line]:
    """What lies between the browser and the service."""
    line = Line(service.port)
    yield line
    line.close()


def _played(tmp_path_factory: pytest.TempPathFactory, until: str) -> Path:
    """The Yichun scenario up to an instant, played once for all workers of the run."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    shared = root / "played"
    shared.parent.mkdir(exist_ok=True)
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
                until,
            ]
            subprocess.run(
                [*command, "--data", str(shared), "--port", "0"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            (shared / "played").touch()
    return shared


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city in the midst of the lockdown, at ten in the morning; its clock goes on from there."""
    until: str = getattr(request.module, "STAGE", STAGE)
    data = tmp_path_factory.mktemp("stage") / "data"
    shutil.copytree(_played(tmp_path_factory, until), data)
    clock = data.parent / "clock"
    SharedClock(clock).set(datetime.fromisoformat(until), going=True)
    with served(data, env={"MUSTER_CLOCK": str(clock)}) as service:
        yield City(service, "2307")
