"""Awards on paper and as Open Badges, for callers who may see the name; and the list of revoked badges for
everybody."""

from datetime import UTC
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from projections.awards import REVOKED, AwardRow
from services.api.context import Answer, answer, muster, reader
from services.api.institutions.certificate.badge import MEDIA, badge, issuer, urn
from services.api.institutions.certificate.code import AwardPaper, public_key, signing_key
from services.api.institutions.certificates import PDF, as_pdf, attached, name_of, secret, theirs
from services.api.parameters import NoParameters, read
from services.api.problems import Problem
from services.api.routing import operation
from services.api.views import record_shown
from services.api.zones import zone_of
from services.application.muster import Muster
from services.views.port import Query

REVOKED_LIST: Final = "public/badges/revoked"
_PROBLEMS: Final = (404, 409, 503)


class RevokedBadge(Struct, kw_only=True):
    """One badge that no longer holds."""

    id: Annotated[str, Meta(description="Id of the credential")]
    revoked: bool = True


class RevokedBadges(Struct, kw_only=True, rename={"revoked": "revokedCredential"}):
    """All badges of a jurisdiction that were revoked, as 1EdTech's revocation list has them."""

    id: str
    issuer: str
    revoked: list[RevokedBadge]


@operation(id="award-paper", tag="views", query=NoParameters, media=PDF, problems=_PROBLEMS)
async def paper(request: Request) -> Response:
    """Download an award as a PDF. It shows the name, so that each one is recorded, with who asked.

    Workers get their own ones; others need the right to see personal data.
    """
    _, said = await _said(request)
    return await as_pdf(request, said, await secret(muster(request), said.jurisdiction))


@operation(id="award-badge", tag="views", query=NoParameters, media=MEDIA, problems=_PROBLEMS)
async def as_badge(request: Request) -> Response:
    """Download an award as Open Badges 3.0, signed as a VC-JWT. It shows the name, which is recorded.

    Workers get their own ones; others need the right to see personal data.
    """
    row, said = await _said(request)
    key = signing_key(await secret(muster(request), said.jurisdiction), said.jurisdiction)
    made = badge(said, row.granted_at.astimezone(UTC), key, _list(request, said.jurisdiction))
    return attached(made.encode(), MEDIA, f"award-{said.number}.jwt")


@operation(id="badges-revoked", tag="public", public=True, problems=(404, 503))
async def revoked(request: Request) -> Answer[RevokedBadges]:
    """List the badges that no longer hold, as 1EdTech's revocation list.

    Needs no token. It is the same for everybody, so that nobody learns which badge is being verified.
    """
    jurisdiction = request.path_params["jurisdiction"]
    service = muster(request)
    if jurisdiction not in service.commands.jurisdictions():
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction)
    query = Query(filters={"state": [REVOKED]}, sort="key")
    rows, _ = await service.views.snapshot(jurisdiction, {"awards": query})
    key = public_key(signing_key(await secret(service, jurisdiction), jurisdiction))
    found = RevokedBadges(
        id=_list(request, jurisdiction),
        issuer=issuer(key),
        revoked=[RevokedBadge(id=urn(jurisdiction, "award", number)) for number, _ in rows["awards"]],
    )
    return answer(found, headers={"Cache-Control": "public, max-age=60"})


def _list(request: Request, jurisdiction: str) -> str:
    return f"{str(request.base_url).rstrip('/')}/api/v1/{jurisdiction}/{REVOKED_LIST}"


async def _said(request: Request) -> tuple[AwardRow, AwardPaper]:
    """Return an award that holds, and what its paper says. Raises 403, 404, 409."""
    jurisdiction, asker = await reader(request)
    read(request, NoParameters, "awards")
    service = muster(request)
    row: AwardRow = await theirs(service, jurisdiction, asker, "awards", request.path_params["award"])
    if row.state == REVOKED:
        raise Problem(409, "award.revoked", award=row.award)
    name = await name_of(service, jurisdiction, row.worker)
    if not name:
        raise Problem(409, "award.nameless", worker=row.worker)
    if asker.worker is None:
        await record_shown(request, jurisdiction, "awards", (f"worker/{row.worker}",), asker)
    return row, await _paper(service, jurisdiction, row, name)


async def _paper(service: Muster, jurisdiction: str, row: AwardRow, name: str) -> AwardPaper:
    found: Any = await service.views.load(jurisdiction, {"jurisdictions": [jurisdiction]})
    here = found["jurisdictions"].get(jurisdiction)
    zone = zone_of(service, here)
    return AwardPaper(
        jurisdiction=jurisdiction,
        number=row.award,
        name=name,
        title=row.title,
        giver=(here.name if here else None) or jurisdiction,
        granted=row.granted_at.astimezone(zone).date().isoformat(),
        deeds=row.deed_count,
        shown=row.shown,
        times=row.person_times,
        minutes=row.seconds // 60,
    )
