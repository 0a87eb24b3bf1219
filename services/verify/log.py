"""Re-read a jurisdiction's whole log and check its chain, its laws and the result of replaying it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

import services.decisions.decide  # noqa: F401  enters what evolves each event
from events import catalog
from events.base import EventEnvelope, Move, RequestMove, RequestStanding, WorkerStanding
from events.commit import Commit, Head, decode
from events.jurisdiction import JurisdictionRepaired
from services.decisions import standing
from services.decisions.base import evolve
from services.decisions.standing import REQUEST_STANDINGS
from services.decisions.state import State
from services.decisions.worker.table import WORKER_STANDINGS
from services.log.port import Log, LogDamaged, Stored

MOST_FINDINGS: Final = 1000
"""Findings kept per jurisdiction; more are only counted."""

Progress = Callable[[int, int], None]
"""Called with (position, total)."""
Hook = Callable[[Sequence[EventEnvelope], Head], None]
"""Called with each commit's decoded events and resulting head, to check what is folded from them."""


class Finding(msgspec.Struct, frozen=True):
    """A violation. `position` is the event's, or that of a damaged commit's first event."""

    jurisdiction: str
    position: int
    code: str
    """damaged, expected, unreadable, unknown_event, replay, law, command_twice, recorded_back, early or
    file."""
    what: str

    def __str__(self) -> str:
        return f"{self.jurisdiction} at position {self.position}: {self.what} ({self.code})"


class Repaired(msgspec.Struct, frozen=True):
    """A decision on the chain that declares records dead (events/repair.py)."""

    position: int
    at: datetime
    by: tuple[str, str]
    records: int
    digest: str
    reason: str

    def __str__(self) -> str:
        return (
            f"at position {self.position}: {self.records} record(s) declared dead at {self.at.isoformat()} "
            f"by {self.by[0]} and {self.by[1]}: {self.reason} (digest {self.digest})"
        )


class Report(msgspec.Struct, kw_only=True):
    """What was read of one jurisdiction, up to which head, and every violation found."""

    jurisdiction: str
    commits: int = 0
    head: Head = Head()
    findings: list[Finding] = []
    more: int = 0
    """Findings beyond the ones kept."""
    repairs: list[Repaired] = []

    @property
    def ok(self) -> bool:
        return not self.findings

    def add(self, position: int, code: str, what: str) -> None:
        """Keep a finding, or only count it."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(self.jurisdiction, position, code, what))
        else:
            self.more += 1


async def verify(
    log: Log,
    jurisdiction: str,
    expect: Head | None = None,
    progress: Progress | None = None,
    each: Hook | None = None,
) -> Report:
    """Read everything. Continue after findings, except when the chain is damaged: the rest is unreliable.

    `expect` is a head stored elsewhere; it must be on the chain.
    """
    report = Report(jurisdiction=jurisdiction)
    check = _Check(report, expect, each)
    try:
        end = await _end(log, jurisdiction)
        async for batch in log.read(jurisdiction):
            await asyncio.to_thread(check.batch, batch)
            if progress:
                progress(report.head.position, max(end, report.head.position))
    except LogDamaged as damage:
        report.add(damage.position, "damaged", damage.why)
    check.finish()
    return report


async def _end(log: Log, jurisdiction: str) -> int:
    """Return the position of the log's end; 0 if damage hides it. Reading tells where that is."""
    try:
        return (await log.end(jurisdiction)).position
    except LogDamaged:
        return 0


class _Check:
    """State of one pass over the log."""

    def __init__(self, report: Report, expect: Head | None, each: Hook | None) -> None:
        self._report, self._expect, self._each = report, expect, each
        self._met = expect is None or expect == Head()
        self._commands: dict[str, int] = {}
        self._recorded_at: datetime | None = None
        self._replay: _Replay | None = _Replay(report)

    def batch(self, batch: list[Stored]) -> None:
        for stored in batch:
            self._one(stored)

    def finish(self) -> None:
        """Report what is only known at the end."""
        if self._expect and not self._met:
            head = self._report.head
            where = (
                "the log ends before it" if self._expect.position > head.position else "no commit ends there"
            )
            self._report.add(
                self._expect.position, "expected", f"expected {self._expect}, but {where} (head: {head})"
            )

    def _one(self, stored: Stored) -> None:
        first = self._report.head.position + 1
        self._report.head = stored.head
        self._report.commits += 1
        self._meet(stored.head)
        try:
            commit = decode(stored.data)
        except msgspec.DecodeError as error:
            self._report.add(first, "unreadable", f"the commit cannot be read: {error}")
            self._replay = self._each = None
            return
        self._time(commit)
        self._ids(commit)
        if self._replay or self._each:
            self._events(commit, stored.head)

    def _meet(self, head: Head) -> None:
        if self._expect and head.position == self._expect.position:
            self._met = True
            if head != self._expect:
                self._report.add(head.position, "expected", f"expected {self._expect}, found {head}")

    def _time(self, commit: Commit) -> None:
        if self._recorded_at and commit.recorded_at < self._recorded_at:
            what = f"recorded at {commit.recorded_at}, earlier than the previous commit ({self._recorded_at})"
            self._report.add(commit.first, "recorded_back", what)
        self._recorded_at = commit.recorded_at
        for position, event in enumerate(commit.events, commit.first):
            if event.at > commit.recorded_at:
                what = f"happened at {event.at}, later than recorded ({commit.recorded_at})"
                self._report.add(position, "early", what)

    def _ids(self, commit: Commit) -> None:
        for position, event in enumerate(commit.events, commit.first):
            before = self._commands.setdefault(event.command, commit.first)
            if before != commit.first:
                what = f"command {event.command} is already in the commit at position {before}"
                self._report.add(position, "command_twice", what)

    def _events(self, commit: Commit, head: Head) -> None:
        try:
            envelope = list(catalog.envelopes(commit))
        except catalog.UnknownEvent as error:
            self._report.add(error.position, "unknown_event", str(error))
            self._replay = self._each = None
            return
        except catalog.BadEvent as error:
            self._report.add(error.position, "unreadable", str(error))
            self._replay = self._each = None
            return
        if self._replay and not self._replay.all(envelope):
            self._replay = None
        self._report.repairs += [_repaired(one) for one in envelope if one.name == JurisdictionRepaired.NAME]
        if self._each:
            self._each(envelope, head)


def _repaired(one: EventEnvelope) -> Repaired:
    said: Any = one.data
    by = (one.actor, said.consent)
    return Repaired(one.position, one.at, by, said.records, said.digest, said.reason)


class _Replay:
    """Check the laws of moves, and that the state matches the places and standings carried by events."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._state = State(report.jurisdiction)

    def all(self, envelope: Sequence[EventEnvelope]) -> bool:
        """Whether replay can continue."""
        for one in envelope:
            try:
                self._one(one)
            except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
                what = f"{one.name} cannot be replayed on the preceding events: {error!r}"
                self._report.add(one.position, "replay", what)
                return False
        self._state.settle()
        return True

    def _one(self, one: EventEnvelope) -> None:
        mark = self._state.mark()
        evolve(self._state, one)
        self._law(one)
        moved, shifted = standing.moves(self._state, mark)
        self._agree(one, _moved(moved), _moved(one.data.moved))
        self._agree(one, _shifted(shifted), _shifted(one.data.requests_moved))
        standing.settle_moves(self._state, one.data.moved, one.data.requests_moved)

    def _law(self, one: EventEnvelope) -> None:
        """Check that each `before` equals the previous `after`."""
        for move in one.data.moved:
            self._follows(
                one, f"worker {move.worker}", self._state[WORKER_STANDINGS].get(move.worker), move.before
            )
        for shift in one.data.requests_moved:
            self._follows(
                one,
                f"request {shift.request}",
                self._state[REQUEST_STANDINGS].get(shift.request),
                shift.before,
            )

    def _follows(self, one: EventEnvelope, who: str, was: object, before: object) -> None:
        if was != before:
            self._report.add(one.position, "law", f"{who} moved from {before}, but was at {was}")

    def _agree(
        self, one: EventEnvelope, computed: Mapping[str, object], carried: Mapping[str, object]
    ) -> None:
        for key in computed.keys() | carried.keys():
            if computed.get(key) != carried.get(key):
                what = f"{one.name} carries {carried.get(key)} for {key}, replay gives {computed.get(key)}"
                self._report.add(one.position, "replay", what)


def _moved(moves: Sequence[Move]) -> dict[str, tuple[WorkerStanding | None, WorkerStanding | None]]:
    """Map actual moves only: a superseded late fact has before == after."""
    return {move.worker: (move.before, move.after) for move in moves if move.before != move.after}


def _shifted(
    moves: Sequence[RequestMove],
) -> dict[str, tuple[RequestStanding | None, RequestStanding | None]]:
    return {move.request: (move.before, move.after) for move in moves if move.before != move.after}
