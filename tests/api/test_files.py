"""Pictures as proof over HTTP: who may add and see them, limits, erasure, verification, transfer."""

import io
import struct
import tarfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from service import J, Service

from services.adapters.folder.files import FolderFiles
from services.files.form import unpack
from services.files.sweeping import sweep
from services.transfer import TransferFailed
from services.transfer.files import export_files, load_files
from services.verify.views import audit

A = "230717"
JPEG = b"\xff\xd8" + b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, 200, 300, 3) + b"plain pixels\xff\xd9"


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


async def upload(client: httpx.AsyncClient, body: bytes = JPEG, media: str = "image/jpeg") -> httpx.Response:
    where = f"/api/v1/{J}/files"
    params = {"subject": "request/R1"}
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
    assert b"plain pixels" not in stored
    assert unpack(stored).subject == "request/R1"
    shown = await read(await city.as_("dispatcher", jurisdictions=[J]), name)
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    assert shown.headers["x-content-type-options"] == "nosniff"
    [told] = await city.rows("activity", name="personal.revealed")
    assert (told["detail"]["view"], told["detail"]["subjects"]) == ("files", ["request/R1"])
    [row] = await city.rows("assignments")
    assert [(one["kind"], one["file"]) for one in row["proofs"]] == [("photo", name)]


async def test_only_those_concerned_add_pictures_and_only_the_desk_sees_them(city: Service):
    name = await attached(city)
    assert (await upload(await city.as_("worker", worker="W2", jurisdictions=[J]))).status_code == 403
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
    await city.muster.files.put(J, name, "request/R1", stored + b"!")
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
