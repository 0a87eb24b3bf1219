"""Finds a Chromium and fonts for Chinese, or installs them: browser tests are never skipped."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserType

NAMES = (
    "chromium-headless-shell",  # pages as in Chromium, without the rest of a browser: a third less CPU
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
)
OFF = (
    # as Playwright has them: the last list given counts
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    # a process with the browser's own pages for each context, and one in case a page needs it
    *("PreloadTopChromeWebUI", "PreloadTopChromeWebUILessNavigations", "InitialWebUI", "WebUIReloadButton"),
    *("SpareRendererForSitePerProcess", "Translate", "GlobalMediaControls", "DialMediaRouteProvider"),
    # another process for each page as it opens, before it goes anywhere
    *("IsolateOrigins", "site-per-process"),
)
"""Features of the browser that no test needs."""
FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
    "--process-per-site",
    "--renderer-process-limit=1",  # of each context
    "--disable-site-isolation-trials",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--use-fake-ui-for-media-stream",
    f"--disable-features={','.join(OFF)}",
)
"""No sandbox: tests run as root in containers. Nothing looks for updates, and nothing but this machine can be
reached. Maps are drawn without a GPU, and all else without pretending that there is one, which takes half as
long."""


def chromium(browsers: BrowserType) -> str:
    """The path of a browser that can show Chinese. Raises RuntimeError that says what to install."""
    return _looked_for(browsers.executable_path)


@cache
def _looked_for(own: str) -> str:
    """`own` = where Playwright keeps the browser that it installs."""
    with (Path(tempfile.gettempdir()) / f"muster-chromium-{os.getuid()}.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        found = _found(own) or _installed(own)
        if not _shows_chinese():
            apt_installed("fonts-noto-cjk")
    if found is None or not _shows_chinese():
        raise RuntimeError(
            "Browser tests need Chromium and fonts for Chinese: install them (Debian: apt-get install "
            "chromium fonts-noto-cjk), or name a browser in MUSTER_CHROMIUM."
        )
    return found


def _found(own: str) -> str | None:
    given = os.environ.get("MUSTER_CHROMIUM")
    there = (path for name in (*NAMES, own) if (path := shutil.which(name)))
    return given or next(there, None)


def _installed(own: str) -> str | None:
    """As root from Debian's packages, otherwise by Playwright for this user."""
    packages = ("chromium-headless-shell", "chromium")
    if not any(apt_installed(name, "fonts-noto-cjk") for name in packages):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return _found(own)


def apt_installed(*packages: str) -> bool:
    """Whether they could be installed by apt-get."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(["apt-get", "update"], check=False, env=quiet, stdout=subprocess.DEVNULL)
    return subprocess.run(install, check=False, env=quiet, stdout=subprocess.DEVNULL).returncode == 0


def _shows_chinese() -> bool:
    if not shutil.which("fc-list"):
        return True  # not a system with fontconfig
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False).stdout.strip())
