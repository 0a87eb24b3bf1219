"""Events about one command centre's jurisdiction and about the log itself."""

from typing import Any

from events.amendment import Amendment
from events.base import Event, event, upcast
from events.disclosure import GivenDisclosure
from events.timers import GivenTimers


@event("jurisdiction.established")
class JurisdictionEstablished(Event, frozen=True):
    """A jurisdiction was established: its root area (the jurisdiction's code) and time zone (IANA name)."""

    name: str
    timezone: str


@event("jurisdiction.timers_set", schema=2)
class JurisdictionTimersSet(Amendment, frozen=True):
    """The limits after which silence becomes an alert were chosen; replaces the earlier choice."""

    timers: GivenTimers


@event("jurisdiction.disclosure_set", schema=2)
class JurisdictionDisclosureSet(Amendment, frozen=True):
    """Who sees which personal data was decided; replaces the earlier rules."""

    rules: GivenDisclosure


@upcast("jurisdiction.timers_set", 1)
@upcast("jurisdiction.disclosure_set", 1)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, by which the last one recorded counted, however early its time."""
    return data


@event("jurisdiction.moved")
class JurisdictionMoved(Event, frozen=True):
    """The jurisdiction moved to another log; this one ends here."""

    to: str | None = None
    """The other log, in the operator's words."""


@event("jurisdiction.resumed")
class JurisdictionResumed(Event, frozen=True):
    """The jurisdiction continues in this log. The later of `moved` and `resumed` applies."""

    position: int
    """Head of the loaded data, from which it continues."""
    hash: str
    source: str | None = None
    """Where it came from, in the operator's words, or the UUID of that log."""
    restored: bool = False
    """Whether it came from a backup that did not end with `moved`."""


@event("jurisdiction.repaired")
class JurisdictionRepaired(Event, frozen=True):
    """Two people declared records dead that did not follow the log's head (events/repair.py).

    The event's actor asked for it, `consent` agreed.
    """

    records: int
    """Number of records declared dead."""
    digest: str
    """SHA-256 of their SHA-256 as hex digits, each followed by a line feed, in the order of the topic."""
    hashes: tuple[str, ...]
    """SHA-256 of each, at most the first 20."""
    consent: str
    """The second person, as an actor."""
    reason: str


@event("jurisdiction.closed")
class JurisdictionClosed(Event, frozen=True):
    """The jurisdiction has ended, like an exercise or an example. Nothing is deleted."""

    reason: str | None = None


@event("jurisdiction.reopened")
class JurisdictionReopened(Event, frozen=True):
    """A closed jurisdiction takes commands again."""


@event("log.fenced")
class LogFenced(Event, frozen=True):
    """The process that tried these commands has given up; it can no longer record any of them."""

    commands: tuple[str, ...]


@event("log.unchanged")
class CommandUnchanged(Event, frozen=True):
    """A command asked for what already was. Recorded so that its id always gets the same answer."""

    asked: str
    """Name of the command."""


@event("personal.revealed")
class PersonalRevealed(Event, frozen=True):
    """Someone asked to see personal data unmasked; recorded before the answer is sent."""

    view: str
    subjects: tuple[str, ...]
    """`worker/ID` or `request/ID`."""
    purpose: str | None = None
