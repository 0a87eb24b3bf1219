"""Commands over HTTP: single commands, batches, and their status."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from pydantic import BaseModel, Field, ValidationError, create_model
from starlette.requests import Request

from events.area import inside
from projections.where import area_of
from services.access import Principal
from services.api.context import Answer, Uuid, answer, json_body, muster, parsed, principal
from services.api.items import USUAL_ID, Given, Item, When, read_items, refusal
from services.api.named_files import file_of, is_there
from services.api.problems import Problem, describe, invalid
from services.api.routing import operation
from services.application.lookup import event_of
from services.decisions.base import BASED_ON, Command, Refused, Scope
from services.decisions.scopes import PUBLIC
from services.recorder.envelope import CommandEnvelope, Kind, Outcome
from services.recorder.errors import Overloaded, Parked

MOST_ITEMS = 500
MOST_DIGITS = 18
STATUS = {"forbidden": 403, "jurisdiction.unknown": 404, "id_reused": 422, "too_large": 413, "internal": 500}
"""Statuses of refusals that are not a 409."""


def _body_of(cls: type[Command]) -> type[BaseModel]:
    """Return the model of a command's HTTP body: its own fields and the envelope's."""
    return create_model(
        "".join(part.title() for part in cls.NAME.replace(".", "_").split("_")),
        __base__=(cls, When),
        __doc__=cls.__doc__,
    )


BODIES = {name: _body_of(cls) for name, cls in PUBLIC.items()}
Batch = Annotated[list[Item], Field(max_length=MOST_ITEMS)]
_USUAL_KEY: Final = re.compile(USUAL_ID)
_STATUSES: Mapping[str, Literal["recorded", "not_recorded", "pending"]] = {
    "accepted": "recorded",
    "refused": "not_recorded",
    "pending": "pending",
}


class _When(NamedTuple):
    """The envelope fields of a body."""

    at: datetime | None
    sent_at: datetime | None
    observed: bool


class _Sender(msgspec.Struct, frozen=True):
    """What all commands of a request have in common."""

    asker: Principal
    actor: str
    scope: Scope
    received: datetime
    bulk: bool

    @classmethod
    def of(cls, request: Request, asker: Principal) -> "_Sender":
        now = muster(request).clock.now()
        return cls(asker, asker.actor, asker.decision_scope(), now, _can_wait(request))

    def envelope(self, key: str, command: Command, when: _When | Given) -> CommandEnvelope:
        """Return a command with its envelope. Raises 403."""
        if when.observed and not self.asker.may_observe(command.NAME):
            raise Problem(403, "forbidden", variant="observed")
        return CommandEnvelope(
            id=key,
            command=command,
            actor=self.actor,
            received=self.received,
            scope=self.scope,
            at=when.at,
            sent_at=when.sent_at,
            observed=when.observed,
            bulk=self.bulk,
        )


def _split(name: str, body: BaseModel) -> tuple[Command, _When]:
    """Split a valid body into its envelope fields and the command that it becomes: to make another object of
    it would take longer than to validate it."""
    values, given = vars(body), body.model_fields_set
    when = _When(*(values.pop(field) for field in _When._fields))
    given.difference_update(_When._fields)
    object.__setattr__(body, "__class__", PUBLIC[name])
    return cast("Command", body), when


def _can_wait(request: Request) -> bool:
    """Whether the sender gives the lowest urgency (RFC 9218: `Priority: u=7`), as imports do."""
    return "u=7" in request.headers.get("priority", "").replace(" ", "").split(",")


async def commander(request: Request, name: str | None) -> tuple[str, Principal]:
    """Return (jurisdiction, caller) of a request that sends commands. Raises 401, 403, 404."""
    jurisdiction, asker = request.path_params["jurisdiction"], await principal(request)
    require_right(asker, name, jurisdiction)
    if not await muster(request).commands.found(jurisdiction):
        _may_found(jurisdiction, asker)
    return jurisdiction, asker


def require_right(asker: Principal, name: str | None, jurisdiction: str) -> None:
    """Raise 403 unless the caller may send this command, or any if None, here."""
    if not asker.may_read(jurisdiction) or (name and not asker.may_command(name, jurisdiction)):
        raise Problem(403, "forbidden", variant="command", command=name, jurisdiction=jurisdiction[:64])


def _may_found(jurisdiction: str, asker: Principal) -> None:
    """Require a well-formed code and an admin: a typo must not create a jurisdiction."""
    wellformed = jurisdiction.isascii() and jurisdiction.isalnum() and len(jurisdiction) <= 32
    if not wellformed or not asker.decision_scope().establish:
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction[:64])


def key_of(request: Request) -> str:
    """Return the command's id from Idempotency-Key. Raises 400."""
    text = request.headers.get("idempotency-key", "").strip().strip('"')
    if _USUAL_KEY.fullmatch(text):
        return text
    try:
        return str(UUID(text))
    except ValueError:
        raise Problem(400, "idempotency_key.invalid" if text else "idempotency_key.missing") from None


def _based_on(request: Request, body: BaseModel) -> BaseModel:
    """Return the body with the position in If-Match as what it is based on. Raises 400.

    Only amendments know what they are based on: any other command must not ignore the precondition.
    """
    text = request.headers.get("if-match", "").strip()
    if not text:
        return body
    digits = text.removeprefix('"').removesuffix('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise Problem(400, "if_match.invalid")
    if BASED_ON not in type(body).model_fields:
        raise Problem(400, "if_match.unsupported")
    return body.model_copy(update={BASED_ON: int(digits)})


async def _submit(request: Request, jurisdiction: str, group: list[CommandEnvelope]) -> list[Outcome]:
    """Send the commands, except those that name a file that is not there."""
    if not any(file_of(one.command) for one in group):  # nearly always
        return await _send(request, jurisdiction, group)
    given = [await _without_file(request, jurisdiction, one) for one in group]
    sent = [one for one, refused in zip(group, given, strict=True) if refused is None]
    outcomes = iter(await _send(request, jurisdiction, sent) if sent else [])
    return [refused or next(outcomes) for refused in given]


async def _without_file(request: Request, jurisdiction: str, envelope: CommandEnvelope) -> Outcome | None:
    """Return the refusal of a command whose file was not uploaded for what the command is about."""
    named = file_of(envelope.command)
    if named is None or await is_there(request, jurisdiction, *named):
        return None
    with suppress(Parked):  # as will `_send`
        if (await muster(request).commands.writer(jurisdiction).status(envelope.id)).outcome != "refused":
            return None  # sent again: the answer is the first one, whatever became of the file since
    return Outcome.because(envelope.id, "refused", Refused("file.unknown", file=named[1]))


async def _send(request: Request, jurisdiction: str, group: list[CommandEnvelope]) -> list[Outcome]:
    try:
        return await muster(request).commands.submit(jurisdiction, group)
    except (Parked, Overloaded) as error:
        raise unsent(jurisdiction, error) from error


def unsent(jurisdiction: str, error: Parked | Overloaded) -> Problem:
    """Return 429 or 503: why commands were not queued."""
    if isinstance(error, Parked):
        return Problem(503, "jurisdiction.parked", jurisdiction=jurisdiction, error=str(error))
    later = {"Retry-After": "1"}
    if error.sender:
        return Problem(429, "overloaded", headers=later, variant="sender")
    return Problem(503, "overloaded", headers=later)


class CommandOutcome(msgspec.Struct, kw_only=True):
    """The outcome of one command."""

    id: Annotated[str, Meta(description="As given")]
    outcome: Kind
    position: Annotated[int | UnsetType, Meta(description="Read with after=position to see it")] = UNSET
    code: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    values: Annotated[dict[str, Any] | UnsetType, Meta(description="What the sentence names")] = UNSET
    anomalies: Annotated[
        list[str] | UnsetType, Meta(description="Codes of rules against which an observed one was recorded")
    ] = UNSET


class BatchOutcome(msgspec.Struct):
    """The outcome of each command, in order."""

    items: list[CommandOutcome]
    position: int


class CommandStatus(msgspec.Struct):
    """The status of a command: whether it is in the log."""

    id: Uuid
    status: Literal["recorded", "not_recorded", "pending"]
    position: int | UnsetType = UNSET


@operation(
    id="command",
    tag="commands",
    headers={"Idempotency-Key": "Any UUID; send the same again to retry"},
    optional={"If-Match": "Of an amendment: the position it is based on, in quotes; same as based_on"},
    problems=(409, 429, 503),
    words={200: "accepted, known or unchanged", 503: "Pending: send the same id again"},
)
async def one(request: Request) -> Answer[CommandOutcome]:
    """Send one command.

    The response is sent once the command is durable.
    """
    name = name_of(request)
    jurisdiction, asker = await commander(request, name)
    key = key_of(request)
    envelope = envelope_of(request, asker, key, await json_body(request))
    return answer_of((await _submit(request, jurisdiction, [envelope]))[0])


def name_of(request: Request) -> str:
    """Return the command's name in the path. Raises 404."""
    name: str = request.path_params["name"]
    if name not in PUBLIC:
        raise Problem(404, "command.unknown", name=name)
    return name


def envelope_of(request: Request, asker: Principal, key: str, content: bytes) -> CommandEnvelope:
    """Return the command in this JSON, with its envelope. Raises 400, 403, 422."""
    name = request.path_params["name"]
    body = _based_on(request, parsed(content, BODIES[name]))
    return _Sender.of(request, asker).envelope(key, *_split(name, body))


def answer_of(outcome: Outcome) -> Answer[CommandOutcome]:
    """Return the answer to one command. Raises a Problem if it was not recorded."""
    if outcome.outcome == "pending":
        headers, code = {"Retry-After": "1"}, outcome.code or "pending"
        raise Problem(503, code, headers=headers, more={"id": outcome.id}, **outcome.values)
    if outcome.outcome == "refused":
        code = str(outcome.code)
        raise Problem(STATUS.get(code, 409), code, more={"id": outcome.id}, **outcome.values)
    return answer(_told(outcome))


async def send_by_service(
    request: Request,
    jurisdiction: str,
    actor: str,
    command: Command,
    when: tuple[datetime | None, datetime | None],
) -> Answer[CommandOutcome]:
    """Send a command that the service itself makes for a caller without a token, at (`at`, `sent_at`)."""
    envelope = CommandEnvelope(
        id=key_of(request),
        command=command,
        actor=actor,
        received=muster(request).clock.now(),
        at=when[0],
        sent_at=when[1],
    )
    return answer_of((await _send(request, jurisdiction, [envelope]))[0])


@operation(id="commands", tag="commands", body=Batch, problems=(429, 503))
async def batch(request: Request) -> Answer[BatchOutcome]:
    """Send up to 500 commands in order.

    A refusal does not stop the rest.
    """
    jurisdiction, asker = await commander(request, None)
    items = read_items(await json_body(request))
    if len(items) > MOST_ITEMS:
        raise Problem(413, "too_many", variant="commands", given=len(items), most=MOST_ITEMS)
    sender = _Sender.of(request, asker)
    given = [one if isinstance(one, Outcome) else _envelope(sender, jurisdiction, one) for one in items]
    envelopes = [one for one in given if isinstance(one, CommandEnvelope)]
    recorded = iter(await _submit(request, jurisdiction, envelopes) if envelopes else [])
    items = [next(recorded) if isinstance(one, CommandEnvelope) else one for one in given]
    position = max((item.position or 0 for item in items), default=0)
    position = position or muster(request).progress.positions.get(jurisdiction, 0)
    return answer(BatchOutcome([_told(one) for one in items], position))


def _told(outcome: Outcome) -> CommandOutcome:
    """Convert the outcome, and add a sentence if it has a reason."""
    told = CommandOutcome(id=outcome.id, outcome=outcome.outcome, position=outcome.position or UNSET)
    if outcome.anomalies:
        told.anomalies = list(outcome.anomalies)
    if outcome.code is not None:
        why = describe(outcome.code, outcome.values)
        told.code, told.detail, told.values = why["code"], why["detail"], why["values"]
    return told


def _envelope(sender: _Sender, jurisdiction: str, item: Given) -> CommandEnvelope | Outcome:
    """Return an item's envelope, or its refusal if its data is invalid."""
    try:
        if item.name not in PUBLIC:
            raise Problem(422, "command.unknown", name=item.name)
        if not sender.asker.may_command(item.name, jurisdiction):
            raise Problem(403, "forbidden", variant="command", command=item.name)
        command = PUBLIC[item.name].model_validate_json(item.data, strict=True)
        return sender.envelope(item.id, command, item)
    except ValidationError as error:
        return refusal(item.id, invalid(error))
    except Problem as caught:
        return refusal(item.id, caught)


@operation(id="command-status", tag="commands", problems=(400, 503))
async def status(request: Request) -> Answer[CommandStatus]:
    """Read whether a command was recorded, by its id.

    Tokens limited to areas or to a worker are told of their own commands, and of events in their areas.
    """
    jurisdiction, asker = await commander(request, None)
    key = str(request.path_params["id"])
    if not muster(request).commands.knows(jurisdiction):
        return answer(CommandStatus(key, "not_recorded"))
    try:
        found = await muster(request).commands.writer(jurisdiction).status(key)
    except Parked as error:
        raise Problem(503, "jurisdiction.parked", jurisdiction=jurisdiction, error=str(error)) from error
    if found.position and not await _may_know(request, jurisdiction, asker, (key, found.position)):
        return answer(CommandStatus(key, "not_recorded"))
    return answer(CommandStatus(key, _STATUSES[found.outcome], found.position or UNSET))


async def _may_know(request: Request, jurisdiction: str, asker: Principal, recorded: tuple[str, int]) -> bool:
    """Whether the caller may know of a recorded command, given by its id and position."""
    if not asker.areas and asker.worker is None:
        return True
    event = await event_of(muster(request).log, jurisdiction, *recorded)
    if event is None or event.actor == asker.actor:
        return event is not None
    return asker.worker is None and any(inside(area_of(event.data) or "", one) for one in asker.areas)
