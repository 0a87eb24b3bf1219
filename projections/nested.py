"""Personal fields inside a row's lists, such as the names of those who held a post before."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args

import msgspec

from projections.base import personal_fields


@cache
def holding(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """Return the fields of a row or entry whose own entries hold personal fields, at any depth."""
    return tuple(
        f.name for f in msgspec.structs.fields(struct) if any(_personal(s) for s in _structs(f.type))
    )


def _personal(struct: type[msgspec.Struct]) -> bool:
    return bool(personal_fields(struct) or holding(struct))


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for part in get_args(hint):
        yield from _structs(part)


def entries(row: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """Yield the entries inside a row that may hold personal fields, at any depth."""
    for name in holding(type(row)):
        value = getattr(row, name)
        for entry in value if isinstance(value, tuple) else (value,):  # pyright: ignore[reportUnknownVariableType]
            if isinstance(entry, msgspec.Struct):
                yield entry
                yield from entries(entry)


Change = Callable[[str, str], str | None]
"""(name of a personal field, sealed value) -> what takes its place."""


def changed(row: msgspec.Struct, change: Change) -> dict[str, Any]:
    """Return the fields whose entries hold personal data, with another value in its place."""
    return {name: _changed(getattr(row, name), change) for name in holding(type(row))}


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, tuple):
        return tuple(_changed(one, change) for one in value)  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(value, msgspec.Struct):
        return value
    sealed = {name: getattr(value, name) for name in personal_fields(type(value))}
    own = {name: change(name, one) for name, one in sealed.items() if one is not None}
    return msgspec.structs.replace(value, **own, **changed(value, change))
