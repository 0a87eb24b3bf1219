"""Commits waiting to be folded, judged by the acceptance rule in chain order. Pure."""

from collections.abc import Sequence
from typing import Final

import msgspec

from events.base import EventEnvelope
from events.catalog import BadEvent, UnknownEvent, envelopes
from events.commit import Commit, Head, Verdict, decode, digest, envelope, judge
from services.log.port import LogDamaged, Stored

MOST_EVENTS: Final = 4_000
"""Most events per transaction, unless a single commit has more."""


class PendingCommits:
    """The commits that follow a head, given in any order."""

    def __init__(self, jurisdiction: str, head: Head) -> None:
        self.jurisdiction, self.start, self.head = jurisdiction, head, head
        self.commits: list[Commit] = []
        self.events: list[EventEnvelope] = []
        self.failure: UnknownEvent | BadEvent | None = None
        self.gap = self.full = self.reread = False
        self.taken = 0
        """Number of given commits, from the start, that need not be looked at again."""

    @property
    def more(self) -> bool:
        """Whether more remains once these are written."""
        return self.gap or self.full or self.reread or self.failure is not None

    def add(self, commits: Sequence[Stored]) -> None:
        """Judge each by the acceptance rule, up to a gap, an unreadable event or MOST_EVENTS."""
        for stored in commits:
            try:
                commit = decode(stored.data)
            except msgspec.DecodeError as error:
                if self._ends_at_unreadable(stored.data, error):
                    return
                self.taken += 1
                continue
            if commit.jurisdiction != self.jurisdiction:
                raise ValueError(f"got a commit of {commit.jurisdiction} for {self.jurisdiction}")
            verdict = judge(self.head, commit.first, commit.prev, len(commit.events))
            self.gap = verdict is Verdict.GAP
            self.full = len(self.events) >= MOST_EVENTS and verdict is Verdict.ACCEPTED
            if self.gap or self.full or not self._accept(commit, stored.data, verdict):
                return
            self.taken += 1

    def add_missing(self, commits: Sequence[Stored]) -> None:
        """Fill a gap with commits from the log; the given ones are looked at again afterwards."""
        taken, self.reread = self.taken, True
        self.add(commits)
        self.taken = taken

    def _ends_at_unreadable(self, data: bytes, error: msgspec.DecodeError) -> bool:
        """Judge unreadable bytes by their envelope alone; True if they belong to the chain."""
        try:
            seen = envelope(data)
        except msgspec.DecodeError:
            return False
        verdict = judge(self.head, seen.first, seen.prev, len(seen.events))
        self.gap = verdict is Verdict.GAP
        if verdict is Verdict.ACCEPTED:
            self.failure = BadEvent("of an unreadable commit", seen.first, str(error))
        return verdict is not Verdict.STALE

    def _accept(self, commit: Commit, data: bytes, verdict: Verdict) -> bool:
        if verdict is Verdict.STALE:
            return True
        try:
            self.events += list(envelopes(commit))
        except (UnknownEvent, BadEvent) as failure:
            self.failure = failure
            return False
        self.commits.append(commit)
        self.head = Head(self.head.position + len(commit.events), digest(data))
        return True

    def head_or_raise(self) -> Head:
        """Return the head if nothing is missing after it; otherwise raise the reason."""
        if self.failure:
            raise self.failure
        if self.gap:
            why = (
                f"commits after the views' head {self.start} are missing; "
                "if this is a different log, delete the views to have them rebuilt"
            )
            raise LogDamaged(self.jurisdiction, self.start.position + 1, why)
        return self.head
