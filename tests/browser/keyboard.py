"""Somebody without a mouse."""

import contextlib
import re

from playwright.sync_api import Locator, Page, TimeoutError, expect

MOST_TABS = 120
PAGES = {"o": "overview", "r": "requests", "i": "incidents", "e": "enter", "t": "teams", "w": "workers"}
FOCUSED = "one => document.activeElement === one"
IN_GROUP = "one => document.activeElement === one || document.activeElement.name === one.name"


class Keyboard:
    """Reaches things by Tab alone, and fails where that is not possible."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: Locator, *, back: bool = False) -> None:
        """Tab until it has the focus."""
        expect(wanted).to_be_visible()
        for _ in range(MOST_TABS):
            if wanted.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not reach {wanted}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def activate(self, wanted: Locator) -> None:
        """Reach a button or link and press it."""
        self.reach(wanted)
        self.press("Enter")

    def write(self, wanted: Locator, text: str) -> None:
        """Reach a field and type."""
        self.reach(wanted)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def check(self, wanted: Locator) -> None:
        """Reach a radio button or checkbox; the first of a group is reached by Tab, the others by arrows."""
        expect(wanted).to_be_visible()
        for _ in range(MOST_TABS):
            if wanted.evaluate(IN_GROUP):
                break
            self.press("Tab")
        for _ in range(20):
            if wanted.evaluate(FOCUSED):
                if not wanted.is_checked():
                    self.press("Space")
                return
            self.press("ArrowRight")
        raise AssertionError(f"the keyboard does not reach {wanted}")

    def go(self, letter: str) -> None:
        """To a page of the board, by g and its letter; out of a field, which may take the focus late."""
        name = PAGES[letter]
        for _ in range(5):
            self.page.evaluate("document.activeElement?.blur()")
            self.press("g", letter)
            with contextlib.suppress(TimeoutError):
                return self.page.wait_for_url(re.compile(f"#/[^/]+/{name}$"), timeout=1500)
        raise AssertionError(f"g {letter} does not lead to {name}")
