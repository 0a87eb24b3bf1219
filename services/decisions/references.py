"""What a command's fields refer to, read from their types. Authorisation derives from this alone."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints
from unicodedata import normalize

import msgspec
from pydantic import AfterValidator, AwareDatetime, BaseModel

from events.refs import Ref


class Plain(msgspec.Struct, frozen=True):
    """Marks text that is not a reference."""


class Touch(msgspec.Struct, frozen=True):
    """Marks a reference with special scope rules; see ARRIVES, CONCERNS, IDENTITY, NAMED and OPEN."""

    name: str


_NO_TEXT: Final = (int, float, bool, datetime, AwareDatetime, type(None), Ellipsis)
PLAIN = Plain()


def plain_id(text: str) -> str:
    """Refuse the full-width and other twins of letters and digits: W1 and \uff371 must not be two workers."""
    if not text.isascii() and (plain := normalize("NFKC", text)) != text:
        raise ValueError(f"must be written as {plain}")
    return text


NEW: Final = AfterValidator(plain_id)
"""Marks the id of what a command creates. What was recorded before under another id stays within reach."""
ARRIVES = Touch("arrives")
"""A worker who is off duty and has no home area may be taken up by any area."""
CONCERNS = Touch("concerns")
"""Only mentioned: its areas must overlap the sender's, not lie within them."""
IDENTITY = Touch("identity")
"""Changes someone's identity or existence: the sender must also cover where they belong."""
SEALS = Touch("seals")
"""Says whose personal data the command carries. It need not be a worker's own: the decider requires that it
belongs to what is."""

OPEN = Touch("open")
"""Open to every worker: it need not be theirs, but something else in the command must be."""

NAMED = Touch("named")
"""Named beside what decides, wherever it is now: the decider requires that the two belong together."""


class Mention(msgspec.Struct, frozen=True):
    """A field that refers to something: its path and what it refers to."""

    path: tuple[str, ...]
    kind: str
    touch: Touch | None = None
    own_id: bool = False
    """Whether it is the command's own aggregate, whose id defaults to the command's."""
    new: bool = False
    """Whether it names what the command creates."""

    def keys(self, command: BaseModel) -> Iterator[str]:
        """Yield the ids that a command gives in this field."""
        yield from _reach(command, self.path)

    def touched(self, command: BaseModel, id_: str) -> tuple[str, ...]:
        """Like `keys`; if none is given and the command's own id is used, return that."""
        if len(self.path) == 1 and type(one := getattr(command, self.path[0])) is str:  # nearly always
            return (one,)
        return tuple(self.keys(command)) or ((id_,) if self.own_id else ())


@cache
def mentions(command: type[BaseModel]) -> tuple[Mention, ...]:
    """Return all of a command's fields that are references, including those of its items."""
    found = (one for one in _fields(command) if isinstance(one, Mention))
    return tuple(msgspec.structs.replace(one, own_id=_is_own(command, one)) for one in found)


def _is_own(command: type[BaseModel], mention: Mention) -> bool:
    """Whether the aggregate's id may default to the command's."""
    field = command.model_fields[mention.path[0]]
    aggregate = str(getattr(command, "NAME", "")).partition(".")[0]
    return len(mention.path) == 1 and mention.kind == aggregate and not field.is_required()


def undeclared(command: type[BaseModel]) -> list[str]:
    """Return fields whose text is neither a reference nor declared plain."""
    return [".".join(one) for one in _fields(command) if isinstance(one, tuple)]


def _fields(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[Mention | tuple[str, ...]]:
    for name, hint in get_type_hints(model, include_extras=True).items():
        if name in model.model_fields:
            yield from _parts(hint, (*path, name), ())


def _parts(hint: Any, path: tuple[str, ...], marks: tuple[Any, ...]) -> Iterator[Mention | tuple[str, ...]]:
    """Interpret one annotation; `marks` are the metadata around it."""
    if hint is str:
        yield from _text(path, marks)
    elif hint in _NO_TEXT or get_origin(hint) is Literal:
        if any(isinstance(one, Ref | Touch) for one in marks):
            yield path  # only text can be a reference
    elif metadata := getattr(hint, "__metadata__", None):
        yield from _parts(get_args(hint)[0], path, (*marks, *metadata))
    elif get_origin(hint) in (tuple, Union, UnionType):
        for part in get_args(hint):
            yield from _parts(part, path, marks)
    elif isinstance(hint, type) and issubclass(hint, BaseModel):
        yield from _fields(hint, path)
    else:
        yield path  # an unsupported type


def _text(path: tuple[str, ...], marks: tuple[Any, ...]) -> Iterator[Mention | tuple[str, ...]]:
    refs = [one for one in marks if isinstance(one, Ref)]
    if len(refs) == 1:
        touch = next((one for one in marks if isinstance(one, Touch)), None)
        yield Mention(path, refs[0].kind, touch, new=NEW in marks)
    elif refs or PLAIN not in marks:
        yield path


def _reach(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, tuple):
        for one in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _reach(one, path)
    elif path and value is not None:
        yield from _reach(getattr(value, path[0]), path[1:])
    elif isinstance(value, str):
        yield value
