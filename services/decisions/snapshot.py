"""A state as bytes, and back: whoever restores it decides as if they had read the whole log.

JSON, because it keeps the offset of an instant, as the log does; MessagePack would not.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import msgspec

import services.decisions.decide  # noqa: F401  # pyright: ignore[reportUnusedImport]  enters all tables
from events.commit import Head
from services.decisions.state import COMMANDS, Meta, State
from services.decisions.table import tables as declared

TABLES: Final = dict(sorted(declared.items()))
"""Every table of a State, by name."""
PIECE: Final = 2_000
"""Entries encoded or decoded at a time (some 5 ms), so that other threads have their turn in between."""
_FRAME: Final = struct.Struct(">BI")
_HEADER: Final = 255


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a State but its tables and its journal."""

    jurisdiction: str
    head: Head
    forgotten: int
    meta: Meta
    sizes: dict[str, int]


class Frozen(msgspec.Struct, frozen=True):
    """A state as it was at one moment: it stays so, and may be encoded by another thread."""

    header: Header
    tables: dict[str, dict[str, Any]]


class Restored(msgspec.Struct, frozen=True):
    """A state as it was dumped."""

    state: State
    forgotten: int
    """Ids of commands up to this position may be missing: only the view of commands knows them."""


_encoder = msgspec.json.Encoder()
_headers = msgspec.json.Decoder(Header)
_decoders: list[msgspec.json.Decoder[Any]] = [
    msgspec.json.Decoder(dict[str, one.row]) for one in TABLES.values()
]


def freeze(state: State, forget_commands_upto: int = 0) -> Frozen:
    """The confirmed state; ids of commands up to that position stay out. 20 ms for a million entries.

    Where the state has forgotten ids itself, give that position or a later one. Raises ValueError where
    something is unconfirmed.
    """
    if state.mark():
        raise ValueError(f"{state.jurisdiction} has unconfirmed changes: only confirmed state is kept")
    tables: dict[str, dict[str, Any]] = {name: dict(state[TABLES[name]]) for name in TABLES}
    for key in [k for k, known in state[COMMANDS].items() if known.position <= forget_commands_upto]:
        del tables["commands"][key]
    header = Header(
        jurisdiction=state.jurisdiction,
        head=state.head,
        forgotten=forget_commands_upto,
        meta=state.meta,
        sizes={name: len(table) for name, table in tables.items()},
    )
    return Frozen(header, tables)


def dump(state: State, forget_commands_upto: int = 0) -> bytes:
    """`freeze` and `encode` in one."""
    return encode(freeze(state, forget_commands_upto))


def encode(frozen: Frozen) -> bytes:
    """The same bytes for the same state."""
    return b"".join(frames(frozen))


def frames(frozen: Frozen) -> Iterator[bytes]:
    """`encode`, piece by piece."""
    yield from _frame(_HEADER, frozen.header)
    for kind, name in enumerate(TABLES):
        items = iter(frozen.tables[name].items())
        while piece := dict(islice(items, PIECE)):
            yield from _frame(kind, piece)


def load(dumped: bytes) -> Restored:
    """Raises ValueError where these bytes are no whole dump of this version."""
    frames = _cut(dumped)
    kind, first = next(frames, (0, dumped))
    if kind != _HEADER:
        raise ValueError("this dump does not begin with its header")
    header = _headers.decode(first)
    state = State(header.jurisdiction)
    state.head = header.head
    state.meta = header.meta
    state.settle()
    names = list(TABLES)
    for kind, body in frames:
        if kind >= len(names):
            raise ValueError(f"this dump holds a table {kind}, which this version does not know")
        state[TABLES[names[kind]]].update(_decoders[kind].decode(body))
    if header.sizes != {name: len(state[TABLES[name]]) for name in names}:
        raise ValueError("this dump is not whole")
    return Restored(state, header.forgotten)


def schema() -> bytes:
    """What a dump looks like: other bytes wherever a table, a field, a type or a default differs."""
    _, described = msgspec.json.schema_components([Header, *(one.row for one in TABLES.values())])
    return msgspec.json.encode((list(TABLES), described), order="deterministic")


def _frame(kind: int, content: object) -> tuple[bytes, bytes]:
    body = _encoder.encode(content)
    return _FRAME.pack(kind, len(body)), body


def _cut(dumped: bytes) -> Iterator[tuple[int, memoryview]]:
    view, at = memoryview(dumped), 0
    while at < len(view):
        if len(view) - at < _FRAME.size:
            raise ValueError("this dump is cut off")
        kind, size = _FRAME.unpack_from(view, at)
        at += _FRAME.size
        yield kind, view[at : at + size]
        at += size
