"""Catalogue of all events; encodes and decodes stored bytes."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, Final

import msgspec

import events
from events.base import Event, EventEnvelope, registered, upcasters
from events.commit import Commit, Recorded

for _module in pkgutil.iter_modules(events.__path__, "events."):
    importlib.import_module(_module.name)


class UnknownEvent(Exception):
    """The event's (name, schema) is unknown to this reader: park the jurisdiction, upgrade the reader."""

    def __init__(self, name: str, schema: int, position: int) -> None:
        super().__init__(f"event {name} schema {schema} at position {position} is newer than this program")
        self.name, self.schema, self.position = name, schema, position


class BadEvent(Exception):
    """The data of an accepted event does not match its class."""

    def __init__(self, name: str, position: int, why: str) -> None:
        super().__init__(f"event {name} at position {position} cannot be read: {why}")
        self.position = position


newest: dict[str, type[Event]] = {}
for (_name, _schema), _cls in sorted(registered.items(), key=lambda item: item[0]):
    newest[_name] = _cls
ERASURES: Final = frozenset(name for name in newest if name.endswith(".erased"))
"""Names of the events that destroy their subject's key."""
decoders: dict[tuple[str, int], msgspec.json.Decoder[Event]] = {
    key: msgspec.json.Decoder(cls) for key, cls in registered.items() if newest[key[0]] is cls
}
"""Of the events that need no upcasting, by name and schema."""
_encoder = msgspec.json.Encoder()


def encode(data: Event) -> msgspec.Raw:
    """Encode the event's data for storage."""
    return msgspec.Raw(_encoder.encode(data))


def reread(data: Event) -> Event:
    """Return the event as a reader of the log will see it."""
    return decoders[data.NAME, data.SCHEMA].decode(_encoder.encode(data))


def decode(recorded: Recorded, position: int) -> Event:
    """Decode an event's data. Raises UnknownEvent or BadEvent."""
    key = recorded.name, recorded.schema
    decoder = decoders.get(key)
    try:
        if decoder is not None:
            return decoder.decode(recorded.data)
        if key not in upcasters:
            raise UnknownEvent(*key, position)
        return msgspec.convert(_upcast(key, msgspec.json.decode(recorded.data)), newest[recorded.name])
    except msgspec.DecodeError as error:
        raise BadEvent(recorded.name, position, str(error)) from error


def _upcast(key: tuple[str, int], data: dict[str, Any]) -> dict[str, Any]:
    while key in upcasters:
        data = upcasters[key](data)
        key = key[0], key[1] + 1
    return data


def envelopes(commit: Commit) -> Iterator[EventEnvelope]:
    """Yield the commit's decoded events in order. Raises UnknownEvent or BadEvent."""
    for offset, recorded in enumerate(commit.events):
        position = commit.first + offset
        yield EventEnvelope(
            jurisdiction=commit.jurisdiction,
            position=position,
            recorded_at=commit.recorded_at,
            name=recorded.name,
            at=recorded.at,
            actor=recorded.actor,
            command=recorded.command,
            claimed=recorded.claimed,
            observed=recorded.observed,
            body=recorded.body,
            data=decode(recorded, position),
        )
