"""A log's identity: record 0 of each partition. Readers refuse a topic with another identity."""

import asyncio
import hashlib
import logging
from typing import Final
from uuid import uuid4

import msgspec

from services.log.port import LogUnavailable
from services.log.transport import Transport, TransportDown, fetched

FORMAT: Final = 1

log_of = logging.getLogger("muster.log")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Record 0 of every partition. Readers ignore further copies."""

    log: str
    """UUID generated with the log."""
    partitions: int
    format: int = FORMAT

    def encode(self) -> bytes:
        return msgspec.json.encode(self)


def new_identity(partitions: int) -> Identity:
    """Return the identity of a new log."""
    return Identity(log=str(uuid4()), partitions=partitions)


def partition_of(jurisdiction: str, partitions: int) -> int:
    """Return the partition of a jurisdiction's commits, identically in every client and language.

    The first eight bytes of SHA-256 of the code, big-endian, modulo the number of partitions. Frozen.
    """
    return int.from_bytes(hashlib.sha256(jurisdiction.encode()).digest()[:8]) % partitions


class StartDeleted(LogUnavailable):
    """The beginning of a partition was deleted."""

    def __init__(self, partition: int, first: int) -> None:
        super().__init__(
            f"partition {partition} begins at offset {first}: its start was deleted; restore the log"
        )


async def read_identity(transport: Transport) -> Identity:
    """Return the identity shared by all partitions. Raises LogUnavailable, saying what to do.

    Partitions whose start was deleted have none: only their jurisdictions stop, if another has it.
    """
    known = await asyncio.gather(
        *(_identity(transport, p) for p in range(transport.partitions)), return_exceptions=True
    )
    found = [one for one in known if isinstance(one, Identity)]
    lost = [one for one in known if isinstance(one, BaseException)]
    for error in lost:
        if not found or not isinstance(error, StartDeleted):
            raise error
        log_of.critical("%s", error)
    if len(set(found)) != 1 or found[0].partitions != transport.partitions:
        raise LogUnavailable(
            f"the topic has {transport.partitions} partitions of {sorted(map(str, set(found)))}"
            ": this is not one intact log (a log's partitions are fixed when it is created)"
        )
    if found[0].format > FORMAT:
        raise LogUnavailable(f"the log has format {found[0].format}, this version supports {FORMAT}; upgrade")
    return found[0]


async def _identity(transport: Transport, partition: int) -> Identity:
    found = await first_identity(transport, partition)
    if found is None:
        raise LogUnavailable(
            f"partition {partition} of the log has no identity: run `muster migrate` before the first start; "
            "later, the topic was emptied or recreated: restore the log"
        )
    return found


async def first_identity(transport: Transport, partition: int) -> Identity | None:
    """Return a partition's identity, if any. Raises LogUnavailable if the topic's beginning was deleted."""
    try:
        first, end = await transport.bounds(partition)
        if first > 0:
            raise StartDeleted(partition, first)
        if end == 0:
            return None
        records = await fetched(transport, partition, 0, 1)
        return msgspec.json.decode(records[0].value or b"", type=Identity) if records else None
    except TransportDown as error:
        raise LogUnavailable(f"the log cannot be reached: {error}") from error
    except msgspec.DecodeError:
        raise LogUnavailable(
            f"partition {partition} does not begin with a log identity; use a topic created by Muster"
        ) from None
