"""A commit: one append to the log, chained to the previous one. Frozen format; see tests/golden."""

import hashlib
from datetime import datetime
from enum import Enum
from typing import Final

import msgspec

GENESIS: Final = "0" * 64
"""`prev` of a jurisdiction's first commit."""


class Head(msgspec.Struct, frozen=True):
    """The end of a chain: position of the last event and SHA-256 of the last commit's stored bytes."""

    position: int = 0
    hash: str = GENESIS

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event as stored. `data` stays raw until (name, schema) is looked up in the catalogue."""

    name: str
    schema: int
    at: datetime
    actor: str
    command: str
    body: str
    data: msgspec.Raw
    claimed: datetime | None = None
    """Time given by the device, if its clock error was corrected in `at`."""
    observed: bool = False
    """Reported from elsewhere (an import, a late phone): recorded even if a rule would have refused it."""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """The atomic, ordered group of events written by one append."""

    id: str
    jurisdiction: str
    first: int
    prev: str
    recorded_at: datetime
    events: tuple[Recorded, ...]


class Envelope(msgspec.Struct, frozen=True):
    """The parts of a commit used for acceptance; other fields and the events' contents are not read."""

    jurisdiction: str
    first: int
    prev: str
    events: tuple[msgspec.Raw, ...]


class Verdict(Enum):
    """What a reader does with a commit."""

    ACCEPTED = "accepted"
    STALE = "stale"
    GAP = "gap"


_encoder = msgspec.json.Encoder()
_commits = msgspec.json.Decoder(Commit)
_envelopes = msgspec.json.Decoder(Envelope)


def encode(commit: Commit) -> bytes:
    """Return the exact bytes to store, over which the hash is computed."""
    return _encoder.encode(commit)


def decode(stored: bytes) -> Commit:
    """Decode a commit. Raises msgspec.DecodeError if the bytes are not one."""
    try:
        return _commits.decode(stored)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def envelope(stored: bytes) -> Envelope:
    """Decode a commit's envelope. Raises msgspec.DecodeError if the bytes are not a commit."""
    try:
        return _envelopes.decode(stored)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def digest(stored: bytes) -> str:
    """Return the SHA-256 of the stored bytes as 64 hex digits."""
    return hashlib.sha256(stored).hexdigest()


def judge(head: Head, first: int, prev: str, count: int) -> Verdict:
    """Apply the acceptance rule. STALE (lost race or repeat): skip. GAP (commits missing): reread."""
    if count < 1:
        return Verdict.STALE  # empty
    if first == head.position + 1 and prev == head.hash:
        return Verdict.ACCEPTED
    return Verdict.STALE if first <= head.position else Verdict.GAP


def after(head: Head, stored: bytes) -> tuple[Verdict, Head]:
    """Judge stored bytes and return the verdict with the resulting head, unchanged unless accepted."""
    seen = envelope(stored)
    verdict = judge(head, seen.first, seen.prev, len(seen.events))
    if verdict is not Verdict.ACCEPTED:
        return verdict, head
    return verdict, Head(head.position + len(seen.events), digest(stored))
