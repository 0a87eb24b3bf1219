"""What one command centre commands, and notes the log keeps on itself."""

from events.base import Event, event


@event("jurisdiction.established")
class JurisdictionEstablished(Event, frozen=True):
    """A command centre begins: its root area (the jurisdiction's own code) and its time zone (IANA name)."""

    name: str
    timezone: str


@event("jurisdiction.moved")
class JurisdictionMoved(Event, frozen=True):
    """This log ends here: from now on another one holds the jurisdiction."""

    to: str | None = None
    """Which one, in the operator's words."""


@event("jurisdiction.resumed")
class JurisdictionResumed(Event, frozen=True):
    """The jurisdiction goes on in this log. Of `moved` and `resumed` the later one holds."""

    position: int
    """The head of what was loaded: it goes on from there."""
    hash: str
    source: str | None = None
    """Where it came from, in the operator's words, or the UUID of that log."""
    restored: bool = False
    """Whether it came from a backup that did not end with `moved`."""


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
