"""Files over HTTP: pictures as proof of what was done, sealed under their request."""

from typing import Annotated, Any, Final, NamedTuple

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from projections.requests import RequestRow
from services.access import Principal
from services.api.commands import commander
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import NoParameters, Parameters, read
from services.api.problems import Problem
from services.api.reading import own_team
from services.api.routing import operation
from services.api.views import record_shown
from services.files.form import BadFile, SealedFile, is_name, name_of, unpack
from services.files.pictures import BadPicture, picture
from services.vault import BadToken, NoKey
from services.views.port import Query

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_FILES: Final = 40
"""Files of one request, so that a stolen phone cannot fill the disk."""
TYPES: Final = ("image/jpeg", "image/png", "image/webp")
_KIND: Final = "request/"
_INERT: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""A picture opened by its address must not be able to do anything."""


class UploadParameters(Parameters):
    """Whose picture it is."""

    subject: Annotated[str, Field(description="request/ID", pattern=r"^request/\w[\w.\-]{0,63}$")]


class Uploaded(Struct):
    """An uploaded file."""

    file: Annotated[str, Meta(description="Its name, for assignment.attach_proof")]


class _Given(NamedTuple):
    media: str
    plain: bytes


@operation(
    id="upload",
    tag="files",
    query=UploadParameters,
    body=bytes,
    takes=TYPES,
    problems=(409, 410, 503),
    words={410: "The request's personal data was erased", 422: "Not such a picture, or too many pixels"},
)
async def upload(request: Request) -> Answer[Uploaded]:
    """Store a JPEG, PNG or WebP picture of at most 2 MiB, sealed under its request.

    Sending the same bytes again answers the same name. Attach it with assignment.attach_proof.
    """
    jurisdiction, asker = await commander(request, "assignment.attach_proof")
    subject = read(request, UploadParameters, "files").subject
    given = await _picture(request)
    await _their_request(request, jurisdiction, asker, subject)
    service = muster(request)
    box = await service.vault.seal_file(jurisdiction, subject, given.media, given.plain)
    if box is None:
        raise Problem(410, "file.erased", subject=subject)
    stored = SealedFile(subject, given.media, box).packed()
    name, held = name_of(stored), await service.files.held(jurisdiction, subject)
    if name not in held and len(held) >= MOST_FILES:
        raise Problem(409, "file.too_many", subject=subject, most=MOST_FILES)
    await service.files.put(jurisdiction, name, subject, stored)
    return answer(Uploaded(name))


async def _picture(request: Request) -> _Given:
    """Return the body, which must be the kind of picture that it says. Raises 413, 415, 422."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in TYPES:
        raise Problem(415, "media_type")
    plain = await request.body()
    if len(plain) > MOST_BYTES:
        raise Problem(413, "too_large", most=MOST_BYTES)
    try:
        found = picture(plain)
    except BadPicture as error:
        if error.why == "pixels":
            raise Problem(422, "file.invalid", variant="pixels") from error
        raise Problem(422, "file.invalid", variant="damaged") from error
    if found is None or found.media != media:
        raise Problem(422, "file.invalid", variant="type")
    return _Given(media, plain)


async def _their_request(request: Request, jurisdiction: str, asker: Principal, subject: str) -> RequestRow:
    """Return the request, which the caller must be concerned with. Raises 403, 404."""
    key, views = subject.removeprefix(_KIND), muster(request).views
    row: Any = (await views.load(jurisdiction, {"requests": [key]}))["requests"].get(key)
    if row is None or not asker.sees(row):
        raise Problem(404, "row.unknown", view="requests", key=key)
    if asker.worker is not None:
        units = [asker.worker, await own_team(request, jurisdiction, asker)]
        mine = Query(filters={"request": [key], "unit": [one for one in units if one]}, limit=1)
        if not (await views.query(jurisdiction, "assignments", mine)).items:
            raise Problem(403, "forbidden", variant="file")
    return row


@operation(id="file", tag="files", query=NoParameters, media="image/*", problems=(409, 410, 503))
async def download(request: Request) -> Response:
    """Read a picture. Every one that is shown is recorded, with who asked.

    Needs the right to see personal data, and the request must lie in the token's areas.
    """
    jurisdiction, asker = await reader(request)
    read(request, NoParameters, "files")
    if not asker.may("reveal"):
        raise Problem(403, "forbidden", variant="reveal", view="files")
    name = request.path_params["file"]
    sealed = await _stored(request, jurisdiction, name)
    await _their_request(request, jurisdiction, asker, sealed.subject)
    service = muster(request)
    try:
        plain = await service.vault.open_file(jurisdiction, sealed.subject, sealed.media, sealed.box)
    except (BadToken, NoKey) as error:
        raise Problem(409, "file.unreadable", file=name) from error
    if plain is None:
        raise Problem(410, "file.erased", subject=sealed.subject)
    await record_shown(request, jurisdiction, "files", (sealed.subject,), asker)
    return Response(plain, media_type=sealed.media, headers=_INERT)


async def _stored(request: Request, jurisdiction: str, name: str) -> SealedFile:
    stored = await muster(request).files.get(jurisdiction, name) if is_name(name) else None
    if stored is None:
        raise Problem(404, "file.unknown", file=name[:64])
    try:
        return unpack(stored)
    except BadFile as error:
        raise Problem(409, "file.unreadable", file=name) from error
