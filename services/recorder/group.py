"""A group of commands, decided on speculative state; replies are sent once its commit is accepted."""

import logging
import time
from datetime import datetime
from typing import Final

from events.commit import Commit, Recorded
from events.jurisdiction import CommandUnchanged
from events.sheet import SheetSaid
from services.decisions.authorise import authorise
from services.decisions.base import Context, Refused
from services.decisions.decide import decide, unchanged
from services.decisions.erasure import erased_among
from services.decisions.hearing import said_by
from services.decisions.state import COMMANDS, Away, RecordedCommand, State
from services.recorder.envelope import CommandEnvelope, Kind, Outcome, context_of
from services.recorder.lanes import SERVICE
from services.recorder.queue import Queued
from services.recorder.sealing import Sealed, phone_of

LEAST_COMMANDS: Final = 32
MOST_COMMANDS: Final = 500
MOST_BYTES: Final = 512 * 1024
MOST_SECONDS: Final = 0.010
MOST_BULK_SECONDS: Final = 0.100
"""Of a group of imported commands alone: nobody waits for one of them."""

_NOTHING_NEW: Final = (CommandUnchanged.NAME, SheetSaid.NAME)
"""First events of commands that change nothing: of a sheet only what it said is new."""

log_of = logging.getLogger("muster.writer")


class Group:
    """Commands that share a commit. Afterwards the state must be undone or confirmed."""

    def __init__(self, state: State, now: datetime, timezone: str, seconds: float = MOST_SECONDS) -> None:
        self.events, self.erased, self.count = list[Recorded](), list[str](), 0
        self.phones: dict[str, str | None] = {}
        self._now, self._state, self._timezone = now, state, timezone
        self._answers: list[tuple[Queued, Outcome]] = []
        self._bytes, self._until = 0, time.perf_counter() + seconds

    @property
    def full(self) -> bool:
        """Whether the group is out of room or time."""
        return self._bytes >= MOST_BYTES or (self.count > 0 and time.perf_counter() > self._until)

    @property
    def _end(self) -> int:
        return self._state.head.position + len(self.events)

    def add(self, queued: Queued, sealed: Sealed, recalled: dict[str, RecordedCommand]) -> Away | None:
        """Decide one command and note its outcome; or return what has to be taken back first."""
        envelope = queued.envelope
        before = self._state[COMMANDS].get(envelope.id) or recalled.get(envelope.id)
        try:
            answer = self._repeat(envelope, sealed, before) if before else self._decide(envelope, sealed)
        except Away as away:
            return away
        self._answers.append((queued, answer))
        self.count += 1
        return None

    def commit(self, jurisdiction: str, id: str) -> Commit:
        """Return the group's events, chained to the head they were decided on."""
        head = self._state.head
        return Commit(
            id=id,
            jurisdiction=jurisdiction,
            first=head.position + 1,
            prev=head.hash,
            recorded_at=self._now,
            events=tuple(self.events),
        )

    def answer(self) -> None:
        """Send every outcome, now that the commit is confirmed."""
        for queued, outcome in self._answers:
            queued.resolve(outcome)

    def _repeat(self, envelope: CommandEnvelope, sealed: Sealed, before: RecordedCommand) -> Outcome:
        if sealed.erased or before.body == sealed.body:
            return Outcome(envelope.id, _known(envelope, before.name), before.position)
        return Outcome.because(envelope.id, "refused", Refused("id_reused"))

    def _decide(self, envelope: CommandEnvelope, sealed: Sealed) -> Outcome:
        context = context_of(envelope, self._now, self._timezone)
        if sealed.erased:
            return Outcome.because(envelope.id, "refused", self._erased(sealed, context))
        mark = self._state.mark()
        asked = self._state, sealed.command, context, self._end + 1, sealed.body
        try:
            recorded = decide(*asked)
            if not recorded and envelope.actor.startswith(SERVICE):  # it asks no second time
                return Outcome(envelope.id, "unchanged", self._end)
            if not recorded and said_by(envelope.command):  # the sheet's memory answers alike
                return Outcome(envelope.id, _known(envelope, CommandUnchanged.NAME), self._end)
            recorded = recorded or unchanged(*asked)
            size = sum(len(r.data) + 300 for r in recorded)
            if size > MOST_BYTES:
                raise Refused("too_large", size=size)
        except Refused as refused:
            self._state.undo(mark)
            return Outcome.because(envelope.id, "refused", refused)
        except Away:
            self._state.undo(mark)
            raise
        except Exception:  # one faulty command must not block the others
            log_of.exception("command %s (%s) could not be decided", envelope.id, envelope.command.NAME)
            self._state.undo(mark)
            return Outcome.because(envelope.id, "refused", Refused("internal"))
        self._bytes += size
        self.events += recorded
        self.erased += erased_among(recorded)
        self.phones |= phone_of(envelope, recorded)
        nothing_new = recorded[0].name in _NOTHING_NEW
        return Outcome(
            envelope.id,
            _known(envelope, recorded[0].name) if nothing_new else "accepted",
            self._end,
            anomalies=() if nothing_new else tuple(context.anomalies),
        )

    def _erased(self, sealed: Sealed, context: Context) -> Refused:
        """Return why a command about somebody erased is refused: that they were is for those who may know."""
        try:
            authorise(self._state, sealed.command, context)
        except Refused as refused:
            return refused
        return Refused("subject.erased")


def _known(envelope: CommandEnvelope, event: str) -> Kind:
    """Return the answer to an id recorded before, by its first event: the same for all time."""
    return "unchanged" if event in _NOTHING_NEW and not envelope.observed else "known"


def next_size(taken: int, decided: int) -> int:
    """Return how many commands to take next, given how many of those taken were decided in time."""
    if decided == taken:
        return min(MOST_COMMANDS, max(LEAST_COMMANDS, 2 * taken))
    return max(LEAST_COMMANDS, decided + decided // 8)
