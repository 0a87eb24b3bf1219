"""Files over HTTP: proof of work, and photos and recordings of difficulties, sealed under their subject."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from msgspec import Meta, Struct
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from projections.assignments import AssignmentRow
from services.access import Principal
from services.api.commands import commander
from services.api.context import Answer, answer, muster, reader
from services.api.given_files import DOCUMENTS, PDF, PICTURES, cleaned, given_file, kept
from services.api.named_files import NAMING
from services.api.parameters import NoParameters, Parameters, read
from services.api.problems import Problem
from services.api.reading import own_team, row_of
from services.api.routing import operation
from services.api.views import record_shown
from services.files.form import BadFile, SealedFile, is_name, unpack
from services.vault import BadToken, NoKey
from services.views.port import Query

LATE: Final = timedelta(days=3)
"""How long after the end of their task a worker may still add pictures: a phone may have been offline."""
MOST_FILES: Final = 40
"""Files of one request, so that a stolen phone cannot fill the disk."""
_KIND: Final = "request/"
_ATTACHING: Final = {kind: command.NAME for command, kind in NAMING.items()}
"""Command that names an uploaded file, by kind of subject."""
_TAKEN: Final = {"duty_item": DOCUMENTS, "undertaking": DOCUMENTS}
"""What may be uploaded besides pictures, by kind of subject."""
_VIEWS: Final = {
    "request": "requests",
    "difficulty": "difficulties",
    "inspection": "inspections",
    "duty_item": "duty_items",
    "undertaking": "undertakings",
}
"""View of those who have files, by kind."""
_INERT: Final = {
    "Cache-Control": "no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""A file opened by its address must not be able to do anything."""


class UploadParameters(Parameters):
    """Whose picture it is."""

    subject: Annotated[
        str,
        Field(
            description="request/ID, inspection/ID, duty_item/ID or undertaking/ID",
            pattern=rf"^({'|'.join(_ATTACHING)})/\w[\w.\-]{{0,63}}$",
        ),
    ]


class Uploaded(Struct):
    """An uploaded file."""

    file: Annotated[str, Meta(description=f"Its name, for {', '.join(_ATTACHING.values())}")]


@operation(
    id="upload",
    tag="files",
    query=UploadParameters,
    body=bytes,
    takes=DOCUMENTS,
    problems=(409, 410, 503),
    words={410: "The subject's personal data was erased", 422: "Not a valid file, or too many pixels"},
)
async def upload(request: Request) -> Answer[Uploaded]:
    """Store a JPEG, PNG or WebP picture of at most 2 MiB, sealed under its subject; of duties and
    undertakings also a PDF.

    Of a picture only what can be seen is kept, without place, time or device. Sending the same bytes again
    answers the same name. Name it in assignment.attach_proof, inspection.report, duty_item.show or
    undertaking.evidence within a day: what is never named is deleted.
    """
    kind = request.query_params.get("subject", "").partition("/")[0]
    jurisdiction, asker = await commander(request, _ATTACHING.get(kind, _ATTACHING["request"]))
    subject = read(request, UploadParameters, "files").subject
    given = await given_file(request, _TAKEN.get(kind, PICTURES))
    await _their_request(request, jurisdiction, asker, subject)
    if subject.startswith(_KIND):
        await _their_task(request, jurisdiction, asker, subject)
    name = await kept(request, jurisdiction, subject, await cleaned(given), MOST_FILES)
    return answer(Uploaded(name))


async def _their_request(request: Request, jurisdiction: str, asker: Principal, subject: str) -> None:
    """Require that the caller sees whose file it is: a request, a difficulty or a duty. Raises 404."""
    kind, _, key = subject.partition("/")
    view = _VIEWS[kind]
    row = await row_of(request, jurisdiction, view, key)
    if row is None or not asker.sees(row) or (kind == "inspection" and not _inspects(asker, row)):
        raise _unknown(key, view)


def _inspects(asker: Principal, row: Any) -> bool:
    """Whether somebody may give or see the picture of an inspection: a worker of those they make."""
    return asker.worker is None or asker.worker == row.inspector


def _unknown(key: str, view: str = "requests") -> Problem:
    return Problem(404, "row.unknown", view=view, key=key)


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


@operation(id="file", tag="files", query=NoParameters, media="*/*", problems=(409, 410, 503))
async def download(request: Request) -> Response:
    """Read a picture, a PDF or a recording. Every one that is shown is recorded, with who asked.

    Needs the right to see personal data, and the subject must lie in the token's areas.
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
    headers = _INERT | {"Content-Disposition": "attachment"} if sealed.media == PDF else _INERT
    return Response(plain, media_type=sealed.media, headers=headers)


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
