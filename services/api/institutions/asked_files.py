"""Photos and recordings that an asker adds to a difficulty, by its receipt."""

import re
from typing import Final

from starlette.requests import Request

from events.difficulty_history import MOST_FILES
from services.api.commands import CommandOutcome, key_of, send_by_service
from services.api.context import Answer
from services.api.given_files import PICTURES, cleaned, given_file, kept
from services.api.institutions.asking import ASKER, RECEIPT, Limits, here, of_receipt
from services.api.phone.sign_in_codes import address
from services.api.problems import Problem
from services.api.reading import arrived
from services.api.routing import operation
from services.decisions.difficulty.commands import Attach
from services.files.recordings import VOICE

_HEADER: Final = "Muster-Receipt"


@operation(
    id="ask_file",
    tag="difficulties",
    body=bytes,
    takes=(*PICTURES, VOICE),
    headers={"Idempotency-Key": "Any UUID; send the same again to retry"},
    optional={_HEADER: "The receipt. A header, not part of the address, so that no request log contains it"},
    problems=(404, 409, 410, 429, 503),
    words={410: "The difficulty was erased", 422: "Not such a picture or recording, or too long"},
    public=True,
)
async def attach(request: Request) -> Answer[CommandOutcome]:
    """Add a photo, or a recording of at most 60 s, to a difficulty by its receipt; 2 MiB and 5 files at most.

    Only what can be seen or heard is kept, without place, time or device, sealed like the text. Recordings
    are WAV files of one channel with 16 bits. No token is needed, and none is read.
    """
    key_of(request)  # raises before anything is stored
    jurisdiction, limits = await here(request), _limits(request)
    limits.files.check(address(request))
    limits.files.note(address(request))
    key = await _told(request, jurisdiction)
    given = await cleaned(await given_file(request, (*PICTURES, VOICE)))
    name = await kept(request, jurisdiction, f"difficulty/{key}", given, MOST_FILES)
    command = Attach(difficulty=key, medium="voice" if given.media == VOICE else "photo", file=name)
    return await send_by_service(request, jurisdiction, ASKER, command, (None, None))


def _limits(request: Request) -> Limits:
    return request.app.state.asking


async def _told(request: Request, jurisdiction: str) -> str:
    """Return the difficulty of the receipt in the header. Raises 404, 429."""
    receipt = request.headers.get(_HEADER, "")
    if not re.fullmatch(RECEIPT, receipt):
        raise Problem(404, "difficulty.no_receipt")
    await arrived(request, jurisdiction)
    return await of_receipt(request, jurisdiction, receipt)
