"""What the writer needs of the vault: keys, sealing, and the keyed hash of a command's body."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from events.base import Event
from events.handover import HandoverErased
from events.request import RequestErased
from events.worker import WorkerErased
from services.decisions.base import Command, personal_fields
from services.decisions.handover.table import HANDOVERS, Handover
from services.decisions.request.table import REQUESTS, Request
from services.decisions.state import State
from services.decisions.worker.table import WORKERS, Worker
from services.log.asked import Asked

PHONES = ("phone", "contact_phone")
_ERASED: Final[dict[type[Event], tuple[str, str]]] = {
    WorkerErased: ("worker", "worker"),
    RequestErased: ("request", "request"),
    HandoverErased: ("handover", "note"),
}
"""Event -> (kind of subject, the field with its id)."""
ERASURES: Final = tuple(event.NAME for event in _ERASED)
"""Names of the events with which a key goes."""


class Vault(Protocol):
    """The part of services.vault that writers call."""

    async def ensure(self, jurisdiction: str, subjects: Iterable[str]) -> dict[str, bool]: ...
    def seal(self, jurisdiction: str, subject: str, command: str, field: str, plain: str) -> str: ...
    def body_hash(
        self, jurisdiction: str, subject: str | None, name: str, claimed_at: datetime | None, data: Any
    ) -> str: ...
    async def index_phones(self, jurisdiction: str, phones: dict[str, str | None]) -> None: ...
    async def erase_all(self, jurisdiction: str, subjects: Iterable[str]) -> None: ...


class Sealed(msgspec.Struct, frozen=True):
    """A command without plain personal data, and the keyed hash of what it held."""

    command: Command
    body: str
    erased: bool = False
    """Its subject's key is destroyed: nothing can be sealed for them any more."""


def subject_of(asked: Asked) -> str | None:
    """`worker/ID`, `request/ID` or `handover/ID` where the command gives personal data, else None."""
    command = asked.command
    if command.SUBJECT is None:
        return None
    if all(getattr(command, field) is None for field in personal_fields(type(command))):
        return None
    return _named(asked)


def _named(asked: Asked) -> str:
    command = asked.command
    return f"{command.SUBJECT}/{getattr(command, command.OWNER) or asked.id}"


async def seal_all(vault: Vault, jurisdiction: str, group: Iterable[Asked]) -> list[Sealed]:
    """Seal a group: its subjects' keys are durable before this returns."""
    subjects = [(asked, subject_of(asked)) for asked in group]
    wanted = {subject for _, subject in subjects if subject}
    alive = await vault.ensure(jurisdiction, wanted) if wanted else {}
    return [_seal(vault, jurisdiction, asked, subject, alive) for asked, subject in subjects]


def phone_of(asked: Asked) -> dict[str, str | None]:
    """{subject: phone} where the command sets (or with null removes) a phone number."""
    command = asked.command
    given = [field for field in PHONES if field in command.model_fields_set]
    if not given or command.SUBJECT is None:
        return {}
    return {_named(asked): getattr(command, given[0])}


def _seal(
    vault: Vault, jurisdiction: str, asked: Asked, subject: str | None, alive: dict[str, bool]
) -> Sealed:
    command = asked.command
    if subject and not alive[subject]:
        return Sealed(command, "", erased=True)
    data = command.model_dump(mode="json", exclude_unset=True)
    body = vault.body_hash(jurisdiction, subject, command.NAME, asked.at, data)
    if subject is None:
        return Sealed(command, body)
    tokens = {
        field: vault.seal(jurisdiction, subject, asked.id, field, plain)
        for field in personal_fields(type(command))
        if (plain := getattr(command, field)) is not None
    }
    return Sealed(command.model_copy(update=tokens), body)


def erased_by(event: Event) -> str | None:
    """The subject whose key must go once this event is in the log."""
    kind, field = _ERASED.get(type(event), ("", ""))
    return f"{kind}/{getattr(event, field)}" if kind else None


def erased_in(state: State) -> list[str]:
    """All subjects whose keys must be gone by now."""
    tables: dict[str, Mapping[str, Worker | Request | Handover]] = {
        "worker": state[WORKERS],
        "request": state[REQUESTS],
        "handover": state[HANDOVERS],
    }
    return [f"{kind}/{key}" for kind, table in tables.items() for key, one in table.items() if one.erased]
