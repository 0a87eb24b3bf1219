"""Contexts of the browser that tests use one after another.

A new context has nothing cached: it loads and compiles every module again, and both it and its end cost the
browser more than most tests do. One that was used before is emptied of all but the files it loaded.
"""

from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as Lost

AT_MOST = 4
"""Contexts that wait for a test. Each holds a process of the browser."""
NO_SCRIPT = "/favicon.ico"


class Windows:
    """Those of one browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._free: list[tuple[tuple[dict[str, Any], str], BrowserContext]] = []
        self._anchors: dict[BrowserContext, Page] = {}

    @property
    def leaves(self) -> Literal["request", "requestfailed"]:
        """The event of a request to elsewhere. In Chromium it fails, by the page's policy or by its address,
        and to hear of failures alone takes a tenth less than to hear of each request."""
        return "requestfailed" if self.browser.browser_type.name == "chromium" else "request"

    def take(self, look: dict[str, Any], script: str = "") -> BrowserContext:
        """A context with nothing in its storage. `script` = what each page runs first."""
        for one in self._free:
            if one[0] == (look, script):
                self._free.remove(one)
                return one[1]
        context = self.browser.new_context(**look)
        if script:
            context.add_init_script(script)
        return context

    def give(self, context: BrowserContext, urls: list[str], look: dict[str, Any], script: str = "") -> None:
        """Take a context back that had pages of these services, and has no other script or route."""
        anchor = self._anchors.get(context)
        if self.browser.browser_type.name == "chromium":
            anchor = anchor or self._anchored(context, urls[0])
        if anchor is None:
            context.close()
            return
        for page in context.pages:
            if page is not anchor:
                page.close()
        context.clear_cookies()
        cdp = context.new_cdp_session(anchor)
        for url in urls:
            where = {"origin": "{0.scheme}://{0.netloc}".format(urlsplit(url)), "storageTypes": "all"}
            cdp.send("Storage.clearDataForOrigin", where)
        cdp.detach()
        self._free.append(((look, script), context))
        if len(self._free) > AT_MOST:
            self._close(self._free.pop(0)[1])

    def _anchored(self, context: BrowserContext, url: str) -> Page | None:
        """Open a page that stays: the process of the next page, which has all modules, ends with the last.
        None if the service is not there any more."""
        anchor = context.new_page()
        try:
            anchor.goto(f"{url}{NO_SCRIPT}")
        except Lost:
            return None
        self._anchors[context] = anchor
        return anchor

    def _close(self, context: BrowserContext) -> None:
        self._anchors.pop(context)
        context.close()
