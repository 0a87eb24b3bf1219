"""Describe what lies behind a head without following it, as far as it can be read."""

from collections.abc import Iterable, Sequence

import msgspec

from events.commit import Head, decode, digest, envelope
from events.repair import SHOWN, SetAside
from services.log.port import Damage, DeadRecord


def described(jurisdiction: str, head: Head, aside: SetAside, behind: Iterable[tuple[int, bytes]]) -> Damage:
    """Describe what is set aside. `behind` has the offsets and bytes of the first records."""
    return Damage(
        jurisdiction=jurisdiction,
        head=head,
        records=aside.records,
        digest=aside.digest,
        shown=tuple(_record(offset, data) for offset, data in behind),
    )


def damage_behind(jurisdiction: str, head: Head, rows: Sequence[tuple[int, bytes]]) -> Damage:
    """Describe rows that all lie behind a head."""
    aside = SetAside()
    for _, data in rows:
        aside.add(data)
    return described(jurisdiction, head, aside, rows[:SHOWN])


def _record(offset: int, data: bytes) -> DeadRecord:
    try:
        seen = envelope(data)
        commit = decode(data)
    except msgspec.DecodeError:
        return DeadRecord(offset=offset, hash=digest(data), first=0, events=0)
    return DeadRecord(
        offset=offset,
        hash=digest(data),
        first=seen.first,
        events=len(seen.events),
        recorded_at=commit.recorded_at,
        names=tuple(sorted({one.name for one in commit.events})),
        actors=tuple(sorted({one.actor for one in commit.events})),
    )
