"""Difficulties reported without a token: the holder of the receipt reads the steps and answers.

Neither the log nor a view tells who asked. A request here is never tied to a session: cookies and tokens sent
along are not read.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from events.difficulty import Medium
from events.difficulty_history import MERGED, OPEN, REOPENS, DifficultyFact, standing
from events.post_history import post_at
from projections.difficulties import DifficultyRow
from services.api.commands import CommandOutcome, send_by_service
from services.api.context import Answer, answer, model, muster
from services.api.phone.sign_in_codes import WrongCodes, address
from services.api.problems import Problem
from services.api.routing import operation
from services.api.rows import Opener
from services.decisions.base import Command
from services.decisions.difficulty.commands import Ask, Confirm, Reopen, Withdraw
from services.decisions.fields import AreaCode, Code, Instant, PersonalLine, PersonalText

ASKER: Final = "public/receipt"
"""Actor of everything that comes with a receipt."""
ASKED_A_MINUTE: Final = 10
"""Per client address: people at one station may share it."""
ASKED_A_SECOND: Final = 10
"""In total."""
FILES_A_MINUTE: Final = 20
"""Photos and recordings, per client address; as many in any second in total."""
RECEIPT: Final = r"^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$"
Receipt = Annotated[
    str,
    Field(
        pattern=RECEIPT,
        description="Such as 7KQ2-M9XT-3FPA-R0W1-ZC4D: 100 random bits",
    ),
]
_HIDDEN: Final = ("offered", "returned", "took_over")
"""Steps between posts: the asker sees which post has it, not which one declined it."""
_UP: Final = {"lapsed": "escalated", "followed": "followed"}
"""Steps that an asker sees if they change who answers, and the text shown."""


def hashed(jurisdiction: str, receipt: str) -> str:
    """Return the hash by which a receipt is known."""
    return hashlib.sha256(f"{jurisdiction}:{receipt}".encode()).hexdigest()


class Limits:
    """Of callers who are not known: how often they may ask, and guess receipts."""

    def __init__(self) -> None:
        self.asked = WrongCodes(each=ASKED_A_MINUTE, together=ASKED_A_SECOND)
        self.guessed = WrongCodes()
        self.files = WrongCodes(each=FILES_A_MINUTE, together=FILES_A_MINUTE)


class Asked(BaseModel):
    """A difficulty. The sender makes the receipt and keeps it; the service stores only its hash."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    receipt: Receipt
    category: Code
    text: PersonalText | None = Field(default=None, description="None = a photo or a recording follows")
    contact: PersonalLine | None = None
    area: AreaCode | None = None
    trade: Code | None = None
    at: Instant | None = None
    sent_at: Instant | None = None


class Read(BaseModel):
    """The receipt of a difficulty."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    receipt: Receipt


class Word(Read):
    """What the asker says about it."""

    say: Literal["confirm", "reopen", "withdraw"]
    text: PersonalText | None = None
    at: Instant | None = None
    sent_at: Instant | None = None


class DifficultyStep(Struct, kw_only=True):
    """What was done, in order of time."""

    at: datetime
    what: str
    post: Annotated[str | None, Meta(description="Name of the post that has it from then on")] = None
    reason: str | None = None
    text: str | None = None


class AskedDifficulty(Struct, kw_only=True):
    """A difficulty as the asker may read it."""

    category: str
    area: str
    state: str
    raised_at: datetime
    text: str | None
    files: Annotated[list[Medium], Meta(description="Photos and recordings that have arrived")]
    with_post: Annotated[str, Meta(description="Name of the post that has it")]
    until: Annotated[datetime | None, Meta(description="Answered: when it counts as solved without a word")]
    may: Annotated[list[str], Meta(description="What can be said now: confirm, reopen, withdraw")]
    steps: list[DifficultyStep]


async def here(request: Request) -> str:
    """Return the jurisdiction. Raises 404."""
    jurisdiction = request.path_params["jurisdiction"]
    if not await muster(request).commands.found(jurisdiction):
        raise Problem(404, "jurisdiction.unknown", jurisdiction=jurisdiction[:64])
    return jurisdiction


_PROBLEMS: Final = (404, 409, 429, 503)
_KEY: Final = {"Idempotency-Key": "Any UUID; send the same again to retry"}


@operation(id="ask", tag="difficulties", body=Asked, headers=_KEY, problems=_PROBLEMS, public=True)
async def ask(request: Request) -> Answer[CommandOutcome]:
    """Tell the city about a difficulty. No token is needed, and none is read."""
    jurisdiction = await here(request)
    limits: Limits = request.app.state.asking
    limits.asked.check(address(request))
    limits.asked.note(address(request))
    given = await model(request, Asked)
    command = Ask(
        category=given.category,
        text=given.text,
        contact=given.contact,
        area=given.area,
        trade=given.trade,
        receipt=hashed(jurisdiction, given.receipt),
    )
    return await send_by_service(request, jurisdiction, ASKER, command, (given.at, given.sent_at))


async def of_receipt(request: Request, jurisdiction: str, receipt: str) -> str:
    """Return the difficulty of a receipt. Raises 404, and 429 after many wrong ones."""
    limits: Limits = request.app.state.asking
    limits.guessed.check(address(request))
    key = hashed(jurisdiction, receipt)
    found: Any = (await muster(request).views.load(jurisdiction, {"receipts": [key]}))["receipts"].get(key)
    if found is None:
        limits.guessed.note(address(request))
        raise Problem(404, "difficulty.no_receipt")
    return found.difficulty


@operation(id="receipt", tag="difficulties", body=Read, problems=(404, 429, 503), public=True)
async def shown(request: Request) -> Answer[AskedDifficulty]:
    """Read the steps of a difficulty by its receipt. No token is needed, and none is read."""
    jurisdiction = await here(request)
    given = await model(request, Read)
    key = await of_receipt(request, jurisdiction, given.receipt)
    return answer(await _told(request, jurisdiction, key), headers={"Cache-Control": "no-store"})


@operation(id="word", tag="difficulties", body=Word, headers=_KEY, problems=_PROBLEMS, public=True)
async def word(request: Request) -> Answer[CommandOutcome]:
    """Say that a difficulty is solved, or not, or withdraw it, by its receipt."""
    jurisdiction = await here(request)
    given = await model(request, Word)
    key = await of_receipt(request, jurisdiction, given.receipt)
    said: dict[str, Command] = {
        "confirm": Confirm(difficulty=key),
        "reopen": Reopen(difficulty=key, text=given.text),
        "withdraw": Withdraw(difficulty=key),
    }
    return await send_by_service(request, jurisdiction, ASKER, said[given.say], (given.at, given.sent_at))


async def _told(request: Request, jurisdiction: str, key: str) -> AskedDifficulty:
    service = muster(request)
    chain = [row async for row in _originals(request, jurisdiction, key)]
    mine, last = chain[0], chain[-1]
    facts = [fact for row in chain for fact in _steps(row, key, last=row is last)]
    keys = sorted({post for fact in facts if (post := fact.post or fact.owner)} | {last.post})
    posts: Any = (await service.views.load(jurisdiction, {"posts": keys}))["posts"]
    opener = Opener(service.vault, jurisdiction)
    await opener.warm_subjects(sorted({f"difficulty/{row.difficulty}" for row in chain}))

    def name(post: str | None, at: datetime) -> str | None:
        row = posts.get(post) if post else None
        then = post_at(row.changes, at) if row else None
        return then.name if then else post

    def plain(token: str | None) -> str | None:
        return opener.plain(token) if token else None

    now = service.clock.now()
    then = standing(last.history)
    return AskedDifficulty(
        category=mine.category,
        area=mine.area,
        state=last.state,
        raised_at=mine.raised_at,
        text=plain(mine.text),
        files=[one.medium for one in mine.files],
        with_post=name(last.post, now) or last.post,
        until=last.due if last.state == "answered" else None,
        may=_may(last, alone=len(chain) == 1 and then is not None and len(then.askers) == 1),
        steps=[
            DifficultyStep(
                at=one.at,
                what=one.kind,
                post=name(one.post or one.owner, one.at),
                reason=one.reason,
                text=plain(one.text),
            )
            for one in sorted(facts, key=lambda one: (one.at, one.position))
        ],
    )


async def _originals(request: Request, jurisdiction: str, key: str | None) -> AsyncIterator[DifficultyRow]:
    """Yield a difficulty, and the one that it was merged into, up to the one that counts."""
    while key is not None:
        row: Any = (await muster(request).views.load(jurisdiction, {"difficulties": [key]}))[
            "difficulties"
        ].get(key)
        if row is None:
            raise Problem(404, "difficulty.no_receipt")
        yield row
        key = row.into if row.state == MERGED else None


def _steps(row: DifficultyRow, key: str, *, last: bool) -> list[DifficultyFact]:
    """Return the steps an asker sees: all of their own difficulty, and the owner's of its original."""
    own = row.difficulty == key
    return [
        _for(fact, key)
        for fact in _answering(row.history)
        if fact.kind not in _HIDDEN
        and (own or last)
        and (own or fact.kind not in ("raised", "merged", "attached"))
    ]


def _for(fact: DifficultyFact, key: str) -> DifficultyFact:
    """Return a step as an asker sees it: another asker's step without their words."""
    if fact.kind in ("confirmed", "reopened") and key not in fact.askers:
        return replace(fact, kind=f"{fact.kind}_by_other", text=None)
    return fact


def _answering(history: Iterable[DifficultyFact]) -> Iterator[DifficultyFact]:
    """Yield the facts, of those that may change who answers only those that do."""
    post: str | None = None
    for fact in history:
        before, post = post, fact.post or fact.owner or post
        if fact.kind not in _UP:
            yield fact
        elif post != before:
            yield replace(fact, kind=_UP[fact.kind])


def _may(row: DifficultyRow, *, alone: bool) -> list[str]:
    found = ["confirm"] if row.state == "answered" else []
    found += ["reopen"] if row.state in REOPENS else []
    return found + (["withdraw"] if alone and row.state in OPEN else [])
