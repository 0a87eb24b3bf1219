"""Declare records dead that lie behind a log's head without following it, with the consent of two people."""

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec

from events.catalog import encode as encode_event
from events.commit import Commit, Head, Recorded, decode, digest, encode
from events.jurisdiction import JurisdictionRepaired
from events.repair import SHOWN
from services.access.principal import Principal
from services.log.port import Damage, Log, LogDamaged
from services.refusals.errors import CodedError

MOST_REASON: Final = 200


class RepairRefused(CodedError):
    """The log was not repaired; the sentence says why."""

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.code})"


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """What two people agree on, as it was shown to them."""

    jurisdiction: str
    head: Head
    digest: str
    """Of the records to declare dead (events/repair.py)."""
    reason: str


def consenting(people: tuple[Principal, Principal], jurisdiction: str) -> tuple[str, str]:
    """Return the actors of two people who may repair a jurisdiction together. Raises RepairRefused."""
    for one in people:
        if one.scope != "admin" or one.areas or not one.may_read(jurisdiction):
            raise RepairRefused("repair.not_admin", name=one.name, jurisdiction=jurisdiction)
    first, second = people
    if first.id == second.id or first.name.casefold() == second.name.casefold():
        raise RepairRefused("repair.one_person", name=first.name)
    return first.actor, second.actor


async def damage_of(log: Log, jurisdiction: str, shown: Head) -> Damage:
    """Return what may be declared dead. `shown` is the head of the views.

    Raises RepairRefused; LogDamaged if something is wrong that no repair mends.
    """
    damage = await log.damage(jurisdiction)
    if damage is None:
        raise RepairRefused("repair.not_damaged", jurisdiction=jurisdiction)
    if shown.position > damage.head.position:
        raise RepairRefused(
            "repair.acknowledged",
            jurisdiction=jurisdiction,
            shown=str(shown),
            head=str(damage.head),
        )
    return damage


async def repair(log: Log, agreed: Repair, by: tuple[str, str], now: datetime, shown: Head) -> Head:
    """Record the decision and return the new head.

    Raises RepairRefused, LogDamaged, LogUnavailable, OutcomeUnknown.
    """
    damage = await damage_of(log, agreed.jurisdiction, shown)
    if damage.head != agreed.head:
        raise RepairRefused("repair.head_moved", head=str(damage.head), wanted=str(agreed.head))
    if damage.digest != agreed.digest:
        raise RepairRefused("repair.other_records", digest=damage.digest, records=damage.records)
    recorded_at = max(now, await _last_recorded(log, damage) or now)
    commit = _commit(damage, agreed.reason, by, recorded_at)
    data = encode(commit)
    if not await log.repair(agreed.jurisdiction, data):
        raise RepairRefused("repair.overtaken", jurisdiction=agreed.jurisdiction)
    return Head(commit.first, digest(data))


async def _last_recorded(log: Log, damage: Damage) -> datetime | None:
    last: bytes | None = None
    with suppress(LogDamaged):
        async for batch in log.read(damage.jurisdiction, damage.head.position - 1):
            last = batch[-1].data if batch else last
    return decode(last).recorded_at if last else None


def _commit(damage: Damage, reason: str, by: tuple[str, str], now: datetime) -> Commit:
    event = JurisdictionRepaired(
        records=damage.records,
        digest=damage.digest,
        hashes=tuple(one.hash for one in damage.shown[:SHOWN]),
        consent=by[1],
        reason=reason,
    )
    said = encode_event(event)
    recorded = Recorded(
        name=event.NAME,
        schema=event.SCHEMA,
        at=now,
        actor=by[0],
        command=str(uuid4()),
        body=digest(bytes(said)),
        data=said,
    )
    return Commit(
        id=str(uuid4()),
        jurisdiction=damage.jurisdiction,
        first=damage.head.position + 1,
        prev=damage.head.hash,
        recorded_at=now,
        events=(recorded,),
    )
