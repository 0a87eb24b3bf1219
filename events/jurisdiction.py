"""What one command centre commands, and notes the log keeps on itself."""

from events.base import Event, event


@event("jurisdiction.established")
class JurisdictionEstablished(Event, frozen=True):
    """A command centre begins: its root area (the jurisdiction's own code) and its time zone (IANA name)."""

    name: str
    timezone: str


@event("log.fenced")
class LogFenced(Event, frozen=True):
    """The process that tried these commands gives up for good: none of them can still be recorded by it."""

    commands: tuple[str, ...]


@event("personal.revealed")
class PersonalRevealed(Event, frozen=True):
    """Somebody asked to see personal data unmasked; recorded before they were answered."""

    view: str
    subjects: tuple[str, ...]
    """`worker/ID` or `request/ID`."""
    purpose: str | None = None
