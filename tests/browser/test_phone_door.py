"""What really happened at the door, told by the phone without a network; and a call for help."""

import base64
import struct
from pathlib import Path
from typing import Any

import pytest
from phones import Phone, Phones
from playwright.sync_api import Locator, expect
from screens import Screens
from serving import City, Line, until

from services.files.pictures import Picture, picture

pytestmark = pytest.mark.timeout(240)

PATIENCE = 60_000
DRAWN = """async () => {
  const canvas = new OffscreenCanvas(2400, 1200);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "teal";
  pen.fillRect(300, 300, 900, 600);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
HOLD = """(button) => button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }))"""


@pytest.fixture
def town(city: City) -> City:
    """A rider is on duty, with one request that only they can serve."""
    city.ok("worker.register", worker="W1", role="rider", name="队员001", capacity=3)
    city.ok("worker.check_in", worker="W1", area=city.south)
    city.ok("request.open", request="R1", category="grocery", area=city.south, priority=2)
    city.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
    return city


def photo(phone: Phone, path: Path) -> Path:
    """Write a large photo with the place where it was taken."""
    plain = base64.b64decode(phone.page.evaluate(DRAWN))
    exif = b"Exif\0\0MM\0*\0\0\0\x08 GPSLatitude 31.2"
    path.write_bytes(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:])
    return path


def revealed(town: City) -> dict[str, Any]:
    """Return the only assignment with what was said about it."""
    answer = town.http.get(f"/api/v1/{town.j}/assignments", params={"reveal": "true"})
    [row] = answer.json()["items"]
    return row


def sheet(phone: Phone) -> Locator:
    return phone.page.get_by_role("dialog")


def test_a_failed_delivery_with_a_photo_is_told_without_a_network(
    town: City, line: Line, phones: Phones, tmp_path: Path
) -> None:
    """Photo, reason and note survive a restart of the phone and go out when the network is back."""
    town.ok("term.define", list="door", code="flooded", names={"en": "Street flooded"})
    phone = phones.open(line.url, lasting=True)
    phone.sign_in(town.code("W1"))
    taken = photo(phone, tmp_path / "door.jpg")
    line.cut()
    phone.tap("Proof")
    sheet(phone).locator("input[type=file]").set_input_files(taken)
    expect(phone.button("Proof (1)")).to_be_visible()
    phone.tap("Not possible")
    expect(sheet(phone).get_by_role("button", name="Street flooded")).to_be_visible()
    phone.tap(sheet(phone).get_by_role("button", name="Nobody at home"))
    sheet(phone).get_by_label("Note (optional)").fill("Rang twice.")
    phone.tap("Give the task back")
    expect(phone.page.get_by_text("No tasks")).to_be_visible()
    expect(phone.state).to_have_text("Available")
    phone.close()

    phone.open()
    phone.go()
    expect(phone.page.get_by_text("No tasks")).to_be_visible()
    expect(phone.waiting).to_have_count(2)
    line.mend()
    until(lambda: len(town.rows("assignments")[0]["proofs"]) == 1, 60, "the photo was not sent")
    row = revealed(town)
    assert (row["state"], row["given_back"], row["note"]) == ("released", "nobody_home", "Rang twice.")
    assert town.on_duty() == 1
    expect(phone.waiting).to_have_count(0, timeout=PATIENCE)
    stored = town.http.get(f"/api/v1/{town.j}/files/{row['proofs'][0]['file']}").content
    assert picture(stored) == Picture("image/jpeg", 1600, 800)
    assert b"Exif" not in stored
    assert b"GPS" not in stored


def test_the_desk_sees_why_and_the_proof_and_can_open_it_again(town: City, screens: Screens) -> None:
    screen = screens.open(town.url, language="en")
    page = screen.sign_in(town)
    sent = town.http.post(
        f"/api/v1/{town.j}/files",
        params={"subject": "request/R1"},
        content=base64.b64decode(page.evaluate(DRAWN)),
        headers={"Content-Type": "image/jpeg"},
    )
    told = {"assignment": "A1", "request": "R1"}
    town.ok("assignment.attach_proof", **told, kind="photo", file=sent.json()["file"])
    town.ok("assignment.give_back", **told, reason="nobody_home", note="Rang twice.")
    screen.at("requests/R1")
    expect(page.get_by_text("Could not be done: Nobody at home")).to_be_visible()
    page.get_by_role("button", name="Show what was said").click()
    expect(page.get_by_text("Note: Rang twice.")).to_be_visible()
    page.get_by_role("button", name="Photo").click()
    picture_shown = page.get_by_role("dialog").locator("img")
    until(lambda: picture_shown.evaluate("image => image.naturalWidth") == 2400, 10, "no picture is shown")
    town.ok("request.fail", request="R1", reason="nobody_home")
    town.ok("request.reopen", request="R1")
    shown = town.rows("activity", name="personal.revealed")
    assert [one["detail"]["view"] for one in shown] == ["files", "assignments"]


def test_a_call_for_help_waits_for_the_network_and_goes_first(town: City, line: Line, phones: Phones) -> None:
    phone = phones.open(line.url)
    phone.sign_in(town.code("W1"))
    line.cut()
    phone.tap("Set off")
    phone.button("SOS: hold to call for help").evaluate(HOLD)
    expect(phone.page.get_by_text("SOS not sent yet: no network.")).to_be_visible()
    expect(phone.page.get_by_text("call the emergency number")).to_be_visible()
    line.mend()
    expect(phone.page.get_by_text("has not answered yet")).to_be_visible(timeout=PATIENCE)
    assert [one["name"] for one in phone.batches[-1]] == ["worker.raise_sos", "assignment.progress"]
    [call] = town.rows("sos")
    assert (call["worker"], call["area"], call["state"]) == ("W1", town.south, "open")
    town.ok("worker.acknowledge_sos", worker="W1", sos=call["sos"])
    expect(phone.page.get_by_text("The command centre saw your SOS")).to_be_visible(timeout=PATIENCE)
    phone.tap("Cancel SOS")
    until(lambda: town.rows("sos")[0]["state"] == "ended", 30, "the call was not cancelled")
    expect(phone.button("SOS: hold to call for help")).to_be_visible()


def test_a_call_by_keyboard_asks_first_and_a_short_touch_too(town: City, phones: Phones) -> None:
    phone = phones.open(town.url)
    phone.sign_in(town.code("W1"))
    button = phone.button("SOS: hold to call for help")
    phone.tap(button)
    phone.tap(sheet(phone).get_by_role("button", name="No", exact=True))
    assert town.rows("sos") == []
    button.press("Enter")
    phone.tap(sheet(phone).get_by_role("button", name="Send SOS"))
    until(lambda: town.rows("sos"), 30, "no call arrived")


def test_a_signature_and_a_code_word_follow_what_is_done(town: City, phones: Phones) -> None:
    """Done is recorded at once; the proofs come after it."""
    phone = phones.open(town.url)
    phone.sign_in(town.code("W1"))
    for step in ("Set off", "Arrived"):
        phone.tap(phone.page.locator(".dock .step", has_text=step))
    phone.tap("I am well")
    until(lambda: town.rows("roster")[0]["welfare_at"], 30, "nobody knows that they are well")
    phone.tap(phone.page.locator(".dock .step", has_text="Done"))
    until(lambda: town.rows("assignments")[0]["state"] == "done", 30, "not done")
    phone.tap("Proof")
    phone.tap("Signature")
    box = sheet(phone).locator("canvas").bounding_box()
    assert box
    mouse = phone.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    mouse.up()
    phone.tap("Save")
    until(lambda: len(town.rows("assignments")[0]["proofs"]) == 1, 30, "no signature")
    phone.tap(phone.page.locator(".finished button").first)
    phone.tap("Code word")
    sheet(phone).get_by_label("Code word as you heard it").fill("river")
    phone.tap("Save")
    until(lambda: len(town.rows("assignments")[0]["proofs"]) == 2, 30, "no code word")
    row = revealed(town)
    assert ([one["kind"] for one in row["proofs"]], row["code"]) == (["signature", "code"], "river")


def test_the_desk_looks_after_a_call_on_the_workers_page(town: City, screens: Screens) -> None:
    town.ok("worker.raise_sos", worker="W1", sos="S1", place="31.20000,121.50000 ±20 m")
    page = screens.open(town.url, language="en").sign_in(town, "workers/W1")
    call = page.get_by_role("region", name="Call for help")
    call.get_by_role("button", name="Show the place").click()
    expect(call.get_by_text("31.20000,121.50000 ±20 m")).to_be_visible()
    call.get_by_role("button", name="I look after it").click()
    expect(call.get_by_text("has been looking after it since")).to_be_visible()
    call.get_by_role("button", name="End: helped").click()
    expect(call).to_have_count(0)
    [row] = town.rows("sos")
    assert (row["state"], row["reason"]) == ("ended", "helped")
