"""Commands that name a file: it must have been uploaded for what the command is about, within a day."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from services.api.context import muster
from services.decisions.assignment.commands import AttachProof
from services.decisions.base import Command
from services.decisions.duty_item.commands import Show
from services.decisions.inspection.commands import ReportInspection
from services.decisions.undertaking.commands import AddEvidence
from services.files.sweeping import USABLE

NAMING: Final[Mapping[type[Command], str]] = {
    AttachProof: "request",
    ReportInspection: "inspection",
    Show: "duty_item",
    AddEvidence: "undertaking",
}
"""Command -> the kind of whose its file is, and the field that holds its id."""


def file_of(command: Command) -> tuple[str, str] | None:
    """Return (subject, file) of a command that names a file."""
    kind = NAMING.get(type(command))
    file: str | None = getattr(command, "file") if kind else None  # noqa: B009
    return (f"{kind}/{getattr(command, kind)}", file) if kind and file else None


async def is_there(request: Request, jurisdiction: str, subject: str, file: str) -> bool:
    """Whether the file was uploaded for this subject, not so long ago that it may be deleted by now."""
    service = muster(request)
    put = (await service.files.held(jurisdiction, subject)).get(file)
    return put is not None and service.clock.now() - put <= USABLE
