"""The courier's page by its smaller promises: signing in, offline starts, versions, HTTPS, what it shows."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from certificates import made
from phones import Phone, Phones
from places import same
from playwright.sync_api import Page, expect
from scale import scaled
from screens import Screens
from server import Server
from serving import ALTERED, MUSTER, City, Line, Served, served, until

from events.catalog import newest
from services.api.server.tls import pinned
from services.console.pages import WEB

pytestmark = pytest.mark.timeout(240)

PATIENCE = 60_000
"""Milliseconds in which a phone must notice that the network is back."""
SILENT = 12
"""Seconds after which a phone takes a stream for broken that says nothing."""


@pytest.fixture
def town(city: City) -> City:
    """Two riders are on duty."""
    for worker, name in (("W1", "队员001"), ("W2", "队员002")):
        city.ok("worker.register", worker=worker, role="rider", name=name, phone="00000000456", capacity=3)
        city.ok("worker.check_in", worker=worker, area=city.south)
    return city


def _breaks(town: City) -> list[dict[str, Any]]:
    return [row for row in town.rows("presence") if row["kind"] == "break"]


def _offline(phone: Phone) -> None:
    phone.offline(True)
    expect(phone.page.locator(".fresh-offline")).to_be_visible()


# -- signing in -------------------------------------------------------------------------------------------


def test_a_code_that_was_used_is_refused_in_plain_words(town: City, phones: Phones) -> None:
    link = town.code("W1")
    phones.open(town.url).sign_in(link)
    second = phones.open(town.url, language="zh")
    second.go(link)
    expect(
        second.page.get_by_text("登录码无效、已使用或已过期，请向指挥中心索取新的登录码。")
    ).to_be_visible()
    assert "code=" not in second.page.url
    second.page.get_by_label("登录码").fill(town.code("W1").partition("=")[2].lower())
    second.tap("登录")
    expect(second.state).to_have_text("待命")


def test_a_link_that_is_opened_without_a_network_is_tried_again(
    town: City, line: Line, phones: Phones
) -> None:
    """The page is there; the network breaks while the code is on its way."""
    phone = phones.open(line.url)
    phone.go()
    expect(phone.page.get_by_label("Sign-in code")).to_be_visible()
    line.cut()
    link = town.code("W1")
    phone.page.evaluate("hash => { location.hash = hash; }", link.partition("#")[2])
    expect(phone.page.get_by_text("the code is still valid")).to_be_visible()
    line.mend()
    phone.tap("Try again")
    expect(phone.state).to_have_text("Available")


def test_what_one_person_did_is_never_sent_as_anothers(town: City, line: Line, phones: Phones) -> None:
    """A phone that two share: what the first did stays until they sign in again."""
    phone = phones.open(line.url)
    phone.sign_in(town.code("W1"))
    line.cut()
    phone.tap("Break")
    expect(phone.waiting).to_have_count(1)
    phone.again()
    line.mend()

    phone.go(town.code("W2"))
    expect(phone.page.locator(".top-name")).to_have_text("队员002")
    expect(phone.state).to_have_text("Available")
    phone.page.locator("summary", has_text="Settings").tap()
    expect(phone.page.get_by_text("1 unsent entries of others are on this phone")).to_be_visible()
    phone.tap("Off")
    until(lambda: town.on_duty() == 1, 15, "the second is not off duty")
    expect(phone.state).to_have_text("Off duty")
    assert _breaks(town) == []
    assert [one["name"] for batch in phone.batches for one in batch] == ["worker.check_out"]

    phone.go(town.code("W1"))
    expect(phone.page.locator(".top-name")).to_have_text("队员001")
    until(lambda: len(_breaks(town)) == 1, 15, "what the first did was not sent")
    assert [(row["worker"], row["actor"]) for row in _breaks(town)] == [("W1", "worker/W1")]


def test_a_phone_that_is_signed_out_in_mid_shift_loses_nothing(town: City, phones: Phones) -> None:
    """Its token is revoked: that is said, the switch still works, and all goes out after signing in again."""
    phone = phones.open(town.url)
    phone.sign_in(town.code("W1"))
    _revoke(town, "phone-W1")
    out = phone.page.get_by_text("You are signed out")
    expect(out).to_be_visible(timeout=15000)  # the service, another process, knows half a second later
    at = phone.tap("Break")
    expect(phone.page.get_by_text("You are signed out. Your entries are kept")).to_be_visible()
    expect(phone.waiting).to_have_count(1)
    phone.page.reload()
    expect(phone.waiting).to_have_count(1)
    phone.tap("Sign in")
    dialog = phone.page.get_by_role("dialog")
    dialog.get_by_label("Sign-in code").fill(town.code("W1").partition("=")[2])
    phone.tap(dialog.get_by_role("button", name="Sign in"))
    expect(dialog).to_have_count(0)
    expect(phone.waiting).to_have_count(0)
    until(lambda: len(_breaks(town)) == 1, 15, "the break was lost")
    said = datetime.fromisoformat(_breaks(town)[0]["at"])
    assert abs(said - at) < timedelta(seconds=2)


def _revoke(town: City, name: str) -> None:
    """On the command line, as an admin does with a phone that was lost."""
    held = json.loads(_muster(town, "list", "--json"))
    for token in held:
        if token["name"].startswith(name) and token["jurisdictions"] == [town.j]:
            _muster(town, "revoke", token["name"])


def _muster(town: City, *command: str) -> str:
    done = subprocess.run(
        [*MUSTER, "token", *command, "--data", str(town.service.data)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


# -- without a network ------------------------------------------------------------------------------------


def test_the_badge_tells_how_fresh_the_page_is(town: City, line: Line, phones: Phones) -> None:
    """Also where nothing breaks and nothing comes."""
    phone = phones.open(line.url)
    phone.sign_in(town.code("W1"))
    badge = phone.page.locator(".fresh")
    expect(badge).to_have_text("Live")
    line.freeze()
    phone.pass_(SILENT / 60)
    expect(phone.page.locator(".fresh-old, .fresh-offline")).to_be_visible(timeout=20000)
    expect(phone.page.locator(".fresh-offline")).to_contain_text("Offline · as of", timeout=30000)
    line.thaw()
    expect(badge).to_have_text("Live", timeout=PATIENCE)


def test_the_language_is_switched_at_once_and_kept_without_a_network(town: City, phones: Phones) -> None:
    phone = phones.open(town.url)
    phone.sign_in(town.code("W1"))
    phone.page.locator("summary", has_text="Settings").tap()
    phone.tap("中文")
    expect(phone.state).to_have_text("待命")
    assert phone.page.evaluate("document.documentElement.lang") == "zh-CN"
    _offline(phone)
    phone.page.reload()
    expect(phone.state).to_have_text("待命")
    phone.page.locator("summary", has_text="设置").tap()
    phone.tap("English")
    expect(phone.state).to_have_text("Available")


def test_a_phone_can_install_it_and_start_it_without_a_network(town: City, phones: Phones) -> None:
    phone = phones.open(town.url, lasting=True)
    phone.sign_in(town.code("W1"))
    manifest = phone.page.locator("link[rel=manifest]").get_attribute("href")
    said = httpx.get(f"{town.url}{manifest}", trust_env=False)
    assert said.headers["content-type"] == "application/manifest+json"
    held = said.json()
    assert (held["start_url"], held["scope"], held["display"]) == ("/go", "/go", "standalone")
    assert {icon["sizes"] for icon in held["icons"]} == {"192x192", "512x512"}
    cdp = phone.context.new_cdp_session(phone.page)
    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    phone.close()

    phone.open(offline=True)
    phone.go()
    expect(phone.state).to_have_text("Available")
    expect(phone.page.locator(".fresh-offline")).to_be_visible()
    phone.tap("Break")
    expect(phone.state).to_have_text("On a break")
    expect(phone.waiting).to_have_count(1)


def test_the_browser_sends_what_waits_with_no_page_open(town: City, line: Line, phones: Phones) -> None:
    """Where it can: the browser wakes the service worker when the network is back."""
    phone = phones.open(line.url, background=True, lasting=True)
    phone.sign_in(town.code("W1"))
    line.cut()
    at = phone.tap("Break")
    expect(phone.waiting).to_have_count(1)
    phone.page.goto("about:blank")
    line.mend()
    _woken(phone)
    until(lambda: len(_breaks(town)) == 1, 20, "nothing was sent")
    assert abs(datetime.fromisoformat(_breaks(town)[0]["at"]) - at) < timedelta(seconds=2)
    phone.go()
    expect(phone.state).to_have_text("On a break")
    expect(phone.waiting).to_have_count(0)


def _woken(phone: Phone) -> None:
    """As the browser does once it sees a network."""
    cdp = phone.context.new_cdp_session(phone.page)
    held: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: held.extend(one["registrationId"] for one in event["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    until(lambda: phone.page.evaluate("true") and held, 10, "no service worker is registered")
    wake = {"origin": phone.url, "registrationId": held[0], "tag": "outbox", "lastChance": False}
    cdp.send("ServiceWorker.dispatchSyncEvent", wake)


@pytest.fixture
def changing(tmp_path: Path, phones: Phones) -> Iterator[tuple[Phone, Callable[[str], None]]]:
    """A phone that is signed in, and a way to give out a version that says something else when off duty."""
    web = tmp_path / "web"
    shutil.copytree(WEB, web)
    with served(tmp_path / "data", env={"ALTERED_WEB": str(web)}, program=ALTERED) as service:
        city = service.city()
        city.ok("worker.register", worker="W1", role="rider", name="队员001")
        phone = phones.open(service.url)
        phone.sign_in(city.code("W1"))
        yield phone, partial(_issue, service, web)


def test_a_new_version_is_taken_over_but_not_under_somebodys_hands(
    changing: tuple[Phone, Callable[[str], None]],
) -> None:
    """Never half: a page in use stays as it is; the next start shows the new one, also offline."""
    phone, issue = changing
    old = _version(phone)
    issue("Off duty, again")

    phone.page.reload()
    expect(phone.state).to_have_text("Off duty")
    phone.page.locator("summary", has_text="Settings").tap()
    until(lambda: phone.page.evaluate(WAITING), 60, "no new version comes")
    assert _version(phone) == old

    phone.again()
    phone.go()
    expect(phone.state).to_have_text("Off duty, again", timeout=PATIENCE)
    assert _version(phone) != old
    _offline(phone)
    phone.page.reload()
    expect(phone.state).to_have_text("Off duty, again")


def test_a_page_that_nobody_looks_at_takes_a_new_version_over(
    changing: tuple[Phone, Callable[[str], None]],
) -> None:
    phone, issue = changing
    phone.page.reload()
    expect(phone.state).to_have_text("Off duty")
    phone.page.locator("summary", has_text="Settings").tap()
    issue("Off duty, again")
    phone.page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
    until(lambda: phone.page.evaluate(WAITING), 60, "no new version comes")
    expect(phone.state).to_have_text("Off duty")
    phone.page.evaluate(HIDDEN)
    expect(phone.state).to_have_text("Off duty, again", timeout=PATIENCE)


WAITING = "async () => Boolean((await navigator.serviceWorker.getRegistration('/go')).waiting)"
HIDDEN = """() => {
  Object.defineProperty(document, "hidden", { value: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _issue(service: Served, web: Path, text: str) -> None:
    """The service is upgraded: a word of the page is another."""
    words = web / "i18n" / "en" / "go.js"
    words.write_text(words.read_text().replace('"Off duty"', f'"{text}"'))
    service.stop()
    service.start()


def _version(phone: Phone) -> str:
    return phone.page.locator("script[type=module]").get_attribute("src") or ""


# -- HTTPS ------------------------------------------------------------------------------------------------


def test_over_https_the_cookie_is_for_https_alone(tmp_path: Path, phones: Phones) -> None:
    """`muster serve --tls-cert --tls-key` with a certificate that somebody made."""
    certificate = made(tmp_path)
    options = ("--tls-cert", str(certificate.cert), "--tls-key", str(certificate.key))
    server = Server(tmp_path / "data", *options)
    try:
        with httpx.Client(
            base_url=f"{server.url}/api/v1/2307",
            headers=server.headers,
            verify=pinned(certificate.cert),
            trust_env=False,
        ) as centre:
            _commanded(centre, "jurisdiction.establish", name="伊春市", timezone="Asia/Shanghai")
            _commanded(centre, "area.define", area="230717", name="伊美区")
            _commanded(centre, "worker.register", worker="W1", role="rider", home_area="230717")
            until(lambda: centre.get("/roster/W1").status_code == 200, 10, "W1 is not on the roster")
            link = centre.post("/codes", json={"worker": "W1"}).json()["link"]
            phone = phones.open(server.url, lasting=True)
            phone.sign_in(link)
            phone.tap("On duty")
            phone.tap(phone.page.locator("dialog .place").last)
            expect(phone.state).to_have_text("Available")
            until(lambda: len(centre.get("/presence").json()["items"]) == 1, 10, "they are not on duty")
        (cookie,) = phone.context.cookies()
        assert (cookie.get("secure"), cookie.get("httpOnly"), cookie.get("sameSite")) == (
            True,
            True,
            "Strict",
        )
    finally:
        server.stop()


def _commanded(centre: httpx.Client, command: str, /, **body: Any) -> None:
    answer = centre.post(f"/commands/{command}", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 200, answer.text


# -- what it shows ----------------------------------------------------------------------------------------

Step = tuple[str, dict[str, Any]]
LONG = {"since": "2022-03-01T00:00:00Z", "until": "2022-03-02T00:00:00Z"}
CONTACT = {"contact_name": "王芳", "contact_phone": "00000000123", "text": "降压药"}


def _asked(city: City, *numbers: int) -> list[Step]:
    return [
        ("request.open", {"request": f"R{n}", "category": "medicine", "area": city.south, **CONTACT})
        for n in numbers
    ]


def _duty(city: City) -> list[Step]:
    return [
        ("worker.report", {"worker": "W1", "area": city.south}),
        ("worker.leave_home", {"worker": "W1"}),
        ("service.record", {"service": "S1", "worker": "W1", "area": city.south, **LONG}),
        ("worker.confirm_service", {"worker": "W1", "source": "activity", "shown_by": "S1", **LONG}),
        ("worker.check_in", {"worker": "W1", "area": city.south}),
        ("worker.amend", {"worker": "W1", "role": "courier", "phone": "00000000999", "organisation": "社区"}),
        ("worker.check_in", {"worker": "W1", "area": city.north}),
        ("worker.correct_duty", {"worker": "W1", "area": city.south, "reason": "wrong_area"}),
        ("worker.set_presence", {"worker": "W1", "presence": "on_break"}),
        ("worker.take_back", {"worker": "W1"}),
        ("worker.consent", {"worker": "W1"}),
        ("worker.withdraw_consent", {"worker": "W1"}),
    ]


def _tasks() -> list[Step]:
    return [
        ("assignment.offer", {"assignment": "A1", "request": "R1", "worker": "W1"}),
        ("assignment.decline", {"assignment": "A1", "reason": "too_far"}),
        ("assignment.offer", {"assignment": "A2", "request": "R2", "worker": "W1"}),
        ("request.amend", {"request": "R2", "priority": 1, "quantity": 3}),
        ("assignment.accept", {"assignment": "A2"}),
        ("assignment.dispatch", {"assignment": "A2"}),
        ("assignment.progress", {"assignment": "A2", "stage": "en_route"}),
        ("assignment.progress", {"assignment": "A2", "stage": "on_scene"}),
        ("worker.check_welfare", {"worker": "W1"}),
        ("assignment.done", {"assignment": "A2"}),
        ("assignment.attach_proof", {"assignment": "A2", "request": "R2", "kind": "code", "code": "4711"}),
        ("assignment.dispatch", {"assignment": "A3", "request": "R3", "worker": "W1"}),
        (
            "assignment.reassign",
            {"items": [{"assignment": "A3", "new": "A4", "worker": "W2"}], "reason": "nearer"},
        ),
        ("assignment.offer", {"assignment": "A5", "request": "R4", "worker": "W1"}),
        ("request.cancel", {"request": "R4", "reason": "not_needed"}),
        ("assignment.offer", {"assignment": "A6", "request": "R5", "worker": "W1", "expires_at": "soon"}),
        ("assignment.dispatch", {"assignment": "A8", "request": "R6", "worker": "W1"}),
        ("assignment.give_back", {"assignment": "A8", "request": "R6", "reason": "nobody_home"}),
    ]


def _alarm() -> list[Step]:
    return [
        ("worker.raise_sos", {"worker": "W1", "sos": "S1"}),
        ("worker.acknowledge_sos", {"worker": "W1", "sos": "S1"}),
        ("worker.end_sos", {"worker": "W1", "sos": "S1", "reason": "helped"}),
    ]


def _team(city: City) -> list[Step]:
    return [
        (
            "team.form",
            {"team": "T1", "name": "送药队", "kind": "courier", "area": city.south, "members": ["W2"]},
        ),
        ("team.activate", {"team": "T1"}),
        ("team.join", {"team": "T1", "worker": "W1"}),
        ("team.appoint_leader", {"team": "T1", "worker": "W1"}),
        ("team.amend", {"team": "T1", "name": "送药一队"}),
        ("assignment.dispatch", {"assignment": "A7", "request": "R6", "team": "T1"}),
        ("assignment.progress", {"assignment": "A7", "stage": "en_route"}),
        ("assignment.release", {"assignment": "A7", "reason": "vehicle"}),
        ("worker.set_presence", {"worker": "W2", "presence": "on_break"}),
        ("team.leave", {"team": "T1", "worker": "W1"}),
        ("team.join", {"team": "T1", "worker": "W1"}),
        ("team.stand_down", {"team": "T1"}),
    ]


ENDS: list[Step] = [
    ("worker.check_out", {"worker": "W1"}),
    ("worker.retire", {"worker": "W1"}),
    ("worker.register", {"worker": "W1", "role": "rider", "name": "队员001"}),
    ("worker.erase", {"worker": "W1"}),
]
ASKED_EVERY = 45
"""Seconds: a worker's stream does not carry requests; a change of one alone comes with the next question."""
KINDS = ("worker", "assignment", "team")
EVERY = scaled("MUSTER_EVERY", 12, 1)
"""Steps between two comparisons: a page that missed one stays wrong until the next."""
SHOWN = """() => {
  const app = document.querySelector("#app").cloneNode(true);
  for (const one of app.querySelectorAll(".left, .fresh, .undo")) one.remove();
  return app.textContent.replace(/\\s+/g, " ").trim();
}"""
"""All texts of the page but the countdown, and how fresh it is."""


@pytest.mark.timeout(600)
def test_the_page_after_patches_equals_a_page_that_was_just_opened(city: City, screens: Screens) -> None:
    """For every type of event that can touch a worker."""
    city.ok("worker.register", worker="W1", role="rider", name="队员001", phone="00000000456", capacity=3)
    city.ok("worker.register", worker="W2", role="rider", name="队员002", capacity=3)
    city.ok("worker.check_in", worker="W2", area=city.south)
    city.batch(_asked(city, *range(1, 7)))
    live = _signed_in(city, screens)
    fresh = _signed_in(city, screens)
    seen: set[str] = set()
    before, asked = "", False
    steps = [*_duty(city), *_tasks(), *_alarm(), *_team(city), *ENDS]
    for number, (name, body) in enumerate(steps, 1):
        before = _happens(city, name, body, before)
        seen |= {row["name"] for row in city.rows("activity", limit=5)}
        asked |= name.startswith("request.")
        if number % EVERY and number < len(steps):
            continue
        fresh.reload()
        fresh.wait_for_selector(".fresh-live, .refused")
        if asked:
            asked = False
            for page in (live, fresh):  # on both, as both tell how long ago things were
                page.clock.fast_forward(ASKED_EVERY * 1000)
        same(SHOWN, live, fresh, f"after {name} {body}", 8)
    assert {name for name in newest if name.partition(".")[0] in KINDS} <= seen


def _signed_in(city: City, screens: Screens) -> Page:
    screen = screens.open(city.url, language="en", size=(360, 800), touch=True)
    screen.context.clock.install()
    page = screen.page
    page.goto(f"{city.url}{city.code('W1')}")
    page.wait_for_selector(".fresh-live")
    return page


def _happens(city: City, name: str, body: dict[str, Any], before: str) -> str:
    """One command, and what comes of it by itself; the views show it. The command's id."""
    key = str(uuid4())
    if name == "worker.take_back":
        body = {**body, "command": before}
    if name == "worker.correct_duty":
        body = {**body, "fact": before}
    soon = body.get("expires_at") == "soon"
    if soon:
        body = {**body, "expires_at": (datetime.now().astimezone() + timedelta(seconds=4)).isoformat()}
    answer = city.send(name, key=key, **body)
    assert answer.status_code == 200, answer.text
    position = answer.json()["position"] + soon
    until(lambda: city.get("jurisdictions")["position"] >= position, 15, f"the views do not show {name}")
    return key
