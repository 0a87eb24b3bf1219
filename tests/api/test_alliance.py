"""The alliance over HTTP: the service list from promised to rated, activities signed up for, and the past."""

from datetime import UTC, datetime, timedelta

import pytest
from service import J, Service


@pytest.fixture
async def city(service: Service) -> Service:
    """A county, an enterprise, a courier, and a post held with the token `office`."""
    await service.ok("area.define", area="230717", name="County 1")
    await service.ok("unit.establish", unit="U1", name="Unit 1", area=J)
    await service.ok("post.create", post="P1", name="Office", unit="U1", area=J, first=True)
    await service.ok("post.appoint", post="P1", holder="H1", holder_name="Officer 1", acts_as="office")
    await service.ok("enterprise.register", enterprise="E1", name="Firm 1", area="230717")
    await service.ok("worker.register", worker="W1", role="courier", home_area="230717")
    return service


async def test_a_decision_is_done_by_its_post_and_rated_by_the_enterprise(city: Service) -> None:
    await city.ok("ally.join", ally="A1", name="Chapter 1", kind="trade_chapter")
    await city.ok("meeting.hold", meeting="M1", title="First", allies=["A1"])
    due = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    made = {"commitment": "C1", "kind": "to_enterprises", "title": "Charging points", "owner": "P1"}
    await city.ok("commitment.make", **made, meeting="M1", enterprise="E1", due=due)
    before = datetime.now(UTC).isoformat()
    refused = await city.send("commitment.finish", commitment="C1")
    assert (refused.status_code, refused.json()["code"]) == (409, "commitment.not_yours")
    async with city.client(await city.tokens.create("office", "dispatcher")) as office:
        assert (await city.send("commitment.finish", client=office, commitment="C1")).status_code == 200
        rated = await city.send("commitment.rate", client=office, commitment="C1", enterprise="E1", score=5)
        assert rated.json()["code"] == "commitment.own_rating"
    await city.ok("commitment.rate", commitment="C1", enterprise="E1", score=5)
    (row,) = await city.rows("commitments", meeting="M1")
    assert (row["state"], row["score"], row["late"]) == ("done", 5, False)
    (then,) = await city.rows("commitments", at=before)
    assert (then["state"], then["score"]) == ("open", None)
    assert (await city.rows("meetings"))[0]["attendance"] == 1


async def test_a_courier_signs_up_with_their_own_token_until_it_is_full(city: Service) -> None:
    begins = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    await city.ok("activity.announce", activity="X1", title="Lecture", begins=begins, capacity=1)
    async with await city.as_("worker", worker="W1", jurisdictions=[J]) as courier:
        signed = await city.send("activity.sign_up", client=courier, activity="X1", worker="W1")
        assert signed.status_code == 200, signed.text
        other = await city.send("activity.sign_up", client=courier, activity="X1", worker="W2")
        assert other.status_code == 403
    await city.ok("worker.register", worker="W2", role="courier")
    full = await city.send("activity.sign_up", activity="X1", worker="W2")
    assert full.json()["code"] == "activity.full"
    (row,) = await city.rows("activities")
    assert (row["signed_up"], row["room"], row["workers"]) == (1, 0, ["W1"])


async def test_relief_is_granted_by_the_county_and_read_there(city: Service) -> None:
    await city.ok("relief.adopt", relief="R1", title="Rent", area=J)
    async with await city.as_("dispatcher", areas=["230717"], jurisdictions=[J]) as county:
        granted = await city.send("relief.grant", client=county, relief="R1", enterprise="E1")
        assert granted.status_code == 200, granted.text
        ended = await city.send("relief.end", client=county, relief="R1")
        assert ended.status_code in (403, 409), "the measure is the city's"
    assert (await city.rows("reliefs"))[0]["enterprises"] == ["E1"]


async def test_a_courier_sees_their_activities_and_nobody_elses(city: Service) -> None:
    now = datetime.now(UTC)
    ahead = (now + timedelta(days=1)).isoformat()
    await city.ok("area.define", area="230718", name="County 2")
    for worker in ("W7", "W8"):
        await city.ok("worker.register", worker=worker, role="courier", home_area="230717")
    places = {"all": J, "home": "230717", "other": "230718"}
    for key, area in places.items():
        await city.ok("activity.announce", activity=key, title=key, begins=ahead, capacity=2, area=area)
    await city.ok("activity.sign_up", activity="home", worker="W8")
    await city.ok("activity.announce", activity="off", title="off", begins=ahead, area="230717")
    await city.ok("activity.call_off", activity="off")
    path = f"/api/v1/{J}/me/activities"
    async with await city.as_("worker", worker="W7", jurisdictions=[J]) as courier:
        signed = await city.send("activity.sign_up", client=courier, activity="home", worker="W7")
        assert signed.status_code == 200, signed.text
        await city.rows("activities")
        said = (await courier.get(path)).json()["items"]
        assert [(one["activity"], one["room"], one["signed_up"], one["came"]) for one in said] == [
            ("all", 2, False, False),
            ("home", 0, True, False),
        ]
        assert said[1]["area_name"] is not None
        assert "W8" not in str(said)
    assert (await city.http.get(path)).status_code == 403
