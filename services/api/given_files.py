"""Files that callers send: checked, rid of what they did not mean to send, sealed and stored."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from starlette.requests import Request

from services.api.context import muster
from services.api.problems import Problem
from services.files import cleaning
from services.files.form import SealedFile, name_of
from services.files.pictures import BadPicture, Picture, picture
from services.files.recordings import MOST_SECONDS, VOICE, BadRecording, heard

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_CLEAN: Final = MOST_BYTES * 3 // 2
"""Largest size in bytes of a re-encoded picture."""
PICTURES: Final = ("image/jpeg", "image/png", "image/webp")
PDF: Final = "application/pdf"
DOCUMENTS: Final = (*PICTURES, PDF)
"""What evidence may be: pictures, and papers that were written or scanned."""
_DRAWING: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
"""Pictures are decoded one at a time: each may take some 200 MB meanwhile."""


class Given(NamedTuple):
    """A file as it was sent; `said` is what a picture says about itself."""

    media: str
    plain: bytes
    said: Picture | None = None


async def given_file(request: Request, takes: tuple[str, ...]) -> Given:
    """Return the body, whose content must match its type. Raises 413, 415, 422."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in takes:
        raise Problem(415, "media_type")
    plain = await request.body()
    if len(plain) > MOST_BYTES:
        raise Problem(413, "too_large", most=MOST_BYTES)
    if media == VOICE:
        return Given(media, plain)
    if media == PDF:
        if not plain.startswith(b"%PDF-"):
            raise Problem(422, "file.invalid", variant="type")
        return Given(media, plain)
    try:
        found = picture(plain)
    except BadPicture as error:
        raise _bad(error.why) from error
    if found is None or found.media != media:
        raise Problem(422, "file.invalid", variant="type")
    return Given(media, plain, found)


async def cleaned(given: Given) -> Given:
    """Return the file without what its sender did not mean to send; a PDF stays as it is. Raises 422."""
    if given.media == PDF:
        return given
    try:
        if given.said is None:
            return given._replace(plain=heard(given.plain))
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(_DRAWING, cleaning.cleaned, given.plain, given.said, MOST_CLEAN)
        return given._replace(plain=await work)
    except (BadPicture, BadRecording) as error:
        raise _bad(error.why) from error


def _bad(why: str) -> Problem:
    if why == "pixels":
        return Problem(422, "file.invalid", variant="pixels")
    if why == "length":
        return Problem(422, "file.invalid", variant="length", most=MOST_SECONDS)
    if why == "sound":
        return Problem(422, "file.invalid", variant="sound")
    return Problem(422, "file.invalid", variant="damaged")


async def kept(request: Request, jurisdiction: str, subject: str, given: Given, most: int) -> str:
    """Seal and store a file under its subject; return its name. Raises 409, 410."""
    service = muster(request)
    box = await service.vault.seal_file(jurisdiction, subject, given.media, given.plain)
    if box is None:
        raise Problem(410, "file.erased", subject=subject)
    stored = SealedFile(subject, given.media, box).packed()
    name, held = name_of(stored), await service.files.held(jurisdiction, subject)
    if name not in held and len(held) >= most:
        raise Problem(409, "file.too_many", subject=subject, most=most)
    await service.files.put(jurisdiction, name, subject, stored, service.clock.now())
    return name
