"""Every page of the console, each in the state in which it is looked at, and what may be cut off in none."""

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page
from serving import City, until


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


def _found(page: Page) -> None:
    """The box that finds everything, with finds of the service."""
    page.locator("main").focus()
    page.keyboard.press("Control+k")
    page.locator(".palette input").fill("2")
    page.wait_for_selector(".palette-list [role=option]")


def _conflict(city: City, request: str) -> Callable[[Page], None]:
    """An amendment that meets somebody else's."""
    amend, quantities = _press("e", "dialog[open]"), itertools.count(1000, 10)

    def meet(page: Page) -> None:
        amend(page)
        theirs = next(quantities)
        city.ok("request.amend", request=request, quantity=theirs)
        page.locator("dialog[open] input[type=number][required]").fill(str(theirs + 1))
        page.locator("dialog[open] button[type=submit]").click()
        page.wait_for_selector(".conflict")

    return meet


def _unfilled(page: Page) -> None:
    """A form with errors beside its fields."""
    page.locator(".institution-form button[type=submit]").click()
    page.wait_for_selector(".institution-form .field-bad")


def _menu(page: Page) -> None:
    """An open list of the menu: of a group, or of all that does not fit."""
    page.locator(".top-group > button:visible, .top-fold:visible").first.click()
    page.wait_for_selector(".top-list:not([hidden])")


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
    *("overview", "keys", "found", "requests", "request", "assign", "end", "merge", "amend", "conflict"),
    *(
        "teams",
        "team",
        "workers",
        "worker",
        "schematic",
        "map",
        "incidents",
        "incident",
        "hours",
        "notes",
        "reporting",
    ),
    *("areas", "area", "area form", "menu", "alerts"),
    *("stations map", "short of", "uses", "ages"),
    *("nominations", "publications", "brands"),
    *("station", "waiting", "visit", "commitment", "activity", "sums of service"),
    *("course", "session", "session form", "training", "training figures", "leaders", "duty"),
    *("undertaking", "board of units", "inspection"),
    *("post", "who answers", "enterprise", "funnel", "verdicts", "comparison", "chapters", "coverage"),
    *("report", "rows of a figure"),
    *("enter request", "enter worker", "enter team", "enter incident", "enter area", "imports", "import"),
    *("cards of areas", "cards of teams", "choose", "establish"),
    *("settings tokens", "settings lists", "settings timers", "settings sights"),
)
"""Of all places of `board`."""


def board(city: City) -> list[Place]:
    """Every page of the board in the states that somebody works in, with rows that the city has."""
    request = city.rows("requests", state=["assigned", "open"], limit=1)[0]["request"]
    team = city.rows("teams", state="active", limit=1)[0]["team"]
    on_duty = city.rows("roster", presence=["assigned", "available"], limit=1)[0]
    worker, home = on_duty["worker"], on_duty["area"]
    incident = city.rows("incidents", limit=1)[0]["incident"]
    enterprise = city.rows("enterprises", limit=1)[0]["enterprise"]
    area = city.rows("areas", level=1, limit=1)[0]["area"]
    one = f"{city.j}/requests/{request}"

    def first(view: str) -> str:
        return city.rows(view, limit=1)[0]["key"]

    grid = ".grid-body .grid-row"
    return [
        Place("overview", f"{city.j}/overview", "[data-figure=on-duty]"),
        Place("keys", f"{city.j}/overview", "[data-figure=on-duty]", _keys),
        Place("found", f"{city.j}/overview", "[data-figure=on-duty]", _found),
        Place("requests", f"{city.j}/requests", grid),
        Place("request", one, "#detail-title"),
        Place("assign", one, "#detail-title", _press("a", ".assign [role=option], .assign li")),
        Place("end", one, "#detail-title", _press("x", "dialog[open]")),
        Place("merge", one, "#detail-title", _press("m", "dialog[open]")),
        Place("amend", one, "#detail-title", _press("e", "dialog[open]")),
        Place("conflict", one, "#detail-title", _conflict(city, request)),
        Place("teams", f"{city.j}/teams", grid),
        Place("team", f"{city.j}/teams/{team}", "aside dl, .folk-panel dl"),
        Place("workers", f"{city.j}/workers", grid),
        Place("worker", f"{city.j}/workers/{worker}", "aside dl, .folk-panel dl"),
        Place("schematic", f"{city.j}/map?as=schematic", ".schematic"),
        Place("map", f"{city.j}/map?as=map", ".geo-map canvas"),
        Place("incidents", f"{city.j}/incidents", ".incidents-cards"),
        Place("incident", f"{city.j}/incidents/{incident}", ".incident-clock"),
        Place("hours", f"{city.j}/hours?from=2022-03-01&area={home}", ".hours-table, .empty"),
        Place("reporting", f"{city.j}/reporting", f"{grid}, .empty"),
        Place("notes", f"{city.j}/notes", ".notes-cards"),
        Place("areas", f"{city.j}/areas", grid),
        Place("area", f"{city.j}/areas/{area}", ".folk-panel dl"),
        Place("area form", f"{city.j}/areas?do=area.define", ".institution-form", _unfilled),
        Place("alerts", f"{city.j}/alerts?at=2022-03-30T21:00", f"{grid}, .empty"),
        Place("post", f"{city.j}/posts/{city.rows('posts', limit=1)[0]['post']}", ".folk-panel dl"),
        Place("who answers", f"{city.j}/posts?as=tree", ".duty-answer"),
        Place("enterprise", f"{city.j}/enterprises/{enterprise}", ".ledger-path"),
        Place("funnel", f"{city.j}/enterprises?as=funnel", ".ledger-funnel"),
        Place("verdicts", f"{city.j}/verdicts?state=*", f"{grid}, .empty"),
        Place("comparison", f"{city.j}/comparison", f"{grid}, .empty"),
        Place("nominations", f"{city.j}/nominations", f"{grid}, .empty"),
        Place("publications", f"{city.j}/publications", f"{grid}, .empty"),
        Place("brands", f"{city.j}/brands", f"{grid}, .empty"),
        Place("station", f"{city.j}/stations/{first('stations')}", ".folk-panel dl"),
        Place("stations map", f"{city.j}/stations?as=map", ".station-map"),
        Place("short of", f"{city.j}/stations?as=shortage", ".ledger-funnel section, .ledger-funnel .muted"),
        Place("uses", f"{city.j}/stations?as=uses", ".station-bars"),
        Place("ages", f"{city.j}/difficulties?as=ages", ".station-bars"),
        Place("waiting", f"{city.j}/difficulties?as=board", ".ledger-funnel section"),
        Place("visit", f"{city.j}/visits/{first('visits')}", ".folk-panel dl"),
        Place("commitment", f"{city.j}/commitments/{first('commitments')}", ".folk-panel dl"),
        Place("course", f"{city.j}/courses/{first('courses')}", ".folk-panel dl"),
        Place("session", f"{city.j}/sessions/{first('sessions')}", ".folk-panel dl"),
        Place("session form", f"{city.j}/sessions?do=session.plan", ".institution-form", _unfilled),
        Place("training", f"{city.j}/training", grid),
        Place("training figures", f"{city.j}/training?as=figures", "[data-figure=person_times]"),
        Place("duty", f"{city.j}/duties?do=duty_item.list", ".institution-form", _unfilled),
        Place("leaders", f"{city.j}/leaders", grid),
        Place("undertaking", f"{city.j}/undertakings/{first('undertakings')}", ".folk-panel dl"),
        Place("board of units", f"{city.j}/undertakings?as=board", ".ledger-funnel section"),
        Place("inspection", f"{city.j}/inspections/{first('inspections')}", ".folk-panel dl"),
        Place("activity", f"{city.j}/activities/{first('activities')}", ".folk-panel dl"),
        Place("sums of service", f"{city.j}/reporting?as=sums&level=1", ".completeness-scroll, .empty"),
        Place("chapters", f"{city.j}/chapters", f"{grid}, .empty"),
        Place("coverage", f"{city.j}/chapters?as=coverage", ".coverage-tables"),
        Place("report", f"{city.j}/report", ".report-section"),
        Place("rows of a figure", f"{city.j}/report?figure=R1.posts", "dialog[open] table"),
        Place("menu", f"{city.j}/areas", grid, _menu),
        *(
            Place(f"enter {what}", f"{city.j}/enter/{what}", "main form")
            for what in ("request", "worker", "team", "incident", "area")
        ),
        Place("imports", f"{city.j}/imports", "input[type=file]"),
        Place("import", f"{city.j}/imports", "input[type=file]", _sheet),
        Place("cards of areas", f"{city.j}/cards?level=1", "article"),
        Place("cards of teams", f"{city.j}/cards?of=team&team={team}", "article"),
        *(
            Place(f"settings {part}", f"{city.j}/settings/{part}", ".settings-row, .settings-group")
            for part in ("tokens", "lists", "timers", "sights")
        ),
        Place("choose", "", ".gate-list"),
        Place("establish", "-/establish", "main form"),
    ]


def opened(page: Page, place: Place) -> Page:
    """Go there from wherever the board is, and wait until it is as it should be looked at.

    A page that is there already, in another state, is left first.
    """
    if page.locator("dialog[open]").count():
        page.keyboard.press("Escape")
    here, there = (_page_of(one) for one in (page.evaluate("location.hash.slice(2)"), place.address))
    if here == there or here[0] != there[0]:
        _go(page, "", ".gate")
    _go(page, place.address, place.ready)
    place.prepare(page)
    still(page)
    return page


def _page_of(address: str) -> tuple[str, str]:
    """Jurisdiction and page of an address."""
    jurisdiction, _, rest = address.partition("?")[0].partition("/")
    return jurisdiction, rest.partition("/")[0]


def _go(page: Page, address: str, ready: str) -> None:
    page.evaluate("address => { location.hash = '#/' + address; }", address)
    jurisdiction, name = _page_of(address)
    if jurisdiction.isdecimal():
        page.wait_for_selector(f"#main.main-{name}", state="attached", timeout=15000)
    page.wait_for_selector(ready, state="attached", timeout=15000)


STILL = """() => new Promise((resolve) => {
  const all = { subtree: true, childList: true, attributes: true };
  const brief = (one) => one.effect.getComputedTiming().endTime < 1000;
  const moves = () => document.getAnimations().some((one) => one.playState === "running" && brief(one));
  let since = performance.now();
  const changed = () => { since = performance.now(); };
  const watch = new MutationObserver(changed);
  watch.observe(document.body, all);
  const look = () => {
    if (moves() || document.querySelector(".loading")) changed();
    if (performance.now() - since < 200) return setTimeout(look, 40);
    watch.disconnect();
    resolve(true);
  };
  look();
})"""
"""Whether nothing has been loading, changing or moving for 200 ms, but for what always moves. The texts of
clocks and ages do not count: without a graphics card a page draws too rarely to be calm between seconds."""


def still(page: Page) -> None:
    """Wait until nothing is being loaded and nothing moves: what fades in has no colour of its own yet."""
    page.wait_for_function(STILL, timeout=15000)


def say(page: Page, language: str) -> None:
    """Switch the language where the page stands, as its button does."""
    page.evaluate(script("say"), [language, "go" if "/go" in page.url.split("#")[0] else "board"])


def cut_off(page: Page) -> list[str]:
    """Headings and controls that a person cannot get at, by any scrolling; and a page that is too wide.

    A page that has just got another size settles within moments.
    """
    found: list[str] = []

    def nothing() -> bool:
        found[:] = page.evaluate(script("cut_off"))
        return not found

    with contextlib.suppress(AssertionError):
        until(nothing, 2, "something is cut off")
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
