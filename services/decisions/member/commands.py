"""Commands about named members; also the HTTP bodies and OpenAPI schemas."""

from typing import Annotated

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.chapter.commands import ChapterId
from services.decisions.enterprise.commands import EnterpriseId
from services.decisions.fields import NEW, Id, PersonalLine

MemberId = Annotated[Id, Ref("member")]


@command("member.name")
class Name(Command):
    """Name a member of a chapter, if the rules of formation allow it. The name is sealed."""

    member: Annotated[MemberId, NEW] | None = None
    chapter: ChapterId
    enterprise: EnterpriseId
    name: PersonalLine


@command("member.leave", fact=True)
class Leave(Command):
    """The member left the chapter."""

    member: MemberId


@command("member.erase", by="admin")
class Erase(Command):
    """Destroy the key of the name, making it permanently unreadable."""

    member: MemberId
