"""Certificates: the paper for whoever may see it, and what anybody needs to verify one."""

from datetime import timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from projections.certificates import REVOKED, CertificateRow
from projections.where import lies_in
from services.access import Principal
from services.api.certificate.code import Paper, public_key, signed, signing_key
from services.api.certificate.paper import pdf
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import NoParameters, read
from services.api.problems import Problem
from services.api.routing import operation
from services.api.views import record_shown
from services.application.muster import Muster
from services.base.threads import beside
from services.vault.wrapping import SERVICE
from services.views.port import Query

PDF: Final = "application/pdf"
PAGE: Final = "/certificate"
_MOMENT: Final = timedelta(microseconds=1)


class Trust(Struct, kw_only=True):
    """What is needed to verify the certificates of a jurisdiction, whichever one it is."""

    jurisdiction: str
    key: Annotated[str, Meta(description="Public key (Ed25519), base64url")]
    revoked: Annotated[list[str], Meta(description="Numbers of all certificates that no longer hold")]


@operation(id="certificates-trust", tag="public", public=True, problems=(404, 503))
async def trust(request: Request) -> Answer[Trust]:
    """Read the public key of a jurisdiction's certificates, and the numbers of those that were revoked.

    Needs no token. It is the same for everybody and names no certificate, so that nobody learns which one is
    being verified.
    """
    jurisdiction = request.path_params["jurisdiction"]
    service = muster(request)
    if jurisdiction not in service.commands.jurisdictions():
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction)
    query = Query(filters={"state": [REVOKED]}, sort="key")
    rows, _ = await service.views.snapshot(jurisdiction, {"certificates": query})
    key = signing_key(await _secret(service, jurisdiction), jurisdiction)
    found = Trust(
        jurisdiction=jurisdiction, key=public_key(key), revoked=sorted(key for key, _ in rows["certificates"])
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
    found: Any = (await service.views.load(jurisdiction, {"certificates": [key]}))["certificates"].get(key)
    if found is None or not _theirs(found, asker):
        raise Problem(404, "row.unknown", view="certificates", key=key[:100])
    if asker.worker is None and not asker.may("reveal"):
        raise Problem(403, "forbidden", variant="reveal", view="certificates")
    if found.state == REVOKED:
        raise Problem(409, "certificate.revoked", certificate=key)
    said = await _said(service, jurisdiction, found)
    if asker.worker is None:
        await record_shown(request, jurisdiction, "certificates", (f"worker/{found.worker}",), asker)
    code = signed(said, signing_key(await _secret(service, jurisdiction), jurisdiction))
    file = await beside(pdf, said, f"{str(request.base_url).rstrip('/')}{PAGE}#{code}")
    given = {
        "Content-Disposition": f'attachment; filename="certificate-{key}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(file, media_type=PDF, headers=given)


def _theirs(row: CertificateRow, asker: Principal) -> bool:
    return row.worker == asker.worker if asker.worker is not None else lies_in(row, asker.areas)


async def _secret(service: Muster, jurisdiction: str) -> bytes:
    """Return the service key of a jurisdiction, which moves with it."""
    return (await service.vault.keys_of(jurisdiction, ()))[SERVICE] or b""


async def _said(service: Muster, jurisdiction: str, row: CertificateRow) -> Paper:
    """Return what a certificate says. Raises 409 if the person's data was erased."""
    asked = {"roster": [row.worker], "areas": [row.area], "jurisdictions": [jurisdiction]}
    found: dict[str, dict[str, Any]] = await service.views.load(jurisdiction, asked)
    person, area = found["roster"].get(row.worker), found["areas"].get(row.area)
    here = found["jurisdictions"].get(jurisdiction)
    zone = ZoneInfo(here.timezone if here else service.timezone)
    name = person.name if person else None
    if name:
        subject = f"worker/{row.worker}"
        name = (await service.vault.keyring(jurisdiction, [subject])).open(name)
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
