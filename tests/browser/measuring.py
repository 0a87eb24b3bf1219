"""What a page weighs and how long it takes, as the browser itself counts."""

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from playwright.sync_api import CDPSession, Page
from serving import until


class Weight:
    """Bytes that came over the network since it was made, headers included; of a stream what has come."""

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        self._page, self._coming, self._last = page, set[str](), time.monotonic()
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("Network.enable")
        self._cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._cdp.on("Network.requestWillBeSent", self._sent)
        self._cdp.on("Network.responseReceived", self._began)
        self._cdp.on("Network.dataReceived", self._came)
        self._cdp.on("Network.loadingFinished", self._ended)
        self._cdp.on("Network.loadingFailed", self._ended)

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = url = event["request"]["url"]
        if "/stream?" not in url:
            self._coming.add(event["requestId"])
            self._last = time.monotonic()

    def _ended(self, event: dict[str, Any]) -> None:
        self._coming.discard(event["requestId"])
        self._last = time.monotonic()

    def all_here(self) -> None:
        """Wait until all but the stream has come, and nothing more was asked for within a second."""

        def quiet() -> bool:
            self._page.evaluate("0")  # events are heard while the browser is asked something
            return not self._coming and time.monotonic() - self._last > 1

        until(quiet, 20, "the page does not stop loading")

    def _began(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "")
        self.bytes[url] = self.bytes.get(url, 0) + int(event["response"].get("encodedDataLength", 0))

    def _came(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "")
        self.bytes[url] = self.bytes.get(url, 0) + int(event["encodedDataLength"])

    @property
    def total(self) -> int:
        return sum(self.bytes.values())

    def heaviest(self, most: int = 8) -> str:
        found = sorted(self.bytes.items(), key=lambda item: -item[1])[:most]
        return ", ".join(f"{url.rpartition('/')[2][:40]} {size / 1000:.1f}" for url, size in found)


IDLE = """() => new Promise((resolve) => {
  const next = (left) =>
    left ? requestIdleCallback(() => requestAnimationFrame(() => next(left - 1))) : resolve(true);
  next(60);
})"""


DRAWN = """() => new Promise((resolve) => {
  const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : resolve());
  next(20);
})"""
"""Until what was done is on the screen; without idle time, in which the browser would tidy its memory."""


def rests(page: Page) -> None:
    """Wait until the page's main thread has had nothing to do, several frames in a row."""
    page.wait_for_function(IDLE)


class Task(NamedTuple):
    """A task of a page's main thread: nothing else, no press and no key, is answered until it ends."""

    own: int
    """Milliseconds of work of the page itself."""
    wall: int
    """Milliseconds until it ended: more than `own` where the machine was busy with others."""


def longest_task(page: Page, work: Callable[[], object]) -> Task:
    """The longest task by its own work, while something is done."""
    browser = page.context.browser
    assert browser
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")  # what other tests left is not this page's work
    session.detach()
    browser.start_tracing(page=page, categories=["toplevel"])
    work()
    page.evaluate(DRAWN)
    traced = json.loads(browser.stop_tracing())["traceEvents"]
    main = {
        (one["pid"], one["tid"])
        for one in traced
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        Task(round(one.get("tdur", 0) / 1000), round(one.get("dur", 0) / 1000))
        for one in traced
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in main
    ]
    assert tasks, "the browser traced no task"
    return max(tasks)


def sorted_by_each_column(page: Page) -> None:
    """Sort the list on a page by one column after another, each until it is drawn."""
    for head in page.locator(".grid-sort").all():
        head.click()
        page.evaluate(DRAWN)


def told(what: str, **figures: float | int | str) -> None:
    """Print a figure where it is found again: `pytest -s`, or the report's captured output."""
    print(json.dumps({"measured": what, **figures}, ensure_ascii=False))
