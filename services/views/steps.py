"""Packed outbox steps: what each batch changed, for the streams."""

import threading
from collections.abc import Collection, Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from services.base.zstd import zstd
from services.views.port import Change, OutboxStep, RowUnreadable
from services.views.table import Table

_MOST_UNPACKED: Final = 2**30
_PACKING: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 1,
    zstd.CompressionParameter.checksum_flag: 1,
}

AnyTable = TypeVar("AnyTable", bound=Table)
Changed = tuple[str, str, bytes | None, bytes | None]
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[tuple[str, str, msgspec.Raw, msgspec.Raw]])
_NULL: Final = msgspec.Raw(b"null")


class _Packer(threading.local):
    """A thread's compressor: to make one takes four times as long as to pack a small step."""

    def __init__(self) -> None:
        self.zstd = zstd.ZstdCompressor(options=_PACKING)


_packer = _Packer()


def pack(changes: Iterable[Changed]) -> bytes:
    """Pack rows that are already encoded."""
    said = [(view, key, _raw(before), _raw(row)) for view, key, before, row in changes]
    return _packer.zstd.compress(_encoder.encode(said), zstd.ZstdCompressor.FLUSH_FRAME)


def _raw(data: bytes | None) -> msgspec.Raw:
    return _NULL if data is None else msgspec.Raw(data)


def chosen(tables: Mapping[str, AnyTable], views: Collection[str] | None) -> Mapping[str, AnyTable]:
    """Return the tables of these views, None = of all."""
    if views is None:
        return tables
    return {name: table for name, table in tables.items() if table.view.name in views}


def unpack(tables: Mapping[str, Table], after: int, upto: int, packed: bytes) -> OutboxStep:
    """Unpack a step. `tables` are keyed by the names used when packing; rows of other tables are skipped.
    Raises RowUnreadable."""
    unpacker = zstd.ZstdDecompressor()
    try:
        data = unpacker.decompress(packed, max_length=_MOST_UNPACKED)
    except zstd.ZstdError as error:
        raise RowUnreadable("steps", str(upto), str(error)) from error
    if not unpacker.eof:
        raise RowUnreadable("steps", str(upto), "it is cut short")

    def row(table: Table, key: str, raw: msgspec.Raw):
        held = bytes(raw)
        return None if held == b"null" else table.decode(key, held)

    changes = tuple(
        Change(table.view.name, key, row(table, key, before), row(table, key, now))
        for name, key, before, now in _decoder.decode(data)
        if (table := tables.get(name))
    )
    return OutboxStep(after, upto, changes)
