"""Awards over HTTP: the paper and the badge, verified offline; and names that go when a consent ends."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from service import J, Service

from services.api.institutions.certificate.badge import badge, credential, issuer, opened, urn
from services.api.institutions.certificate.code import (
    AwardPaper,
    BadCode,
    public_key,
    signed,
    signing_key,
    verified,
)
from services.api.institutions.certificate.paper import pdf
from services.cli import certificates
from services.cli.common import Fail

AREA, NAME = "230717", "队员001"
KEY = signing_key(b"k" * 32, J)
PUBLIC = public_key(KEY)
STATUS = f"https://muster.example/api/v1/{J}/public/badges/revoked"
NOT_OURS = ("httpx", "httpcore", "asyncio", "uvicorn.access")
"""Loggers of the client, and one whose lines go nowhere."""
GRANTED = datetime(2022, 3, 28, 1, 2, 3, 450000, tzinfo=UTC)
PAPER = AwardPaper(
    jurisdiction=J,
    number="A1",
    name=NAME,
    title="优秀志愿者",
    giver="伊春市",
    granted="2022-03-28",
    deeds=2,
    shown=1,
    times=1,
    minutes=120,
)


async def city(service: Service) -> None:
    """A courier with two hours of service, and an award for them."""
    await service.ok("jurisdiction.establish", name="伊春市", timezone="Asia/Shanghai")
    await service.ok("area.define", area=AREA, name="伊美区")
    await service.ok("area.define", area="230718", name="乌翠区")
    await service.ok("worker.register", worker="W1", role="courier", home_area=AREA, name=NAME)
    await service.ok("worker.report", worker="W1", area=AREA, at=ago(service, 48))
    times = {"since": ago(service, 10), "until": ago(service, 8)}
    await service.ok("service.record", service="S1", worker="W1", area=AREA, **times)
    await service.ok("nomination.make", nomination="N1", worker="W1", honour="good_person", text="雪夜送药")
    deed = {"deed": "hours", "since": ago(service, 24), "until": ago(service, 1)}
    await service.ok("nomination.add_deed", nomination="N1", **deed)
    await service.ok("nomination.add_deed", nomination="N1", deed="claim", note="清雪")
    await service.ok("nomination.review", nomination="N1", verdict="approve")
    await service.ok("award.grant", award="A1", nomination="N1", title="优秀志愿者")


def ago(service: Service, hours: float) -> str:
    return (service.muster.clock.now() - timedelta(hours=hours)).isoformat()


async def got(service: Service, path: str, client: httpx.AsyncClient | None = None) -> httpx.Response:
    return await (client or service.http).get(f"/api/v1/{J}/{path}")


async def public(service: Service, path: str) -> dict[str, Any]:
    async with service.client(None) as anybody:
        return (await got(service, f"public/{path}", anybody)).json()


def code_of(file: bytes) -> str:
    found = re.search(rb"/URI \(([^)]+)\)", file)
    assert found is not None
    return found[1].decode()


async def test_an_award_tells_no_name_that_the_roster_keeps_from_its_reader(service: Service) -> None:
    """A desk of a county took up somebody without a home area: it is told nothing personal of them."""
    await city(service)
    await service.ok("worker.register", worker="W2", role="courier", name="队员002")
    desk = await service.as_("dispatcher", areas=[AREA])
    for command, body in (
        ("worker.check_in", {"worker": "W2", "area": AREA}),
        ("nomination.make", {"nomination": "N2", "worker": "W2", "honour": "good_person", "area": AREA}),
        ("nomination.add_deed", {"nomination": "N2", "deed": "claim", "note": "清雪"}),
        ("nomination.review", {"nomination": "N2", "verdict": "approve", "reason": "众所周知"}),
        ("award.grant", {"award": "A2", "nomination": "N2", "title": "优秀志愿者"}),
    ):
        assert (sent := await service.send(command, client=desk, **body)).status_code == 200, sent.text
    assert len(await service.rows("awards", client=desk)) == 2
    for path in ("papers/awards", "badges"):
        hidden = await got(service, f"{path}/A2", desk)
        assert (hidden.status_code, hidden.json()["code"]) == (403, "forbidden"), path
        assert (await got(service, f"{path}/A1", desk)).status_code == 200
        assert (await got(service, f"{path}/A2")).status_code == 200
    await desk.aclose()


async def test_the_paper_and_the_badge_are_verified_offline_and_say_what_the_log_shows(service: Service):
    await city(service)
    key = (await public(service, "certificates"))["key"]
    paper, token = await got(service, "papers/awards/A1"), await got(service, "badges/A1")
    assert (paper.headers["content-type"], token.headers["content-type"]) == (
        "application/pdf",
        "application/vc+jwt",
    )
    said = verified(code_of(paper.content), key)
    assert isinstance(said, AwardPaper)
    assert (said.number, said.name, said.giver, said.deeds, said.shown, said.minutes) == (
        "A1",
        NAME,
        "伊春市",
        2,
        1,
        120,
    )
    made = opened(token.text, key)
    subject = made["credentialSubject"]
    assert subject["achievement"]["name"] == "优秀志愿者"
    assert (subject["licenseNumber"], subject["identifier"][0]["identityHash"]) == ("A1", NAME)
    shown = [row for row in await service.rows("activity") if row["name"] == "personal.revealed"]
    assert len(shown) == 2
    assert (await got(service, "papers/awards/A1")).content == paper.content


async def test_a_revoked_award_has_no_paper_and_only_its_number_is_public(service: Service):
    await city(service)
    assert (await public(service, "certificates"))["revoked_awards"] == []
    await service.ok("award.revoke", award="A1", reason="error")
    assert (await public(service, "certificates"))["revoked_awards"] == ["A1"]
    found = await public(service, "badges/revoked")
    assert found["revokedCredential"] == [{"id": urn(J, "award", "A1"), "revoked": True}]
    assert found["issuer"] == issuer((await public(service, "certificates"))["key"])
    for path in ("papers/awards/A1", "badges/A1"):
        answer = await got(service, path)
        assert (answer.status_code, answer.json()["code"]) == (409, "award.revoked")


async def test_who_may_have_the_paper(service: Service):
    await city(service)
    async with await service.as_("worker:W1") as mine:
        assert (await got(service, "badges/A1", mine)).status_code == 200
    for scope, more, status in (
        ("worker:W2", {}, 404),
        ("dispatcher", {"areas": ["230718"]}, 404),
        ("viewer", {}, 403),
    ):
        async with await service.as_(scope, **more) as other:
            assert (await got(service, "papers/awards/A1", other)).status_code == status, scope
    await service.ok("worker.erase", worker="W1")
    await service.rows("roster")
    assert (await got(service, "badges/A1")).json()["code"] == "award.nameless"


async def test_verifying_leaves_no_trace(service: Service, caplog: pytest.LogCaptureFixture):
    await city(service)
    end = await service.muster.log.end(J)
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    await public(service, "certificates")
    await public(service, "badges/revoked")
    async with service.client(None) as anybody:
        assert (await anybody.get("/certificate")).status_code == 200
    served = [one for one in caplog.records if not one.name.startswith(NOT_OURS)]
    assert served == [], "no line in the log of the service"
    assert not logging.getLogger("uvicorn.access").propagate, "pytest itself listens to it"
    assert await service.muster.log.end(J) == end, "no event"
    metrics = (await service.http.get("/metrics")).text
    assert "A1" not in metrics
    assert "certificates" not in metrics


async def test_nobody_is_told_about_a_place_that_does_not_exist(service: Service):
    async with service.client(None) as anybody:
        answer = await anybody.get("/api/v1/9907/public/badges/revoked")
    assert answer.status_code == 404


# -- names -------------------------------------------------------------------------------------------------


async def test_a_name_goes_everywhere_when_the_consent_ends_and_the_count_stays(service: Service):
    await city(service)
    item: dict[str, Any] = {"topic": "雪夜送药", "channel": "newspaper", "area": AREA}
    named: dict[str, Any] = {
        "worker": "W1",
        "name": NAME,
        "text": f"{NAME}雪夜送药",
        "link": "https://a.cn/1",
    }
    refused = await service.send("publication.publish", publication="P1", **item, **named)
    assert refused.json()["code"] == "publication.no_consent"
    async with await service.as_("worker:W1") as mine:
        assert (await service.send("worker.consent", client=mine, worker="W1")).status_code == 200
    await service.ok("publication.publish", publication="P1", **item, **named)
    await service.ok("publication.publish", publication="P2", **item)
    (row,) = await service.rows("publications", publication="P1", reveal="true")
    assert (row["name"], row["text"], row["link"]) == (NAME, f"{NAME}雪夜送药", "https://a.cn/1")
    between = (await service.muster.log.end(J)).position
    async with await service.as_("worker:W1") as mine:
        assert (await service.send("worker.withdraw_consent", client=mine, worker="W1")).status_code == 200
    assert len(await service.rows("publications")) == 2
    (row,) = await service.rows("publications", publication="P1", reveal="true")
    assert (row["named"], row["name"], row["text"], row["link"], row["unnamed"]) == (
        False,
        None,
        None,
        None,
        "withdrawn",
    )
    for path in (
        "publications.csv?reveal=true",
        f"publications?as_of={between}&reveal=true",
        "publications/P1?reveal=true",
        "activity?subject=publication/P1",
        "activity?name=publication.published",
    ):
        text = (await got(service, path)).text
        assert NAME not in text, path
        assert "W1" not in text, path
    found = (await service.http.post(f"/api/v1/{J}/find", json={"text": "雪夜"})).text
    assert NAME not in found


async def test_the_erasure_of_the_person_takes_the_name_and_the_words(service: Service):
    await city(service)
    await service.ok("worker.consent", worker="W1")
    item = {"topic": "雪夜送药", "channel": "newspaper", "worker": "W1", "name": NAME}
    await service.ok("publication.publish", publication="P1", **item)
    await service.ok("worker.erase", worker="W1")
    (item,) = await service.rows("publications", reveal="true")
    (nomination,) = await service.rows("nominations", reveal="true")
    assert (item["name"], item["unnamed"]) == (None, "erased")
    assert (nomination["text"], nomination["deeds"][1].get("note"), nomination["deed_count"]) == (
        None,
        None,
        2,
    )


# -- the badge ---------------------------------------------------------------------------------------------


def test_a_badge_has_what_open_badges_ask_for():
    made = credential(PAPER, GRANTED, PUBLIC, STATUS)
    assert made["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert made["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert made["validFrom"] == "2022-03-28T01:02:03Z"
    assert made["credentialStatus"] == {"id": STATUS, "type": "1EdTechRevocationList"}
    achievement = made["credentialSubject"]["achievement"]
    assert {"id", "type", "name", "description", "criteria"} <= achievement.keys()
    assert all(one["id"].startswith("urn:uuid:") for one in (made, made["credentialSubject"], achievement))


def test_a_badge_is_a_jwt_that_carries_its_key_and_whose_claims_are_the_credentials():
    token = badge(PAPER, GRANTED, KEY, STATUS)
    assert token == badge(PAPER, GRANTED, KEY, STATUS)
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "EdDSA", "typ": "JWT", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": PUBLIC}}
    said = opened(token, PUBLIC)
    assert (said["iss"], said["jti"], said["sub"]) == (
        said["issuer"]["id"],
        said["id"],
        said["credentialSubject"]["id"],
    )
    assert said["nbf"] == 1648429323


def test_an_altered_badge_is_not_genuine():
    token = badge(PAPER, GRANTED, KEY, STATUS)
    head, body, signature = token.split(".")
    other = signing_key(b"o" * 32, J)
    unsigned = jwt.encode(opened(token, PUBLIC), "", algorithm="none")
    contradicting = jwt.encode({**opened(token, PUBLIC), "jti": "urn:uuid:0"}, KEY, algorithm="EdDSA")
    for bad, key in (
        (f"{head}.{body[:-4]}AAAA.{signature}", PUBLIC),
        (f"{head}.{body}.{signature[::-1]}", PUBLIC),
        (badge(PAPER, GRANTED, other, STATUS), PUBLIC),
        (token, public_key(other)),
        (token, "AA"),
        (unsigned, PUBLIC),
        (contradicting, PUBLIC),
        (jwt.encode({"iss": "x"}, KEY, algorithm="EdDSA"), PUBLIC),
        ("ey", PUBLIC),
    ):
        with pytest.raises(BadCode):
            opened(bad, key)


def test_equal_awards_have_equal_papers():
    address = f"https://muster.example/certificate#{signed(PAPER, KEY)}"
    assert pdf(PAPER, address) == pdf(PAPER, address)


def test_the_command_line_verifies_awards_and_badges(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    trust, file = tmp_path / "trust.json", tmp_path / "award.jwt"
    known: dict[str, Any] = {"jurisdiction": J, "key": PUBLIC, "revoked": ["A1"]}
    trust.write_text(json.dumps(known), "utf-8")
    file.write_text(badge(PAPER, GRANTED, KEY, STATUS), "utf-8")
    certificates.verify(signed(PAPER, KEY), trust, as_json=True)
    assert json.loads(capsys.readouterr().out)["title"] == "优秀志愿者", (
        "a certificate of that number is another"
    )
    certificates.verify(str(file), trust)
    assert NAME in capsys.readouterr().out
    trust.write_text(json.dumps(known | {"revoked_awards": ["A1"]}), "utf-8")
    for code in (str(file), signed(PAPER, KEY), file.read_text("utf-8")):
        with pytest.raises(Fail, match="revoked: award A1"):
            certificates.verify(code, trust)
    with pytest.raises(Fail, match="not genuine"):
        certificates.verify("ey.AA.AA", trust)
    with pytest.raises(Fail, match="cannot read"):
        certificates.verify(str(tmp_path / "none.jwt"), trust)


async def test_a_person_sees_what_names_them_until_they_withdraw_and_nobody_else_does(
    service: Service,
) -> None:
    await city(service)
    await service.ok("worker.register", worker="W2", role="courier", home_area=AREA)
    await service.ok("nomination.make", nomination="N2", worker="W1", honour="good_person", text="secret")
    await service.ok("nomination.make", nomination="N3", worker="W1", honour="good_person")
    await service.ok("nomination.review", nomination="N3", verdict="reject", reason="no deeds")
    path = f"/api/v1/{J}/me/recognition"
    async with (
        await service.as_("worker", worker="W1", jurisdictions=[J]) as own,
        await service.as_("worker", worker="W2", jurisdictions=[J]) as other,
    ):
        before = (await own.get(path)).json()
        assert (before["consent"], before["items"]) == (None, [])
        assert [(one["nomination"], one["state"]) for one in before["nominations"]] == [("N2", "nominated")]
        assert [(one["award"], one["state"]) for one in before["awards"]] == [("A1", "valid")]
        assert not [word for word in ("secret", "no deeds") if word in str(before)]
        await service.send("worker.consent", client=own, worker="W1")
        await service.send("worker.consent", client=other, worker="W2")
        named = {"topic": "Through the snow", "channel": "newspaper", "worker": "W1", "name": NAME}
        await service.ok("publication.publish", publication="P1", text=f"{NAME} helps", **named)
        await service.ok("publication.publish", publication="P2", topic="No names", channel="newspaper")
        given = (await own.get(path)).json()
        assert given["consent"] == "given"
        assert [(one["publication"], one["name"], one["text"]) for one in given["items"]] == [
            ("P1", NAME, f"{NAME} helps")
        ]
        theirs = (await other.get(path)).json()
        assert (theirs["consent"], theirs["items"], theirs["awards"]) == ("given", [], [])
        await service.send("worker.withdraw_consent", client=own, worker="W1")
        await service.rows("publications")
        after = (await own.get(path)).json()
        assert (after["consent"], after["items"]) == ("withdrawn", [])
    rows = await service.rows("publications")
    assert [(row["named"], row["state"]) for row in rows] == [(False, "published")] * 2
    assert (await service.muster.views.stored(J, "named_items")).rows == {}
    assert (await got(service, "me/recognition")).status_code == 403
