"""Commands over HTTP: outcomes, repeats, batches, envelopes, refusals."""

import asyncio
from uuid import uuid4

from service import J, Service


async def test_an_accepted_command_answers_with_its_position(service: Service) -> None:
    answer = await service.send("worker.register", worker="W1", role="courier")
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "accepted"
    assert answer.json()["position"] == 2  # the first event established the jurisdiction


async def test_the_same_id_again_answers_with_the_first_outcome(service: Service) -> None:
    key = str(uuid4())
    first = await service.send("worker.register", key=key, worker="W1", role="courier", name="Courier 1")
    again = await service.send("worker.register", key=key, worker="W1", role="courier", name="Courier 1")
    assert again.json() == {**first.json(), "outcome": "known"}


async def test_an_answer_of_unchanged_stays_so_whatever_happens_since(service: Service) -> None:
    """Otherwise a repeat would undo what others decided in the meantime."""
    await service.ok("request.open", request="R1", category="grocery", priority=2, area=J)
    key = str(uuid4())
    first = await service.send("request.amend", key=key, request="R1", priority=2)
    await service.ok("request.amend", request="R1", priority=1)
    again = await service.send("request.amend", key=key, request="R1", priority=2)
    assert first.json()["outcome"] == "unchanged"
    assert again.json() == first.json()
    assert [row["priority"] for row in await service.rows("requests")] == [1]


async def test_two_alike_at_one_instant_are_answered_alike_later(service: Service) -> None:
    """The second changes nothing; sent again, now a later instant, it must not become a fact."""
    await service.ok("worker.register", worker="W1", role="courier")
    items = [
        {"id": str(uuid4()), "name": "worker.check_in", "data": {"worker": "W1", "area": J}} for _ in range(2)
    ]
    first = (await service.http.post(f"/api/v1/{J}/commands", json=items)).json()["items"]
    again = (await service.http.post(f"/api/v1/{J}/commands", json=items)).json()["items"]
    assert [one["outcome"] for one in first] == ["accepted", "unchanged"]
    assert [one["outcome"] for one in again] == ["known", "unchanged"]


async def test_the_same_id_with_another_body_is_refused(service: Service) -> None:
    key = str(uuid4())
    await service.send("worker.register", key=key, worker="W1", role="courier", name="Courier 1")
    other = await service.send("worker.register", key=key, worker="W1", role="courier", name="Courier 2")
    assert (other.status_code, other.json()["code"]) == (422, "id_reused")


async def test_a_retry_with_another_sent_at_is_the_same_command(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    key, at = str(uuid4()), "2026-01-05T08:00:00+08:00"
    later = "2026-01-05T08:00:30+08:00"
    first = await service.send("worker.check_in", key=key, worker="W1", area=J, at=at, sent_at=at)
    again = await service.send("worker.check_in", key=key, worker="W1", area=J, at=at, sent_at=later)
    assert (first.json()["outcome"], again.json()["outcome"]) == ("accepted", "known")


async def test_without_an_id_nothing_is_done(service: Service) -> None:
    answer = await service.http.post(f"/api/v1/{J}/commands/worker.register", json={"role": "courier"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key.missing")
    answer = await service.send("worker.register", key="not-a-uuid", role="courier")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key.invalid")


async def test_a_refusal_says_what_is_wrong(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    answer = await service.send("worker.check_in", worker="W2", area=J)
    assert (answer.status_code, answer.json()["code"]) == (409, "worker.unknown")
    assert "W2" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_refusal_carries_what_its_sentence_names(service: Service) -> None:
    """Both alone and in a batch: clients need the values to write the sentence in another language."""
    said = {
        "code": "area.unknown",
        "detail": f"Area 230799 is not defined in {J}; define it with area.define.",
        "values": {"area": "230799", "jurisdiction": J},
    }
    await service.ok("worker.register", worker="W1", role="courier")
    alone = (await service.send("worker.check_in", worker="W1", area="230799")).json()
    data = {"worker": "W1", "area": "230799"}
    items = [{"id": str(uuid4()), "name": "worker.check_in", "data": data}]
    batch = (await service.http.post(f"/api/v1/{J}/commands", json=items)).json()["items"][0]
    assert {name: alone[name] for name in said} == said
    assert {name: batch[name] for name in said} == said


async def test_what_a_field_breaks_is_told_by_its_rule_and_limit(service: Service) -> None:
    answer = (await service.send("worker.register", role="courier", name="x" * 201)).json()
    values = {"field": "name", "variant": "string_too_long", "limit": 200}
    assert answer["errors"][0]["values"].items() >= values.items()
    assert answer["values"].items() >= values.items()
    assert answer["detail"] == "name: String should have at most 200 characters"


async def test_a_refusal_is_not_remembered(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    key = str(uuid4())
    refused = await service.send("worker.check_in", key=key, worker="W2", area=J)
    await service.ok("worker.register", worker="W2", role="courier")
    accepted = await service.send("worker.check_in", key=key, worker="W2", area=J)
    assert (refused.status_code, accepted.status_code) == (409, 200)


async def test_invalid_fields_are_named(service: Service) -> None:
    answer = await service.send("worker.check_in", worker=7, area=J, colour="red")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert {error["field"] for error in answer.json()["errors"]} == {"worker", "colour"}


async def test_status_by_id(service: Service) -> None:
    key = str(uuid4())
    absent = await service.http.get(f"/api/v1/{J}/commands/{key}")
    await service.send("worker.register", key=key, worker="W1", role="courier")
    present = await service.http.get(f"/api/v1/{J}/commands/{key}")
    assert absent.json()["status"] == "not_recorded"
    assert present.json() == {"id": key, "status": "recorded", "position": 2}


def item(name: str, **data: object) -> dict[str, object]:
    return {"id": str(uuid4()), "name": name, "data": data}


async def test_a_batch_keeps_its_order_and_goes_on_after_a_refusal(service: Service) -> None:
    items = [
        item("worker.register", worker="W1", role="courier"),
        item("worker.check_in", worker="W2", area=J),
        item("worker.check_in", worker="W1", area=J),
        item("worker.fly", worker="W1"),
        item("worker.check_in", worker="W1"),
    ]
    answer = await service.http.post(f"/api/v1/{J}/commands", json=items)
    assert answer.status_code == 200
    outcomes = answer.json()["items"]
    assert [one["outcome"] for one in outcomes] == ["accepted", "refused", "accepted", "refused", "refused"]
    assert [one.get("code") for one in outcomes] == [
        None,
        "worker.unknown",
        None,
        "command.unknown",
        "invalid",
    ]
    assert [one["id"] for one in outcomes] == [one["id"] for one in items]
    assert answer.json()["position"] == 3


async def test_a_batch_of_more_than_500_is_refused_whole(service: Service) -> None:
    items = [item("worker.register", role="courier") for _ in range(501)]
    answer = await service.http.post(f"/api/v1/{J}/commands", json=items)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many")


async def test_many_senders_at_once_each_get_their_own_answer(service: Service) -> None:
    await service.ok("worker.register", worker="W0", role="courier")
    answers = await asyncio.gather(
        *(service.send("worker.register", worker=f"W{i}", role="courier") for i in range(1, 101))
    )
    positions = [answer.json()["position"] for answer in answers]
    assert all(answer.status_code == 200 for answer in answers)
    assert sorted(positions) == list(range(3, 103))


async def test_the_last_slot_has_one_winner_and_the_other_is_told_by_whom(service: Service) -> None:
    await service.ok("request.open", request="R1", category="grocery", area=J)
    for worker in ("W1", "W2"):
        await service.ok("worker.register", worker=worker, role="courier")
        await service.ok("worker.check_in", worker=worker, area=J)
    answers = await asyncio.gather(
        *(service.send("assignment.dispatch", request="R1", worker=worker) for worker in ("W1", "W2"))
    )
    won, lost = sorted(answers, key=lambda a: a.status_code)
    assert (won.status_code, lost.status_code, lost.json()["code"]) == (200, 409, "request.full")
    winner = (await service.rows("roster", presence="assigned", after=won.json()["position"]))[0]["worker"]
    assert winner in lost.json()["detail"]


async def test_the_clock_error_of_a_device_is_taken_out(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    now = service.muster.clock.now()
    fast = now.replace(year=now.year + 1)
    await service.ok("worker.check_in", worker="W1", area=J, at=fast.isoformat(), sent_at=fast.isoformat())
    row = (await service.rows("presence", worker="W1"))[0]
    assert row["at"] <= row["recorded_at"]
    assert row["claimed"].startswith(str(now.year + 1))


async def test_an_offer_expires_by_itself(service: Service) -> None:
    await service.ok("request.open", request="R1", category="grocery", area=J)
    await service.ok("worker.register", worker="W1", role="courier")
    await service.ok("worker.check_in", worker="W1", area=J)
    await service.ok(
        "assignment.offer", assignment="A1", request="R1", worker="W1", expires_at=_soon(service)
    )
    async with asyncio.timeout(5):
        while (await service.rows("assignments"))[0]["state"] != "expired":
            await asyncio.sleep(0.05)
    late = await service.send("assignment.accept", assignment="A1")
    assert (late.status_code, late.json()["code"]) == (409, "offer.gone")


def _soon(service: Service) -> str:
    from datetime import timedelta

    return (service.muster.clock.now() + timedelta(milliseconds=300)).isoformat()


async def test_an_amendment_based_on_an_old_row_is_refused_with_what_changed(service: Service) -> None:
    await service.ok("request.open", request="R1", category="grocery", area=J)
    seen = (await service.rows("requests"))[0]["changed"]
    await service.ok("request.amend", request="R1", priority=1, based_on=seen)
    amend = f"/api/v1/{J}/commands/request.amend"
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{seen}"'}
    late = await service.http.post(amend, json={"request": "R1", "priority": 2}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "amend.conflict")
    values = late.json()["values"]
    assert (values["field"], values["fields"], values["at"]) == ("priority", ["priority"], seen + 1)
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": f'"{values["at"]}"'}
    assert (
        await service.http.post(amend, json={"request": "R1", "priority": 2}, headers=headers)
    ).status_code == 200


async def test_a_precondition_that_cannot_be_kept_is_refused(service: Service) -> None:
    await service.ok("request.open", request="R1", category="grocery", area=J)
    for name, given, code in (
        ("request.amend", "*", "if_match.invalid"),
        ("request.complete", '"1"', "if_match.unsupported"),
    ):
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": given}
        path = f"/api/v1/{J}/commands/{name}"
        answer = await service.http.post(path, json={"request": "R1"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
