"""Difficulties over HTTP: asking without a token, receipts, the board, and that nobody can tell who asked."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from service import J, Service

from events.difficulty_history import MOST_FILES
from projections.catalog import public_views
from services.api.institutions.asking import ASKED_A_MINUTE, hashed
from services.decisions.scopes import SCOPES
from services.files.form import SealedFile, name_of, unpack
from services.files.sweeping import KEPT, sweep_unattached
from tests.photos import SECRETS, photo
from tests.voices import voice

RECEIPT, ANOTHER = "7KQ2-M9XT-3FPA-R0W1-ZC4D", "7KQ2-M9XT-3FPA-R0W1-ZC4E"
TEXT, CONTACT = "Firm 1 has not paid for two months", "Courier 1, 138 0000 0001"


@pytest.fixture
async def city(service: Service) -> Service:
    """A post of the whole city, held with the token `street`."""
    await service.ok("unit.establish", unit="U1", name="Unit 1", area=J)
    await service.ok("post.create", post="P1", name="Street office", unit="U1", area=J, first=True)
    await service.ok("post.appoint", post="P1", holder="H1", holder_name="Officer 1", acts_as="street")
    await service.ok("post.charge", post="P1", task="answer", area=J)
    return service


async def post(service: Service, path: str, key: str | None = None, **body: Any) -> httpx.Response:
    """Send without any token."""
    async with service.client(None) as nobody:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return await nobody.post(f"/api/v1/{J}/{path}", json=body, headers=headers)


async def ask(service: Service, receipt: str = RECEIPT, **more: Any) -> str:
    """Tell a difficulty and return its id, once it can be read."""
    key = str(uuid4())
    told = await post(service, "ask", key, receipt=receipt, category="pay", text=TEXT, **more)
    assert told.status_code == 200, told.text
    assert await service.muster.progress.reached(J, told.json()["position"], 5)
    return key


async def owner(service: Service) -> httpx.AsyncClient:
    return service.client(await service.tokens.create("street", "dispatcher"))


async def does(service: Service, client: httpx.AsyncClient, command: str, **body: Any) -> None:
    done = await service.send(command, client=client, **body)
    assert done.status_code == 200, done.text
    assert await service.muster.progress.reached(J, done.json()["position"], 5)


async def told(service: Service, receipt: str = RECEIPT) -> dict[str, Any]:
    found = await post(service, "ask/receipt", receipt=receipt)
    assert found.status_code == 200, found.text
    assert found.headers["cache-control"] == "no-store"
    return found.json()


async def test_from_asked_to_solved_reopened_and_back(city: Service) -> None:
    key = await ask(city)
    first = await told(city)
    assert (first["state"], first["text"], first["with_post"]) == ("open", TEXT, "Street office")
    assert first["may"] == ["withdraw"]
    async with await owner(city) as street:
        await does(city, street, "difficulty.answer", difficulty=key, answer="The firm pays on Friday")
        answered = await told(city)
        assert (answered["state"], answered["may"]) == ("answered", ["confirm", "reopen", "withdraw"])
        assert answered["steps"][-1]["text"] == "The firm pays on Friday"
        assert answered["until"] is not None
        said = await post(city, "ask/word", receipt=RECEIPT, say="reopen", text="It did not")
        assert said.status_code == 200, said.text
        await city.rows("difficulties")
        assert [one["what"] for one in (await told(city))["steps"]] == ["raised", "answered", "reopened"]
        await does(city, street, "difficulty.answer", difficulty=key, answer="Now it did")
    assert (await post(city, "ask/word", receipt=RECEIPT, say="confirm")).status_code == 200
    await city.rows("difficulties")
    solved = await told(city)
    assert (solved["state"], solved["may"]) == ("solved", ["reopen"])
    later = await post(city, "ask/word", receipt=RECEIPT, say="withdraw")
    assert (later.status_code, later.json()["code"]) == (409, "difficulty.state")


async def test_an_asker_is_told_what_becomes_of_the_original(city: Service) -> None:
    first, second = await ask(city), await ask(city, ANOTHER)
    async with await owner(city) as street:
        await does(city, street, "difficulty.merge", difficulty=second, into=first)
        await does(city, street, "difficulty.answer", difficulty=first, answer="Paid")
    theirs = await told(city, ANOTHER)
    assert [one["what"] for one in theirs["steps"]] == ["raised", "merged", "answered"]
    assert theirs["may"] == ["confirm", "reopen"]
    assert (await post(city, "ask/word", receipt=ANOTHER, say="reopen", text="No")).status_code == 200
    await city.rows("difficulties")
    last = (await told(city))["steps"][-1]
    assert (last["what"], last["text"]) == ("reopened_by_other", None), "their words are theirs"


async def show(
    service: Service, body: bytes, media: str, receipt: str = RECEIPT, key: str | None = None
) -> httpx.Response:
    """Send a photo or a recording without any token."""
    headers = {"Idempotency-Key": key or str(uuid4()), "Content-Type": media, "Muster-Receipt": receipt}
    async with service.client(None) as nobody:
        return await nobody.post(f"/api/v1/{J}/ask/files", content=body, headers=headers)


async def test_a_difficulty_is_shown_and_said_aloud(city: Service) -> None:
    """Photo and voice come without metadata, are sealed, and only who may see personal data opens them."""
    told_first = await post(city, "ask", receipt=RECEIPT, category="pay")
    assert told_first.status_code == 200, told_first.text
    sent = [await show(city, photo(), "image/jpeg"), await show(city, voice(comment=SECRETS[0]), "audio/wav")]
    assert [one.status_code for one in sent] == [200, 200], [one.text for one in sent]
    again = await show(city, photo(), "image/jpeg")
    assert again.status_code == 200
    (row,) = await city.rows("difficulties")
    assert [one["medium"] for one in row["files"]] == ["photo", "voice"], "the same again is the same"
    assert (await told(city))["files"] == ["photo", "voice"]
    for one, begins in zip(row["files"], (b"\xff\xd8\xff\xe0", b"RIFF"), strict=True):
        stored = await city.muster.files.get(J, one["file"])
        assert stored
        assert begins not in stored
        assert unpack(stored).subject == f"difficulty/{row['difficulty']}"
        shown = await (await city.as_("dispatcher", jurisdictions=[J])).get(
            f"/api/v1/{J}/files/{one['file']}"
        )
        assert shown.content.startswith(begins)
        assert not any(secret in shown.content for secret in SECRETS)
        for scope in ("viewer", "worker"):
            more: dict[str, Any] = {"worker": "W1"} if scope == "worker" else {}
            other = await city.as_(scope, jurisdictions=[J], **more)
            assert (await other.get(f"/api/v1/{J}/files/{one['file']}")).status_code == 403
    await city.ok("difficulty.erase", difficulty=row["difficulty"])
    gone = await (await city.as_("dispatcher", jurisdictions=[J])).get(
        f"/api/v1/{J}/files/{row['files'][0]['file']}"
    )
    assert gone.status_code in (404, 410), "its key is destroyed at once, the file soon"


async def test_what_is_shown_has_limits(city: Service) -> None:
    await ask(city)
    answers = {
        "too long": await show(city, voice(seconds=61, rate=8_000), "audio/wav"),
        "no sound": await show(city, b"RIFF" + b"\0" * 60, "audio/wav"),
        "not a picture": await show(city, voice(), "image/jpeg"),
        "another type": await show(city, b"\x1aE\xdf\xa3", "video/webm"),
        "too many bytes": await show(city, b"\0" * (2 * 1024 * 1024 + 1), "audio/wav"),
        "wrong receipt": await show(city, photo(), "image/jpeg", ANOTHER),
    }
    assert {why: (one.status_code, one.json()["code"]) for why, one in answers.items()} == {
        "too long": (422, "file.invalid"),
        "no sound": (422, "file.invalid"),
        "not a picture": (422, "file.invalid"),
        "another type": (415, "media_type"),
        "too many bytes": (413, "too_large"),
        "wrong receipt": (404, "difficulty.no_receipt"),
    }
    many = [await show(city, voice(tone=n), "audio/wav") for n in range(1, MOST_FILES + 2)]
    assert [one.status_code for one in many] == [200] * MOST_FILES + [409]


async def test_what_nothing_names_is_deleted_later(city: Service) -> None:
    key = await ask(city)
    assert (await show(city, photo(), "image/jpeg")).status_code == 200
    await city.rows("difficulties")
    muster = city.muster
    loose = SealedFile(f"difficulty/{key}", "audio/wav", b"box").packed()
    await muster.files.put(J, name_of(loose), f"difficulty/{key}", loose, datetime.now(UTC))
    later = datetime.now(UTC) + KEPT + timedelta(minutes=1)
    assert await sweep_unattached(muster.files, muster.log, muster.views, J, later) == 1
    assert len(await muster.files.held(J, f"difficulty/{key}")) == 1


async def test_who_covers_the_post_it_was_passed_to_sees_it_and_no_other(city: Service) -> None:
    for area, name in (("230717", "1"), ("230718", "2")):
        await city.ok("area.define", area=area, name=name)
        await city.ok("post.create", post=f"P-{area}", name=f"Post {area}", unit="U1", area=area, parent="P1")
        await city.ok(
            "post.appoint", post=f"P-{area}", holder=f"H-{area}", holder_name="X", acts_as=f"desk-{area}"
        )
    keys = [await ask(city), await ask(city, ANOTHER)]
    secrets = {
        a: await city.tokens.create(f"desk-{a}", "dispatcher", areas=[a]) for a in ("230717", "230718")
    }
    first, second = (city.client(secret) for secret in secrets.values())
    async with first, second, await owner(city) as street:
        seen = [await first.get(f"/api/v1/{J}/difficulties"), await second.get(f"/api/v1/{J}/difficulties")]
        assert [one.json()["items"] for one in seen] == [[], []]
        early = await city.send("difficulty.take", client=first, difficulty=keys[0])
        assert (early.status_code, early.json()["code"]) == (409, "difficulty.unknown")
        await does(city, street, "difficulty.offer", difficulty=keys[0], to="P-230717")
        assert await listed(first) == [keys[0]]
        assert await listed(second) == []
        await does(city, first, "difficulty.take", difficulty=keys[0])
        assert await listed(first) == [keys[0]]
        await does(city, first, "difficulty.offer", difficulty=keys[0], to="P1")
        await does(city, street, "difficulty.take", difficulty=keys[0])
        assert await listed(first) == [], "it was passed back"


async def listed(client: httpx.AsyncClient) -> list[str]:
    found = await client.get(f"/api/v1/{J}/difficulties")
    return [one["difficulty"] for one in found.json()["items"]]


async def test_the_same_id_again_is_the_same_difficulty(city: Service) -> None:
    key = str(uuid4())
    body = {"receipt": RECEIPT, "category": "pay", "text": TEXT}
    answers = [await post(city, "ask", key, **body) for _ in range(2)]
    assert [one.json()["outcome"] for one in answers] == ["accepted", "known"]
    assert len(await city.rows("difficulties")) == 1


async def test_what_was_told_offline_counts_from_when_it_was_told(city: Service) -> None:
    then = datetime.now(UTC) - timedelta(hours=3)
    with_owner = await city.send(
        "post.create", post="P0", name="Early", unit="U1", area=J, at=(then - timedelta(days=1)).isoformat()
    )
    assert with_owner.status_code == 409, "the unit was established later"
    late = await post(city, "ask", receipt=RECEIPT, category="pay", text=TEXT, at=then.isoformat())
    assert (late.status_code, late.json()["code"]) == (409, "difficulty.nobody")


async def test_a_wrong_receipt_tells_nothing_and_cannot_be_guessed(city: Service) -> None:
    await ask(city)
    wrong = await post(city, "ask/receipt", receipt=ANOTHER)
    assert (wrong.status_code, wrong.json()["code"]) == (404, "difficulty.no_receipt")
    for _ in range(9):
        await post(city, "ask/receipt", receipt=ANOTHER)
    blocked = await post(city, "ask/receipt", receipt=RECEIPT)
    assert (blocked.status_code, "retry-after" in blocked.headers) == (429, True)


async def test_nobody_floods_the_city(city: Service) -> None:
    sent = [
        await post(city, "ask", receipt=RECEIPT[:-2] + f"{n:02}", category="pay", text=TEXT)
        for n in range(ASKED_A_MINUTE + 1)
    ]
    assert [one.status_code for one in sent] == [200] * ASKED_A_MINUTE + [429]
    long = await post(city, "ask/receipt", receipt="x" * 40_000)
    assert long.status_code == 413


async def test_an_unknown_jurisdiction_is_not_found(service: Service) -> None:
    async with service.client(None) as nobody:
        for method, path in (("POST", "ask"), ("POST", "ask/receipt"), ("GET", "difficulties/figures")):
            found = await nobody.request(method, f"/api/v1/9999/{path}", json={})
            assert found.status_code == 404, path


@pytest.mark.parametrize("scope", SCOPES)
async def test_no_token_can_tell_who_asked(city: Service, scope: str) -> None:
    """The enterprise complained of may read everything with any token: nothing names the asker."""
    await city.ok("worker.register", worker="W1", role="courier", name="Courier 1", phone="13800000001")
    key = await ask(city, contact=CONTACT)
    more: dict[str, Any] = {"worker": "W1"} if scope == "worker" else {}
    async with await city.as_(scope, **({"jurisdictions": [J]} | more)) as reader:
        seen = [
            (await reader.get(f"/api/v1/{J}/{path}")).text
            for path in (
                *public_views(),
                f"difficulties/{key}",
                "difficulties.csv",
                "difficulties/board",
                "difficulties/figures",
                "log",
                f"activity?subject=difficulty/{key}",
            )
        ]
    told_of_it = [one for one in seen if key in one]
    for one in told_of_it:
        assert CONTACT not in one
        assert "receipt/" not in one
        assert RECEIPT not in one
    about = [json.loads(line) for text in seen for line in text.splitlines() if '"difficulty.raised"' in line]
    assert all("worker/" not in json.dumps(one) for one in about if "items" not in one)
    rows = await city.rows("activity", name="difficulty.raised")
    assert [(row["actor"], row["worker"]) for row in rows] == [("public/receipt", None)]
    assert "receipt" not in (await city.rows("difficulties"))[0]


async def test_a_contact_is_shown_on_demand_and_that_is_recorded(city: Service) -> None:
    await ask(city, contact=CONTACT)
    assert (await city.rows("difficulties"))[0]["contact"] != CONTACT
    assert (await city.rows("difficulties", reveal="true"))[0]["contact"] == CONTACT
    assert await city.rows("activity", name="personal.revealed")


async def test_a_session_is_not_read_with_an_asking(city: Service) -> None:
    """A signed-in phone sends its cookie by itself: the log must not name it."""
    body = {"receipt": RECEIPT, "category": "pay", "text": TEXT}
    sent = await city.http.post(f"/api/v1/{J}/ask", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert sent.status_code == 200
    assert [row["actor"] for row in await city.rows("activity", name="difficulty.raised")] == [
        "public/receipt"
    ]


async def test_the_board_shows_whose_it_is_and_what_waits(city: Service) -> None:
    key = await ask(city)
    await city.ok("post.vacate", post="P1")
    found = (await city.http.get(f"/api/v1/{J}/difficulties/board")).json()
    (one,) = found["items"]
    assert (one["difficulty"], one["post"], one["post_name"], one["vacant"]) == (
        key,
        "P1",
        "Street office",
        True,
    )
    assert (found["figures"][-1]["raised"], found["figures"][-1]["open"]) == (1, 1)
    async with await city.as_("viewer", areas=["230717"]) as elsewhere:
        assert (await elsewhere.get(f"/api/v1/{J}/difficulties/board")).json()["items"] == []
    async with await city.as_("worker", worker="W1", jurisdictions=[J]) as courier:
        assert (await courier.get(f"/api/v1/{J}/difficulties/board")).status_code == 403
    future = {"at": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    assert (await city.http.get(f"/api/v1/{J}/difficulties/board", params=future)).status_code == 400


async def test_a_difficulty_goes_along_with_its_post_and_whoever_asked_is_told(city: Service) -> None:
    """Who covers the area that the post moved to reads it and answers; while it is vacant, the post above."""
    await city.ok("area.define", area="230717", name="County 1")
    await city.ok("area.define", area="230718", name="County 2")
    county = {"post": "P2", "name": "County office", "unit": "U1", "area": "230717", "parent": "P1"}
    await city.ok("post.create", **county)
    await city.ok("post.appoint", post="P2", holder="H2", holder_name="Officer 2", acts_as="county")
    await city.ok("post.charge", post="P2", task="answer", area="230717")
    key = await ask(city, area="230717")
    async with city.client(await city.tokens.create("county", "dispatcher", areas=["230718"])) as there:
        assert (await there.get(f"/api/v1/{J}/difficulties/{key}")).status_code == 404
        assert (
            await city.send("difficulty.close", client=there, difficulty=key, reason="other")
        ).status_code != 200
        await city.ok("post.move", post="P2", area="230718")
        assert (await there.get(f"/api/v1/{J}/difficulties/{key}")).status_code == 200
        answered = await city.send("difficulty.answer", client=there, difficulty=key, answer="Done")
        assert answered.status_code == 200, answered.text
    await city.ok("post.vacate", post="P2")
    seen = await told(city)
    assert seen["with_post"] == "Street office"
    steps = [(one["what"], one["post"]) for one in seen["steps"]]
    assert steps == [("raised", "County office"), ("answered", None), ("followed", "Street office")]
    (one,) = (await city.http.get(f"/api/v1/{J}/difficulties/board")).json()["items"]
    assert [(step["name"], step["vacant"]) for step in one["path"]] == [
        ("County office", True),
        ("Street office", False),
    ]
    async with await city.as_("viewer", areas=["230717"]) as limited:
        (one,) = (await limited.get(f"/api/v1/{J}/difficulties/board")).json()["items"]
    assert [step["name"] for step in one["path"]] == ["Street office"], "no name of a post elsewhere"


async def test_figures_are_public_without_small_counts(city: Service) -> None:
    for n in range(4):
        await ask(city, RECEIPT[:-1] + str(n))
    async with city.client(None) as nobody:
        assert (await nobody.get(f"/api/v1/{J}/difficulties/figures")).json()["items"] == []
        await ask(city, RECEIPT[:-1] + "4")
        found = (await nobody.get(f"/api/v1/{J}/difficulties/figures")).json()["items"]
    assert [(one["category"], one["raised"]) for one in found] == [("pay", 5), ("total", 5)]


def test_a_receipt_is_known_by_a_hash_of_its_jurisdiction() -> None:
    assert hashed("2307", RECEIPT) != hashed("2308", RECEIPT)
    assert len(hashed("2307", RECEIPT)) == 64
