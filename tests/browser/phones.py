"""Phones: touched, with storage that outlives the browser, and with a clock and a network of their own."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chromium import FLAGS, chromium
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect
from screens import QUIET
from serving import until
from windows import Windows

SIZE: Any = {"width": 360, "height": 800}
KEPT = "async () => (await navigator.serviceWorker.getRegistration('/go'))?.active?.state === 'activated'"
"""Whether the page would start without a network."""
NO_SYNC = "delete self.ServiceWorkerRegistration?.prototype.sync"
"""As most phones are: the browser never sends what waits by itself. What is sent, a page has sent."""


class Phone:
    """A phone with the courier's page. `close` and `open` are the browser's; what it keeps stays.

    `wrong` is the error of its clock in minutes. `pass_` lets time go by without waiting for it. A phone is a
    context that others had before; a `lasting` one is a browser of its own, to be closed and opened again.
    """

    def __init__(
        self,
        windows: Windows,
        folder: Path,
        url: str,
        *,
        language: str = "en",
        wrong: float = 0,
        background: bool = False,
        lasting: bool = False,
    ) -> None:
        self.url, self.faults, self.batches = url, list[str](), list[list[dict[str, Any]]]()
        self._windows, self._folder, self._language = windows, folder, language
        self._ahead, self._background = timedelta(minutes=wrong), background
        self._lasting = lasting
        self._context: BrowserContext | None = None
        self.page: Page = self.open()

    def open(self, *, offline: bool = False) -> Page:
        """Start the browser, without a page yet."""
        self._context = self._launched() if self._lasting else self._windows.take(self._look, self._script)
        self._context.set_default_timeout(20000)
        self._context.clock.install(time=self.now)
        self.offline(offline)
        self._context.on("request", self._asked)
        return self._heard(self._context.pages[0] if self._lasting else self._context.new_page())

    def again(self) -> Page:
        """Close the page and open another one, in the same browser."""
        self.page.close()
        return self._heard(self.context.new_page())

    def _heard(self, page: Page) -> Page:
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page = page
        return page

    @property
    def _look(self) -> dict[str, Any]:
        locale = "zh-CN" if self._language == "zh" else "en-GB"
        return {"viewport": SIZE, "has_touch": True, "is_mobile": True, "locale": locale}

    @property
    def _script(self) -> str:
        return "" if self._background else NO_SYNC

    def _launched(self) -> BrowserContext:
        browsers = self._windows.browser.browser_type
        trusting = ["--ignore-certificate-errors"] if self.url.startswith("https:") else []
        path, args = chromium(browsers), [*FLAGS, *trusting]
        context = browsers.launch_persistent_context(
            self._folder, executable_path=path, args=args, **self._look
        )
        if self._script:
            context.add_init_script(self._script)
        return context

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not any(word in text for word in QUIET):
            self.faults.append(f"console: {text}")

    def _asked(self, request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/commands"):
            self.batches.append(json.loads(request.post_data or "[]"))

    @property
    def context(self) -> BrowserContext:
        assert self._context is not None
        return self._context

    def close(self) -> None:
        """End the browser, as when the phone is switched off."""
        if self._context is not None and self._lasting:
            self._context.close()
        elif self._context is not None:
            self.offline(False)
            self._context.remove_listener("request", self._asked)
            self._windows.give(self._context, [self.url], self._look, self._script)
        self._context = None

    @property
    def now(self) -> datetime:
        """By the phone's own clock."""
        return datetime.now(UTC) + self._ahead

    def pass_(self, minutes: float) -> None:
        """So much time goes by, on the phone."""
        self._ahead += timedelta(minutes=minutes)
        if self._context is not None:
            self._context.clock.fast_forward(int(minutes * 60_000))

    def offline(self, on: bool) -> None:
        """Airplane mode."""
        self.context.set_offline(on)

    def go(self, link: str = "/go") -> Page:
        """Open the page, or a link to it."""
        self.page.goto(f"{self.url}{link}")
        return self.page

    def sign_in(self, link: str) -> Page:
        """By the link of a code, until the page is there and live, and would start without a network."""
        self.go(link)
        expect(self.page.locator(".fresh-live")).to_be_visible(timeout=30000)
        until(lambda: self.page.evaluate(KEPT), 30, "no service worker is there")
        return self.page

    def tap(self, name: str | Locator, *, exact: bool = True) -> datetime:
        """Touch a button; when, by the phone's own clock."""
        button = name if isinstance(name, Locator) else self.button(name, exact=exact)
        if self._windows.browser.browser_type.name == "firefox":
            button.click()  # Firefox cannot be touched from outside
        else:
            button.tap()
        return self.now

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    @property
    def state(self) -> Locator:
        """What I am now, in large letters."""
        return self.page.locator(".now h1")

    @property
    def waiting(self) -> Locator:
        """The list of what waits to be sent."""
        return self.page.locator(".waiting li")

    def sent(self, work: Callable[[], Any]) -> list[list[dict[str, Any]]]:
        """The batches that went out meanwhile."""
        before = len(self.batches)
        work()
        return self.batches[before:]


class Phones:
    """Those of a test; at its end nothing may have gone wrong on any."""

    def __init__(self, windows: Windows, folder: Path) -> None:
        self._windows, self._folder, self._all = windows, folder, list[Phone]()

    def open(self, url: str, **options: Any) -> Phone:
        """A phone that nobody has used yet, for the service at this address."""
        phone = Phone(self._windows, self._folder / f"phone-{len(self._all)}", url, **options)
        self._all.append(phone)
        return phone

    def pass_(self, minutes: float) -> None:
        """So much time goes by, on all of them."""
        for phone in self._all:
            phone.pass_(minutes)

    def close(self) -> list[str]:
        for phone in self._all:
            phone.close()
        return [fault for phone in self._all for fault in phone.faults]
