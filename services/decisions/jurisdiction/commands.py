"""Jurisdiction commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.fields import Code, Label
from services.decisions.references import PLAIN


@command("jurisdiction.establish", by="admin")
class Establish(Command):
    """Establish a jurisdiction, before any other command; otherwise it gets the service's time zone."""

    name: Label
    timezone: Annotated[str, PLAIN] = Field(default="Asia/Shanghai", max_length=64, description="IANA name")


@command("jurisdiction.move", by="admin")
class Move(Command):
    """End the jurisdiction in this log, so that another log can continue it; see `muster export --move`."""

    to: Label | None = Field(default=None, description="The other log, in words; shown in refusals")


@command("jurisdiction.resume", by="service")
class Resume(Command):
    """Resume a loaded jurisdiction from this head; sent by `muster load`."""

    position: int = Field(ge=1)
    hash: Annotated[str, PLAIN] = Field(pattern=r"^[0-9a-f]{64}$")
    source: Label | None = None
    restored: bool = False


@command("personal.reveal", by="service")
class Reveal(Command):
    """Reveal personal data unmasked. Sent by the service itself before it answers."""

    view: Code
    subjects: tuple[Annotated[str, PLAIN], ...]
    purpose: Code | None = None


@command("log.fence", by="service")
class Fence(Command):
    """Give up the service's own attempts whose outcome is unknown."""

    commands: tuple[Annotated[str, PLAIN], ...]
