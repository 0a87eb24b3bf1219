"""A worker's own facts, packed: a city's workers have millions, of which the newest counts and few others are
ever looked at again.

A fact that arrives late unpacks one pack, and the following ones only until the duty is as it was before.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from operator import attrgetter
from typing import Final

import msgspec

from events.duty import OFF, Duty, Fact, order, step

SIZE: Final = 8
"""Facts in a full pack. A late one may make it twice as large."""


class Pack(msgspec.Struct, frozen=True, gc=False):
    """Successive facts."""

    at: datetime
    position: int
    """Of the first one."""
    upto: datetime
    last: int
    """Position of the last one."""
    size: int
    duty: Duty
    """After the last one."""
    data: bytes


Packs = tuple[Pack, ...]


class _Packed(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A fact in few bytes. MessagePack keeps no offset from UTC, so that stands beside each instant."""

    at: datetime
    east: int
    """Seconds."""
    position: int
    kind: str
    area: str | None
    uuid: bytes
    """The command, if it is a UUID as those of the API are."""
    command: str
    """The command otherwise."""
    assignment: str | None
    stage: str | None
    told: tuple[datetime, int, str | None] | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[_Packed])
_start = attrgetter("at", "position")
_UUID: Final = 36
"""Characters of a UUID."""


def facts_of(packs: Iterable[Pack]) -> Iterator[Fact]:
    """Yield all facts, in (at, position) order."""
    for pack in packs:
        head = b"\xdd" + pack.size.to_bytes(4, "big")
        yield from map(_unpacked, _decoder.decode(head + pack.data))


def packs_of(facts: Sequence[Fact], before: Duty = OFF) -> Packs:
    """Pack facts given in (at, position) order, which follow a duty."""
    made: list[Pack] = []
    for start in range(0, len(facts), SIZE):
        made.append(_pack(facts[start : start + SIZE], made[-1].duty if made else before))
    return tuple(made)


def present(packs: Packs, before: Duty = OFF) -> Duty:
    """Return the duty after the last fact."""
    return packs[-1].duty if packs else before


def at_instant(packs: Packs, at: datetime) -> Iterator[Fact]:
    """Yield the facts at exactly this instant."""
    if packs and at <= packs[-1].upto:
        some = packs[bisect_left(packs, at, key=attrgetter("upto")) :]
        some = some[: bisect_right(some, at, key=attrgetter("at"))]
        yield from (fact for fact in facts_of(some) if fact.at == at)


def with_one_more(packs: Packs, fact: Fact, before: Duty = OFF) -> Packs:
    """Add a fact, in its place. All follow the duty `before`."""
    if not packs:
        return (_pack((fact,), before),)
    newest = packs[-1]
    if order(fact) < (newest.upto, newest.last):
        return _inserted(packs, fact, before)
    if newest.size >= SIZE:
        return (*packs, _pack((fact,), newest.duty))
    grown = Pack(
        newest.at,
        newest.position,
        fact.at,
        fact.position,
        newest.size + 1,
        step(newest.duty, fact),
        newest.data + _encoder.encode(_packed(fact)),
    )
    return (*packs[:-1], grown)


def _inserted(packs: Packs, fact: Fact, before: Duty) -> Packs:
    index = max(0, bisect_right(packs, order(fact), key=_start) - 1)
    facts = [*facts_of(packs[index : index + 1])]
    facts.insert(bisect_right(facts, order(fact), key=order), fact)
    parts = [facts] if len(facts) <= 2 * SIZE else [facts[:SIZE], facts[SIZE:]]
    made = list(packs[:index])
    for part in parts:
        made.append(_pack(part, made[-1].duty if made else before))
    for pack, following in zip(packs[index:], packs[index + 1 :], strict=False):
        if made[-1].duty == pack.duty:  # from here on everything is as it was
            break
        made.append(_refolded(following, made[-1].duty))
    return (*made, *packs[len(made) - len(parts) + 1 :])


def _pack(facts: Sequence[Fact], duty: Duty) -> Pack:
    """Pack facts that follow a duty."""
    first, last = facts[0], facts[-1]
    data = b"".join([_encoder.encode(_packed(fact)) for fact in facts])
    for fact in facts:
        duty = step(duty, fact)
    return Pack(first.at, first.position, last.at, last.position, len(facts), duty, data)


def _refolded(pack: Pack, duty: Duty) -> Pack:
    for fact in facts_of((pack,)):
        duty = step(duty, fact)
    return msgspec.structs.replace(pack, duty=duty)


def _packed(fact: Fact) -> _Packed:
    told = (fact.told[0], _east(fact.told[0]), fact.told[1]) if fact.told else None
    uuid = _uuid(fact.command)
    command = "" if uuid else fact.command
    place = fact.at, _east(fact.at), fact.position
    return _Packed(*place, fact.kind, fact.area, uuid, command, fact.assignment, fact.stage, told)


def _unpacked(one: _Packed) -> Fact:
    told = (_instant(*one.told[:2]), one.told[2]) if one.told else None
    command = _text(one.uuid) if one.uuid else one.command
    at = _instant(one.at, one.east)
    return Fact(at, one.position, one.kind, one.area, command, one.assignment, one.stage, told)


def _uuid(command: str) -> bytes:
    """Return the bytes of a UUID; none if it is written otherwise than we write it."""
    try:
        uuid = bytes.fromhex(command.replace("-", "")) if len(command) == _UUID else b""
    except ValueError:
        return b""
    return uuid if uuid and _text(uuid) == command else b""


def _text(uuid: bytes) -> str:
    text = uuid.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _east(at: datetime) -> int:
    offset = at.utcoffset()
    return (offset.days * 86_400 + offset.seconds) if offset else 0


def _instant(at: datetime, east: int) -> datetime:
    return at.astimezone(timezone(timedelta(seconds=east)) if east else UTC)
