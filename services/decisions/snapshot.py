"""Serialise a state and restore it; decisions on a restored state equal those after reading the whole log.

Uses JSON because, like the log, it keeps an instant's UTC offset; MessagePack would not.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec.structs import force_setattr

import services.decisions.decide  # noqa: F401  # pyright: ignore[reportUnusedImport]  enters all tables
from events.commit import Head
from services.decisions.state import COMMANDS, Meta, State
from services.decisions.table import tables as declared

TABLES: Final = dict(sorted(declared.items()))
"""Every table of a State, by name."""
PIECE: Final = 2_000
"""Entries encoded or decoded at a time (about 5 ms), to let other threads run in between."""
MOST_SHARED: Final = 1_000
"""Different texts of a field up to which each is looked for in other rows."""
_FRAME: Final = struct.Struct(">BI")
_HEADER: Final = 255


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a State except its tables and journal."""

    jurisdiction: str
    head: Head
    forgotten: int
    meta: Meta
    sizes: dict[str, int]
    partial: bool = False
    """Whether rows are put away."""


class Frozen(msgspec.Struct, frozen=True):
    """An immutable copy of a state, which another thread may encode."""

    header: Header
    tables: dict[str, dict[str, Any]]
    idle: dict[str, dict[str, Any]]
    """Rows to put away, by table. They are not in the dump."""


class Restored(msgspec.Struct, frozen=True):
    """A restored state."""

    state: State
    forgotten: int
    """Command ids up to this position may be missing; the view of commands has them."""


_encoder = msgspec.json.Encoder()
_headers = msgspec.json.Decoder(Header)
_decoders: list[msgspec.json.Decoder[Any]] = [
    msgspec.json.Decoder(dict[str, one.row]) for one in TABLES.values()
]


def freeze(state: State, forget_commands_upto: int = 0, *, put_away: bool = False) -> Frozen:
    """Freeze the confirmed state, without command ids up to that position. 20 ms for a million entries.

    If the state itself has forgotten ids, pass that position or a later one. `put_away`: keep idle rows
    apart. Raises ValueError for unconfirmed changes.
    """
    if state.mark():
        raise ValueError(f"{state.jurisdiction} has unconfirmed changes: only confirmed state can be frozen")
    tables: dict[str, dict[str, Any]] = {name: dict(state[TABLES[name]]) for name in TABLES}
    for key in [k for k, known in state[COMMANDS].items() if known.position <= forget_commands_upto]:
        del tables["commands"][key]
    idle = _idle(tables) if put_away else {}
    for name, rows in idle.items():
        tables[name] = {key: row for key, row in tables[name].items() if key not in rows}
    header = Header(
        jurisdiction=state.jurisdiction,
        head=state.head,
        forgotten=forget_commands_upto,
        meta=state.meta,
        sizes={name: len(table) for name, table in tables.items()},
        partial=state.partial or bool(idle),
    )
    return Frozen(header, tables, idle)


def _idle(tables: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, one in TABLES.items():
        if one.idle and (rows := {key: row for key, row in tables[name].items() if one.idle(row)}):
            found[name] = rows
    return found


def idle_rows(frozen: Frozen) -> Iterator[tuple[str, str, bytes]]:
    """Encode the rows to put away: table, key, row."""
    for name, rows in frozen.idle.items():
        for key, row in rows.items():
            yield name, key, _encoder.encode(row)


def row_of(name: str, encoded: bytes) -> Any:
    """Decode a row that was put away. Raises ValueError."""
    return _decoder_of(name).decode(encoded)


@cache
def _decoder_of(name: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(TABLES[name].row)


def dump(state: State, forget_commands_upto: int = 0) -> bytes:
    """Freeze and encode."""
    return encode(freeze(state, forget_commands_upto))


def encode(frozen: Frozen) -> bytes:
    """Encode deterministically."""
    return b"".join(frames(frozen))


def frames(frozen: Frozen) -> Iterator[bytes]:
    """Encode piece by piece."""
    yield from _frame(_HEADER, frozen.header)
    for kind, name in enumerate(TABLES):
        items = iter(frozen.tables[name].items())
        while piece := dict(islice(items, PIECE)):
            yield from _frame(kind, piece)


def load(dumped: bytes) -> Restored:
    """Restore a state. Raises ValueError unless the bytes are a complete dump of this version."""
    return load_pieces((dumped,))


def load_pieces(pieces: Iterable[bytes]) -> Restored:
    """Restore a state from a dump that comes in pieces, so that the whole is never in memory. See `load`."""
    frames = _cut(pieces)
    kind, first = next(frames, (0, b""))
    if kind != _HEADER:
        raise ValueError("the dump does not start with a header")
    header = _headers.decode(first)
    state = State(header.jurisdiction)
    state.head = header.head
    state.meta = header.meta
    state.settle()
    names = list(TABLES)
    pools: defaultdict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for kind, body in frames:
        if kind >= len(names):
            raise ValueError(f"the dump has a table {kind} unknown to this version")
        rows = _decoders[kind].decode(body)
        for name in _texts(TABLES[names[kind]].row):
            _share(rows, name, pools[kind, name])
        state[TABLES[names[kind]]].update(rows)
    if header.sizes != {name: len(state[TABLES[name]]) for name in names}:
        raise ValueError("the dump is incomplete")
    if header.partial:
        state.make_partial()
    return Restored(state, header.forgotten)


@cache
def _texts(row: type) -> tuple[str, ...]:
    """Return the fields of a row that hold a text."""
    fields = msgspec.structs.fields(row) if issubclass(row, msgspec.Struct) else ()
    return tuple(field.name for field in fields if field.type in (str, str | None))


def _share(rows: dict[str, Any], name: str, pool: dict[str, str]) -> None:
    """Keep a text of many rows, such as an area's code, once. A decoder makes a new one for each row."""
    if len(pool) >= MOST_SHARED:
        return
    for row in rows.values():
        text = getattr(row, name)
        if text is not None:
            force_setattr(row, name, pool.setdefault(text, text))  # equal, so that nobody can tell


def schema() -> bytes:
    """Describe the dump format: the bytes differ if any table, field, type or default does."""
    _, described = msgspec.json.schema_components([Header, *(one.row for one in TABLES.values())])
    return msgspec.json.encode((list(TABLES), described), order="deterministic")


def _frame(kind: int, content: object) -> tuple[bytes, bytes]:
    body = _encoder.encode(content)
    return _FRAME.pack(kind, len(body)), body


def _cut(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    held = bytearray()
    for piece in pieces:
        held += piece
        at = 0
        while len(held) - at >= _FRAME.size:
            kind, size = _FRAME.unpack_from(held, at)
            begin = at + _FRAME.size
            if len(held) - begin < size:
                break
            at = begin + size
            yield kind, bytes(memoryview(held)[begin:at])
        del held[:at]
    if held:
        raise ValueError("the dump is truncated")
