"""What one command centre commands: its name and time zone."""

from collections.abc import Iterable
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from events.base import Event, Happened
from events.jurisdiction import (
    JurisdictionEstablished,
    JurisdictionMoved,
    JurisdictionResumed,
    LogFenced,
    PersonalRevealed,
)
from services.decisions.base import Ask, Command, Refused, command, decides, evolves
from services.decisions.fields import Code, Label
from services.decisions.references import PLAIN
from services.decisions.state import State


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


@decides(Establish)
def _establish(state: State, c: Establish, ask: Ask) -> Iterable[Event]:
    if c.timezone not in available_timezones():
        raise Refused("timezone.unknown", timezone=c.timezone)
    if state.established:
        if state.meta["timezone"] == c.timezone and state.meta["name"] == c.name:
            return
        raise Refused(
            "jurisdiction.established",
            jurisdiction=state.jurisdiction,
            name=state.meta["name"],
            timezone=state.meta["timezone"],
        )
    yield JurisdictionEstablished(name=c.name, timezone=c.timezone)


def refuse_moved(state: State, command: Command) -> None:
    """Raises Refused where the jurisdiction has moved: facts, and what the service itself sends, too."""
    if state.moved is None or isinstance(command, Resume):
        return
    raise Refused("jurisdiction.moved", jurisdiction=state.jurisdiction, to=state.moved or None)


@decides(Move)
def _move(state: State, c: Move, ask: Ask) -> Iterable[Event]:
    yield JurisdictionMoved(to=c.to)


@decides(Resume)
def _resume(state: State, c: Resume, ask: Ask) -> Iterable[Event]:
    if state.moved is None and not c.restored:
        raise Refused("jurisdiction.not_moved", jurisdiction=state.jurisdiction)
    yield JurisdictionResumed(position=c.position, hash=c.hash, source=c.source, restored=c.restored)


@decides(Reveal)
def _reveal(state: State, c: Reveal, ask: Ask) -> Iterable[Event]:
    yield PersonalRevealed(view=c.view, subjects=c.subjects, purpose=c.purpose)


@decides(Fence)
def _fence(state: State, c: Fence, ask: Ask) -> Iterable[Event]:
    yield LogFenced(commands=c.commands)


@evolves(JurisdictionEstablished)
def _established(state: State, e: JurisdictionEstablished, h: Happened) -> None:
    state.put(state.meta, "timezone", e.timezone)
    state.put(state.meta, "name", e.name)
    state.put(state.meta, "zone", ZoneInfo(e.timezone))


@evolves(JurisdictionMoved)
def _moved(state: State, e: JurisdictionMoved, h: Happened) -> None:
    state.put(state.meta, "moved", e.to or "")


@evolves(JurisdictionResumed)
def _resumed(state: State, e: JurisdictionResumed, h: Happened) -> None:
    state.put(state.meta, "moved", None)


@evolves(PersonalRevealed, LogFenced)
def _noted(state: State, e: Event, h: Happened) -> None:
    """Changes nothing that decisions need."""
