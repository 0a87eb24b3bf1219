"""Pictures as proof over HTTP: who may add and see them, limits, erasure, verification, transfer."""

import io
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from service import J, Service

from events.commit import Head
from services.adapters.folder.files import FolderFiles
from services.api.files import LATE
from services.files.form import unpack
from services.files.sweeping import KEPT, USABLE, sweep, sweep_unattached
from services.transfer import TransferFailed
from services.transfer.files import export_files, load_files
from services.verify.views import audit
from tests.photos import SECRETS, photo

A = "230717"
JPEG = photo()


@pytest.fixture
async def city(service: Service) -> Service:
    """Set up W1 on R1, W2 on nothing."""
    await service.ok("area.define", area=A, name="County 1")
    for worker in ("W1", "W2"):
        await service.ok("worker.register", worker=worker, role="courier")
        await service.ok("worker.check_in", worker=worker, area=A)
    await service.ok("request.open", request="R1", category="grocery", area=A, contact_name="Test Person 1")
    await service.ok("assignment.dispatch", assignment="A1", request="R1", worker="W1")
    return service


async def upload(
    client: httpx.AsyncClient, body: bytes = JPEG, media: str = "image/jpeg", to: str = "R1"
) -> httpx.Response:
    where = f"/api/v1/{J}/files"
    params = {"subject": f"request/{to}"}
    return await client.post(where, params=params, content=body, headers={"Content-Type": media})


async def uploaded(service: Service) -> str:
    answer = await upload(await service.as_("worker", worker="W1", jurisdictions=[J]))
    assert answer.status_code == 200, answer.text
    return answer.json()["file"]


async def attached(service: Service) -> str:
    """Attach a photo to A1 and return its name."""
    name = await uploaded(service)
    await service.ok("assignment.attach_proof", assignment="A1", request="R1", kind="photo", file=name)
    return name


async def read(client: httpx.AsyncClient, name: str) -> httpx.Response:
    return await client.get(f"/api/v1/{J}/files/{name}")


async def findings(service: Service) -> list[str]:
    muster = service.muster
    report = await audit(muster.log, muster.views, J, files=muster.files)
    return [one.code for one in report.findings]


async def test_a_picture_is_stored_sealed_once_and_shown_with_a_record(city: Service):
    name = await attached(city)
    assert await uploaded(city) == name
    stored = await city.muster.files.get(J, name)
    assert stored is not None
    assert b"JFIF" not in stored
    assert unpack(stored).subject == "request/R1"
    shown = await read(await city.as_("dispatcher", jurisdictions=[J]), name)
    assert (shown.content[:3], shown.headers["content-type"]) == (JPEG[:3], "image/jpeg")
    assert not any(secret in shown.content for secret in SECRETS)
    assert shown.headers["x-content-type-options"] == "nosniff"
    [told] = await city.rows("activity", name="personal.revealed")
    assert (told["detail"]["view"], told["detail"]["subjects"]) == ("files", ["request/R1"])
    [row] = await city.rows("assignments")
    assert [(one["kind"], one["file"]) for one in row["proofs"]] == [("photo", name)]


async def test_only_those_concerned_add_pictures_and_only_the_desk_sees_them(city: Service):
    name = await attached(city)
    assert (await upload(await city.as_("worker", worker="W2", jurisdictions=[J]))).status_code == 404
    assert (await upload(await city.as_("viewer", jurisdictions=[J]))).status_code == 403
    elsewhere = await city.as_("dispatcher", jurisdictions=[J], areas=["230718"])
    assert (await upload(elsewhere)).status_code == 404
    assert (await read(elsewhere, name)).status_code == 404
    for scope in ({"worker": "W1"}, {}):
        client = await city.as_("worker" if scope else "viewer", jurisdictions=[J], **scope)
        assert (await read(client, name)).status_code == 403
    assert (await read(city.http, "ab" * 32)).json()["code"] == "file.unknown"


@pytest.mark.parametrize(
    ("body", "media", "status", "code"),
    [
        (b"<svg/>", "image/svg+xml", 415, "media_type"),
        (b"<svg/>", "image/jpeg", 422, "file.invalid"),
        (JPEG, "image/png", 422, "file.invalid"),
        (JPEG[:-200], "image/jpeg", 422, "file.invalid"),
        (JPEG + b"\0" * 2 * 1024 * 1024, "image/jpeg", 413, "too_large"),
    ],
)
async def test_what_is_no_small_picture_is_refused(
    city: Service, body: bytes, media: str, status: int, code: str
):
    answer = await upload(city.http, body, media)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_proof_names_only_what_was_uploaded_for_its_request(city: Service):
    given: dict[str, Any] = {"assignment": "A1", "request": "R1", "kind": "photo", "file": "ab" * 32}
    answer = await city.send("assignment.attach_proof", **given)
    assert (answer.status_code, answer.json()["code"]) == (409, "file.unknown")


async def test_erasing_the_request_erases_its_pictures(city: Service):
    name = await attached(city)
    await city.ok("request.erase", request="R1")
    await sweep(city.muster.files, city.muster.vault, J)
    assert await city.muster.files.get(J, name) is None
    assert (await upload(city.http)).json()["code"] == "file.erased"
    assert await findings(city) == []


async def test_verification_reports_missing_and_modified_pictures(city: Service):
    name = await attached(city)
    assert await findings(city) == []
    stored = await city.muster.files.get(J, name)
    assert stored is not None
    await city.muster.files.erase(J, ["request/R1"])
    assert await findings(city) == ["file"]
    await city.muster.files.put(J, name, "request/R1", stored + b"!", datetime.now(UTC))
    assert await findings(city) == ["file"]
    assert (await read(city.http, name)).json()["code"] == "file.unreadable"


async def test_pictures_are_moved_as_they_are(city: Service, tmp_path: Path):
    name = await attached(city)
    archive = tmp_path / "pictures.tar"
    assert (await export_files(city.muster.files, J, archive)).files == 1
    other = FolderFiles(tmp_path / "other")
    assert [one.files for one in await load_files(other, archive)] == [1]
    assert await other.get(J, name) == await city.muster.files.get(J, name)
    archive.write_bytes(archive.read_bytes().replace(b"image/jpeg", b"image/jpfg"))
    with pytest.raises(TransferFailed):
        await load_files(other, archive)


async def test_no_archive_leads_out_of_its_folder(city: Service, tmp_path: Path):
    name, archive = await attached(city), tmp_path / "pictures.tar"
    stored = await city.muster.files.get(J, name)
    assert stored is not None
    with tarfile.open(archive, "w") as made:
        about = tarfile.TarInfo(f"../{name}")
        about.size = len(stored)
        made.addfile(about, io.BytesIO(stored))
    with pytest.raises(TransferFailed):
        await load_files(FolderFiles(tmp_path / "other" / "files"), archive)
    assert not (tmp_path / "other").exists()


async def test_a_worker_adds_pictures_only_to_what_they_took_on(city: Service):
    """Not for an offer, nor long after the end; a phone that was offline may still send its own."""
    await city.ok("request.open", request="R2", category="grocery", area=A)
    await city.ok("assignment.offer", assignment="A2", request="R2", worker="W2")
    phone = await city.as_("worker", worker="W2", jurisdictions=[J])
    assert (await upload(phone, to="R2")).status_code == 403
    await city.ok("assignment.accept", assignment="A2")
    assert (await upload(phone, to="R2")).status_code == 200
    await city.ok("assignment.release", assignment="A2", reason="recalled")
    assert (await upload(phone, to="R2")).status_code == 200
    await city.ok("request.open", request="R3", category="grocery", area=A)
    ago = datetime.now(UTC) - LATE
    told = {"worker": "W2", "observed": True}
    begun, over = ((ago - timedelta(minutes=minutes)).isoformat() for minutes in (20, 10))
    await city.ok("assignment.dispatch", assignment="A3", request="R3", at=begun, **told)
    await city.ok("assignment.done", assignment="A3", at=over, observed=True)
    assert (await upload(phone, to="R3")).json()["code"] == "forbidden"


@pytest.mark.parametrize("proof", ["photo", "code"])
async def test_a_proof_sent_again_after_the_erasure_is_answered_as_the_first_time(city: Service, proof: str):
    given: dict[str, Any] = {"assignment": "A1", "request": "R1", "kind": proof}
    given |= {"file": await uploaded(city)} if proof == "photo" else {"code": "river"}
    key = str(uuid4())
    first = await city.send("assignment.attach_proof", key=key, **given)
    await city.ok("request.erase", request="R1")
    await sweep(city.muster.files, city.muster.vault, J)
    again = await city.send("assignment.attach_proof", key=key, **given)
    assert again.json() == {**first.json(), "outcome": "known"}
    anew = await city.send("assignment.attach_proof", **given)
    assert anew.json()["code"] == ("file.unknown" if proof == "photo" else "subject.erased")


async def swept(city: Service, after: timedelta) -> int:
    muster, now = city.muster, datetime.now(UTC) + after
    return await sweep_unattached(muster.files, muster.log, muster.views, J, now)


async def test_a_picture_never_attached_is_deleted_after_two_days(city: Service):
    kept = await attached(city)
    loose = (await upload(city.http, photo("PNG"), "image/png")).json()["file"]
    assert await swept(city, KEPT - timedelta(minutes=1)) == 0
    assert await swept(city, KEPT + timedelta(minutes=1)) == 1
    assert set(await city.muster.files.held(J, "request/R1")) == {kept}
    assert await city.muster.files.get(J, loose) is None
    assert await findings(city) == []


async def test_only_a_picture_of_the_last_day_can_be_attached(city: Service):
    """Whoever attaches one must not race with its deletion."""
    name = await uploaded(city)
    stored = await city.muster.files.get(J, name)
    assert stored is not None
    old = datetime.now(UTC) - USABLE - timedelta(minutes=1)
    await city.muster.files.put(J, name, "request/R1", stored, old)
    given: dict[str, Any] = {"assignment": "A1", "request": "R1", "kind": "photo", "file": name}
    assert (await city.send("assignment.attach_proof", **given)).json()["code"] == "file.unknown"
    assert await uploaded(city) == name
    assert (await city.send("assignment.attach_proof", **given)).status_code == 200


@pytest.mark.parametrize("gone", ["log", "views", "requests"])
async def test_nothing_is_deleted_while_the_views_may_not_show_what_is_attached(
    city: Service, gone: str, monkeypatch: pytest.MonkeyPatch
):
    """After a restore, files may be there before the log, and the log before its views."""
    await uploaded(city)
    muster, behind = city.muster, Head(1, "ab" * 32)
    shown: dict[str, Any] = {
        "log": (muster.log, "end", Head()),
        "views": (muster.views, "head", behind),
        "requests": (muster.views, "load", {"requests": {"R1": None}}),
    }
    part, name, answer = shown[gone]

    async def told(*_: Any) -> Any:
        return answer

    monkeypatch.setattr(part, name, told)
    assert await swept(city, 2 * KEPT) == 0
    monkeypatch.undo()
    assert await swept(city, 2 * KEPT) == 1
