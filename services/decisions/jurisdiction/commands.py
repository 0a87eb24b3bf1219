"""Jurisdiction commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from events.disclosure import Sight
from services.decisions.base import Command, command
from services.decisions.fields import WHOLE, Code, Label
from services.decisions.references import PLAIN


@command("jurisdiction.establish", by="admin")
class Establish(Command):
    """Establish a jurisdiction, before any other command; otherwise it gets the service's time zone."""

    name: Label
    timezone: Annotated[str, PLAIN] = Field(default="Asia/Shanghai", max_length=64, description="IANA name")


Seconds = Annotated[int, Field(ge=10, le=604_800, description="Seconds"), WHOLE]


Four = Annotated[
    tuple[Seconds | None, Seconds | None, Seconds | None, Seconds | None],
    Field(description="Seconds for priority 1 to 4; null = the default"),
]
_NONE: Final = (None, None, None, None)


class GivenTimers(BaseModel):
    """Limits after which silence becomes an alert. Omitted or null = the default (docs/alerts.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    untouched: Four = Field(default=_NONE, description="An open request that nobody was sent to")
    offered: Four = Field(default=_NONE, description="An offer without an answer")
    accepted: Four = Field(default=_NONE, description="Accepted or dispatched, and not moving")
    en_route: Four = Field(default=_NONE, description="Under way and not arrived")
    on_scene: Four = Field(default=_NONE, description="On scene and silent")
    welfare: Seconds | None = Field(default=None, description="Check of people on scene or alone")
    duty: Seconds | None = Field(default=None, description="On duty without a check-out")
    level: Annotated[int, Field(ge=0, le=100), WHOLE] | None = Field(
        default=None, description="Limits until an alert rises one level; 0 = never"
    )


@command("jurisdiction.set_timers", by="admin")
class SetTimers(Command):
    """Choose the limits after which silence becomes an alert; replaces the earlier choice as a whole."""

    timers: GivenTimers


class Sights(BaseModel):
    """What a scope sees: `clear`, `on_demand` (revealed, which is recorded) or `masked`. Null = default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Sight | None = Field(default=None, description="Names of people")
    need: Sight | None = Field(default=None, description="Texts and notes")
    community: Sight | None = Field(default=None, description="Address without house number")
    address: Sight | None = Field(default=None, description="Whole address")
    phone: Sight | None = Field(default=None, description="Phone numbers")


class Rules(BaseModel):
    """Who sees which personal data of the own area. Omitted = the default (docs/privacy.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    viewer: Sights = Sights()
    analyst: Sights = Sights()
    dispatcher: Sights = Sights()


@command("jurisdiction.set_disclosure", by="admin")
class SetDisclosure(Command):
    """Decide who sees which personal data; replaces the earlier rules as a whole."""

    rules: Rules


@command("jurisdiction.move", by="admin")
class Move(Command):
    """End the jurisdiction in this log, so that another log can continue it; see `muster export --move`."""

    to: Label | None = Field(default=None, description="The other log, in words; shown in refusals")


@command("jurisdiction.close", by="admin")
class Close(Command):
    """End the jurisdiction: it takes no commands and leaves the lists, and its log stays as it is."""

    reason: Code | None = None


@command("jurisdiction.reopen", by="admin")
class Reopen(Command):
    """Let a closed jurisdiction take commands again."""


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
