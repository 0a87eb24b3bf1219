"""What the recorder needs from the vault: keys, sealing, and keyed hashes of command bodies."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, Final, Protocol

import msgspec

from events.catalog import newest
from events.commit import Recorded
from projections.base import phone_fields as event_phones
from services.decisions.base import AFTER, SAID, Command, personal_fields, phone_fields
from services.decisions.hearing import said_by
from services.decisions.saying import Heard
from services.recorder.envelope import CommandEnvelope

_APART: Final = frozenset((SAID, AFTER))
"""Fields that tell where a command comes from; they are no part of what it says."""
_PLAIN: Final = frozenset((str, int, bool, float, NoneType))
"""Types whose values are themselves in JSON."""


class Vault(Protocol):
    """The part of services.vault used by writers."""

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bool]: ...
    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str: ...
    def body_hash(
        self, jurisdiction: str, subject: str | None, name: str, claimed_at: datetime | None, data: Any
    ) -> str: ...
    async def index_phones(self, jurisdiction: str, phones: dict[str, str | None]) -> None: ...
    async def erase_all(self, jurisdiction: str, subjects: Iterable[str]) -> None: ...


class Sealed(msgspec.Struct, frozen=True):
    """A command without plain personal data, and the keyed hash of its original body."""

    command: Command
    body: str
    erased: bool = False
    """The subject's key is destroyed; nothing can be sealed for it."""


def subject_of(envelope: CommandEnvelope) -> str | None:
    """Return `worker/ID`, `request/ID` or `handover/ID` if the command contains personal data, else None."""
    command = envelope.command
    if command.SUBJECT is None:
        return None
    values = vars(command)
    for field in personal_fields(type(command)):
        if values[field] is not None:
            return _named(envelope)
    return None


def _named(envelope: CommandEnvelope) -> str:
    command = envelope.command
    return f"{command.SUBJECT}/{getattr(command, command.OWNER) or envelope.id}"


async def seal_all(vault: Vault, jurisdiction: str, group: Iterable[CommandEnvelope]) -> list[Sealed]:
    """Seal a group. The subjects' keys are durable on return."""
    subjects = [(envelope, subject_of(envelope)) for envelope in group]
    wanted = {subject for _, subject in subjects if subject}
    alive = await vault.ensure(jurisdiction, wanted)  # also loads the service key
    return [_seal(vault, jurisdiction, envelope, subject, alive) for envelope, subject in subjects]


def phone_of(envelope: CommandEnvelope, recorded: Iterable[Recorded]) -> dict[str, str | None]:
    """Return {subject: phone} if the events set a phone number, or remove it with null.

    A command's number may be in no event, as when someone already registered checks in.
    """
    command = envelope.command
    phones = phone_fields(type(command))
    given = [field for field in phones if field in command.model_fields_set] if phones else phones
    if not given:
        return {}
    taken = {field for one in recorded for field in event_phones(newest[one.name]) if _takes(one, field)}
    found = [field for field in given if field in taken]
    return {_named(envelope): getattr(command, found[0])} if found else {}


def _takes(one: Recorded, field: str) -> bool:
    """Whether an event sets a field: an amendment sets only what it has, a registration all."""
    return field not in _amended(one.name) or field in msgspec.json.decode(one.data)


@cache
def _amended(name: str) -> frozenset[str]:
    """Return the fields that an event may leave unset; reading its annotations takes a moment."""
    return frozenset(f.name for f in msgspec.structs.fields(newest[name]) if f.default is msgspec.UNSET)


def given_fields(command: Command) -> dict[str, Any]:
    """Return the fields given, as they are in JSON. Most are plain values, which need no dump."""
    given: dict[str, Any] = {}
    values = vars(command)
    for field in command.model_fields_set:
        if field not in _APART:
            given[field] = value = values[field]
            if type(value) not in _PLAIN:
                break
    else:
        return given
    return command.model_dump(mode="json", exclude_unset=True, exclude=set(_APART))


def _seal(
    vault: Vault, jurisdiction: str, envelope: CommandEnvelope, subject: str | None, alive: dict[str, bool]
) -> Sealed:
    command = envelope.command
    if subject and not alive[subject]:
        return Sealed(command, "", erased=True)
    data = given_fields(command)
    body = vault.body_hash(jurisdiction, subject, command.NAME, envelope.at, data)
    if subject is None:
        return Sealed(command, body)
    tokens = {
        field: vault.seal(jurisdiction, subject, envelope.id, field, plain)
        for field in personal_fields(type(command))
        if (plain := getattr(command, field)) is not None
    }
    if said := said_by(command):
        personal = {
            field: vault.body_hash(jurisdiction, subject, f"{command.NAME} {field}", None, data[field])
            for field in sorted(tokens)
        }
        heard: dict[str, Any] = {SAID: Heard(sheet=said.sheet, accept=said.accept, personal=personal)}
        return Sealed(command.model_copy(update={**tokens, **heard}), body)
    return Sealed(command.model_copy(update=tokens), body)
