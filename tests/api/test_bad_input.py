"""Malformed, huge, deep and wrongly typed input, or with NULs: a problem, never a crash or partial effect."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from each import each
from service import J, Service

CHECK_IN = f"/api/v1/{J}/commands/worker.check_in"
BATCH = f"/api/v1/{J}/commands"
BAD_BODIES = {
    "nothing": b"",
    "not JSON": b"{worker: W1",
    "not an object": b"[1, 2, 3]",
    "null": b"null",
    "a number": b"1e999",
    "not UTF-8": b'{"worker": "\xff\xfe", "area": "2307"}',
    "a lone surrogate": b'{"worker": "\\ud800", "area": "2307"}',
    "a NUL": b'{"worker": "W\\u0000", "area": "2307"}',
    "deep": b'{"worker":' * 5000 + b"1" + b"}" * 5000,
    "deep lists": b"[" * 100_000,
    "a long text": json.dumps({"worker": "W" * 100_000, "area": J}).encode(),
    "no instant": b'{"worker": "W1", "area": "2307", "at": "yesterday"}',
    "a local time": b'{"worker": "W1", "area": "2307", "at": "2026-01-01T00:00:00"}',
    "a far time": b'{"worker": "W1", "area": "2307", "at": "9999-12-31T23:59:59Z"}',
    "a number for a time": b'{"worker": "W1", "area": "2307", "at": 1}',
    "an infinite number": b'{"worker": "W1", "area": "2307", "at": Infinity}',
}


@each("what", BAD_BODIES)
async def test_a_bad_body_is_a_problem(service: Service, what: str) -> None:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    for path in (CHECK_IN, BATCH, f"/api/v1/{J}/find", "/api/v1/session"):
        answer = await service.http.post(path, content=BAD_BODIES[what], headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert answer.json()["code"], path
    assert (await service.http.get("/api/v1")).json()["jurisdictions"] == [], "nothing is recorded"


async def test_a_body_beyond_the_limit_is_413(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    answer = await service.http.post(
        BATCH, content=b" " * (9 * 1024 * 1024), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_team_of_500_is_formed_at_once(service: Service) -> None:
    members = [f"M{number}" for number in range(500)]
    items = [
        {"id": str(uuid4()), "name": "worker.register", "data": {"worker": m, "role": "courier"}}
        for m in members
    ]
    assert (await service.http.post(BATCH, json=items)).status_code == 200
    await service.ok("team.form", name="Large", kind="courier", area=J, members=members, activate=True)
    assert (await service.rows("teams"))[0]["member_count"] == 500


async def test_another_media_type_is_415(service: Service) -> None:
    answer = await service.http.post(
        CHECK_IN,
        content=b"worker=W1",
        headers={"Idempotency-Key": str(uuid4()), "Content-Type": "text/plain"},
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")


async def test_an_unknown_command_or_view_is_404(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    assert (await service.send("worker.fly", worker="W1")).status_code in (404, 405)
    assert (await service.http.get(f"/api/v1/{J}/shoes")).status_code == 404
    assert (await service.http.get("/nowhere")).json()["code"] == "not_found"


@pytest.mark.parametrize("name", ["personal.reveal", "log.fence"])
async def test_commands_of_the_service_itself_are_not_for_others(service: Service, name: str) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    assert (await service.send(name, view="roster", subjects=[])).status_code in (404, 405)
    item = {"id": str(uuid4()), "name": name, "data": {}}
    answer = await service.http.post(BATCH, json=[item])
    assert answer.json()["items"][0]["code"] == "command.unknown"


@each("code", ["../etc", "a b", "x" * 33, "%00", "中文"])
async def test_a_typo_does_not_found_a_jurisdiction(service: Service, code: str) -> None:
    answer = await service.http.post(
        f"/api/v1/{code}/commands/worker.register",
        json={"role": "courier"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 404
    assert (await service.http.get("/api/v1")).json()["jurisdictions"] == []


async def test_error_messages_do_not_repeat_personal_data(service: Service) -> None:
    answer = await service.send("worker.register", role="Courier!", name="Secret Person", phone=13800001234)
    assert answer.status_code == 422
    assert "Secret" not in answer.text
    assert "13800001234" not in answer.text


async def test_a_command_that_a_rule_trips_over_does_not_stop_the_others(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.decisions import decide
    from services.decisions.worker.commands import Retire

    await service.ok("worker.register", worker="W1", role="courier")

    def trips(*_: object) -> None:
        raise KeyError("a bug")

    found = decide.decider
    monkeypatch.setattr(decide, "decider", lambda cls: trips if cls is Retire else found(cls))
    broken = await service.send("worker.retire", worker="W1")
    works = await service.send("worker.check_in", worker="W1", area=J)
    assert (broken.status_code, broken.json()["code"]) == (500, "internal")
    assert works.status_code == 200
    assert (await service.http.get("/readyz")).status_code == 200


def _answering() -> list[asyncio.Task[object]]:
    """Return the server's tasks, one per unanswered request."""
    return [task for task in asyncio.all_tasks() if "run_asgi" in repr(task.get_coro())]


async def test_who_leaves_in_the_middle_of_a_request_is_no_failure_of_the_service(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    head = (
        "POST /api/v1/2307/commands/worker.register HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {service.http.headers['Authorization']}\r\nIdempotency-Key: {uuid4()}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode())
    await writer.drain()
    async with asyncio.timeout(5):
        while not (answering := _answering()):
            await asyncio.sleep(0.01)
        writer.close()
        await asyncio.wait(answering)

    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def test_what_is_no_number_is_refused_in_a_batch_too(service: Service) -> None:
    await service.ok("request.open", request="R1", category="grocery", area=J, slots=1)
    item = '{"id": "%s", "name": "request.amend", "data": {"request": "R1", "slots": NaN, "lon": Infinity}}'
    body = f"[{item % uuid4()}]"
    headers = {"Content-Type": "application/json"}
    answer = await service.http.post(f"/api/v1/{J}/commands", content=body, headers=headers)
    assert answer.json()["items"][0]["outcome"] == "refused"
    alone = await service.http.post(
        f"/api/v1/{J}/commands/request.amend",
        content='{"request": "R1", "slots": NaN}',
        headers={**headers, "Idempotency-Key": str(uuid4())},
    )
    assert alone.status_code == 422
    assert (await service.rows("requests"))[0]["slots"] == 1


async def test_no_clock_puts_a_fact_before_1900(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    when = {"at": "1900-01-01T00:00:00Z", "sent_at": "2200-12-31T00:00:00Z"}
    await service.ok("worker.check_in", worker="W1", area=J, **when)
    assert (await service.rows("roster"))[0]["since"] == "1900-01-01T00:00:00Z"


async def test_one_bad_item_is_refused_alone(service: Service) -> None:
    """A phone's outbox holds many: one that cannot be read must not stop the others for ever."""
    await service.ok("worker.register", worker="W1", role="courier")
    good = {"id": str(uuid4()), "name": "worker.check_in", "data": {"worker": "W1", "area": J}}
    bad = {
        "an id that is no UUID": {**good, "id": "seven"},
        "an unknown field": {**good, "id": str(uuid4()), "more": 1},
        "no data": {"id": str(uuid4()), "name": "worker.check_in"},
        "a number that is none": {**good, "id": str(uuid4()), "data": {"worker": float("nan")}},
    }
    text = json.dumps([*bad.values(), good])
    answer = await service.http.post(BATCH, content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["outcome"] for one in items] == ["refused"] * len(bad) + ["accepted"]
    assert [one["id"] for one in items[:1]] == ["seven"]


async def test_a_key_given_twice_is_refused_alone(service: Service) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    twice = f'{{"worker": "W2", "worker": "W1", "area": "{J}"}}'
    item = f'{{"id": "{uuid4()}", "name": "worker.check_in", "data": {twice}}}'
    good = f'{{"id": "{uuid4()}", "name": "worker.check_in", "data": {{"worker": "W1", "area": "{J}"}}}}'
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
    alone = await service.http.post(CHECK_IN, content=twice, headers=headers)
    assert (alone.status_code, alone.json()["code"]) == (422, "invalid")
    assert alone.json()["detail"] == "worker: given twice in one object."
    items = (await service.http.post(BATCH, content=f"[{item},{good}]", headers=headers)).json()["items"]
    assert [(one["outcome"], one.get("detail")) for one in items] == [
        ("refused", "worker: given twice in one object."),
        ("accepted", None),
    ]


@each("twin", ["\uff371", "W\uff11", "\u2167", "W\u00b2"])
async def test_twins_of_an_id_are_refused(service: Service, twin: str) -> None:
    """They look like it, and two people would become one, or one two."""
    answer = await service.send("worker.register", worker=twin, role="courier")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    walk_in = await service.send("worker.check_in", worker=twin, area=J, walk_in=True)
    assert (walk_in.status_code, walk_in.json()["code"]) == (422, "invalid")
    item = {"id": str(uuid4()), "name": "worker.register", "data": {"worker": twin, "role": "courier"}}
    assert (await service.http.post(BATCH, json=[item])).json()["items"][0]["code"] == "invalid"


async def test_who_was_recorded_under_a_twin_before_stays_within_reach(service: Service) -> None:
    """Such an id can be named, though no longer created: here nobody has it."""
    await service.ok("worker.register", worker="W1", role="courier")
    answer = await service.send("worker.check_in", worker="\uff371", area=J)
    assert (answer.status_code, answer.json()["code"]) == (409, "worker.unknown")


@pytest.mark.parametrize("control", ["\u202e", "\u2066"])
async def test_text_that_turns_what_follows_around_is_refused(service: Service, control: str) -> None:
    await service.ok("worker.register", worker="W1", role="courier")
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("worker.register", {"role": "courier", "name": f"Courier {control}1"}),
        ("request.open", {"category": "grocery", "area": J, "address": f"Street {control}1"}),
        ("request.open", {"category": "grocery", "area": J, "text": f"Help\n{control}now"}),
    ]
    for command, body in bodies:
        answer = await service.send(command, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), command
    items = [{"id": str(uuid4()), "name": command, "data": body} for command, body in bodies]
    told = (await service.http.post(BATCH, json=items)).json()["items"]
    assert [(one["outcome"], one["code"]) for one in told] == [("refused", "invalid")] * len(bodies)
    preview = await service.http.post(
        f"/api/v1/{J}/imports/preview",
        params={"mapping": "roster", "file": f"list{control}gpj.csv"},
        content=f"name,role\n{control}Courier 1,courier\n",
        headers={"Content-Type": "application/octet-stream"},
    )
    assert (preview.status_code, control in preview.text) == (200, False)
