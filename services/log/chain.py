"""One jurisdiction's chain as read from a topic: judges every commit, keeps the newest in memory."""

from bisect import bisect_right
from collections import deque
from itertools import takewhile
from typing import Final

import msgspec

from events.commit import Head, Verdict, digest, envelope
from events.repair import SHOWN, SetAside, judge_behind
from services.log.damage import described
from services.log.port import Damage, LogDamaged, Stored

KEEP: Final = 2_000
"""Newest commits kept in memory."""
KEEP_BYTES: Final = 8 * 2**20
MARK_EVERY: Final = 256


class Mark(msgspec.Struct, frozen=True):
    """A head and the offset of the commit leading to it: a point to resume reading from."""

    head: Head
    offset: int


GENESIS_MARK: Final = Mark(Head(), 0)


class Chain:
    """Judges commits by the acceptance rule alone (events.commit.judge, events.repair.judge_behind)."""

    def __init__(
        self, jurisdiction: str, start: Mark = GENESIS_MARK, sent: dict[str, bool | None] | None = None
    ) -> None:
        self.jurisdiction, self.head, self.offset = jurisdiction, start.head, start.offset
        self.sent: dict[str, bool | None] = {} if sent is None else sent
        """Hashes of commits sent by this process: True = accepted, False = lost, None = not seen yet."""
        self.contended = False
        """Another process lost a race against this one and has not had its turn since."""
        self.dead = 0
        """Records under this key that are not its commits."""
        self.aside: SetAside | None = None
        """Records behind the head that do not follow it, unless declared dead."""
        self._behind: list[tuple[int, bytes]] = []
        """Offsets and bytes of the first SHOWN of those set aside."""
        self._recent: deque[Stored] = deque()
        self._since, self._bytes, self._count = start.head, 0, 0
        self._marks = [GENESIS_MARK, start] if start != GENESIS_MARK else [GENESIS_MARK]

    def judge(self, offset: int, value: bytes | None) -> Verdict:
        """Judge one record. Dead records count as STALE. GAP means that it is set aside."""
        value = value or b""
        try:
            seen = envelope(value)
        except msgspec.DecodeError:
            return self._count_dead()
        if seen.jurisdiction != self.jurisdiction:
            return self._count_dead()
        verdict, self.aside = judge_behind(self.head, self.aside, seen, value)
        if verdict is Verdict.ACCEPTED:
            self._behind = []
            self._accept(offset, Stored(value, Head(self.head.position + len(seen.events), digest(value))))
        else:
            self._reject(digest(value))
        if verdict is Verdict.GAP and len(self._behind) < SHOWN:
            self._behind.append((offset, value))
        return verdict

    def forget_aside(self) -> None:
        """Forget what was set aside: it is judged again."""
        self.aside, self._behind = None, []

    @property
    def damage(self) -> LogDamaged | None:
        """The error for records behind the head that do not follow it."""
        if self.aside is None:
            return None
        why = (
            f"the commit at offset {self._behind[0][0]} does not follow {self.head}; commits in between "
            "are missing, or somebody else wrote it"
        )
        return LogDamaged(self.jurisdiction, self.head.position + 1, why)

    @property
    def damaged(self) -> Damage | None:
        """The records behind the head that do not follow it."""
        if self.aside is None:
            return None
        return described(self.jurisdiction, self.head, self.aside, self._behind)

    @property
    def newest(self) -> Stored:
        """The last accepted commit."""
        return self._recent[-1]

    def mark_for(self, position: int) -> Mark:
        """Return the nearest mark from which commits beyond `position` can be read."""
        return self._marks[bisect_right(self._marks, position, key=lambda mark: mark.head.position) - 1]

    def add_mark(self, mark: Mark) -> None:
        """Add a mark from another source."""
        at = bisect_right(self._marks, mark.head.position, key=lambda known: known.head.position)
        if self._marks[at - 1].head != mark.head:
            self._marks.insert(at, mark)

    def forget_mark(self, mark: Mark) -> None:
        """Drop a mark whose offset does not hold its commit."""
        self._marks = [known for known in self._marks if known != mark or known == GENESIS_MARK]

    def recent_after(self, position: int) -> list[Stored] | None:
        """Return cached commits reaching beyond `position`; None if the cache starts later."""
        if position < self._since.position:
            return None
        found = list(takewhile(lambda stored: stored.head.position > position, reversed(self._recent)))
        found.reverse()
        return found

    def _accept(self, offset: int, stored: Stored) -> None:
        self.head, self.offset = stored.head, offset
        self._recent.append(stored)
        self._bytes += len(stored.data)
        while len(self._recent) > KEEP or (self._bytes > KEEP_BYTES and len(self._recent) > 1):
            oldest = self._recent.popleft()
            self._since, self._bytes = oldest.head, self._bytes - len(oldest.data)
        self._count += 1
        if self._count % MARK_EVERY == 0:
            self.add_mark(Mark(self.head, offset))
        if stored.head.hash in self.sent:
            self.sent[stored.head.hash] = True
        else:
            self.contended = False

    def _reject(self, hashed: str) -> None:
        if hashed in self.sent:
            self.sent[hashed] = self.sent[hashed] or False
        else:
            self.contended = True

    def _count_dead(self) -> Verdict:
        self.dead += 1
        return Verdict.STALE
