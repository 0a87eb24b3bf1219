"""Commands about notices: also the HTTP bodies and the OpenAPI schemas."""

from typing import Annotated

from events.refs import Ref
from services.decisions.base import Command, command
from services.decisions.fields import AreaCode, Id, Label, PersonalLine, WorkerId

NoticeId = Annotated[Id, Ref("notice")]


@command("notice.post")
class Post(Command):
    """Put up a notice for an area. Without `notice` the command's id becomes its id."""

    notice: NoticeId | None = None
    area: AreaCode
    title: Label
    contact: PersonalLine | None = None


@command("notice.confirm", fact=True, own=True)
class Confirm(Command):
    """Say that a worker has read a notice. Each may say so once."""

    notice: NoticeId
    worker: WorkerId


@command("notice.withdraw")
class Withdraw(Command):
    """The notice no longer holds."""

    notice: NoticeId


@command("notice.erase", by="admin")
class Erase(Command):
    """Destroy the notice's key: its contact can never be read again."""

    notice: NoticeId
