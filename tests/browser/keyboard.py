"""Somebody without a mouse."""

import contextlib
import re

from playwright.sync_api import Locator, Page, TimeoutError, expect

MOST_TABS = 120
PAGES = {"o": "overview", "r": "requests", "i": "incidents", "e": "enter", "t": "teams", "w": "workers"}
FOCUSED = "one => one.isConnected ? document.activeElement === one : null"
IN_GROUP = """one => {
  const there = document.activeElement;
  return one.isConnected ? there === one || there.name === one.name : null;
}"""
"""null: the element is not of the page any more."""


class Keyboard:
    """Reaches things by Tab alone, and fails where that is not possible."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: Locator, *, back: bool = False) -> None:
        """Tab until it has the focus."""
        if not self._tabbed(wanted, FOCUSED, "Shift+Tab" if back else "Tab"):
            raise AssertionError(f"the keyboard does not reach {wanted}")

    def _tabbed(self, wanted: Locator, there: str, key: str) -> bool:
        """Press a key until an element is where it should be; whether it got there.

        The element is looked for once, as to find it by its role and name takes longer than a press, and
        again if the page has replaced it.
        """
        expect(wanted).to_be_visible()
        one = wanted.element_handle()
        for _ in range(MOST_TABS):
            found = one.evaluate(there)
            if found is None:
                one = wanted.element_handle()
                found = one.evaluate(there)
            if found:
                return True
            self.page.keyboard.press(key)
        return False

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
        self._tabbed(wanted, IN_GROUP, "Tab")
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
