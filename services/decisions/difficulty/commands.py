"""Difficulty commands; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from pydantic import Field

from events.difficulty import Medium
from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import (
    NEW,
    WHOLE,
    AreaCode,
    Code,
    FileName,
    Id,
    Label,
    OfList,
    PersonalLine,
    PersonalText,
)
from services.decisions.references import PLAIN
from services.decisions.saying import SaidBy
from services.decisions.visit.commands import PostConcerned, VisitId

DifficultyId = Annotated[Id, Ref("difficulty")]
Receipt = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the receipt, in hex digits"), PLAIN
]
Category = Annotated[Code, OfList("difficulty"), Field(description="Of the list `difficulty`")]
Reason = Annotated[Code, OfList("difficulty_end"), Field(description="Of the list `difficulty_end`")]
Note = Annotated[Label, Field(description="In words, without personal data")]
Days = Annotated[int, Field(ge=1, le=365, description="Days; null = without end"), WHOLE]


@command("difficulty.register", fact=True)
class Register(Command):
    """Enter a difficulty, as heard on a visit or elsewhere. It is with the post that answers there.

    Enterprise, group and area default to those of the visit.
    """

    difficulty: Annotated[DifficultyId, NEW] | None = None
    category: Category
    text: PersonalText
    contact: PersonalLine | None = Field(default=None, description="How to reach the asker, if they wish")
    visit: VisitId | None = None
    enterprise: EnterpriseId | None = None
    group: Label | None = None
    trade: Code | None = Field(default=None, description="Code of a trade; default: the enterprise's")
    area: AreaCode | None = None
    receipt: Receipt | None = None
    said: SaidBy = None


@command("difficulty.ask", by="service", fact=True)
class Ask(Command):
    """Report a difficulty. Sent by the service for the holder of a receipt."""

    difficulty: Annotated[DifficultyId, NEW] | None = None
    category: Category
    text: PersonalText | None = Field(default=None, description="None = a photo or a recording says it")
    contact: PersonalLine | None = None
    trade: Code | None = None
    area: AreaCode | None = None
    receipt: Receipt


@command("difficulty.attach", by="service", fact=True)
class Attach(Command):
    """Add a photo or a recording. Sent by the service for the holder of the receipt."""

    difficulty: DifficultyId
    medium: Medium
    file: FileName


@command("difficulty.offer", fact=True)
class Offer(Command):
    """Ask another post to take a difficulty on. It stays with its owner until that accepts."""

    difficulty: DifficultyId
    to: PostConcerned
    note: Note | None = None


@command("difficulty.take", fact=True)
class Take(Command):
    """Accept an offered difficulty: the post that was asked owns it from then on."""

    difficulty: DifficultyId


@command("difficulty.give_back", fact=True)
class GiveBack(Command):
    """Do not take an offered difficulty on. It stays with its owner."""

    difficulty: DifficultyId
    reason: Reason
    note: Note | None = None


@command("difficulty.answer", fact=True)
class AnswerIt(Command):
    """Answer what was done. It is solved once the asker agrees, or does not object within the window."""

    difficulty: DifficultyId
    answer: PersonalText


@command("difficulty.confirm", fact=True)
class Confirm(Command):
    """Record the asker's word that it is solved. Whoever acts for its owner cannot."""

    difficulty: DifficultyId


@command("difficulty.reopen", fact=True)
class Reopen(Command):
    """Record the asker's word that it is not solved. It is with its owner again."""

    difficulty: DifficultyId
    text: PersonalText | None = None


@command("difficulty.withdraw", fact=True)
class Withdraw(Command):
    """Record the asker's word that they no longer ask."""

    difficulty: DifficultyId


@command("difficulty.decline", fact=True)
class DeclineIt(Command):
    """Decline a difficulty, with a reason that the asker sees."""

    difficulty: DifficultyId
    reason: Reason
    answer: PersonalText | None = None


@command("difficulty.close", fact=True)
class CloseIt(Command):
    """Close a difficulty that was taken up and cannot be solved. It does not count as solved."""

    difficulty: DifficultyId
    reason: Reason
    answer: PersonalText | None = None


@command("difficulty.merge", fact=True)
class Merge(Command):
    """Merge a difficulty into another one about the same. It counts once; its askers follow that."""

    difficulty: DifficultyId
    into: DifficultyId


@command("difficulty.move_on", by="service")
class MoveOn(Command):
    """End a wait: an offer returns, an open one is escalated, an answer counts. Sent by the service."""

    difficulty: DifficultyId


@command("difficulty.erase", by="admin")
class Erase(Command):
    """Destroy the difficulty's key, making its texts permanently unreadable. It still counts."""

    difficulty: DifficultyId


@command("difficulty_waits.set", by="admin", fact=True)
class SetWindows(Command):
    """Choose how many days each wait has, from that time on; replaces the earlier choice."""

    act: Days | None = Field(default=None, description="Until an open one without progress is escalated")
    offer: Days | None = Field(default=None, description="Until an offer without an answer returns")
    confirm: Days | None = Field(default=None, description="Until an answer counts without the asker's word")
