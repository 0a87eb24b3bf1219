"""The rule for a chain behind records that do not follow its head. Frozen, like `judge`; see tests/golden.

Anyone who may write to a topic can leave a record there that follows nothing, and it cannot be removed. From
the first such record on, the chain is paused and everything of that jurisdiction is set aside, since readers
cannot know what is missing. One commit ends that: it follows the head, its first event is
`jurisdiction.repaired`, and it declares exactly what was set aside before it. What is declared dead is never
part of the chain.
"""

import hashlib
from typing import Final

import msgspec

from events.commit import Envelope, Head, Verdict, digest, judge

NAME: Final = "jurisdiction.repaired"
SHOWN: Final = 20
"""Hashes of records that the event names one by one."""


class _Said(msgspec.Struct):
    name: str
    data: msgspec.Raw


class _Declared(msgspec.Struct):
    records: int
    digest: str


_said = msgspec.json.Decoder(_Said)
_declared = msgspec.json.Decoder(_Declared)


class SetAside:
    """The records behind a resting head, in the order of the topic."""

    def __init__(self) -> None:
        self.records = 0
        self.hashes: list[str] = []
        """SHA-256 of the first SHOWN records."""
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 of the records' SHA-256 as hex digits, each followed by a line feed."""
        return self._digest.hexdigest()

    def add(self, stored: bytes) -> None:
        """Set a record aside."""
        hashed = digest(stored)
        self.records += 1
        self._digest.update(hashed.encode() + b"\n")
        if len(self.hashes) < SHOWN:
            self.hashes.append(hashed)

    def declared_by(self, seen: Envelope) -> bool:
        """Whether a commit declares dead exactly what is set aside."""
        return declaration(seen) == (self.records, self.digest)


def declaration(seen: Envelope) -> tuple[int, str] | None:
    """Return (records, digest) that a commit declares dead; None if it is no repair."""
    try:
        said = _said.decode(seen.events[0]) if seen.events else None
        if said is None or said.name != NAME:
            return None
        found = _declared.decode(said.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found.records, found.digest


def judge_behind(
    head: Head, aside: SetAside | None, seen: Envelope, stored: bytes
) -> tuple[Verdict, SetAside | None]:
    """Judge a record by the whole rule: return the verdict, and what is set aside after it.

    GAP means that the record is set aside, even if it followed the head.
    """
    verdict = judge(head, seen.first, seen.prev, len(seen.events))
    if verdict is Verdict.STALE or (verdict is Verdict.ACCEPTED and aside is None):
        return verdict, aside
    if verdict is Verdict.ACCEPTED and aside is not None and aside.declared_by(seen):
        return verdict, None
    aside = aside or SetAside()
    aside.add(stored)
    return Verdict.GAP, aside
