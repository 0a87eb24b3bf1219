"""Commands about the jurisdiction: also the HTTP bodies and the OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.fields import Code, Label
from services.decisions.references import PLAIN


@command("jurisdiction.establish", by="admin")
class Establish(Command):
    """Begin a jurisdiction, before its first other command; without this it takes the service's time zone."""

    name: Label
    timezone: Annotated[str, PLAIN] = Field(default="Asia/Shanghai", max_length=64, description="IANA name")


@command("jurisdiction.move", by="admin")
class Move(Command):
    """End the jurisdiction in this log, so that another one may go on with it; see `muster export --move`."""

    to: Label | None = Field(default=None, description="Which log, in words; whoever is refused reads it")


@command("jurisdiction.resume", by="service")
class Resume(Command):
    """Go on with a jurisdiction that was loaded, from this head; sent by `muster load`."""

    position: int = Field(ge=1)
    hash: Annotated[str, PLAIN] = Field(pattern=r"^[0-9a-f]{64}$")
    source: Label | None = None
    restored: bool = False


@command("personal.reveal", by="service")
class Reveal(Command):
    """Ask to see personal data unmasked. The service sends this itself before it answers."""

    view: Code
    subjects: tuple[Annotated[str, PLAIN], ...]
    purpose: Code | None = None


@command("log.fence", by="service")
class Fence(Command):
    """The service gives up on attempts of its own whose outcome it never learned."""

    commands: tuple[Annotated[str, PLAIN], ...]
