"""Training and leaders over HTTP: sessions by code and by list, their figures, chapters without a leader."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from service import J, Service

from events.door_code import after
from events.session_facts import half_at
from services.api.phone import my_training
from tests.photos import photo

SEED = "5" * 64
CODE = after(SEED)
ANCHOR = after(CODE)
"""A door with two codes: the first one is CODE."""


class Held:
    """A session that takes place now."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.half = half_at(self.now.astimezone(ZoneInfo("Asia/Shanghai")))

    def planned(self, **more: Any) -> dict[str, Any]:
        begins, ends = self.now - timedelta(hours=1), self.now + timedelta(hours=1)
        times = {"begins": begins.isoformat(), "ends": ends.isoformat()}
        return {"session": "S1", "course": "C1", **times, **more}

    def door(self) -> dict[str, Any]:
        about = {"half": self.half, "anchor": ANCHOR, "codes": 2}
        return {"session": "S1", "begins": self.now.isoformat(), **about}


@pytest.fixture
async def city(service: Service) -> Service:
    """A county, two couriers, a post with a holder, and a course."""
    await service.ok("area.define", area="230717", name="County 1")
    await service.ok("unit.establish", unit="U1", name="Unit 1", area=J)
    await service.ok("post.create", post="P1", name="Secretary", unit="U1", area=J)
    await service.ok("post.appoint", post="P1", holder="H1", holder_name="Officer 1")
    for number in (1, 2):
        await service.ok("worker.register", worker=f"W{number}", role="courier", home_area="230717")
    await service.ok("course.offer", course="C1", title="First aid", mode="base")
    return service


async def test_a_session_by_code_and_by_printed_list(city: Service) -> None:
    held = Held()
    await city.ok("session.plan", **held.planned())
    await city.ok("session.open_door", **held.door())
    scan = {"session": "S1", "anchor": ANCHOR[:8], "number": 0, "code": CODE}
    async with await city.as_("worker", worker="W1", jurisdictions=[J]) as courier:
        other = await city.send("session.scan", client=courier, worker="W2", **scan)
        assert other.status_code == 403
        when = held.now.isoformat()
        seen = await city.send("session.scan", client=courier, worker="W1", at=when, **scan)
        assert seen.status_code == 200, seen.text
        assert (await courier.get(f"/api/v1/{J}/training/figures")).status_code == 403
    forged = await city.send("session.scan", worker="W2", **{**scan, "number": 1})
    assert forged.json()["code"] == "session.wrong_code"
    await city.ok("session.attend", session="S1", worker="W2", half=held.half, role="lecturer")
    await city.ok("session.attend", session="S1", holder="H1", half=held.half)
    (row,) = await city.rows("sessions")
    assert row["person_times"] == 2
    assert {(one["who"], one["via"]) for one in row["presence"]} == {
        ("worker/W1", "qr"),
        ("worker/W2", "paper"),
        ("holder/H1", "paper"),
    }


async def test_figures_of_a_year_open_to_their_rows(city: Service) -> None:
    held = Held()
    await city.ok("training_target.set", hours=8)
    for key in ("S1", "S2"):
        await city.ok("session.plan", **held.planned(session=key))
        await city.ok("session.attend", session=key, worker="W1", half=held.half)
    await city.ok("session.attend", session="S1", holder="H1", half=held.half)
    year = int(held.half[:4])
    found = (await city.http.get(f"/api/v1/{J}/training/figures", params={"year": year})).json()
    assert (found["person_times"], found["people"], found["hours"], found["reached"]) == (3, 2, 12, 1)
    assert [(one["person"], one["hours"], one["reached"]) for one in found["persons"]] == [
        ("holder/H1", 4, False),
        ("worker/W1", 8, True),
    ]
    rows = await city.rows("training", year=year, person_times=1)
    assert len(rows) == found["person_times"]
    assert len({row["person"] for row in rows}) == found["people"]
    none = (await city.http.get(f"/api/v1/{J}/training/figures", params={"year": year - 1})).json()
    assert (none["person_times"], none["people"], none["target"]) == (0, 0, None)
    future = await city.http.get(f"/api/v1/{J}/training/figures", params={"at": "2199-01-01T00:00:00Z"})
    assert future.status_code == 400


async def test_a_chapter_without_a_leader_is_listed_since_when(city: Service) -> None:
    await city.ok("enterprise.register", enterprise="E1", name="Firm 1", area="230717", trade="courier")
    formed = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    about = {"route": "joint", "enterprises": ["E1"], "area": "230717", "reason": "asked", "trade": "courier"}
    await city.ok("chapter.form", chapter="K1", name="Chapter 1", at=formed, **about)
    address = f"/api/v1/{J}/leaders"
    found = (await city.http.get(address, params={"gaps": True})).json()
    assert (found["chapters"], found["led"], found["items"][0]["state"]) == (1, 0, "no_post")
    assert datetime.fromisoformat(found["items"][0]["gap_since"]) == datetime.fromisoformat(formed)
    before = datetime.now(UTC).isoformat()
    await city.ok("chapter.lead", chapter="K1", post="P1")
    now = (await city.http.get(address, params={"reveal": True})).json()
    assert (now["led"], now["items"][0]["holder_name"]) == (1, "Officer 1")
    assert (await city.http.get(address, params={"gaps": True})).json()["items"] == []
    assert (await city.http.get(address, params={"at": before})).json()["led"] == 0
    async with await city.as_("viewer", jurisdictions=[J], areas=["230717"]) as county:
        (row,) = (await county.get(address)).json()["items"]
        assert (row["state"], row["post"], row["holder_name"]) == ("led", "P1", "O*")
        assert (await county.get(address, params={"reveal": True})).status_code == 403


async def test_evidence_of_a_duty_is_sealed_under_it_and_goes_with_its_key(city: Service) -> None:
    await city.ok("duty_item.list", duty_item="D1", post="P1", title="Visit each firm")
    address, image = f"/api/v1/{J}/files", {"content-type": "image/png"}
    asked: dict[str, Any] = {"params": {"subject": "duty_item/D1"}, "content": photo("PNG"), "headers": image}
    async with await city.as_("worker", worker="W1", jurisdictions=[J]) as courier:
        assert (await courier.post(address, **asked)).status_code == 403
    nobody: dict[str, Any] = asked | {"params": {"subject": "duty_item/D9"}}
    other = await city.http.post(address, **nobody)
    assert other.status_code == 404
    stored = await city.http.post(address, **asked)
    assert stored.status_code == 200, stored.text
    name = stored.json()["file"]
    await city.ok("duty_item.show", duty_item="D1", file=name, note="First visit")
    await city.ok("duty_item.take_over", duty_item="D1")
    (row,) = await city.rows("duty_items")
    assert (row["shown"], row["files"][0]["file"], row["holder"]) == (1, name, "H1")
    assert (await city.http.get(f"{address}/{name}")).headers["content-type"] == "image/png"
    async with await city.as_("viewer", jurisdictions=[J]) as viewer:
        assert (await viewer.get(f"{address}/{name}")).status_code == 403
    await city.ok("duty_item.erase", duty_item="D1")
    assert (await city.http.get(f"{address}/{name}")).status_code in (404, 410)


@pytest.mark.parametrize("at_once", [1, 300], ids=["in parts", "at once"])
async def test_a_courier_sees_the_sessions_open_to_them_their_turn_and_their_hours(
    city: Service, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(my_training, "AT_ONCE", at_once)
    held = Held()
    await city.ok("area.define", area="230718", name="County 2")
    ahead = {"begins": (held.now + timedelta(days=1)).isoformat()}
    ahead["ends"] = (held.now + timedelta(days=1, hours=4)).isoformat()
    for key, area in {"S2": J, "S3": "230717", "S4": "230718"}.items():
        await city.ok("session.plan", session=key, course="C1", area=area, places=1, **ahead)
    await city.ok("session.plan", session="S5", course="C1", **ahead)
    await city.ok("session.call_off", session="S5")
    await city.ok("session.plan", **held.planned())
    await city.ok("session.attend", session="S1", worker="W1", half=held.half)
    await city.ok("session.attend", session="S1", worker="W2", half=held.half, role="lecturer")
    await city.ok("training_target.set", hours=8)
    await city.ok("session.sign_up", session="S2", worker="W2")
    path = f"/api/v1/{J}/me/training"
    async with await city.as_("worker", worker="W1", jurisdictions=[J]) as courier:
        signed = await city.send("session.sign_up", client=courier, session="S2", worker="W1")
        assert signed.status_code == 200, signed.text
        assert (
            await city.send("session.sign_up", client=courier, session="S4", worker="W1")
        ).status_code == 403
        await city.rows("sessions")
        said = (await courier.get(path)).json()
    assert "W2" not in str(said)
    assert (said["year"], said["hours"], said["target"], said["person_times"]) == (
        int(held.half[:4]),
        4,
        8,
        1,
    )
    assert [(one["session"], one["room"], one["waits"], one["turn"]) for one in said["sessions"]] == [
        ("S2", 0, 1, 1),
        ("S3", 1, 0, None),
    ]
    assert said["sessions"][1]["area_name"] == "County 1"
    (there,) = said["presence"]
    assert (there["title"], there["half"], there["role"]) == ("First aid", held.half, "participant")
    async with await city.as_("worker", worker="W2", jurisdictions=[J]) as lecturer:
        other = (await lecturer.get(path)).json()
    assert (other["hours"], other["person_times"], other["sessions"][0]["signed_up"]) == (0, 0, True)
    assert (await city.http.get(path)).status_code == 403
