"""What one command centre commands: its name and time zone."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from events.base import Event, Happened
from events.jurisdiction import JurisdictionEstablished, LogFenced, PersonalRevealed
from services.decisions.base import Ask, Code, Command, Label, Refused, command, decides, evolves
from services.decisions.state import State


@command("jurisdiction.establish")
class Establish(Command):
    """Begin a jurisdiction, before its first other command; without this it takes the service's time zone."""

    name: Label
    timezone: str = Field(default="Asia/Shanghai", max_length=64, description="IANA name")


@command("personal.reveal")
class Reveal(Command):
    """Ask to see personal data unmasked. The service sends this itself before it answers."""

    view: Code
    subjects: tuple[str, ...]
    purpose: Code | None = None


@command("log.fence")
class Fence(Command):
    """The service gives up on attempts of its own whose outcome it never learned."""

    commands: tuple[str, ...]


INTERNAL = (Reveal, Fence)
"""Commands that only the service itself sends."""


@decides(Establish)
def _establish(state: State, c: Establish, ask: Ask) -> Iterable[Event]:
    if c.timezone not in available_timezones():
        raise Refused("timezone.unknown", f"{c.timezone} is not an IANA time zone such as Asia/Shanghai.")
    if state.established:
        if state.meta["timezone"] == c.timezone and state.meta["name"] == c.name:
            return
        raise Refused(
            "jurisdiction.established",
            f"{state.jurisdiction} is established as {state.meta['name']} in {state.meta['timezone']}.",
        )
    yield JurisdictionEstablished(name=c.name, timezone=c.timezone)


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


@evolves(PersonalRevealed, LogFenced)
def _noted(state: State, e: Event, h: Happened) -> None:
    """Changes nothing that decisions need."""
