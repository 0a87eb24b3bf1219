"""Whether everybody can use a page: axe finds nothing, and a phone or a large type size loses nothing."""

from pathlib import Path
from typing import Any

from places import cut_off, say, script, still
from playwright.sync_api import Page
from scale import LONG

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
PHONE, ZOOMED, DESK = (360, 800), (720, 450), (1440, 900)
"""A desk's window at 200 % has half as many px across and down."""
LOOKS = (
    ("zh", "light", PHONE),
    ("en", "dark", ZOOMED),
    ("zh", "dark", ZOOMED),
    ("en", "light", PHONE),
)
"""Both languages in both themes, and both in both small sizes. Each page takes one in turn, since its frame
and its components are on many; `make long` tries all four on each."""


def for_everybody(page: Page, turn: int = 0, *, desk: tuple[int, int] = DESK, stays: bool = False) -> None:
    """In one of LOOKS, or in all: by axe, and in a small size by where things are.

    The page keeps its language, in which a story goes on, unless it `stays` in the look: to change it takes
    as long as to look at it.
    """
    wrong: list[str] = []
    spoken = _spoken(page)
    for language, theme, small in LOOKS if LONG else (LOOKS[turn % 4],):
        _look(page, language, theme)
        if desk == PHONE:  # at the end of the page, where the bar at its bottom covers nothing
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
        wrong += told(violations(page), language, theme)
        page.set_viewport_size(size(small))
        still(page)
        wrong += told(cut_off(page), language, "x".join(map(str, small)))
        page.set_viewport_size(size(desk))
    if not stays:
        say(page, spoken)
        page.emulate_media(color_scheme="light")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def _spoken(page: Page) -> str:
    return page.evaluate("document.documentElement.lang").split("-")[0]


def _look(page: Page, language: str, theme: str) -> None:
    """Change what is not so yet, and wait until the page is still again."""
    themed = page.evaluate("theme => matchMedia(`(prefers-color-scheme: ${theme})`).matches", theme)
    if themed and _spoken(page) == language:
        return
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    say(page, language)
    still(page)


def violations(page: Page) -> list[str]:
    """What axe-core finds; it is loaded once into a page."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE)
    return page.evaluate(script("axe"))


def told(found: list[Any], *where: str) -> list[str]:
    """With where it was found."""
    return [f"{' '.join(where)}: {one}" for one in found]


def size(pixels: tuple[int, int]) -> Any:
    """As Playwright wants it."""
    return {"width": pixels[0], "height": pixels[1]}
