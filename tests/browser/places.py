"""Every page of the console, each in the state in which it is looked at, and what may be cut off in none."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page
from serving import J, Served, until


def script(name: str) -> str:
    """A function that runs in the page."""
    return (Path(__file__).parent / "in_page" / f"{name}.js").read_text()


def _nothing(page: Page) -> None:
    """The page as it opens."""


@dataclass(frozen=True)
class Place:
    """A page of the board: what names it in a test, its address after `#/`, and what is done there first."""

    name: str
    address: str
    ready: str
    """A selector of what is there once the page is."""
    prepare: Callable[[Page], None] = _nothing


def _press(key: str, then: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.locator(".queue .grid-body").focus()
        page.keyboard.press(key)
        page.wait_for_selector(then)

    return press


def _keys(page: Page) -> None:
    page.locator("main").focus()
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")


def _sheet(page: Page) -> None:
    """A preview of the first rows of a sheet."""
    text = "编号,姓名,电话,角色,单位,社区,技能,车辆\nV-1,甲,00000001,rider,队,,,\nV-2,,,,,,,\n"
    page.set_input_files(
        "input[type=file]", {"name": "名单.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.wait_for_selector(".import-start, [role=alert]")


NAMES = (
    *("overview", "keys", "requests", "request", "assign", "end", "merge", "amend"),
    *("teams", "team", "workers", "worker", "schematic", "map", "incidents", "incident", "notes"),
    *("enter request", "enter worker", "enter team", "enter incident", "enter area", "imports", "import"),
    *("cards of areas", "cards of teams", "choose", "establish"),
)
"""Of all places of `board`."""


def board(service: Served) -> list[Place]:
    """Every page of the board in the states that somebody works in, with rows that the service has."""
    request = service.rows("requests", state=["assigned", "open"], limit=1)[0]["request"]
    team = service.rows("teams", state="active", limit=1)[0]["team"]
    worker = service.rows("roster", presence=["assigned", "available"], limit=1)[0]["worker"]
    incident = service.rows("incidents", limit=1)[0]["incident"]
    one = f"{J}/requests/{request}"
    grid = ".grid-body .grid-row"
    return [
        Place("overview", f"{J}/overview", "[data-figure=on-duty]"),
        Place("keys", f"{J}/overview", "[data-figure=on-duty]", _keys),
        Place("requests", f"{J}/requests", grid),
        Place("request", one, "#detail-title"),
        Place("assign", one, "#detail-title", _press("a", ".assign [role=option], .assign li")),
        Place("end", one, "#detail-title", _press("x", "dialog[open]")),
        Place("merge", one, "#detail-title", _press("m", "dialog[open]")),
        Place("amend", one, "#detail-title", _press("e", "dialog[open]")),
        Place("teams", f"{J}/teams", grid),
        Place("team", f"{J}/teams/{team}", "aside dl, .folk-panel dl"),
        Place("workers", f"{J}/workers", grid),
        Place("worker", f"{J}/workers/{worker}", "aside dl, .folk-panel dl"),
        Place("schematic", f"{J}/map?as=schematic", ".schematic"),
        Place("map", f"{J}/map?as=map", ".geo-map canvas"),
        Place("incidents", f"{J}/incidents", ".incidents-cards"),
        Place("incident", f"{J}/incidents/{incident}", ".incident-clock"),
        Place("notes", f"{J}/notes", ".notes-cards"),
        *(
            Place(f"enter {what}", f"{J}/enter/{what}", "main form")
            for what in ("request", "worker", "team", "incident", "area")
        ),
        Place("imports", f"{J}/imports", "input[type=file]"),
        Place("import", f"{J}/imports", "input[type=file]", _sheet),
        Place("cards of areas", f"{J}/cards?level=1", "article"),
        Place("cards of teams", f"{J}/cards?of=team&team={team}", "article"),
        Place("choose", "", ".gate-list"),
        Place("establish", "-/establish", "main form"),
    ]


def opened(page: Page, place: Place) -> Page:
    """Go there from wherever the board is, and wait until it is as it should be looked at."""
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
    for address, ready in (("", ".gate"), (place.address, place.ready)):
        page.evaluate("address => { location.hash = '#/' + address; }", address)
        page.wait_for_selector(ready, state="attached", timeout=15000)
    place.prepare(page)
    still(page)
    return page


def still(page: Page, milliseconds: int = 400) -> None:
    """Wait until nothing is being loaded and nothing moves: what fades in has no colour of its own yet."""
    page.wait_for_function("() => !document.querySelector('.loading')", timeout=15000)
    page.wait_for_timeout(milliseconds)


def say(page: Page, language: str) -> None:
    """Switch the language where the page stands, as its button does."""
    page.evaluate(script("say"), [language, "go" if "/go" in page.url.split("#")[0] else "board"])


def cut_off(page: Page) -> list[str]:
    """Headings and controls that a person cannot get at, by any scrolling; and a page that is too wide.

    A page that has just got another size settles within moments.
    """
    found: list[str] = []
    for _ in range(10):
        found = page.evaluate(script("cut_off"))
        if not found:
            break
        page.wait_for_timeout(200)
    return found


def same(shown: str, live: Page, fresh: Page, what: str, seconds: float) -> None:
    """What a script tells of two pages, within a moment: patches come a little after the answer, lists load a
    little after the page."""
    texts: list[str] = []

    def equal() -> bool:
        texts[:] = [live.evaluate(shown), fresh.evaluate(shown)]
        return texts[0] == texts[1] and bool(texts[0])

    def differ() -> str:
        at = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), 0)
        part = slice(max(0, at - 60), at + 60)
        return f"{what}: live {texts[0][part]!r}, fresh {texts[1][part]!r}"

    until(equal, seconds, differ)
