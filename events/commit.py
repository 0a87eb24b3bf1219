"""The commit: one append to the log, chained to the one before it (frozen; see tests/golden)."""

import hashlib
from datetime import datetime
from enum import Enum
from typing import Final

import msgspec

GENESIS: Final = "0" * 64
"""Hash of "nothing yet": `prev` of the first commit of a jurisdiction."""


class Head(msgspec.Struct, frozen=True):
    """Where a chain ends: position of its last event and SHA-256 of its last commit's stored bytes."""

    position: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event as stored. `data` stays raw until its (name, schema) is looked up in the catalogue."""

    name: str
    schema: int
    at: datetime
    actor: str
    command: str
    body: str
    data: msgspec.Raw
    claimed: datetime | None = None
    """What the device said, where its clock error was taken out of `at`."""
    observed: bool = False
    """Learned from elsewhere (an import, a late phone): recorded even where a rule would have refused it."""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """The atomic, ordered group of events that one append wrote."""

    id: str
    jurisdiction: str
    first: int
    prev: str
    recorded_at: datetime
    events: tuple[Recorded, ...]


class Envelope(msgspec.Struct, frozen=True):
    """All of a commit that acceptance may look at; extra fields and events' contents are not read."""

    jurisdiction: str
    first: int
    prev: str
    events: tuple[msgspec.Raw, ...]


class Verdict(Enum):
    """What a reader does with a commit it was handed."""

    ACCEPTED = "accepted"
    STALE = "stale"
    GAP = "gap"


_encoder = msgspec.json.Encoder()
_commits = msgspec.json.Decoder(Commit)
_envelopes = msgspec.json.Decoder(Envelope)


def encode(commit: Commit) -> bytes:
    """The exact bytes to store; the hash is taken over these."""
    return _encoder.encode(commit)


def decode(stored: bytes) -> Commit:
    """Raises msgspec.DecodeError where the bytes are not a commit."""
    try:
        return _commits.decode(stored)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def envelope(stored: bytes) -> Envelope:
    """Raises msgspec.DecodeError where the bytes are not a commit."""
    try:
        return _envelopes.decode(stored)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def digest(stored: bytes) -> str:
    """SHA-256 of the stored bytes, as 64 hex digits."""
    return hashlib.sha256(stored).hexdigest()


def judge(head: Head, first: int, prev: str, count: int) -> Verdict:
    """The acceptance rule. STALE is an honest loser or a repeat: skip. GAP: something is missing, re-read."""
    if count < 1:
        return Verdict.STALE  # nothing in it to miss
    if first == head.position + 1 and prev == head.hash:
        return Verdict.ACCEPTED
    return Verdict.STALE if first <= head.position else Verdict.GAP


def after(head: Head, stored: bytes) -> tuple[Verdict, Head]:
    """Judge stored bytes against `head`; the head that follows is unchanged unless accepted."""
    seen = envelope(stored)
    verdict = judge(head, seen.first, seen.prev, len(seen.events))
    if verdict is not Verdict.ACCEPTED:
        return verdict, head
    return verdict, Head(head.position + len(seen.events), digest(stored))
