"""Certificates: the paper for callers who may see it, and what is needed to verify one."""

from datetime import timedelta
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from projections.certificates import REVOKED, CertificateRow
from projections.where import lies_in
from services.access import Principal
from services.api.context import Answer, answer, muster, reader
from services.api.institutions.certificate.code import (
    AwardPaper,
    Paper,
    Said,
    public_key,
    signed,
    signing_key,
)
from services.api.parameters import NoParameters, read
from services.api.problems import Problem
from services.api.routing import operation
from services.api.views import record_shown
from services.api.zones import zone_of
from services.application.muster import Muster
from services.base.threads import beside
from services.vault.wrapping import SERVICE
from services.views.port import Query

PDF: Final = "application/pdf"
PAGE: Final = "/certificate"
_FILES: Final = {Paper: "certificate", AwardPaper: "award"}
_MOMENT: Final = timedelta(microseconds=1)


class Trust(Struct, kw_only=True):
    """What is needed to verify the certificates of a jurisdiction, whichever one it is."""

    jurisdiction: str
    key: Annotated[str, Meta(description="Public key (Ed25519), base64url")]
    revoked: Annotated[list[str], Meta(description="Numbers of all certificates that no longer hold")]
    revoked_awards: Annotated[list[str], Meta(description="Numbers of all awards that were revoked")] = []


@operation(id="certificates-trust", tag="public", public=True, problems=(404, 503))
async def trust(request: Request) -> Answer[Trust]:
    """Read the public key of a jurisdiction's papers, and the numbers of those that were revoked.

    Needs no token. It is the same for everybody and names no paper, so that nobody learns which one is being
    verified.
    """
    jurisdiction = request.path_params["jurisdiction"]
    service = muster(request)
    if jurisdiction not in service.commands.jurisdictions():
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction)
    query = Query(filters={"state": [REVOKED]}, sort="key")
    rows, _ = await service.views.snapshot(jurisdiction, {"certificates": query, "awards": query})
    key = signing_key(await secret(service, jurisdiction), jurisdiction)
    found = Trust(
        jurisdiction=jurisdiction,
        key=public_key(key),
        revoked=sorted(key for key, _ in rows["certificates"]),
        revoked_awards=sorted(key for key, _ in rows["awards"]),
    )
    return answer(found, headers={"Cache-Control": "public, max-age=60"})


@operation(id="certificate-paper", tag="views", query=NoParameters, media=PDF, problems=(404, 409, 503))
async def paper(request: Request) -> Response:
    """Download a certificate as a PDF. It shows the name, so that each one is recorded, with who asked.

    Workers get their own ones; others need the right to see personal data.
    """
    jurisdiction, asker = await reader(request)
    read(request, NoParameters, "certificates")
    key = request.path_params["certificate"]
    service = muster(request)
    found: CertificateRow = await theirs(service, jurisdiction, asker, "certificates", key)
    if found.state == REVOKED:
        raise Problem(409, "certificate.revoked", certificate=key)
    said = await _said(service, jurisdiction, found)
    if asker.worker is None:
        await record_shown(request, jurisdiction, "certificates", (f"worker/{found.worker}",), asker)
    return await as_pdf(request, said, await secret(service, jurisdiction))


async def as_pdf(request: Request, said: Said, secret: bytes) -> Response:
    """Answer with a paper, signed."""
    code = signed(said, signing_key(secret, said.jurisdiction))
    file = await beside(_drawn, said, f"{str(request.base_url).rstrip('/')}{PAGE}#{code}")
    return attached(file, PDF, f"{_FILES[type(said)]}-{said.number}.pdf")


def _drawn(said: Said, address: str) -> bytes:
    from services.api.institutions.certificate.paper import (
        pdf,  # not at each start: few processes ever draw one
    )

    return pdf(said, address)


def attached(file: bytes, media: str, name: str) -> Response:
    """Answer with a file that is not kept anywhere on the way."""
    given = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(file, media_type=media, headers=given)


async def theirs(service: Muster, jurisdiction: str, asker: Principal, view: str, key: str) -> Any:
    """Return a row about a worker whose paper the caller may have. Raises 404, 403."""
    row: Any = (await service.views.load(jurisdiction, {view: [key]}))[view].get(key)
    own = asker.worker is not None
    if row is None or not (row.worker == asker.worker if own else lies_in(row, asker.areas)):
        raise Problem(404, "row.unknown", view=view, key=key[:100])
    if not own and not asker.may("reveal"):
        raise Problem(403, "forbidden", variant="reveal", view=view)
    if not own:
        await _require_name(service, jurisdiction, asker, row.worker)
    return row


async def _require_name(service: Muster, jurisdiction: str, asker: Principal, worker: str) -> None:
    """Require that the roster keeps nothing personal of somebody from the caller. Raises 403."""
    person: Any = (await service.views.load(jurisdiction, {"roster": [worker]}))["roster"].get(worker)
    if person is not None and not asker.opens(person):
        raise Problem(403, "forbidden", variant="reveal", view="roster")


async def secret(service: Muster, jurisdiction: str) -> bytes:
    """Return the service key of a jurisdiction, which moves with it."""
    return (await service.vault.keys_of(jurisdiction, ()))[SERVICE] or b""


async def name_of(service: Muster, jurisdiction: str, worker: str) -> str | None:
    """Return somebody's name, opened; None if it is not on record or was erased."""
    found: Any = (await service.views.load(jurisdiction, {"roster": [worker]}))["roster"].get(worker)
    if not found or not found.name:
        return None
    return (await service.vault.keyring(jurisdiction, [f"worker/{worker}"])).open(found.name)


async def _said(service: Muster, jurisdiction: str, row: CertificateRow) -> Paper:
    """Return what a certificate says. Raises 409 if the person's data was erased."""
    asked = {"areas": [row.area], "jurisdictions": [jurisdiction]}
    found: dict[str, dict[str, Any]] = await service.views.load(jurisdiction, asked)
    area = found["areas"].get(row.area)
    here = found["jurisdictions"].get(jurisdiction)
    zone = zone_of(service, here)
    name = await name_of(service, jurisdiction, row.worker)
    if not name:
        raise Problem(409, "certificate.nameless", worker=row.worker)
    return Paper(
        jurisdiction=jurisdiction,
        number=row.certificate,
        name=name,
        home=area.name if area else row.area,
        since=row.since.astimezone(zone).date().isoformat(),
        until=(row.until - _MOMENT).astimezone(zone).date().isoformat(),
        times=row.person_times,
        minutes=row.seconds // 60,
        issued=row.issued_at.astimezone(zone).date().isoformat(),
    )
