"""Certificates over HTTP: the paper for who may have it, verified without a token and without a network."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from service import J, Service

from services.api.institutions.certificate.code import (
    BadCode,
    Paper,
    public_key,
    signed,
    signing_key,
    verified,
)
from services.api.institutions.certificate.paper import drawable, pdf
from services.cli import certificates
from services.cli.common import Fail

AREA = "230717"
PAPER = Paper(
    jurisdiction=J,
    number="n1",
    name="队员001",
    home="伊美区",
    since="2022-02-22",
    until="2022-03-27",
    times=3,
    minutes=432,
    issued="2022-03-28",
)
KNOWN = {"jurisdiction", "key", "revoked", "revoked_awards"}
KEY = signing_key(b"k" * 32, J)


async def city(service: Service) -> str:
    """A courier with two hours of service and a certificate of them, whose number is returned."""
    await service.ok("jurisdiction.establish", name="伊春市", timezone="Asia/Shanghai")
    await service.ok("area.define", area=AREA, name="伊美区")
    await service.ok("area.define", area="230718", name="乌翠区")
    await service.ok("worker.register", worker="W1", role="courier", home_area=AREA, name="队员001")
    await service.ok("worker.report", worker="W1", area=AREA, at=ago(service, 48))
    times = {"since": ago(service, 10), "until": ago(service, 8)}
    await service.ok("service.record", service="S1", worker="W1", area=AREA, **times)
    period = {"since": ago(service, 24), "until": ago(service, 1)}
    await service.ok("certificate.issue", certificate="n1", worker="W1", **period)
    await service.rows("certificates")
    return "n1"


def ago(service: Service, hours: float) -> str:
    return (service.muster.clock.now() - timedelta(hours=hours)).isoformat()


async def paper(service: Service, number: str, client: httpx.AsyncClient | None = None) -> httpx.Response:
    return await (client or service.http).get(f"/api/v1/{J}/papers/{number}")


async def trust(service: Service) -> dict[str, Any]:
    async with service.client(None) as anybody:
        return (await anybody.get(f"/api/v1/{J}/public/certificates")).json()


def code_of(file: bytes) -> str:
    """Return the address behind the QR code, which is a link as well."""
    found = re.search(rb"/URI \(([^)]+)\)", file)
    assert found is not None
    return found[1].decode()


async def test_the_paper_is_verified_offline_and_says_what_the_log_shows(service: Service) -> None:
    number = await city(service)
    answer = await paper(service, number)
    assert answer.headers["content-type"] == "application/pdf"
    said = verified(code_of(answer.content), (await trust(service))["key"])
    assert isinstance(said, Paper)
    assert (said.number, said.name, said.home, said.times, said.minutes) == (
        "n1",
        "队员001",
        "伊美区",
        1,
        120,
    )
    assert (await paper(service, number)).content == answer.content
    shown = [row for row in await service.rows("activity") if row["name"] == "personal.revealed"]
    assert len(shown) == 2


async def test_a_correction_revokes_it_and_only_its_number_is_public(service: Service) -> None:
    number = await city(service)
    assert (await trust(service))["revoked"] == []
    await service.ok("service.withdraw", service="S1", reason="error")
    (row,) = await service.rows("certificates")
    assert (row["state"], row["reason"]) == ("revoked", "corrected")
    found = await trust(service)
    assert (found.keys(), found["revoked"]) == (KNOWN, ["n1"])
    answer = await paper(service, number)
    assert (answer.status_code, answer.json()["code"]) == (409, "certificate.revoked")


async def test_who_may_have_the_paper(service: Service) -> None:
    number = await city(service)
    async with await service.as_("worker:W1") as mine:
        assert (await paper(service, number, mine)).status_code == 200
    for scope, more, status in (
        ("worker:W2", {}, 404),
        ("dispatcher", {"areas": ["230718"]}, 404),
        ("viewer", {}, 403),
    ):
        async with await service.as_(scope, **more) as other:
            assert (await paper(service, number, other)).status_code == status, scope
    await service.ok("worker.erase", worker="W1")
    await service.rows("roster")
    assert (await paper(service, number)).json()["code"] == "certificate.nameless"


async def test_nobody_is_told_about_a_place_that_does_not_exist(service: Service) -> None:
    async with service.client(None) as anybody:
        answer = await anybody.get("/api/v1/9907/public/certificates")
    assert answer.status_code == 404


def test_equal_certificates_have_equal_bytes():
    address = f"https://muster.example/certificate#{signed(PAPER, KEY)}"
    assert pdf(PAPER, address) == pdf(PAPER, address)


def test_an_altered_code_is_not_genuine():
    code, key = signed(PAPER, KEY), public_key(KEY)
    assert verified(code, key) == PAPER
    head, body, signature = code.split(".")
    other = public_key(signing_key(b"o" * 32, J))
    for bad, by in (
        (f"{head}.{body[:-4]}AAAA.{signature}", key),
        (f"{head}.{body}.{signature[::-1]}", key),
        (code, other),
        (code, "AA"),
        ("MC2" + code[3:], key),
        ("", key),
    ):
        with pytest.raises(BadCode):
            verified(bad, by)


def test_a_character_that_the_font_lacks_is_not_lost():
    assert drawable("王㐂") == "王[U+3402]"


def test_the_command_line_verifies_without_a_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, code = tmp_path / "trust.json", signed(PAPER, KEY)
    known: dict[str, Any] = {"jurisdiction": J, "key": public_key(KEY), "revoked": []}
    file.write_text(json.dumps(known), "utf-8")
    certificates.verify(code, file, as_json=True)
    assert json.loads(capsys.readouterr().out)["name"] == "队员001"
    certificates.verify(code, file)
    assert "valid" in capsys.readouterr().out
    file.write_text(json.dumps(known | {"revoked": ["n1"]}), "utf-8")
    with pytest.raises(Fail, match="revoked"):
        certificates.verify(code, file)
    with pytest.raises(Fail, match="not genuine"):
        certificates.verify("MC1.AA.AA", file)
    file.write_text("{}", "utf-8")
    with pytest.raises(Fail, match="public/certificates"):
        certificates.verify(code, file)
    with pytest.raises(Fail, match="cannot read"):
        certificates.verify(code, tmp_path / "none")
