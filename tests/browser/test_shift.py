"""A courier's whole shift on a phone: the network comes and goes, and the truth does not."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from phones import Phone, Phones
from playwright.sync_api import Page, Route, expect
from screens import Screens
from serving import ALTERED, MUSTER, City, Line, number, served, until

CONTACT = {"contact_name": "王芳", "contact_phone": "00000000123", "address": "3 单元 402", "text": "降压药"}
ZONE = ZoneInfo("Asia/Shanghai")
NEAR = 2.0
"""Seconds by which a time may differ from the device's: the tap, and the way to the service."""
PATIENCE = 60_000
"""Milliseconds in which a phone must notice that the network is back."""


class Ahead:
    """This machine's clock, as the service sees it: ahead by what the test has let pass."""

    def __init__(self, file: Path) -> None:
        self._file, self._seconds = file, 0.0
        self.pass_(0)

    def pass_(self, minutes: float) -> None:
        self._seconds += 60 * minutes
        new = self._file.with_suffix(".new")
        new.write_text(str(self._seconds))
        new.replace(self._file)  # the service may read at any moment


@dataclass
class Shift:
    """A city with a service, a line to it, and phones."""

    city: City
    line: Line
    ahead: Ahead
    phones: Phones

    def passes(self, minutes: float) -> None:
        """For the service and for every phone."""
        self.ahead.pass_(minutes)
        self.phones.pass_(minutes)

    def presence(self) -> dict[str, int]:
        """The headcount: people by presence."""
        found: dict[str, int] = {}
        for row in self.city.rows("headcount"):
            found[row["presence"]] = found.get(row["presence"], 0) + row["count"]
        return {presence: count for presence, count in found.items() if count}


@pytest.fixture
def shift(tmp_path: Path, phones: Phones) -> Iterator[Shift]:
    """Two riders are registered; nobody is on duty."""
    ahead = Ahead(tmp_path / "ahead")
    with served(
        tmp_path / "data", env={"ALTERED_AHEAD": str(tmp_path / "ahead")}, program=ALTERED
    ) as service:
        city = service.city()
        riders = [{"worker": f"W{i}", "role": "rider", "name": f"队员00{i}", "capacity": 2} for i in (1, 2)]
        city.batch([("worker.register", rider) for rider in riders])
        line = Line(service.port)
        yield Shift(city, line, ahead, phones)
        line.close()


@pytest.mark.timeout(600)
def test_a_shift_with_the_network_cut_three_times(shift: Shift, screens: Screens) -> None:
    city, log = shift.city, dict[str, datetime]()
    board = screens.open(city.url, language="en").sign_in(city, "overview", token=city.token("dispatcher"))
    city.ok("worker.check_in", worker="W2", area=city.north)
    phone = shift.phones.open(shift.line.url, lasting=True)

    log["in"] = _begin(shift, phone)
    _seen(shift, board, 2, {"available": 2})
    shift.passes(20)
    _break_in_the_first_cut(shift, phone, board, log)
    _offered_and_met(shift, phone, board)
    _served_in_the_second_cut(shift, phone, board, log)
    _undone(shift, phone)
    _accepted_once_in_the_third_cut(shift, phone, board)
    shift.passes(30)
    log["out"] = _end(shift, phone)
    _seen(shift, board, 1, {"available": 1, "off_duty": 1})

    _hours_are_right(shift, phone, log)
    _each_command_once(shift, phone)


def _near(said: str | None, device: datetime) -> None:
    assert said
    assert abs((datetime.fromisoformat(said) - device).total_seconds()) < NEAR, (said, device)


def _seen(shift: Shift, board: Page, on_duty: int, presence: dict[str, int]) -> None:
    """The headcount by the view, and what the dispatcher's board shows of it."""
    until(lambda: shift.presence() == presence, 15, lambda: f"{shift.presence()} is not {presence}")
    assert shift.city.on_duty() == on_duty
    shown = board.locator("[data-figure=on-duty]")
    until(lambda: number(shown.inner_text()) == on_duty, 15, f"the board does not show {on_duty}")


def _facts(shift: Shift, worker: str, *, void: bool = False) -> list[dict[str, Any]]:
    """The worker's own facts in the order in which they were recorded."""
    rows = shift.city.rows("presence", worker=worker)
    return sorted((row for row in rows if row["void"] is void), key=lambda row: row["position"])


def _begin(shift: Shift, phone: Phone) -> datetime:
    """By the code's link, then by the link that is printed for the area; when they checked in."""
    phone.sign_in(shift.city.code("W1"))
    expect(phone.state).to_have_text("Off duty")
    expect(phone.page.get_by_text("Not checked in yet")).to_be_visible()
    assert "code=" not in phone.page.url
    phone.go(f"/go#area={shift.city.south}")
    phone.tap("On duty")
    scanned = phone.page.locator("dialog .place", has_text="just scanned")
    expect(scanned).to_contain_text("南山社区")
    at = phone.tap(scanned)
    expect(phone.state).to_have_text("Available")
    until(lambda: len(_facts(shift, "W1")) == 1, 15, "they are not checked in")
    fact = _facts(shift, "W1")[0]
    assert (fact["kind"], fact["area"], fact["actor"]) == ("in", shift.city.south, "worker/W1")
    _near(fact["at"], at)
    return at


def _break_in_the_first_cut(shift: Shift, phone: Phone, board: Page, log: dict[str, datetime]) -> None:
    """A break and its end; the browser is closed and opened again before the network is back."""
    shift.line.cut()
    log["break"] = phone.tap("Break")
    expect(phone.state).to_have_text("On a break")
    expect(phone.waiting).to_have_count(1)
    _seen(shift, board, 2, {"available": 2})
    shift.passes(15)
    log["back"] = phone.tap("On duty")
    expect(phone.state).to_have_text("Available")
    phone.close()
    shift.passes(5)

    phone.open()
    phone.go()
    expect(phone.page.get_by_text("Waiting to be sent: 2").first).to_be_visible()
    assert [text[5:].strip() for text in phone.waiting.all_inner_texts()] == ["Break", "Available again"]
    _told_at(phone, [log["break"], log["back"]])
    expect(phone.state).to_have_text("Available")
    expect(phone.page.locator(".fresh-offline")).to_be_visible(timeout=PATIENCE)
    _seen(shift, board, 2, {"available": 2})

    batches = phone.sent(lambda: _mended(shift, phone))
    assert [[one["data"].get("presence") for one in batch] for batch in batches] == [
        ["on_break", "available"]
    ]
    assert all(one["observed"] for one in batches[0])
    facts = _facts(shift, "W1")
    assert [fact["kind"] for fact in facts] == ["in", "break", "available"]
    _near(facts[1]["at"], log["break"])
    _near(facts[2]["at"], log["back"])
    assert facts[1]["late_seconds"] > 20 * 60
    half = (log["break"] + timedelta(minutes=5)).isoformat()
    was = {row["presence"]: row["count"] for row in shift.city.rows("headcount", at=half) if row["count"]}
    assert was == {"available": 1, "on_break": 1}
    _seen(shift, board, 2, {"available": 2})


def _told_at(phone: Phone, times: list[datetime]) -> None:
    """The list says when each happened, in the jurisdiction's time."""
    shown = [text[:5] for text in phone.waiting.all_inner_texts()]
    local = [at + timedelta(hours=8) for at in times]
    assert shown == [at.strftime("%H:%M") for at in local] or shown == [
        (at - timedelta(seconds=NEAR)).strftime("%H:%M") for at in local
    ]


def _mended(shift: Shift, phone: Phone) -> None:
    """The network is back: in a while nothing waits any more, and nothing was refused."""
    shift.line.mend()
    phone.offline(False)
    expect(phone.page.locator(".fresh-live")).to_be_visible(timeout=PATIENCE)
    expect(phone.waiting).to_have_count(0, timeout=PATIENCE)
    expect(phone.page.locator(".refused")).to_have_count(0)


def _asked(shift: Shift, request: str, worker: str) -> None:
    """Somebody needs medicine, and the centre asks this worker."""
    shift.city.ok(
        "request.open",
        request=request,
        category="medicine",
        priority=1,
        area=shift.city.south,
        slots=1,
        **CONTACT,
    )
    shift.city.ok("assignment.offer", assignment=f"A-{request}", request=request, worker=worker)


def _task(shift: Shift, request: str) -> dict[str, Any]:
    """The request's one assignment."""
    found = shift.city.rows("assignments", request=request)
    assert len(found) == 1
    return found[0]


def _offered_and_met(shift: Shift, phone: Phone, board: Page) -> None:
    """An offer comes with its time; the contact is hidden until asked for, and every reveal is recorded."""
    _asked(shift, "R1", "W1")
    offer = phone.page.locator(".card-offer")
    expect(offer).to_contain_text("Medicine · 南山社区")
    left = offer.get_by_role("timer")
    first = left.inner_text()
    minutes, seconds = map(int, first.split()[0].split(":"))
    assert 270 < 60 * minutes + seconds <= 301  # of five minutes, redrawn each second
    expect(left).not_to_have_text(first)
    assert "王芳" not in phone.page.content()
    phone.tap("Accept")
    until(lambda: _task(shift, "R1")["state"] == "accepted", 15, "the offer is not accepted")
    _seen(shift, board, 2, {"assigned": 1, "available": 1})

    phone.tap("Break")
    expect(phone.page.get_by_text("Finish it before taking a break.")).to_be_visible()
    expect(phone.state).to_have_text("Assigned")

    phone.tap("Show contact")
    expect(phone.page.locator(".contact")).to_contain_text("3 单元 402")
    expect(phone.page.get_by_role("link", name="Call")).to_have_attribute("href", "tel:00000000123")
    asking = shift.city.rows("activity", name="personal.revealed")
    assert [row["actor"] for row in asking] == ["worker/W1"]

    phone.tap("Set off")
    until(lambda: _task(shift, "R1")["state"] == "en_route", 15, "they are not on their way")
    _seen(shift, board, 2, {"en_route": 1, "available": 1})


def _served_in_the_second_cut(shift: Shift, phone: Phone, board: Page, log: dict[str, datetime]) -> None:
    """In a cellar: arrived and done are kept on the phone; the contact stays readable there."""
    phone.offline(True)
    expect(phone.page.locator(".fresh-offline")).to_be_visible()
    log["on_scene"] = phone.tap("Arrived")
    expect(phone.state).to_have_text("On scene")
    expect(phone.page.locator(".contact")).to_contain_text("00000000123")
    shift.passes(12)
    log["done"] = phone.tap(phone.page.locator(".dock .step", has_text="Done"))
    expect(phone.page.get_by_text("No tasks.")).to_be_visible()
    expect(phone.state).to_have_text("Available")
    shift.passes(3)
    expect(phone.waiting).to_have_count(2)
    _told_at(phone, [log["on_scene"], log["done"]])
    _seen(shift, board, 2, {"en_route": 1, "available": 1})

    batches = phone.sent(lambda: _mended(shift, phone))
    assert [[one["name"] for one in batch] for batch in batches] == [
        ["assignment.progress", "assignment.done"]
    ]
    done = _task(shift, "R1")
    assert done["state"] == "done"
    _near(done["on_scene_at"], log["on_scene"])
    _near(done["ended_at"], log["done"])
    _seen(shift, board, 2, {"available": 2})


def _accepted_once_in_the_third_cut(shift: Shift, phone: Phone, board: Page) -> None:
    """The answer to an accept is lost: the same id goes out again, and is known."""
    _asked(shift, "R2", "W1")
    expect(phone.page.locator(".card-offer")).to_be_visible()

    def lost(route: Route) -> None:
        """The service has it; the line breaks before its answer is through."""
        assert route.fetch().ok
        shift.line.cut()
        route.abort()

    phone.page.route("**/commands", lost, times=1)
    batches = phone.sent(lambda: _lose_the_answer(shift, phone))
    ids = [one["id"] for batch in batches for one in batch]
    assert len(ids) >= 2
    assert len(set(ids)) == 1
    accepted = shift.city.rows("activity", name="assignment.accepted", request="R2")
    assert [row["command"] for row in accepted] == [ids[0]]
    assert _task(shift, "R2")["state"] == "accepted"
    _seen(shift, board, 2, {"assigned": 1, "available": 1})


def _lose_the_answer(shift: Shift, phone: Phone) -> None:
    phone.tap("Accept")
    expect(phone.page.locator(".card .unsent")).to_be_visible()
    until(lambda: _task(shift, "R2")["state"] == "accepted", 15, "the accept did not arrive")
    expect(phone.waiting).to_have_count(1)
    _mended(shift, phone)
    expect(phone.button("Set off")).to_be_visible()


def _undone(shift: Shift, phone: Phone) -> None:
    """A mistap is taken back within ten seconds: sent, by a command of its own; unsent, it never was."""
    phone.tap("Break")
    until(lambda: shift.presence().get("on_break") == 1, 15, "the break is not recorded")
    phone.tap(phone.page.locator(".undo button"))
    expect(phone.state).to_have_text("Available")
    until(lambda: "on_break" not in shift.presence(), 15, "the break is not taken back")
    assert [fact["kind"] for fact in _facts(shift, "W1", void=True)] == ["break"]

    phone.offline(True)
    phone.tap("Break")
    expect(phone.state).to_have_text("On a break")
    phone.tap(phone.page.locator(".undo button"))
    expect(phone.state).to_have_text("Available")
    assert phone.sent(lambda: _mended(shift, phone)) == []

    phone.tap("Break")
    until(lambda: shift.presence().get("on_break") == 1, 15, "the break is not recorded")
    shift.passes(0.2)
    expect(phone.page.locator(".undo")).to_have_count(0)
    phone.tap("On duty")
    until(lambda: "on_break" not in shift.presence(), 15, "the break has no end")


def _end(shift: Shift, phone: Phone) -> datetime:
    """Off duty with a task under way: it is given back, with the reason."""
    phone.tap("Off")
    expect(phone.page.get_by_text("Unfinished tasks: 1")).to_be_visible()
    at = phone.tap("My shift is over")
    expect(phone.state).to_have_text("Off duty")
    until(lambda: _task(shift, "R2")["state"] == "released", 15, "the task is not given back")
    assert _task(shift, "R2")["reason"] == "shift_over"
    return at


def _hours_are_right(shift: Shift, phone: Phone, log: dict[str, datetime]) -> None:
    """One duty from check-in to check-out, break included, on the record and on the phone."""
    duty = shift.city.rows("intervals", worker="W1")
    assert len(duty) == 1
    _near(duty[0]["since"], log["in"])
    _near(duty[0]["until"], log["out"])
    worked = (log["out"] - log["in"]).total_seconds()
    assert abs(duty[0]["seconds"] - worked) < 2 * NEAR
    phone.page.locator("summary", has_text="My hours").tap()
    end = log["out"].astimezone(ZONE)
    monday = end.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=end.weekday())
    minutes = int((log["out"] - max(log["in"], monday)).total_seconds() // 60)
    about = [f"{one // 60} h {one % 60} min" for one in (minutes - 1, minutes, minutes + 1)]
    expect(phone.page.locator(".sums dd").last).to_have_text(re.compile(f"^({'|'.join(about)})$"))


def _each_command_once(shift: Shift, *phones: Phone) -> None:
    """What went out is in the log once, and the folder is sound once the service has stopped."""
    sent = {one["id"] for phone in phones for batch in phone.batches for one in batch}
    shift.city.service.stop()
    events = [json.loads(text) for text in _muster(shift, "log").splitlines()]
    for id_ in sent:
        recorded = [(one["type"], json.dumps(one["data"])) for one in events if one.get("command") == id_]
        assert recorded, f"{id_} is not in the log"
        assert len(recorded) == len(set(recorded)), recorded
    assert f"{shift.city.j}: ok;" in _muster(shift, "verify")


def _muster(shift: Shift, command: str) -> str:
    done = subprocess.run(
        [*MUSTER, command, "--data", str(shift.city.service.data)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(240)
def test_who_comes_too_late_for_an_offer_is_told_so_in_plain_words(shift: Shift) -> None:
    """The centre withdrew it while the phone had no network; the phone did not know."""
    shift.city.ok("worker.check_in", worker="W2", area=shift.city.north)
    phone = shift.phones.open(shift.line.url)
    phone.sign_in(shift.city.code("W2"))
    _asked(shift, "R3", "W2")
    expect(phone.page.locator(".card-offer")).to_be_visible()
    phone.offline(True)
    shift.city.ok("assignment.release", assignment="A-R3", reason="not_needed")
    phone.tap("Accept")
    expect(phone.waiting).to_have_count(1)
    phone.offline(False)
    told = phone.page.locator(".refused")
    expect(told).to_contain_text("Accept · Medicine · 南山社区 · R-", timeout=PATIENCE)
    expect(told).to_contain_text("This offer was answered or withdrawn, or has expired.")
    expect(phone.waiting).to_have_count(0)
    expect(phone.page.get_by_text("No tasks.")).to_be_visible()
    phone.page.reload()
    expect(told).to_be_visible()
    phone.tap("OK")
    expect(told).to_have_count(0)
    assert _task(shift, "R3")["state"] == "released"


@pytest.mark.timeout(240)
def test_what_was_done_on_a_task_that_was_withdrawn_meanwhile_is_on_record(shift: Shift) -> None:
    """It happened. The desk sees that it was against a rule; the worker is not troubled with it."""
    shift.city.ok("worker.check_in", worker="W2", area=shift.city.north)
    _asked(shift, "R4", "W2")
    phone = shift.phones.open(shift.line.url)
    phone.sign_in(shift.city.code("W2"))
    phone.tap("Accept")
    until(lambda: _task(shift, "R4")["state"] == "accepted", 15, "the offer is not accepted")
    phone.offline(True)
    shift.city.ok("assignment.release", assignment="A-R4", reason="not_needed")
    phone.tap("Set off")
    shift.passes(5)
    arrived = phone.tap("Arrived")
    shift.passes(5)
    _mended(shift, phone)
    expect(phone.page.get_by_text("No tasks.")).to_be_visible()
    assert [fact["kind"] for fact in _facts(shift, "W2")] == ["in", "act", "act"]
    _near(_facts(shift, "W2")[2]["at"], arrived)
    broken = {(row["code"], row["assignment"]) for row in shift.city.rows("anomalies")}
    assert broken == {("assignment.ended", "A-R4")}


@pytest.mark.timeout(240)
def test_a_phone_whose_clock_is_seven_minutes_fast(shift: Shift) -> None:
    """What it says is kept beside the corrected time; what it shows goes by the service's clock."""
    wrong = timedelta(minutes=7)
    phone = shift.phones.open(shift.line.url, wrong=7)
    phone.sign_in(shift.city.code("W1"))
    phone.go(f"/go#area={shift.city.south}")
    phone.tap("On duty")
    log = [phone.tap(phone.page.locator("dialog .place", has_text="just scanned"))]
    until(lambda: len(_facts(shift, "W1")) == 1, 15, "they are not checked in")
    shift.passes(10)
    phone.page.reload()  # it may have heard the service's time between the two clocks' jumps
    expect(phone.page.locator(".fresh-live")).to_be_visible(timeout=PATIENCE)
    phone.offline(True)
    log.append(phone.tap("Break"))
    shift.passes(20)
    log.append(phone.tap("On duty"))
    expect(phone.waiting).to_have_count(2)
    _told_at(phone, [at - wrong for at in log[1:]])
    shift.passes(5)
    _mended(shift, phone)
    facts = _facts(shift, "W1")
    assert [fact["kind"] for fact in facts] == ["in", "break", "available"]
    for fact, device in zip(facts, log, strict=True):
        _near(fact["at"], device - wrong)
        _near(fact["claimed"], device)

    _asked(shift, "R5", "W1")
    left = phone.page.locator(".card-offer").get_by_role("timer").inner_text()
    assert left.startswith(("4:", "5:0")), left
