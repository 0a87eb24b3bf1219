"""Browser windows that notice what goes wrong in them."""

from typing import Any
from urllib.parse import urlsplit

from places import say
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request
from serving import City
from windows import Windows

QUIET = ("net::ERR_", "Failed to load resource", "Permissions-Policy", "when fetching the script")
"""Told by the browser itself when a line is cut or an answer is a refusal."""


class Screen:
    """A browser window with a session of its own, and what went wrong in it."""

    def __init__(self, windows: Windows, look: dict[str, Any], url: str) -> None:
        self.url, self.wrong = url, list[str]()
        self._j = ""
        self._urls = [url]
        self._windows, self._look, self._altered = windows, look, False
        self._context = windows.take(look)
        self._context.set_default_timeout(10000)
        self.page = self.watched(self._context.new_page())

    @property
    def context(self) -> BrowserContext:
        """To be changed by the test: no other uses it afterwards."""
        self._altered = True
        return self._context

    def close(self) -> None:
        """Leave it to the next test, or close it if it was altered."""
        if self._altered:
            self._context.close()
        else:
            self._windows.give(self._context, self._urls, self._look)

    def allow(self, url: str) -> None:
        """Another origin that the service is set to use."""
        self._urls.append(url)

    def watched(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on(self._windows.leaves, self._request)
        page.on("framenavigated", lambda frame: self._left(frame.url))
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in QUIET):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        self._left(request.url)

    def _left(self, url: str) -> None:
        where = urlsplit(url)
        if where.scheme in ("http", "https", "ws", "wss") and where.netloc not in {
            urlsplit(url).netloc for url in self._urls
        }:
            self.wrong.append(f"left the origin: {url}")

    def sign_in(self, city: City, place: str = "overview", *, token: str | None = None) -> Page:
        """With the link that is printed, or one with this token; then to a place of the city's board."""
        self._j = city.j
        self.page.goto(f"{self.url}/#token={token or city.secret}")
        self.page.wait_for_selector(".top, .gate-list, .gate form", timeout=15000)
        self.at(place)
        return self.page

    def move(self, city: City, place: str = "overview") -> Page:
        """Go to another city's board, with the token that signed in. A board takes long to load."""
        self._j = city.j
        self.page.evaluate("location.hash = '#/'")
        self.page.wait_for_selector(".gate-list")
        return self.at(place)

    def at(self, place: str) -> Page:
        """Go to a page of the board, such as requests?priority=1, and wait until it is live."""
        self.page.evaluate("place => { location.hash = place; }", f"#/{self._j}/{place}")
        self.page.wait_for_selector(".live-live", timeout=15000)
        return self.page


class Board:
    """An admin's boards, one for each language, loaded once: tests move them from city to city.

    A test that changes what a board keeps beyond its city (a session, sound, what can be undone for ten
    seconds) opens a screen of its own.
    """

    def __init__(self, windows: Windows, url: str, token: str) -> None:
        self._windows, self._url, self._token = windows, url, token
        self._loaded: dict[str, Screen] = {}

    def __call__(self, city: City, place: str = "overview", *, language: str = "zh") -> Page:
        """The board of this language, at a place of this city."""
        if language not in self._loaded:
            self._loaded[language] = Screens(self._windows).open(self._url, language=language)
            self._loaded[language].sign_in(city, token=self._token)
        screen = self._loaded[language]
        say(screen.page, language)
        screen.page.set_viewport_size({"width": 1440, "height": 900})
        return screen.move(city, place)

    def wrong(self) -> list[str]:
        """What went wrong since this was asked."""
        found = [one for screen in self._loaded.values() for one in screen.wrong]
        for screen in self._loaded.values():
            screen.wrong.clear()
        return found

    def close(self) -> None:
        """Leave the windows to others; the next test loads the board again."""
        for screen in self._loaded.values():
            screen.close()
        self._loaded.clear()


class Screens:
    """Opens windows; at the end of the test nothing may have gone wrong in any."""

    def __init__(self, windows: Windows) -> None:
        self._windows, self._open = windows, list[Screen]()

    def open(
        self,
        url: str,
        *,
        language: str = "zh",
        theme: str = "light",
        size: tuple[int, int] = (1440, 900),
        touch: bool = False,
        sharp: float = 1,
    ) -> Screen:
        look: dict[str, Any] = {
            "viewport": {"width": size[0], "height": size[1]},
            "locale": "zh-CN" if language == "zh" else "en-GB",
            "color_scheme": "dark" if theme == "dark" else "light",
            "has_touch": touch,
            "is_mobile": touch,
            "device_scale_factor": sharp,
            "service_workers": "allow",
        }
        screen = Screen(self._windows, look, url)
        self._open.append(screen)
        return screen

    def close(self) -> list[str]:
        for screen in self._open:
            screen.close()
        return [wrong for screen in self._open for wrong in screen.wrong]
