"""Files over HTTP: pictures as proof of what was done, sealed under their request."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from projections.assignments import AssignmentRow
from projections.requests import RequestRow
from services.access import Principal
from services.api.commands import commander
from services.api.context import Answer, answer, muster, reader
from services.api.parameters import NoParameters, Parameters, read
from services.api.problems import Problem
from services.api.reading import own_team
from services.api.routing import operation
from services.api.views import record_shown
from services.files.cleaning import cleaned
from services.files.form import BadFile, SealedFile, is_name, name_of, unpack
from services.files.pictures import BadPicture, Picture, picture
from services.vault import BadToken, NoKey
from services.views.port import Query

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_CLEAN: Final = MOST_BYTES * 3 // 2
"""Bytes of a picture once it is drawn anew."""
LATE: Final = timedelta(days=3)
"""How long after the end of their task a worker may still add pictures: a phone may have been offline."""
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


_DRAWING: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
"""Pictures are decoded one at a time: each may take some 200 MB meanwhile."""


class UploadParameters(Parameters):
    """Whose picture it is."""

    subject: Annotated[str, Field(description="request/ID", pattern=r"^request/\w[\w.\-]{0,63}$")]


class Uploaded(Struct):
    """An uploaded file."""

    file: Annotated[str, Meta(description="Its name, for assignment.attach_proof")]


class _Given(NamedTuple):
    said: Picture
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

    Only what can be seen is kept, without place, time or device. Sending the same bytes again answers the
    same name. Attach it with assignment.attach_proof within a day: what is never attached is deleted.
    """
    jurisdiction, asker = await commander(request, "assignment.attach_proof")
    subject = read(request, UploadParameters, "files").subject
    given = await _picture(request)
    await _their_request(request, jurisdiction, asker, subject)
    await _their_task(request, jurisdiction, asker, subject)
    given = await _clean(given)
    service = muster(request)
    box = await service.vault.seal_file(jurisdiction, subject, given.said.media, given.plain)
    if box is None:
        raise Problem(410, "file.erased", subject=subject)
    stored = SealedFile(subject, given.said.media, box).packed()
    name, held = name_of(stored), await service.files.held(jurisdiction, subject)
    if name not in held and len(held) >= MOST_FILES:
        raise Problem(409, "file.too_many", subject=subject, most=MOST_FILES)
    await service.files.put(jurisdiction, name, subject, stored, service.clock.now())
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
        raise _bad(error) from error
    if found is None or found.media != media:
        raise Problem(422, "file.invalid", variant="type")
    return _Given(found, plain)


async def _clean(given: _Given) -> _Given:
    """Return the picture without what its sender did not mean to send. Raises 422."""
    loop = asyncio.get_running_loop()
    try:
        plain = await loop.run_in_executor(_DRAWING, cleaned, given.plain, given.said, MOST_CLEAN)
    except BadPicture as error:
        raise _bad(error) from error
    return _Given(given.said, plain)


def _bad(error: BadPicture) -> Problem:
    if error.why == "pixels":
        return Problem(422, "file.invalid", variant="pixels")
    return Problem(422, "file.invalid", variant="damaged")


async def _their_request(request: Request, jurisdiction: str, asker: Principal, subject: str) -> RequestRow:
    """Return the request, which the caller must see. Raises 404."""
    key, views = subject.removeprefix(_KIND), muster(request).views
    row: Any = (await views.load(jurisdiction, {"requests": [key]}))["requests"].get(key)
    if row is None or not asker.sees(row):
        raise _unknown(key)
    return row


def _unknown(key: str) -> Problem:
    return Problem(404, "row.unknown", view="requests", key=key)


async def _their_task(request: Request, jurisdiction: str, asker: Principal, subject: str) -> None:
    """Require of a worker a task of this request, theirs or their team's, not long over.

    Raises 403, and 404 if they never had one: then they may not know of the request.
    """
    if asker.worker is None:
        return
    units = [asker.worker, await own_team(request, jurisdiction, asker)]
    key = subject.removeprefix(_KIND)
    mine = Query(filters={"request": [key], "unit": [one for one in units if one]}, limit=200)
    rows: Any = (await muster(request).views.query(jurisdiction, "assignments", mine)).items
    if not rows:
        raise _unknown(key)
    now = muster(request).clock.now()
    if not any(_takes_pictures(row, now) for _, row in rows):
        raise Problem(403, "forbidden", variant="file")


def _takes_pictures(row: AssignmentRow, now: datetime) -> bool:
    """Whether the task was begun, as for `assignment.attach_proof`, and is live or ended lately."""
    begun = row.accepted_at or row.dispatched_at
    return begun is not None and (row.ended_at is None or now - row.ended_at <= LATE)


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
    try:
        await _their_request(request, jurisdiction, asker, sealed.subject)
    except Problem as error:
        raise _no_file(name) from error
    service = muster(request)
    try:
        plain = await service.vault.open_file(jurisdiction, sealed.subject, sealed.media, sealed.box)
    except (BadToken, NoKey) as error:
        raise Problem(409, "file.unreadable", file=name) from error
    if plain is None:
        raise Problem(410, "file.erased", subject=sealed.subject)
    await record_shown(request, jurisdiction, "files", (sealed.subject,), asker)
    return Response(plain, media_type=sealed.media, headers=_INERT)


def _no_file(name: str) -> Problem:
    return Problem(404, "file.unknown", file=name[:64])


async def _stored(request: Request, jurisdiction: str, name: str) -> SealedFile:
    stored = await muster(request).files.get(jurisdiction, name) if is_name(name) else None
    if stored is None:
        raise _no_file(name)
    try:
        return unpack(stored)
    except BadFile as error:
        raise Problem(409, "file.unreadable", file=name) from error
